"""The verb that makes a support bundle."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.open_device import open_board, start_held
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
)
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledBoard, BundledExchange, bundle_bytes
from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle
from atecc_bench.errors import DeviceError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.link.transports.trace import Trace
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.support_bundle import gather
from atecc_bench.workflows.trouble_bundle import gather_trouble


def bundle(
    port: PortOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new file, which ends in .zip.")],
    notes: Annotated[str, typer.Option("--notes", metavar="TEXT", help="What went wrong, in your words.")] = "",
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Gather what helps to diagnose a chip from afar, without secrets.

    Where the board or the chip does not answer, that is: the ports, what the board says, the wiring test, and what was
    tried. Changes nothing on the chip.
    """
    with reporting(as_json=json):
        check_new(out, ".zip")
        made = _made(port, baud, notes)
        write_new(out, bundle_bytes(made))
    if isinstance(made, TroubleBundle):
        _tell_trouble(made, out, json=json)
    else:
        _tell(made, out, json=json)


def _made(port: str, baud: int, notes: str) -> Bundle | TroubleBundle:
    trace = Trace()
    with interruptible() as stopped:
        start_held()
        try:
            with open_board(port, baud=baud, trace=trace) as board:
                return gather_from(ConnectedChip(board, board.open_chip()), notes)
        except CancelledError:
            raise
        except DeviceError as error:
            if stopped():  # what is interrupted may end by anything
                raise CancelledError from error
            return gather_trouble(port, error, lambda again: open_board(port, trace=again), trace, notes)


def gather_from(device: ConnectedChip, notes: str = "") -> Bundle:
    """The bundle of an open device."""
    board = device.board.info
    trace = tuple(
        BundledExchange(started=e.started, seconds=e.seconds, request=e.request, reply=e.reply)
        for e in device.board.trace.exchanges
    )
    return gather(
        device.session,
        BundledBoard(name=board.name, version=board.version, chip=board.chip, virtual=board.virtual),
        trace,
        user_records(),
        notes,
    )


def _tell(made: Bundle, out: Path, *, json: bool) -> None:
    slots = [n for n, slot in made.slots.items() if slot.contents is not None]
    serial_number = made.config_zone.serial_number.hex()
    if json:
        print_json({
            "virtual": made.virtual,
            "file": str(out),
            "serial_number": serial_number,
            "slots": slots,
            "public_keys": list(made.public_keys),
            "certificates": list(made.certificates),
            "exchanges": len(made.trace),
        })  # fmt: skip
        return
    mark = " VIRTUAL" if made.virtual else ""
    console().print(f"{out}: chip {serial_number}{mark}, {len(slots)} slots, {len(made.trace)} exchanges.")
    console().print(f"Certificates: {', '.join(made.certificates) or 'none'}. No secret and no private key is in it.")


def _tell_trouble(made: TroubleBundle, out: Path, *, json: bool) -> None:
    trouble = made.trouble
    if json:
        print_json({
            "virtual": made.virtual,
            "file": str(out),
            "serial_number": None,
            "trouble": trouble.model_dump() if trouble else None,
            "tried": [one.model_dump() for one in made.tried],
            "exchanges": len(made.trace),
        })  # fmt: skip
        return
    console().print(f"{out}: no chip answered at {made.port}, and the bundle says what was tried.")
    print_trouble(made)


def print_trouble(made: TroubleBundle) -> None:
    """Tell a person what a bundle without a chip says."""
    out = console()
    board = made.board
    if board is not None:
        mark = " VIRTUAL" if board.virtual else ""
        out.print(f"Board: {board.name} {board.version} on {board.chip}{mark}")
    for one in made.tried:
        out.print(f"{one.what}: {one.finding}" + (f" [{one.error}]" if one.error else ""))
        if one.advice:
            out.print(f"    {one.advice}")
    if made.received:
        out.print("What the board said by itself:")
        out.print(made.received.rstrip())
    ports = ", ".join(f"{one.device} ({one.bridge or one.description or 'unknown'})" for one in made.ports)
    out.print(f"Ports of the computer: {ports or 'none'}.")
    if made.notes:
        out.print(f"Notes: {made.notes}")
