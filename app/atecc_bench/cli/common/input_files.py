"""Files that a verb is given; - is stdin."""

import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from atecc_bench.bounded_files import LARGEST_TEXT
from atecc_bench.diagnose.paste.pki_objects import PkiObject, pki_objects, raw_private_key
from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.pem import pem_blocks
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.keys.key_files import load_certificate, load_private_key, public_key_bytes, wrong_key_type
from atecc_bench.pki.x509.csr import load_request
from atecc_bench.text_files import text_of
from atecc_bench.workflows.brought_files import not_too_large, read_brought


def read_bytes(name: str, largest: int = LARGEST_TEXT) -> bytes:
    """Contents of a file of at most `largest` bytes.

    Raises:
        InputError: `no-such-file`, `file-too-large`.

    """
    if name == "-":
        return not_too_large(sys.stdin.buffer.read(largest + 1), "stdin", largest)
    return read_brought(Path(name), largest)


def read_certificate(name: str) -> x509.Certificate:
    """A certificate from a file, PEM or DER.

    Raises:
        InputError: what `read_bytes` and `load_certificate` raise, with the name of the file.

    """
    data = read_bytes(name)
    try:
        return load_certificate(data)
    except InputError as error:
        found = pki_objects(data)
        if shown := _of_kind(found, DerKind.CERTIFICATE):
            return load_certificate(shown[0])
        raise InputError(error.id, f"{name}: {_instead(data, found) or error.message}", error.hint) from error


def read_request(name: str) -> x509.CertificateSigningRequest:
    """A certificate request from a file, in any wrapping.

    Its signature is checked.

    Raises:
        InputError: what `read_bytes` and `load_request` raise, with the name of the file.
    """
    data = read_bytes(name)
    found = pki_objects(data)
    shown = _of_kind(found, DerKind.REQUEST)
    try:
        return load_request(shown[0] if shown else data)
    except InputError as error:
        instead = "" if shown else _instead(data, found)
        raise InputError(error.id, f"{name}: {instead or error.message}", error.hint) from error


def read_private_key(name: str, passphrase: bytes | None = None, *, raw: bool = False) -> ec.EllipticCurvePrivateKey:
    """A P-256 private key from a file, in any wrapping.

    `raw` is for 32 bytes of which somebody says that they are a private key.

    Raises:
        InputError: what `read_bytes` and `load_private_key` raise, and what the file holds instead.
    """
    data = read_bytes(name)
    if raw and (key := raw_private_key(data)) is not None:
        return load_private_key(key)
    try:
        return load_private_key(data, passphrase)
    except InputError as error:
        if error.id != "not-a-key":
            raise
        found = pki_objects(data)
        if shown := _of_kind(found, DerKind.PRIVATE_KEY):
            return load_private_key(shown[0], passphrase)
        hint = error.hint
        if raw_private_key(data) is not None:
            hint = "It holds 32 bytes that may be a private key; if they are one, say so with --raw."
        raise InputError(error.id, f"{name}: {_instead(data, found) or error.message}", hint) from error


def read_public_key(name: str) -> bytes:
    """X‖Y of a P-256 public key from a file.

    It may be PEM, DER or JWK, a certificate's or a request's.

    Raises:
        InputError: `not-a-public-key`, `wrong-key-type`.
    """
    data = read_bytes(name)
    found = pki_objects(data)
    for one in found:
        key = _key_of(one)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return public_key_bytes(key)
        if key is not None:
            raise wrong_key_type(key, f"The key in {name}")
    raise InputError(
        "not-a-public-key",
        f"{name} holds no public key: {_instead(data, found) or 'it is of another kind.'}",
        "Give a P-256 public key as PEM, DER or JWK, or a certificate that has it.",
    )


def _key_of(one: PkiObject) -> object:
    """The public key of one thing.

    None where it has none, or is damaged.
    """
    try:
        match one.kind:
            case DerKind.PUBLIC_KEY:
                return load_der_public_key(one.der)
            case DerKind.CERTIFICATE:
                return x509.load_der_x509_certificate(one.der).public_key()
            case DerKind.REQUEST:
                return x509.load_der_x509_csr(one.der).public_key()
            case _:
                return None
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _of_kind(found: Sequence[PkiObject], kind: DerKind) -> list[bytes]:
    return [one.der for one in found if one.kind is kind]


def _instead(data: bytes, objects: Sequence[PkiObject]) -> str:
    """What a file holds instead of what was looked for.

    It is a sentence, and empty where nobody knows.
    """
    empty = [block.label for block in pem_blocks(data) if not block.der()]
    if empty:
        return f"its {empty[0]} block holds no bytes: it is only a placeholder."
    found = tuple(dict.fromkeys(one.in_words for one in objects))
    return f"it holds {' and '.join(found)}." if found else ""


def read_text(name: str) -> str:
    """Read a text file in UTF-8 or UTF-16.

    Bytes that are neither are replaced.
    """
    return text_of(read_bytes(name), "replace")
