"""Whom an escrow file is encrypted for.

They are public keys, and the private ones that open it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from atecc_bench.errors import InputError, WrongPassphraseError
from atecc_bench.plain_json import load_json

HOW_TO_MAKE = "openssl genpkey -algorithm X25519 -aes256 -out keeper.key; openssl pkey -in keeper.key -pubout -out FILE"
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_UNREADABLE = (ValueError, TypeError, KeyError, UnsupportedAlgorithm, JoseError)


@dataclass(frozen=True)
class EscrowRecipient:
    """A keeper of escrow files, by the public key as a JWK."""

    jwk: str

    @property
    def key(self) -> ECKey | OKPKey:
        """The key as the library wants it."""
        return _imported(load_json(self.jwk))

    @property
    def thumbprint(self) -> str:
        """Name of the key (RFC 7638)."""
        return self.key.thumbprint()


@dataclass(frozen=True)
class EscrowKey:
    """The private key of a keeper."""

    key: ECKey | OKPKey = field(repr=False)

    @property
    def thumbprint(self) -> str:
        """Name of the key (RFC 7638)."""
        return self.key.thumbprint()


def escrow_recipient(content: bytes) -> EscrowRecipient:
    """Read a public key: PEM, DER or JWK.

    It is of X25519, P-256, P-384 or P-521.

    Raises:
        InputError: `not-a-recipient`.
    """
    try:
        key = _jwk_or(content, _public_of)
        if key.is_private:
            raise ValueError("private")
        return EscrowRecipient(json.dumps(key.as_dict(private=False), sort_keys=True))
    except _UNREADABLE as error:
        raise InputError(
            "not-a-recipient",
            "This is no public key that an escrow file can be encrypted for.",
            f"Give an X25519 or NIST public key as PEM, DER or JWK. One is made with: {HOW_TO_MAKE}",
        ) from error


def escrow_key(content: bytes, passphrase: bytes | None) -> EscrowKey:
    """Read the private key of a keeper: PEM, DER or JWK.

    Raises:
        InputError: `not-a-recipient`, `passphrase-needed`.
        WrongPassphraseError: The key's passphrase is another one.
    """
    try:
        key = _jwk_or(content, lambda data: _private_of(data, passphrase))
        if not key.is_private:
            raise ValueError("public")
        return EscrowKey(key)
    except _UNREADABLE as error:
        raise InputError(
            "not-a-recipient",
            "This is no private key that opens escrow files.",
            "Give the X25519 or NIST private key that belongs to one of the file's recipients, as PEM, DER or JWK.",
        ) from error


def _jwk_or(content: bytes, other: Callable[[bytes], ECKey | OKPKey]) -> ECKey | OKPKey:
    if content.lstrip().startswith(b"{"):
        return _imported(load_json(content))
    return other(content)


def _imported(document: object) -> ECKey | OKPKey:
    if not isinstance(document, dict):
        raise TypeError("no object")
    jwk = cast("dict[str, Any]", document)
    if jwk.get("kty") == "EC" and jwk.get("crv") in _CURVES.values():
        return ECKey.import_key(jwk)
    if jwk.get("kty") == "OKP" and jwk.get("crv") == "X25519":
        return OKPKey.import_key(jwk)
    raise ValueError("another kind of key")


def _public_of(content: bytes) -> ECKey | OKPKey:
    load = load_pem_public_key if b"-----BEGIN" in content else load_der_public_key
    key = load(content)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return _of_pem(key, pem)


def _private_of(content: bytes, passphrase: bytes | None) -> ECKey | OKPKey:
    load = load_pem_private_key if b"-----BEGIN" in content else load_der_private_key
    try:
        key = load(content, None)
    except TypeError as error:  # how cryptography says that it is encrypted
        if passphrase is None:
            raise InputError(
                "passphrase-needed", "The keeper's key is encrypted, and no passphrase was given.",
                "Give it with --key-passphrase-file.",
            ) from error  # fmt: skip
        try:
            key = load(content, passphrase)
        except ValueError as wrong:
            raise WrongPassphraseError(
                "The passphrase does not open the keeper's key.", "Give the passphrase it was encrypted with."
            ) from wrong
    return _of_pem(key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _of_pem(key: object, pem: bytes) -> ECKey | OKPKey:
    match key:
        case x25519.X25519PublicKey() | x25519.X25519PrivateKey():
            return OKPKey.import_key(pem)
        case ec.EllipticCurvePublicKey() | ec.EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return ECKey.import_key(pem)
        case _:
            raise ValueError("another kind of key")
