"""Opening a device for a verb.

Virtual ports are ports like any other.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.cli.common.output import USUAL_BAUD
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.errors import BenchError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.link.board.connection import connect
from atecc_bench.link.transports.connection import Connection, never_cancelled
from atecc_bench.link.transports.trace import Trace
from atecc_bench.records.run_records import ChipRecords
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.refusal_told import tell_cause


@dataclass(frozen=True)
class _HeldBoard:
    """A board that another verb holds for this one.

    `start` gives it, and brings the bridge onto it when it is wanted first.
    """

    url: str
    start: Callable[[], Connection]


_held: ContextVar[_HeldBoard | None] = ContextVar("board that is held", default=None)


@contextmanager
def open_device(
    port: str, cancelled: Callable[[], bool] = never_cancelled, *, baud: int = USUAL_BAUD
) -> Generator[ConnectedChip]:
    """Connect to the board at `port` and open its chip.

    Both sides hold this rate. The port is released at the end, but for one that is held. A refusal by the chip is told
    by its cause.
    """
    with open_board(port, cancelled, baud=baud) as board:
        device = ConnectedChip(board, board.open_chip())
        try:
            yield device
        except BenchError as error:
            tell_cause(error, device.session)
            raise


@contextmanager
def open_board(
    port: str, cancelled: Callable[[], bool] = never_cancelled, *, baud: int = USUAL_BAUD, trace: Trace | None = None
) -> Generator[Connection]:
    """Connect to the board at `port`, or take the held one.

    While it is open Ctrl+C and SIGTERM end what is done before the next exchange, never within one. `trace` gets the
    exchanges; a board that is held has its own.
    """
    held = _held.get()
    if held is not None and held.url == port:
        board = held.start()
        if baud != USUAL_BAUD:
            board.set_baud(baud)
        yield board
        return
    register_virtual_scheme()
    with interruptible() as stopped, connect(port, trace, lambda: cancelled() or stopped()) as board:
        board.set_baud(baud)
        yield board


@contextmanager
def holding(url: str, start: Callable[[], Connection]) -> Generator[None]:
    """Let verbs that run inside use one open board for its port.

    Opening the port again would reset many boards, and end a bridge that is in RAM. `start` gives the board when a verb
    wants it, so that wrong words are found before anything is done to it.
    """
    before = _held.set(_HeldBoard(url, start))
    try:
        yield
    finally:
        _held.reset(before)


def is_holding() -> bool:
    """Whether a board is held open for this verb."""
    return _held.get() is not None


def start_held() -> None:
    """Bring the bridge onto a board that is held.

    For verbs that bear a board which does not answer: what ends the start is no answer of the board.

    Raises:
        BenchError: What ended the start.
    """
    held = _held.get()
    if held is not None:
        held.start()


def records_of(device: ConnectedChip, serial_number: str | None = None) -> ChipRecords:
    """Find this user's records of the chip.

    The chip is asked for its serial number unless that is known.
    """
    records = user_records()
    if serial_number is None:
        return device.records_in(records)
    return records.for_chip(serial_number, virtual=device.virtual)


def board_document(device: ConnectedChip) -> dict[str, object]:
    """The board's part of what `info` prints."""
    info = device.board.info
    return {
        "virtual": info.virtual,
        "board": {
            "port": device.board.url,
            "name": info.name,
            "version": info.version,
            "chip": info.chip,
            "image": info.image or None,
            "baud": device.board.baud,
        },
    }


def device_document(device: ConnectedChip, chip: ChipInfo) -> dict[str, object]:
    """The document that `info` prints."""
    return {
        **board_document(device),
        "chip": {
            "serial_number": chip.serial_number,
            "revision": chip.revision.hex(),
            "part": chip.part.value,
            "variant": chip.variant.value,
            "i2c_address": f"0x{chip.i2c_address:02X}",
            "config_locked": chip.config_locked,
            "data_locked": chip.data_locked,
        },
    }
