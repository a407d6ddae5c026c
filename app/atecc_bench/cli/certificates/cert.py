"""Verbs about certificates: read them from a chip, verify them, show one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.common.input_files import read_bytes, read_certificate, read_text
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    check_named,
    console,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.cli.common.output_files import check_folder, write_all_new
from atecc_bench.diagnose.paste.pki_objects import certificates_in
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.read_certificates import (
    ChipCertificates,
    location_reader,
    prove_possession,
    rebuild_certificates,
)
from atecc_bench.onchip.write_by_template import read_by_template
from atecc_bench.pki.compressed.massprovisioning import DEVICE_KEY_SLOT
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.pki.x509.file_chain import chain_of, check_whole_chain, foreign_issuers
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates, known_certificates
from atecc_bench.workflows.connected_chip import ConnectedChip

LikeOption = Annotated[
    Path | None,
    typer.Option("--like", metavar="DIR", help="Folder with device.pem, signer.pem and root.pem of this structure."),
]


def read(
    port: PortOption,
    like: LikeOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write PEM files into this folder.")] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="FILE", help="One certificate of another layout, by its template."),
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", metavar="FILE", help="With --template: its issuer's certificate.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Rebuild the device and signer certificates from a chip.

    Changes nothing on the chip.
    """
    with reporting(as_json=json):
        if out is not None:
            check_folder(out)
        if template is not None:
            _read_one(port, baud, template, issuer, out, json=json)
            return
        with open_device(port, baud=baud) as device:
            known = _known(device, like)
            certificates = _rebuild(device, known)
        pems = {"device_pem": _pem(certificates.device), "signer_pem": _pem(certificates.signer)}
        written = [] if out is None else _write(out, pems)
    if json:
        print_json({"virtual": device.board.info.virtual, "template": known.source, **pems})
        return
    console().print(f"# template: {known.source}{virtual_mark(device.board.info)}")
    for path in written:
        console().print(f"Written: {path}")
    for pem in pems.values() if out is None else ():
        console().print(pem, end="")


def verify(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE…]", help="Without --port: the whole chain, in any order and form."),
    ] = None,
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="URL", help="The chip, virtual or real.", callback=check_named),
    ] = None,
    like: LikeOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Verify the certificate chain of a chip, or of files.

    A chip proves on a fresh challenge that it has the key.
    """
    with reporting(as_json=json):
        if (port is None) != bool(files) or (files and like is not None):
            raise InputError(
                "usage",
                "What is to be verified is a chip or files.",
                "Give --port, or the files of the chain: atecc-bench cert verify device.pem signer.pem root.pem",
            )
        if port is None:
            _verify_files(files or [], json=json)
        else:
            _verify_chip(port, baud, like, json=json)


def _verify_files(files: list[str], *, json: bool) -> None:
    chain = chain_of([one for file in files for one in certificates_in(read_bytes(file))])
    check_whole_chain(chain, datetime.now(UTC))
    hints = foreign_issuers(chain)
    names = [one.subject.rfc4514_string() for one in chain]
    if json:
        print_json({"valid": True, "chain": names, "hints": list(hints)})
        return
    console().print(f"Chain verified, of {len(chain)} certificates: " + " ← ".join(names), markup=False)
    for hint in hints:
        console().print(hint, markup=False)


def _verify_chip(port: str, baud: int, like: Path | None, *, json: bool) -> None:
    with open_device(port, baud=baud) as device:
        _check_readable(device)
        known = _known(device, like)
        certificates = _rebuild(device, known)
        root = x509.load_der_x509_certificate(known.root)
        leaf = x509.load_der_x509_certificate(certificates.device)
        if certificates.root_public_key != certificate_public_key(root):
            raise RefusedError(
                "chain-broken",
                "The root public key on the chip is not that of the root certificate.",
                "Give the root this chip was provisioned under with --like.",
            )
        check_chain(leaf, x509.load_der_x509_certificate(certificates.signer), root, datetime.now(UTC))
        prove_possession(device.session, DEVICE_KEY_SLOT, certificate_public_key(leaf))
    document = {"virtual": device.board.info.virtual, "valid": True, "template": known.source}
    if json:
        print_json(document)
        return
    mark = virtual_mark(device.board.info)
    console().print(f"Chain verified, and the chip signed a fresh challenge with the certificate's key.{mark}")


def _check_readable(device: ConnectedChip) -> None:
    if not device.session.zones_locked()[1]:
        raise RefusedError(
            "data-zone-open",
            "The data zone of this chip is not locked yet: its slots cannot be read, and hold no certificates.",
            "Provision the chip first.",
        )


def _read_one(port: str, baud: int, template: str, issuer: str | None, out: Path | None, *, json: bool) -> None:
    definition = read_template(read_text(template))
    by = None if issuer is None else read_certificate(issuer)
    with open_device(port, baud=baud) as device:
        pem = _pem(read_by_template(device.session, definition, by))
    written = [] if out is None else _write(out, {"certificate_pem": pem})
    if json:
        print_json({"virtual": device.board.info.virtual, "template": template, "certificate_pem": pem})
    elif out is None:
        console().print(pem, end="")
    else:
        console().print(f"Written: {written[0]}")


def _known(device: ConnectedChip, like: Path | None) -> KnownCertificates:
    if like is not None:
        device_der, signer_der, root_der = (
            read_certificate(str(like / f"{name}.pem")).public_bytes(Encoding.DER)
            for name in ("device", "signer", "root")
        )
        return KnownCertificates(device_der, signer_der, root_der, str(like))
    serial_number = device.session.serial_number().hex()
    known = known_certificates(records_of(device, serial_number), device.session)
    if known is None:
        raise InputError(
            "no-template",
            f"The chip holds 72 bytes of each certificate, and no template for chip {serial_number} is known here.",
            "Give a folder with certificates of the same structure with --like.",
        )
    return known


def _rebuild(device: ConnectedChip, known: KnownCertificates) -> ChipCertificates:
    return rebuild_certificates(location_reader(device.session), known.device, known.signer)


def _pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode("ascii")


def _write(folder: Path, pems: dict[str, str]) -> list[Path]:
    files = {folder / f"{name.removesuffix('_pem')}.pem": pem.encode("ascii") for name, pem in pems.items()}
    write_all_new(files)
    return list(files)
