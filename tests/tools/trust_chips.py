"""Makes the chips of the scenarios `trustflex` and `trustgo`: what their maker does before he sells them.

Configuration zones and OTP are those of the ATECC608A-TFLXTLS and ATECC608A-TNGTLS. Microchip's data sheets describe
them in words and list the OTP bytes; the configuration bytes are those that people have read from such chips and
published, but for slot 5 of the Trust&GO. There the MAC address is, by CryptoAuthLib's template 3, which OTP names and
which owners have read certificates with; so it can be read in clear, which the published dump of an earlier chip does
not allow. Keys and certificates have the structure that CryptoAuthLib's `tngtls_cert_def` files describe, under a root
of our own: they are nobody's but this project's, and say so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.zones import BLOCK, Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.pki.authority.issue_ca import SERIAL_NUMBER_LENGTH, issue_root, sign
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion, encode_dates
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    pad_public_key,
    private_key_from_entropy,
    public_key_bytes,
    public_key_from_bytes,
)
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import SeededEntropy
from atecc_bench.twin.state.factory_chips import TRUST_PLATFORM_ATECC608A
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import state_text

DEVICE_KEY_SLOT, DEVICE_CERTIFICATE_SLOT, SIGNER_PUBLIC_KEY_SLOT, SIGNER_CERTIFICATE_SLOT = 0, 10, 11, 12
PRIVATE_KEY_SLOTS = range(5)

_CHIPS_OWN = 16  # bytes of the configuration zone that no Write changes
_ORGANIZATION = "Nordlys AS"
_ROOT_NAME = "Nordlys AS Virtual Trust Root"
_SIGNER_NAME = "Nordlys AS Virtual Trust Signer"
_SIGNER_ID = bytes.fromhex("2A01")
_ISSUED = datetime(2026, 1, 15, 9, tzinfo=UTC)
_ROOT_YEARS, _SIGNER_YEARS, _DEVICE_YEARS = 40, 31, 28
_SIGNER_TEMPLATE, _MAC_SLOT = 1, 5


@dataclass(frozen=True)
class TrustVariant:
    """What its maker writes: bytes 16 to 127 of the configuration zone, and OTP (64 bytes).

    `template_id` is the kind of device certificate that OTP's code names: 2 has `NUMBER ATECC` as its common name,
    3 `snNUMBER` and the `mac`, which is in slot 5.
    """

    configuration: bytes
    otp: bytes
    template_id: int
    mac: str = ""


# The two differ in the address, in slot 5, and in slots 10 to 12: a prototype TrustFLEX keeps its certificates writable
# and lockable, a Trust&GO never lets them change.
_START = "000001 8500 8200 8520 8520 8520"
_SLOTS_6_TO_9 = "8F0F 9F8F 0F0F 8F0F"
_AFTER_CERTIFICATES = "0F0F 0D1F 0F0F FFFFFFFF00000000 FFFFFFFF00000000 000003F7006976000000000000000000"
_LOCKS_TO_KEY_4 = "0000 5555 FFFF 0E60 00000000 5300 5300 7300 7300 7300"
_KEYS_6_TO_9 = "7C00 1C00 3C00 1A00"
_END = "3000 1200 3000"

TRUST_FLEX = TrustVariant(
    bytes.fromhex(
        f"6C {_START} 8F46 {_SLOTS_6_TO_9} 0F0F 0F0F 0F0F {_AFTER_CERTIFICATES} "
        f"{_LOCKS_TO_KEY_4} 3800 {_KEYS_6_TO_9} 3C00 3000 3C00 {_END}"
    ),
    b"wdNxAjae".ljust(64, b"\0"),
    template_id=2,
)
TRUST_GO = TrustVariant(
    bytes.fromhex(
        f"6A {_START} 0F8F {_SLOTS_6_TO_9} 0F8F 0F8F 0F8F {_AFTER_CERTIFICATES} "
        f"{_LOCKS_TO_KEY_4} 1C00 {_KEYS_6_TO_9} 1C00 1000 1C00 {_END}"
    ),
    b"x6tjuZMy".ljust(64, b"\0"),
    template_id=3,
    mac="02006A000001",  # one of those that anybody may give away
)


def make_trust_scenario(variant: TrustVariant, entropy: SeededEntropy) -> dict[str, bytes]:
    """Make one chip, certificates and all, and return the scenario's files by name."""
    root_key, signer_key = private_key_from_entropy(entropy), private_key_from_entropy(entropy)
    root_name = distinguished_name(_ORGANIZATION, _ROOT_NAME)
    root = issue_root(root_name, root_key, start=_ISSUED, years=_ROOT_YEARS, entropy=entropy)
    signer_public_key = public_key_bytes(signer_key.public_key())
    signer = _issue_signer(root, root_key, signer_public_key)

    memory = Eeprom.factory(entropy, TRUST_PLATFORM_ATECC608A)
    session = ChipSession(DirectTransport(SecureElement(memory, entropy)))
    current = memory.contents(Zone.CONFIG)
    session.write_config(current[:_CHIPS_OWN] + variant.configuration, current)
    session.lock_config(memory.contents(Zone.CONFIG))
    public_keys = [session.generate_key(slot) for slot in PRIVATE_KEY_SLOTS]
    device = _issue_device(variant, signer, signer_key, public_keys[DEVICE_KEY_SLOT], session.serial_number())
    session.write_slot(SIGNER_PUBLIC_KEY_SLOT, pad_public_key(signer_public_key))
    session.write_slot(SIGNER_CERTIFICATE_SLOT, _compress(signer, _SIGNER_TEMPLATE, _SIGNER_YEARS))
    session.write_slot(DEVICE_CERTIFICATE_SLOT, _compress(device, variant.template_id, _DEVICE_YEARS))
    if variant.mac:
        session.write_slot(_MAC_SLOT, variant.mac.encode("ascii"))
    for offset in range(0, len(variant.otp), BLOCK):
        session.execute(commands.write(Zone.OTP, 0, offset, variant.otp[offset : offset + BLOCK]))
    session.lock_data()
    return {
        "state.json": state_text(memory, entropy).encode("ascii"),
        "device.pem": device.public_bytes(Encoding.PEM),
        "signer.pem": signer.public_bytes(Encoding.PEM),
        "root.pem": root.public_bytes(Encoding.PEM),
    }


