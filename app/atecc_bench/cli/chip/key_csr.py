"""The verb `key csr`, which makes a certificate request.

It is for a key in the chip, and is signed there.
"""

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.chip.key import SlotOption
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
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.read_certificates import chip_private_key
from atecc_bench.pki.x509.csr import (
    RequestedExtension,
    alternative_names,
    any_extension,
    extended_key_usage,
    key_usage,
    make_request,
    subject_of_text,
)


def csr(
    port: PortOption,
    slot: SlotOption,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="As CN=…,O=…; by default CN=<serial number>.")
    ] = None,
    san: Annotated[
        list[str] | None, typer.Option("--san", metavar="NAME", help="DNS:…, IP:…, URI:…, email:…, RID:…, dirName:…")
    ] = None,
    usages: Annotated[
        list[str] | None, typer.Option("--key-usage", metavar="USAGE", help="digitalSignature, keyAgreement, …")
    ] = None,
    purposes: Annotated[
        list[str] | None, typer.Option("--extended-key-usage", metavar="PURPOSE", help="clientAuth, an OID, …")
    ] = None,
    extensions: Annotated[
        list[str] | None, typer.Option("--extension", metavar="OID=HEX", help="Any other; OID=critical,HEX too.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, .pem, .csr or .der; stdout without.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make a certificate request (PKCS #10) for a slot's key.

    Changes nothing on the chip.
    """
    with reporting(as_json=json):
        ending = check_new(out, ".pem", ".csr", ".der") if out is not None else ""
        requested = _extensions(san or [], usages or [], purposes or [], extensions or [])
        named = None if subject is None else subject_of_text(subject)
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            if not config.config_locked:
                raise RefusedError(
                    "config-zone-open",
                    "The configuration zone is not locked yet, and before that the chip signs nothing.",
                    "Lock the configuration first; provisioning does.",
                )
            name = subject_of_text(f"CN={config.serial_number.hex()}") if named is None else named
            request = make_request(chip_private_key(device.session, slot), name, requested)
        if out is not None:
            write_new(out, _der(request) if ending == ".der" else request)
    text = request.decode("ascii")
    if json:
        where = {"path": str(out)} if out else {}
        print_json({"virtual": device.board.info.virtual, "slot": slot, "csr_pem": text, **where})
    elif out is None:
        typer.echo(text.rstrip())
    else:
        mark = virtual_mark(device.board.info)
        console().print(
            f"The request for the key in slot {slot} of chip {config.serial_number.hex()}{mark} is in {out}."
        )


def _der(request: bytes) -> bytes:
    return x509.load_pem_x509_csr(request).public_bytes(Encoding.DER)


def _extensions(
    san: list[str], usages: list[str], purposes: list[str], extensions: list[str]
) -> list[RequestedExtension]:
    found = [any_extension(text) for text in extensions]
    if purposes:
        found.insert(0, extended_key_usage(purposes))
    if usages:
        found.insert(0, key_usage(usages))
    if san:
        found.insert(0, alternative_names(san))
    return found
