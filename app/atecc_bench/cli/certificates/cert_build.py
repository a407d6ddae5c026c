"""The verb `cert build`, which issues a device certificate.

The certificate is for the live key of a chip, or for a request.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config.slot_policy import Holds, slot_policy
from atecc_bench.cli.common.input_files import read_request, read_text
from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    check_named,
    console,
    print_json,
    reporting,
)
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cli.common.passphrase import PassphraseFileOption, unlocked_authority
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.authority.issuer import issuer_of, on_the_hour
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.issue import Particulars, issue_by_template
from atecc_bench.pki.compressed.massprovisioning import DEVICE_KEY_SLOT
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.pki.keys.key_files import certificate_public_key, public_key_bytes, wrong_key_type
from atecc_bench.pki.x509.chain_checks import check_issued_by

_CHIP_SERIAL_NUMBER_LENGTH = 9


def build(
    ca: Annotated[Path, typer.Option("--ca", metavar="DIR", help="Certificate authority whose signer issues.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new certificate, .pem or .der.")],
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="URL", help="The chip whose live key it is for.", callback=check_named),
    ] = None,
    csr: Annotated[str | None, typer.Option("--csr", metavar="FILE", help="Or a request, PEM or DER.")] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="FILE", help="By default the layout of ECC608-MassProvisioning.")
    ] = None,
    years: Annotated[int, typer.Option("--years", min=0, max=127, help="With a template; 0: no expiry.")] = 0,
    serial_number: Annotated[
        str | None, typer.Option("--serial-number", metavar="HEX", help="For templates that store it.")
    ] = None,
    signer_id: Annotated[str, typer.Option("--signer-id", metavar="HEX", help="Four hexadecimal digits.")] = "0000",
    device: Annotated[
        str | None, typer.Option("--device", metavar="HEX", help="With --csr: the chip's serial number, 18 digits.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="PART=TEXT", help="A part of the template; PART=hex:… too.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Issue a certificate for a chip's live key or a request.

    What the chip could not represent is refused. `cert write` puts the certificate onto the chip.
    """
    with reporting(as_json=json):
        ending = check_new(out, ".pem", ".crt", ".der", ".cer")
        definition = None if template is None else _compressed(read_template(read_text(template)))
        authority = unlocked_authority(ca, passphrase_file)
        slot = DEVICE_KEY_SLOT if definition is None else definition.public_key_dev_loc.slot
        public_key, chip_serial_number = _subject(port, baud, csr, device, slot)
        not_before = on_the_hour(datetime.now(UTC))
        if definition is None:
            der = _of_layout(authority, public_key, chip_serial_number, not_before)
        else:
            particulars = Particulars(
                public_key=public_key,
                not_before=not_before,
                expire_years=years,
                signer_id=_hex(signer_id, "--signer-id"),
                serial_number=None if serial_number is None else _hex(serial_number, "--serial-number"),
                chip_serial_number=chip_serial_number,
                elements=dict(_value(text) for text in values or ()),
            )
            signer_key = certificate_public_key(authority.signer)
            der = issue_by_template(definition, particulars, authority.signer_key, signer_key)
        issued = x509.load_der_x509_certificate(der)
        check_issued_by(issued, authority.signer, "new certificate", "the CA's signer")
        pem = issued.public_bytes(Encoding.PEM)
        write_new(out, der if ending in (".der", ".cer") else pem)
    if json:
        print_json({"path": str(out), "certificate_pem": pem.decode("ascii")})
    else:
        name = issued.subject.rfc4514_string()
        console().print(f"The certificate for {name}, issued by the signer of {ca}, is in {out}.")


def _compressed(definition: CertificateDefinition | FullStoredDefinition) -> CertificateDefinition:
    if isinstance(definition, FullStoredDefinition):
        raise InputError(
            "template-not-usable",
            "This template only says where a whole certificate is; nothing can be issued by it.",
            "Issue the certificate elsewhere and write it with `cert write --template`.",
        )
    return definition


def _subject(port: str | None, baud: int, csr: str | None, device: str | None, slot: int) -> tuple[bytes, bytes | None]:
    """Find the public key (X‖Y) that the certificate is for.

    The chip's serial number comes with it where it is known.
    """
    if (port is None) == (csr is None):
        raise InputError("usage", "The key is needed, from one place.", "Give either --port or --csr.")
    if port is not None:
        with open_device(port, baud=baud) as opened:
            config = opened.session.read_config()
            if slot_policy(config, slot).holds is not Holds.ECC_PRIVATE:
                slot = DEVICE_KEY_SLOT
            return opened.session.public_key(slot), config.serial_number
    key = read_request(csr or "").public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise wrong_key_type(key, "The request's key")
    number = None if device is None else _hex(device, "--device")
    if number is not None and len(number) != _CHIP_SERIAL_NUMBER_LENGTH:
        raise InputError("usage", "A chip's serial number has 18 hexadecimal digits.", "Correct --device.")
    return public_key_bytes(key), number


def _of_layout(
    authority: CertificateAuthority, public_key: bytes, chip_serial_number: bytes | None, not_before: datetime
) -> bytes:
    if chip_serial_number is None:
        raise InputError(
            "serial-number-needed",
            "The certificate of this layout is named after its chip, and which that is was not said.",
            "Give the chip's serial number with --device.",
        )
    return issue_device_certificate(
        authority,
        public_key,
        organization=issuer_of(authority.root, authority.signer, None).organization,
        common_name=chip_serial_number.hex(),
        not_before=not_before,
    )


def _value(text: str) -> tuple[str, bytes]:
    name, _, value = text.partition("=")
    if value.startswith("hex:"):
        return name, _hex(value.removeprefix("hex:"), f"--set {name}")
    return name, value.encode()


def _hex(text: str, option: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InputError(
            "usage", f"{option} {text!r} is not hexadecimal.", "Give pairs of hexadecimal digits."
        ) from error
