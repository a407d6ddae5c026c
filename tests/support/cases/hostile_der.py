"""DER and PEM that nobody makes in good faith."""

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

SEQUENCE, SET, INTEGER, BITS, OCTETS, OID, NULL, TIME, GENERAL_TIME, TEXT = (
    0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x05, 0x17, 0x18, 0x0C,
)  # fmt: skip
ITERATIONS = 0x7FFFFFFF


def tlv(tag: int, content: bytes) -> bytes:
    """An element of DER."""
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def number(value: int) -> bytes:
    """An INTEGER."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytes([first * 40 + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return tlv(OID, content)


def pem(label: str, der: bytes) -> bytes:
    """DER in PEM."""
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n".encode()


def nested(depth: int) -> bytes:
    """SEQUENCEs in SEQUENCEs, of definite length."""
    heads: list[bytes] = []
    size = 0
    for _ in range(depth):
        head = bytes([SEQUENCE, 0x84]) + size.to_bytes(4, "big")
        heads.append(head)
        size += len(head)
    return b"".join(reversed(heads))


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(7, ec.SECP256R1())


def _certificate(names: int = 1, extensions: int = 0, length: int = 8) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "x" * length)] * names)
    builder = x509.CertificateBuilder(name, name, _key().public_key(), 1, datetime(2020, 1, 1), datetime(2050, 1, 1))
    for at in range(extensions):
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.{at}"), bytes(3))
        builder = builder.add_extension(unknown, critical=False)
    return builder.sign(_key(), hashes.SHA256()).public_bytes(Encoding.DER)


def _other_time(of: bytes, instead: bytes) -> bytes:
    return _certificate().replace(of, instead)


def _encrypted_key(kdf: bytes) -> bytes:
    """A PKCS #8 key under a passphrase, with a derivation of somebody's choice."""
    cipher = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.1.42") + tlv(OCTETS, bytes(16)))
    scheme = tlv(SEQUENCE, oid("1.2.840.113549.1.5.13") + tlv(SEQUENCE, kdf + cipher))
    return pem("ENCRYPTED PRIVATE KEY", tlv(SEQUENCE, scheme + tlv(OCTETS, bytes(144))))


def _pbkdf2(iterations: int) -> bytes:
    prf = tlv(SEQUENCE, oid("1.2.840.113549.2.9") + tlv(NULL, b""))
    return tlv(
        SEQUENCE, oid("1.2.840.113549.1.5.12") + tlv(SEQUENCE, tlv(OCTETS, bytes(16)) + number(iterations) + prf)
    )


def _scrypt(n: int, r: int, p: int) -> bytes:
    parameters = tlv(SEQUENCE, tlv(OCTETS, bytes(16)) + number(n) + number(r) + number(p))
    return tlv(SEQUENCE, oid("1.3.6.1.4.1.11591.4.11") + parameters)


def _costly_pkcs12() -> bytes:
    form = (
        PrivateFormat.PKCS12.encryption_builder().kdf_rounds(50).build(b"correct horse")
        if hasattr(PrivateFormat, "PKCS12")
        else BestAvailableEncryption(b"correct horse")
    )
    whole = serialize_key_and_certificates(b"x", _key(), None, None, form)
    return whole.replace(number(50), number(ITERATIONS)[:3])


def _sec1(private: bytes, curve: str = "1.2.840.10045.3.1.7") -> bytes:
    return tlv(SEQUENCE, number(1) + tlv(OCTETS, private) + tlv(0xA0, oid(curve)))


def _request(attributes: int) -> bytes:
    whole = x509.CertificateSigningRequestBuilder(x509.Name([]))
    for at in range(attributes):
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.{at}"), bytes(3))
        whole = whole.add_extension(unknown, critical=False)
    return whole.sign(_key(), hashes.SHA256()).public_bytes(Encoding.DER)


END = b"-----END CERTIFICATE-----\n"
BEGIN = b"-----BEGIN CERTIFICATE-----\n"
_NO_DIGITS = {"spaces": b" ", "backslashes": b"\\", "line ends of C": b"\\n", "quotation marks": b'"'}

