"""Kinds of DER, told by structure alone.

Formats: RFC 5280, RFC 2986, RFC 5208, RFC 5915, RFC 8017, RFC 7292.
"""

from collections.abc import Sequence
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import BIT_STRING, SEQUENCE, DerNode, parse_der
from atecc_bench.pki.keys.key_files import describe_key

_INTEGER, _OCTET_STRING, _OID = 0x02, 0x04, 0x06
_CONTEXT_0 = 0xA0
_PARTS = 3


class DerKind(StrEnum):
    """Kinds of things that people keep as DER or PEM."""

    CERTIFICATE = "certificate"
    REQUEST = "certificate request"
    PUBLIC_KEY = "public key"
    PRIVATE_KEY = "private key"
    ENCRYPTED_KEY = "encrypted private key"
    PKCS12 = "PKCS #12 file"
    PARAMETERS = "parameters of a curve"
    OTHER = "DER of another kind"


def der_kind(data: bytes) -> DerKind | None:
    """What some bytes are, None for bytes that are no DER.

    Only the structure is looked at: a certificate may still be damaged within a value.
    """
    try:
        root = parse_der(data)
    except InputError:
        return None
    if root.tag == _OID:
        return DerKind.PARAMETERS
    if root.tag != SEQUENCE or not root.children:
        return None
    parts = root.children
    tags = [part.tag for part in parts]
    if tags == [SEQUENCE, SEQUENCE, BIT_STRING]:
        return _signed(parts[0])
    if tags == [SEQUENCE, BIT_STRING]:
        return DerKind.PUBLIC_KEY
    if tags == [SEQUENCE, _OCTET_STRING]:
        return DerKind.ENCRYPTED_KEY
    if tags == [_INTEGER, _INTEGER]:
        return DerKind.PUBLIC_KEY  # of RSA, RFC 8017
    if tags[0] == _INTEGER and len(tags) > 1:
        return _versioned(parts, data)
    return DerKind.OTHER


def _signed(body: DerNode) -> DerKind:
    tags = [part.tag for part in body.children]
    if tags[:1] == [_CONTEXT_0] or len(tags) > _PARTS + 1:
        return DerKind.CERTIFICATE
    return DerKind.REQUEST if tags[:_PARTS] == [_INTEGER, SEQUENCE, SEQUENCE] else DerKind.OTHER


def _versioned(parts: Sequence[DerNode], data: bytes) -> DerKind:
    version, second = parts[0].value(data), parts[1].tag
    if version == b"\x03" and second == SEQUENCE:
        return DerKind.PKCS12
    if second == _OCTET_STRING and version == b"\x01":
        return DerKind.PRIVATE_KEY  # RFC 5915
    if second == SEQUENCE and len(parts) >= _PARTS and parts[2].tag == _OCTET_STRING:
        return DerKind.PRIVATE_KEY  # RFC 5208
    return DerKind.PRIVATE_KEY if all(part.tag == _INTEGER for part in parts) else DerKind.OTHER


def key_in_words(data: bytes, kind: DerKind) -> str:
    """A key for people: `an RSA-2048 private key`.

    `kind` is what `der_kind` says of the data.
    """
    if kind is DerKind.ENCRYPTED_KEY:
        return "an encrypted private key"
    which = "private key" if kind is DerKind.PRIVATE_KEY else "public key"
    try:
        key = load_der_private_key(data, None) if kind is DerKind.PRIVATE_KEY else load_der_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return f"a {which} of a kind that is not known here"
    return describe_key(key).removesuffix("key") + which
