"""Gathering a support bundle where no chip answers.

That is when support needs it: the ports, what the board says by itself, every exchange, the wiring test, and what was
tried. Changes nothing on the chip.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from atecc_bench.diagnose.bundle.bundle_file import BundledBoard, BundledExchange
from atecc_bench.diagnose.bundle.trouble_bundle import Attempt, BundledPort, TroubleBundle, new_trouble_bundle
from atecc_bench.errors import BenchError, DeviceError
from atecc_bench.link.board.connection import NoBridgeError
from atecc_bench.link.board.wiring import wiring_test
from atecc_bench.link.transports.connection import Connection
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.link.transports.serial_ports import serial_ports
from atecc_bench.link.transports.trace import Trace
from atecc_bench.logs import log_tail

_ASKED = (("board:bridge:caps()", "What the bridge can do"), ("board:bridge:scan()", "Who is on the bus"))


def gather_trouble(
    port: str,
    error: BenchError,
    connect: Callable[[Trace], AbstractContextManager[Connection]],
    trace: Trace,
    notes: str = "",
) -> TroubleBundle:
    """Find out about a port at which no chip answered.

    `error` is what the first attempt ended with, and `connect` opens the board once more. `trace` has the exchanges of
    the first attempt, and gets those of the others.

    Raises:
        CancelledError: The operator cancelled.
    """
    tried = [_failed("Read the chip", error)]
    received = error.received if isinstance(error, NoBridgeError) else b""
    board: BundledBoard | None = None
    try:
        with connect(trace) as opened:
            info = opened.info
            board = BundledBoard(name=info.name, version=info.version, chip=info.chip, virtual=info.virtual)
            tried.append(Attempt(what="Open the port again", finding=f"The bridge {info.text} answers."))
            tried += _asked(opened)
    except CancelledError:
        raise
    except DeviceError as again:
        tried.append(_failed("Open the port again", again))
        received = again.received if isinstance(again, NoBridgeError) else received
    return new_trouble_bundle(
        port=port,
        ports=tuple(
            BundledPort(device=one.device, bridge=one.bridge or "", description=one.description)
            for one in serial_ports()
        ),
        board=board,
        received=received,
        tried=tuple(tried),
        trace=tuple(
            BundledExchange(started=one.started, seconds=one.seconds, request=one.request, reply=one.reply)
            for one in trace.exchanges
        ),
        log=log_tail(),
        notes=notes,
    )


def _asked(board: Connection) -> list[Attempt]:
    found: list[Attempt] = []
    for request, what in _ASKED:
        try:
            found.append(Attempt(what=what, finding=f"{request}: {_shown(board.request(request))}"))
        except CancelledError:
            raise
        except DeviceError as error:
            found.append(_failed(what, error))
    try:
        for result in wiring_test(board):
            what = f"Wiring test, {result.step.value.lower()}"
            error = "" if result.passed else "wiring"
            found.append(Attempt(what=what, finding=result.finding, advice=result.advice, error=error))
    except CancelledError:
        raise
    except DeviceError as error:
        found.append(_failed("Wiring test", error))
    return found


def _shown(answer: bytes) -> str:
    text = answer.decode("ascii", "replace")
    return (text if text.isprintable() and answer.isascii() else answer.hex(" ")) or "nothing"


def _failed(what: str, error: BenchError) -> Attempt:
    return Attempt(what=what, finding=error.message, advice=error.hint, error=error.id)
