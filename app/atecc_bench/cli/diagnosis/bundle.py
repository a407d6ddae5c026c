"""The verb that makes a support bundle."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.cli.common.output_files import write_new
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledBoard, BundledExchange, bundle_bytes
from atecc_bench.records.run_records import Records
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.support_bundle import gather


def bundle(
    port: PortOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new file, which ends in .zip.")],
    notes: Annotated[str, typer.Option("--notes", metavar="TEXT", help="What went wrong, in your words.")] = "",
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Gather what helps to diagnose a chip from afar, without secrets.

    Changes nothing on the chip.
    """
    with reporting(as_json=json):
        with open_device(port, baud=baud) as device:
            made = gather_from(device, notes)
        write_new(out, bundle_bytes(made))
    slots = [n for n, slot in made.slots.items() if slot.contents is not None]
    document = {
        "virtual": made.virtual,
        "file": str(out),
        "serial_number": made.config_zone.serial_number.hex(),
        "slots": slots,
        "public_keys": list(made.public_keys),
        "certificates": list(made.certificates),
        "exchanges": len(made.trace),
    }
    if json:
        print_json(document)
        return
    mark = virtual_mark(device.board.info)
    console().print(f"{out}: chip {document['serial_number']}{mark}, {len(slots)} slots, {len(made.trace)} exchanges.")
    console().print(f"Certificates: {', '.join(made.certificates) or 'none'}. No secret and no private key is in it.")


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
        Records.of_user(),
        notes,
    )
