"""Self-signed certificates as ArduinoECCX08 keeps them.

Signature and dates are in 72 bytes of a slot.

Format: ArduinoECCX08, src/utility/ECCX08SelfSignedCert.cpp. Names of PrintableStrings in the order C, ST, L, O, OU, CN,
an empty list of extensions; behind the signature three bytes with year, month, day, hour and years, five bits each but
four for the month, the lowest bits first.
"""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.dates import not_representable
from atecc_bench.pki.encoding.der import BIT_STRING, SEQUENCE, encode_length, parse_der
from atecc_bench.pki.encoding.distinguished_names import NAME_PARTS, name_of_parts
from atecc_bench.pki.keys.key_files import public_key_from_bytes

STORED_LENGTH: Final = 72
LONGEST_YEARS: Final = 31
FIRST_SLOT, LAST_SLOT = 8, 15
_FIRST_YEAR, _LAST_YEAR = 2000, 2031
_NAME_ORDER = ("C", "ST", "L", "O", "OU", "CN")
_NO_EXTENSIONS = b"\xa3\x02\x30\x00"
_SERIAL_NUMBER = 1


def arduino_name(name: x509.Name) -> x509.Name:
    """The same name in the order and with the strings of ArduinoECCX08.

    Raises:
        InputError: `name-not-usable` for parts that it does not have.
    """
    by_oid = {oid: part for part, (_, oid) in NAME_PARTS.items() if part in _NAME_ORDER}
    parts: dict[str, str] = {}
    for attribute in name:
        part = by_oid.get(attribute.oid)
        if part is None or part in parts or not isinstance(attribute.value, str):
            raise InputError(
                "name-not-usable",
                f"ArduinoECCX08 cannot build the name {name.rfc4514_string()!r}: it has each of "
                f"{', '.join(_NAME_ORDER)} once at most, and nothing else.",
                "Give such a name, or leave --store out.",
            )
        parts[part] = attribute.value
    return name_of_parts([(part, parts[part]) for part in _NAME_ORDER if part in parts], printable=True)


def unsigned(name: x509.Name, public_key: bytes, start: datetime, years: int) -> bytes:
    """The part of such a certificate that is signed (DER).

    The key is X‖Y.

    Raises:
        RefusedError: `date-not-representable`.
    """
    check_dates(start, years)
    builder = (
        x509.CertificateBuilder()
        .serial_number(_SERIAL_NUMBER)
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key_from_bytes(public_key))
        .not_valid_before(start)
        .not_valid_after(start.replace(year=start.year + years))
    )
    # The library builds what it has signed itself, so somebody has to sign it; the signature is thrown away.
    body = builder.sign(ec.derive_private_key(1, ec.SECP256R1()), SHA256()).tbs_certificate_bytes
    content = body[parse_der(body).value_start :] + _NO_EXTENSIONS
    return bytes([SEQUENCE]) + encode_length(len(content)) + content


def signed(body: bytes, signature: bytes) -> bytes:
    """The certificate (DER) of its body and its signature R‖S."""
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256
    value = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    bits = bytes([BIT_STRING]) + encode_length(len(value) + 1) + b"\0" + value
    content = body + algorithm + bits
    return bytes([SEQUENCE]) + encode_length(len(content)) + content


def stored(signature: bytes, start: datetime, years: int) -> bytes:
    """The 72 bytes that the slot holds."""
    fields = ((start.year - _FIRST_YEAR, 5), (start.month, 4), (start.day, 5), (start.hour, 5), (years, 5))
    packed = shift = 0
    for value, width in fields:
        packed |= value << shift
        shift += width
    return (signature + packed.to_bytes(3, "little")).ljust(STORED_LENGTH, b"\0")


def check_dates(start: datetime, years: int) -> None:
    """Raise `RefusedError` (`date-not-representable`) for dates that the three bytes cannot hold."""
    if _FIRST_YEAR <= start.year <= _LAST_YEAR and 1 <= years <= LONGEST_YEARS:
        return
    raise not_representable(
        f"ArduinoECCX08 keeps years from {_FIRST_YEAR} to {_LAST_YEAR} and a validity of 1 to {LONGEST_YEARS} years; "
        f"this certificate begins in {start.year} and lasts {years}.",
        "Give --years within them, or leave --store out.",
    )
