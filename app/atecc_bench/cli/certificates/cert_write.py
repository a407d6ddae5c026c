"""Verbs that change the certificates on a chip: `cert write`, `cert mend`."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.cli.common.confirm import YesOption, confirm, slots_text
from atecc_bench.cli.common.input_files import read_certificate, read_text
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
    wrapping_table,
)
from atecc_bench.cli.common.passphrase import PassphraseFileOption, unlocked_authority
from atecc_bench.errors import InputError
from atecc_bench.onchip.write_by_template import Template, write_by_template
from atecc_bench.onchip.write_chain import Chain
from atecc_bench.pki.compressed.massprovisioning import SLOT_USES
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.workflows.comparison.mend_certificate import (
    Mending,
    Recorded,
    chain_words,
    check_changes,
    prepare_mending,
    write_and_record,
)
from atecc_bench.workflows.connected_chip import ConnectedChip


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
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Put certificates onto a chip, after saving what they overwrite.

    They must be for its live key.

    Either device, signer and root in the layout of ECC608-MassProvisioning, or any certificate by its template.
    """
    with reporting(as_json=json):
        if device_file and signer_file and root_file and not (certificate or template or issuer):
            leaf, signer, root = (read_certificate(name) for name in (device_file, signer_file, root_file))
            with open_device(port, baud=baud) as device:
                records = records_of(device)
                asked = _question(records.serial_number, yes=yes, json=json)
                recorded = write_and_record(
                    device.session, Chain(leaf, signer, root), records, datetime.now(UTC), asked
                )
                _tell(recorded, device, json=json)
        elif certificate and template and issuer and not (device_file or signer_file or root_file):
            one, by = read_certificate(certificate), read_certificate(issuer)
            definition = read_template(read_text(template))
            with open_device(port, baud=baud) as device:
                _write_one(device, one, definition, by, yes=yes, json=json)
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
    yes: YesOption = False,
    new_issuer: Annotated[
        bool, typer.Option("--new-issuer", help="With --yes: another authority than before may issue.")
    ] = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Issue and write a certificate for the chip's live key.

    This is the cure of a public key mismatch. Another root or issuer than the chip had is told, and confirmed.
    """
    with reporting(as_json=json):
        authority = unlocked_authority(ca, passphrase_file)
        with open_device(port, baud=baud) as device:
            records, now = records_of(device), datetime.now(UTC)
            mending = prepare_mending(device.session, authority, organization, records, now)
            if yes and not new_issuer:
                check_changes(mending)
            if not json:
                _show_mending(mending)
            asked = _question(records.serial_number, yes=yes, json=json)
            _tell(write_and_record(device.session, mending.chain, records, now, asked), device, json=json)


def _show_mending(mending: Mending) -> None:
    """Print the new certificate before it is written.

    Where who issues changes, both chains stand side by side.
    """
    out = console()
    device = mending.chain.device
    out.print(
        f"New certificate: {device.subject.rfc4514_string()}, issued by {device.issuer.rfc4514_string()}", markup=False
    )
    out.print(f"SHA-256 {device.fingerprint(SHA256()).hex()}", markup=False)
    if not mending.changes:
        return
    table = wrapping_table("", "before", "after")
    for role, before, after in zip(
        ("device", "signer", "root"), (*mending.before, *(None,) * 3), mending.after, strict=False
    ):
        table.add_row(role, "not known" if before is None else chain_words(before), chain_words(after))
    out.print(table)
    for change in mending.changes:
        out.print(f"Warning: {change}", style="bold yellow", markup=False)


def _tell(recorded: Recorded, device: ConnectedChip, *, json: bool) -> None:
    artifacts = {name: str(path) for name, path in recorded.artifacts.items()}
    if json:
        print_json({**recorded.document, "artifacts": artifacts})
        return
    out = console()
    mark = virtual_mark(device.board.info)
    for slot in recorded.written_slots:
        out.print(f"Written to slot {slot}: {SLOT_USES[slot][0].lower()}{SLOT_USES[slot][1:]}.")
    if not recorded.written_slots:
        out.print("Every slot already held this. Nothing was written.")
    out.print(f"Rebuilt, compared and proved on chip {recorded.serial_number}{mark}.", style="bold")
    for name, path in artifacts.items():
        out.print(f"What was there before: {path}" if name == "saved_json" else f"Kept in the record: {path}")


def _question(serial_number: str, *, yes: bool, json: bool) -> Callable[[Collection[int]], None]:
    def ask(slots: Collection[int]) -> None:
        if not yes:
            confirm(serial_number, f"overwrite {slots_text(slots)}", json=json)

    return ask


def _write_one(
    device: ConnectedChip,
    certificate: x509.Certificate,
    template: Template,
    issuer: x509.Certificate,
    *,
    yes: bool,
    json: bool,
) -> None:
    now, virtual = datetime.now(UTC), device.board.info.virtual
    config = device.session.read_config()
    serial_number = config.serial_number.hex()
    asked = _question(serial_number, yes=yes, json=json)
    if config.config_locked and not config.data_locked:  # what is overwritten cannot be read, so nobody can tell
        asked((template.comp_cert_dev_loc.slot,))
    saved: list[str] = []

    def save(old: Mapping[int, bytes]) -> None:
        asked(tuple(old))
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
    name = certificate.subject.rfc4514_string()
    if written.slots:
        out.print(f"The certificate of {name} is written to {slots_text(written.slots)} of chip {serial_number}.")
    else:
        out.print("Every slot already held this. Nothing was written.")
    if written.compared:
        out.print(f"Rebuilt and compared on chip {serial_number}{virtual_mark(device.board.info)}.", style="bold")
    else:
        out.print("Before the data lock nothing can be read: nothing was saved, and `cert read` compares after it.")
    for path in saved:
        out.print(f"What was there before: {path}")
