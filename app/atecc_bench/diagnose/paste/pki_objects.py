"""Certificates, requests and keys, in whatever they are wrapped.

PEM in source texts, JSON, shells and mails; DER as it is, in hex, Base64 or an array; JWK; keys as `openssl -text`
prints them.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from atecc_bench.diagnose.paste.recognise import recognise
from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.pem import pem_blocks
from atecc_bench.pki.keys.der_kinds import DerKind, der_kind, key_in_words
from atecc_bench.pki.keys.key_files import load_certificate, load_certificates, public_key_from_bytes
from atecc_bench.plain_json import load_json
from atecc_bench.text_files import plain, text_of

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])M[A-Za-z0-9+/]{30,}(?:\s*\n\s*[A-Za-z0-9+/]+)*={0,2}")
_JWK = re.compile(r"\{[^{}]*\"kty\"[^{}]*\}")
_HEX_BLOCK = r"((?:[ \t]*(?:[0-9A-Fa-f]{2}:?)+[ \t]*(?:\r?\n|$))+)"
_PRIVATE_TEXT = re.compile(r"^[ \t]*priv:[ \t]*\r?\n" + _HEX_BLOCK, re.MULTILINE)
_PUBLIC_TEXT = re.compile(r"^[ \t]*pub:[ \t]*\r?\n" + _HEX_BLOCK, re.MULTILINE)
_SCALAR, _POINT = 32, 64
PRINTED = "printed by openssl"
_LONGEST_TEXT = 1 << 20
_LONGEST_RAW = 1 << 16  # of a file that shows 32 bytes


@dataclass(frozen=True)
class PkiObject:
    """A certificate, request or key that was found.

    It says what it is, its DER, and where it was.
    """

    kind: DerKind
    der: bytes = field(repr=False)
    where: str

    @property
    def in_words(self) -> str:
        """What it is, for people, with its article."""
        if self.kind in (DerKind.PUBLIC_KEY, DerKind.PRIVATE_KEY, DerKind.ENCRYPTED_KEY):
            return key_in_words(self.der, self.kind)
        return f"a {self.kind.value}"


def pki_objects(data: bytes) -> tuple[PkiObject, ...]:
    """Everything of the kind in a file, in its order, each once."""
    found: dict[bytes, PkiObject] = {}
    for one in _objects(data):
        found.setdefault(one.der, one)
    return tuple(found.values())


def objects_of_kind(data: bytes, kind: DerKind) -> tuple[bytes, ...]:
    """The DER of everything of one kind in a file."""
    return tuple(one.der for one in pki_objects(data) if one.kind is kind)


def certificates_in(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a file, whatever they are wrapped in.

    Raises:
        InputError: What `load_certificates` raises, for a file that holds none.
    """
    try:
        return load_certificates(data)
    except InputError:
        found = objects_of_kind(data, DerKind.CERTIFICATE)
        if not found:
            raise
    return tuple(load_certificate(der) for der in found)


def raw_private_key(data: bytes) -> bytes | None:
    """The private key that 32 bytes are, as DER.

    As they are, in hex, Base64, a C array or what else shows bytes; 36 bytes with four zeros first are PrivWrite's
    form. None where there are no such bytes, or they are no key. Nothing tells such bytes from others: somebody has to
    have said that they are a key.
    """
    if len(data) > _LONGEST_RAW:
        return None
    shown = [data] if len(data) in (_SCALAR, _SCALAR + 4) else []
    text = plain(text_of(data, "replace"))
    shown += [one.data for one in recognise(text)]
    digits = "".join(text.split())
    if re.fullmatch(r"(?:0[xX])?[0-9A-Fa-f]{64}", digits):
        shown.append(bytes.fromhex(digits[-64:]))
    elif re.fullmatch(r"[A-Za-z0-9+/_-]{43}=?", digits):
        shown.append(base64.b64decode(digits.rstrip("=").translate({0x2D: "+", 0x5F: "/"}) + "="))
    for candidate in shown:
        scalar = candidate[4:] if len(candidate) == _SCALAR + 4 and not any(candidate[:4]) else candidate
        if len(scalar) == _SCALAR and (der := _private_der(int.from_bytes(scalar))) is not None:
            return der
    return None


def _objects(data: bytes) -> Iterator[PkiObject]:
    kind = der_kind(data)
    if kind is not None:
        yield PkiObject(kind, data, "DER")
        return
    whole = plain(text_of(data, "replace"))
    text = whole[:_LONGEST_TEXT]
    for block in pem_blocks(data):
        der = block.der()
        if "ENCRYPTED" in block.label or b"DEK-Info" in block.pem:
            yield PkiObject(DerKind.ENCRYPTED_KEY, der, "PEM")
        elif (kind := der_kind(der)) not in (None, DerKind.PARAMETERS):
            yield PkiObject(kind or DerKind.OTHER, der, "PEM")
    for found in recognise(whole):
        if found.stored is None and (kind := der_kind(found.data)) not in (None, DerKind.OTHER, DerKind.PARAMETERS):
            yield PkiObject(kind or DerKind.OTHER, found.data, found.sentence)
    yield from _base64_objects(text)
    yield from _jwk_objects(text)
    yield from _shown_keys(text)


def _base64_objects(text: str) -> Iterator[PkiObject]:
    line, counted = 1, 0
    for match in _BASE64.finditer(text):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        digits = "".join(match[0].split()).rstrip("=")
        try:
            der = base64.b64decode(digits + "=" * (-len(digits) % 4))
        except binascii.Error:
            continue
        kind = der_kind(der)
        if kind not in (None, DerKind.OTHER):
            yield PkiObject(kind, der, f"Base64 in line {line}")


def _jwk_objects(text: str) -> Iterator[PkiObject]:
    for match in _JWK.finditer(text):
        try:
            document: object = load_json(match[0])
        except ValueError:
            continue
        if isinstance(document, dict):
            der = _of_jwk(cast("Mapping[str, Any]", document))
            if der is not None:
                yield PkiObject(der_kind(der) or DerKind.OTHER, der, "JWK")


def _of_jwk(document: Mapping[str, Any]) -> bytes | None:
    """The DER of a P-256 key that is a JWK.

    Format: RFC 7517, RFC 7518. None for another.
    """
    if document.get("kty") != "EC" or document.get("crv") != "P-256":
        return None
    try:
        if isinstance(document.get("d"), str):
            return _private_der(int.from_bytes(_from_base64url(document["d"])))
        return _public_der(_from_base64url(document["x"]) + _from_base64url(document["y"]))
    except (ValueError, KeyError, AttributeError):
        return None


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).rjust(_SCALAR, b"\0")


def _shown_keys(text: str) -> Iterator[PkiObject]:
    if "prime256v1" not in text and "P-256" not in text:
        return
    for match in _PRIVATE_TEXT.finditer(text):
        der = _private_der(int(re.sub(r"[^0-9A-Fa-f]", "", match[1]), 16))
        if der is not None:
            yield PkiObject(DerKind.PRIVATE_KEY, der, PRINTED)
    for match in _PUBLIC_TEXT.finditer(text):
        der = _public_der(bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", match[1]))[1:])
        if der is not None:
            yield PkiObject(DerKind.PUBLIC_KEY, der, PRINTED)


def _private_der(scalar: int) -> bytes | None:
    try:
        key = ec.derive_private_key(scalar, ec.SECP256R1())
    except ValueError:
        return None
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _public_der(point: bytes) -> bytes | None:
    if len(point) != _POINT:
        return None
    try:
        key = public_key_from_bytes(point)
    except InputError:
        return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