def _issue_signer(root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, public_key: bytes) -> x509.Certificate:
    subject = distinguished_name(_ORGANIZATION, f"{_SIGNER_NAME} {_SIGNER_ID.hex().upper()}")
    builder = (
        _builder(subject, root.subject, public_key, _SIGNER_YEARS)
        .add_extension(_key_usage(issues=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    return sign(builder, public_key, certificate_public_key(root), root_key)


def _issue_device(
    variant: TrustVariant,
    signer: x509.Certificate,
    signer_key: ec.EllipticCurvePrivateKey,
    public_key: bytes,
    serial_number: bytes,
) -> x509.Certificate:
    number = serial_number.hex().upper()
    subject = distinguished_name(_ORGANIZATION, f"sn{number}" if variant.mac else f"{number} ATECC")
    builder = _builder(subject, signer.subject, public_key, _DEVICE_YEARS)
    if variant.mac:
        mac = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, f"eui48_{variant.mac}")])
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DirectoryName(mac)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).add_extension(
        _key_usage(issues=False), critical=True
    )
    return sign(builder, public_key, certificate_public_key(signer), signer_key)


def _builder(subject: x509.Name, issuer: x509.Name, public_key: bytes, years: int) -> x509.CertificateBuilder:
    dates = encode_dates(_ISSUED, years, FormatVersion.for_dates(_ISSUED, years))
    serial_number = hashed_serial_number(SerialSource.PUB_KEY_HASH, public_key, dates, SERIAL_NUMBER_LENGTH)
    return (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(serial_number))
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key_from_bytes(public_key))
        .not_valid_before(_ISSUED)
        .not_valid_after(_ISSUED.replace(year=_ISSUED.year + years))
    )


def _key_usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not issues,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _compress(certificate: x509.Certificate, template_id: int, years: int) -> bytes:
    r, s = decode_dss_signature(certificate.signature)
    return CompressedCertificate(
        signature=r.to_bytes(32) + s.to_bytes(32),
        issue_date=_ISSUED,
        expire_years=years,
        template_id=template_id,
        chain_id=0,
        sn_source=SerialSource.PUB_KEY_HASH,
        format_version=FormatVersion.for_dates(_ISSUED, years),
        signer_id=_SIGNER_ID,
    ).to_bytes()
