"""The verb that makes a support bundle."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.device import Device, open_device
from atecc_bench.cli.new_files import write_new
from atecc_bench.cli.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.diagnose.bundle import Bundle, BundledBoard, BundledExchange, bundle_bytes, new_bundle
from atecc_bench.diagnose.collect import collect
from atecc_bench.errors import BenchError
from atecc_bench.pki.on_chip import location_reader, rebuild_certificates
from atecc_bench.provision.known import known_certificates
from atecc_bench.provision.records import Records


def bundle(
    port: PortOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file that is made.")],
    notes: Annotated[str, typer.Option("--notes", metavar="TEXT", help="What went wrong, in your words.")] = "",
    *,
    json: JsonOption = False,
) -> None:
    """Gather all that helps to diagnose a chip from afar, and no secret. Changes nothing on the chip."""
    with reporting(as_json=json):
        with open_device(port) as device:
            made = gather(device, notes)
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


def gather(device: Device, notes: str = "") -> Bundle:
    """Read everything that may be read, and what is believed to be there."""
    contents = collect(device.session)
    board = device.board.info
    certificates, log = _certificates(device, contents.info.serial_number)
    trace = tuple(
        BundledExchange(started=e.started, seconds=e.seconds, request=e.request, reply=e.reply)
        for e in device.board.trace.exchanges
    )
    return new_bundle(
        revision=contents.info.revision,
        config=contents.config,
        otp=contents.otp,
        slots=contents.slots,
        public_keys=contents.public_keys,
        board=BundledBoard(name=board.name, version=board.version, chip=board.chip, virtual=board.virtual),
        trace=trace,
        log=log,
        notes=notes,
        certificates=certificates,
    )


def _certificates(device: Device, serial_number: str) -> tuple[dict[str, bytes], str]:
    try:
        known = known_certificates(Records.of_user(), serial_number, virtual=device.board.info.virtual)
        if known is None:
            return {}, "No certificates are known of this chip.\n"
        expected = {"expected-device": known.device, "expected-signer": known.signer, "expected-root": known.root}
        try:
            rebuilt = rebuild_certificates(location_reader(device.session), known.device, known.signer)
        except BenchError as error:
            return expected, f"The certificates could not be rebuilt: {error.id}: {error.message}\n"
    except BenchError as error:
        return {}, f"What is known of this chip could not be read: {error.id}: {error.message}\n"
    return {**expected, "device": rebuilt.device, "signer": rebuilt.signer}, f"Expected by {known.source}.\n"
