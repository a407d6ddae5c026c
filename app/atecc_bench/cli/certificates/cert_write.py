"""Verbs that change the certificates on a chip: `cert write`, `cert mend`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from atecc_bench.cli.common.input_files import read_certificate, read_text
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.cli.common.passphrase import PassphraseFileOption, unlocked_authority
from atecc_bench.errors import InputError
from atecc_bench.onchip.write_by_template import Template, write_by_template
from atecc_bench.onchip.write_chain import Chain
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.mend_certificate import Recorded, write_and_record
from atecc_bench.workflows.mend_certificate import mend as mend_chip


def write(
    port: PortOption,
    device_file: Annotated[
        str | None, typer.Option("--device", metavar="FILE", help="Device certificate, PEM or DER.")
    ] = None,
    signer_file: Annotated[str | None, typer.Option("--signer", metavar="FILE", help="Its signer's.")] = None,
    root_file: Annotated[str | None, typer.Option("--root", metavar="FILE", help="The root's.")] = None,
    certificate: Annotated[
        str | None, typer.Option("--cert", metavar="FILE", help="Or one certificate of another layout.")
    ] = None,
    template: Annotated[str | None, typer.Option("--template", metavar="FILE", help="Its template.")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", metavar="FILE", help="Its issuer's certificate.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Put certificates onto a chip, after saving what they overwrite.

    They must be for its live key.

    Either device, signer and root in the layout of ECC608-MassProvisioning, or any certificate by its template.
    """
    with reporting(as_json=json):
        if device_file and signer_file and root_file and not (certificate or template or issuer):
            leaf, signer, root = (read_certificate(name) for name in (device_file, signer_file, root_file))
            with open_device(port) as device:
                recorded = write_and_record(
                    device.session, Chain(leaf, signer, root), records_of(device), datetime.now(UTC)
                )
                _tell(recorded, device, json=json)
        elif certificate and template and issuer and not (device_file or signer_file or root_file):
            one, by = read_certificate(certificate), read_certificate(issuer)
            definition = read_template(read_text(template))
            with open_device(port) as device:
                _write_one(device, one, definition, by, json=json)
        else:
            raise InputError(
                "usage",
                "Which certificates are to be written is not clear.",
                "Give --device, --signer and --root, or --cert, --template and --issuer.",
            )


def mend(
    port: PortOption,
    ca: Annotated[Path, typer.Option("--ca", metavar="DIR", help="Certificate authority that issues.")],
    organization: Annotated[
        str | None, typer.Option("--organization", help="Organization in the device's name; by default the signer's.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Issue and write a certificate for the chip's live key.

    This is the cure of a public key mismatch.
    """
    with reporting(as_json=json):
        authority = unlocked_authority(ca, passphrase_file)
        with open_device(port) as device:
            recorded = mend_chip(device.session, authority, organization, records_of(device), datetime.now(UTC))
            _tell(recorded, device, json=json)


def _tell(recorded: Recorded, device: ConnectedChip, *, json: bool) -> None:
    artifacts = {name: str(path) for name, path in recorded.artifacts.items()}
    if json:
        print_json({**recorded.document, "artifacts": artifacts})
        return
    out = console()
    slots = ", ".join(str(slot) for slot in recorded.written_slots)
    mark = virtual_mark(device.board.info)
    out.print(f"Wrote slots {slots}." if slots else "Every slot already held this. Nothing was written.")
    out.print(f"Rebuilt, compared and proved on chip {recorded.serial_number}{mark}.", style="bold")
    for path in artifacts.values():
        out.print(path)


def _write_one(
    device: ConnectedChip, certificate: x509.Certificate, template: Template, issuer: x509.Certificate, *, json: bool
) -> None:
    now, virtual = datetime.now(UTC), device.board.info.virtual
    serial_number = device.session.serial_number().hex()
    saved: list[str] = []

    def save(old: Mapping[int, bytes]) -> None:
        record = records_of(device, serial_number).begin(now)
        record.save_slots(old)
        saved.extend(str(path) for path in record.artifacts.values())

    written = write_by_template(device.session, certificate, template, issuer, now, save)
    if json:
        print_json({
            "virtual": virtual, "serial_number": serial_number, "written_slots": list(written.slots),
            "compared": written.compared, "saved": saved,
        })  # fmt: skip
        return
    out = console()
    slots = ", ".join(str(slot) for slot in written.slots)
    out.print(f"Wrote slots {slots}." if slots else "Every slot already held this. Nothing was written.")
    if written.compared:
        out.print(f"Rebuilt and compared on chip {serial_number}{virtual_mark(device.board.info)}.", style="bold")
    else:
        out.print("Before the data lock nothing can be read: nothing was saved, and `cert read` compares after it.")
    for path in saved:
        out.print(f"What was there before: {path}")
