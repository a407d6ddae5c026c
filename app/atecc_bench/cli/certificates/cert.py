"""Verbs about certificates: read them from a chip, verify them, show one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
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
from atecc_bench.errors import InputError
from atecc_bench.onchip.write_by_template import read_by_template
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.pki.x509.file_chain import chain_of, check_whole_chain, foreign_issuers
from atecc_bench.workflows.comparison.certificates_on_chip import (
    ChainOnChip,
    certificates_on_chip,
    chain_on_chip,
    verify_chain,
)
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates
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
            chain = _chain(device, like)
        pems = {"device_pem": _pem(chain.device)} | ({} if chain.signer is None else {"signer_pem": _pem(chain.signer)})
        written = [] if out is None else _write(out, pems)
    if json:
        print_json({"virtual": device.board.info.virtual, "template": chain.source, "layouts": chain.layouts, **pems})
        return
    console().print(f"# template: {chain.source}{virtual_mark(device.board.info)}")
    console().print(f"# layout: {' or '.join(chain.layouts)}")
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
        chain = _chain(device, like)
        verify_chain(device.session, chain, datetime.now(UTC))
    document = {
        "virtual": device.board.info.virtual, "valid": True, "template": chain.source, "layouts": chain.layouts
    }  # fmt: skip
    if json:
        print_json(document)
        return
    mark = virtual_mark(device.board.info)
    console().print(f"Chain verified, and the chip signed a fresh challenge with the certificate's key.{mark}")


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


def _chain(device: ConnectedChip, like: Path | None) -> ChainOnChip:
    records = records_of(device, device.session.serial_number().hex())
    found = certificates_on_chip(device.session, records, None if like is None else (_of_folder(like),))
    return chain_on_chip(device.session, records, found)


def _of_folder(like: Path) -> KnownCertificates:
    device_der, signer_der, root_der = (
        read_certificate(str(like / f"{name}.pem")).public_bytes(Encoding.DER) for name in ("device", "signer", "root")
    )
    return KnownCertificates(device_der, signer_der, root_der, str(like))


def _pem(der: bytes) -> str:
    return load_certificate(der).public_bytes(Encoding.PEM).decode("ascii")


def _write(folder: Path, pems: dict[str, str]) -> list[Path]:
    files = {folder / f"{name.removesuffix('_pem')}.pem": pem.encode("ascii") for name, pem in pems.items()}
    write_all_new(files)
    return list(files)