DER_FILES: dict[str, Callable[[], bytes]] = {
    "two million elements": lambda: tlv(SEQUENCE, b"\x05\x00" * 2_000_000),
    "two million empty sequences": lambda: tlv(SEQUENCE, b"\x30\x00" * 2_000_000),
    "two million elements in PEM": lambda: pem("CERTIFICATE", tlv(SEQUENCE, b"\x05\x00" * 2_000_000)),
    "sequences 1,000 deep": lambda: nested(1000),
    "sequences 100,000 deep": lambda: nested(100_000),
    "sequences 2 million deep": lambda: nested(2_000_000),
    "sequences 100,000 deep in PEM": lambda: pem("CERTIFICATE", nested(100_000)),
    "900,000 elements": lambda: tlv(SEQUENCE, b"\x05\x00" * 900_000),
    "600,000 elements in PEM": lambda: pem("CERTIFICATE", tlv(SEQUENCE, b"\x05\x00" * 600_000)),
    "sequences 300,000 deep": lambda: nested(300_000),
    "60,000 begins": lambda: BEGIN * 60_000,
    "60,000 begins of keys": lambda: b"-----BEGIN EC PRIVATE KEY-----" * 60_000,
    "2 MB of dashes and begins": lambda: b"-----BEGIN " * 180_000,
    "PEM of 2 MB": lambda: pem("CERTIFICATE", bytes(1_400_000)),
    "3,000 certificates": lambda: pem("CERTIFICATE", _certificate()) * 3000,
    "octets in octets": lambda: b"".join(tlv(OCTETS, b"")[:1] + b"\x84" + bytes(3) + b"\x7f" for _ in range(50_000)),
    "no length": lambda: b"\x30\x80" * 100_000,
    "length of 4 GB": lambda: b"\x30\x84\xff\xff\xff\xff" + bytes(100),
    "length of 126 bytes": lambda: b"\x30\xfe" + b"\xff" * 126 + bytes(100),
    "tag of a million bytes": lambda: b"\x3f" + b"\xff" * 1_000_000 + b"\x01\x00",
    "number of a megabyte": lambda: tlv(SEQUENCE, tlv(INTEGER, b"\x7f" * 1_000_000)),
    "arc of a megabyte": lambda: tlv(SEQUENCE, tlv(OID, b"\x2a" + b"\xff" * 1_000_000 + b"\x7f")),
    "100,000 arcs": lambda: tlv(SEQUENCE, tlv(OID, b"\x2a" + b"\x01" * 100_000)),
    "400,000 begins": lambda: BEGIN * 400_000,
    "400,000 begins of keys": lambda: b"-----BEGIN EC PRIVATE KEY-----" * 400_000,
    "400,000 ends": lambda: b"-----END CERTIFICATE-----\n" * 400_000,
    "15 MB of dashes and begins": lambda: b"-----BEGIN " * 1_300_000,
    "PEM of 14 MB": lambda: pem("CERTIFICATE", bytes(10 << 20)),
    **{f"PEM of 60,000 {what}": lambda one=one: BEGIN + one * 60_000 + b"\n" + END for what, one in _NO_DIGITS.items()},
    "PEM without end": lambda: BEGIN + b"QUJD" * 2_000_000,
    "PEM with a header": lambda: BEGIN + b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nQUJD\n" + END,
    "10,000 certificates": lambda: pem("CERTIFICATE", _certificate()) * 10_000,
    "20,000 wrong certificates": lambda: pem("CERTIFICATE", b"\x30\x00") * 20_000,
    "certificate with 5,000 names": lambda: _certificate(names=5000),
    "certificate with 5,000 extensions": lambda: _certificate(extensions=5000),
    "certificate of the year 0": lambda: _other_time(b"200101000000Z", b"000000000000Z"),
    "certificate of month 13": lambda: _other_time(b"200101000000Z", b"201399999999Z"),
    "certificate without a time": lambda: _other_time(b"200101000000Z", b"\xff" * 13),
    "certificate that ends early": lambda: _certificate()[:-7],
    "certificate with a tail": lambda: _certificate() + bytes(1_000_000),
    "name of control characters": lambda: _certificate(length=8).replace(b"x" * 8, b"\x1b[2J\x1b]0;"),
    "name that is no UTF-8": lambda: _certificate(length=8).replace(b"x" * 8, b"\xff" * 8),
    "name that is a formula": lambda: _certificate(length=8).replace(b"x" * 8, b"=cmd|'A0"),
    "point that is on no curve": lambda: _certificate().replace(b"\x04" + _point()[1:9], b"\x04" + bytes(8)),
    "request with 3,000 extensions": lambda: _request(3000),
    "request in PEM, cut": lambda: pem("CERTIFICATE REQUEST", _request(1)[:-9]),
    "key with two thousand million rounds": lambda: _encrypted_key(_pbkdf2(ITERATIONS)),
    "key with thirty million rounds": lambda: _encrypted_key(_pbkdf2(30_000_000)),
    "key with no rounds": lambda: _encrypted_key(_pbkdf2(0)),
    "key with scrypt of 16 GB": lambda: _encrypted_key(_scrypt(1 << 24, 8, 1)),
    "key with scrypt of 1 GB": lambda: _encrypted_key(_scrypt(1 << 20, 8, 1)),
    "key with scrypt of many turns": lambda: _encrypted_key(_scrypt(1 << 14, 8, 1 << 20)),
    "PKCS #12 of many rounds": _costly_pkcs12,
    "old key under MD5": lambda: b"-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
    b"DEK-Info: DES-CBC,0011223344556677\n\n"
    + base64.b64encode(bytes(120)) + b"\n-----END EC PRIVATE KEY-----\n",
    "key that is zero": lambda: pem("EC PRIVATE KEY", _sec1(bytes(32))),
    "key that is too large": lambda: pem("EC PRIVATE KEY", _sec1(b"\xff" * 32)),
    "key of a megabyte": lambda: pem("EC PRIVATE KEY", _sec1(b"\x01" * 1_000_000)),
    "key of another curve": lambda: pem("EC PRIVATE KEY", _sec1(b"\x01" * 32, "1.3.132.0.10")),
    "10,000 keys": lambda: pem("EC PRIVATE KEY", _sec1(b"\x01" * 32)) * 10_000,
}  # fmt: skip


def _point() -> bytes:
    from atecc_bench.pki.keys.key_files import public_key_bytes

    return b"\x04" + public_key_bytes(_key().public_key())
