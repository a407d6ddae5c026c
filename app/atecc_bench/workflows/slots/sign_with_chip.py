"""Signatures and tokens made with a key in a chip.

Each signature is checked with the public key before anybody gets it.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.read_certificates import chip_private_key
from atecc_bench.pki.keys.key_files import public_key_from_bytes

DIGEST_LENGTH = 32
_ALGORITHM = "ES256"


class SignatureForm(StrEnum):
    """Forms of an ECDSA signature."""

    DER = "der"  # as X.509 and TLS have it
    RAW = "raw"  # R‖S, as JWS, COSE and the chip have it
    JWS = "jws"  # R‖S in base64url, RFC 7515
    COSE = "cose"  # R‖S in a message with what it signs, RFC 9052


@dataclass(frozen=True)
class ChipSignature:
    """A signature of a digest.

    With the public key (X‖Y) that it was checked with.

    `raw` is R‖S.
    """

    digest: bytes
    raw: bytes
    public_key: bytes

    def in_form(self, form: SignatureForm) -> bytes:
        """The signature as bytes of this form; JWS is text."""
        match form:
            case SignatureForm.DER:
                return encode_dss_signature(int.from_bytes(self.raw[:32]), int.from_bytes(self.raw[32:]))
            case SignatureForm.RAW | SignatureForm.COSE:
                return self.raw
            case SignatureForm.JWS:
                return base64.urlsafe_b64encode(self.raw).rstrip(b"=")


def sign_digest(session: ChipSession, slot: int, digest: bytes) -> ChipSignature:
    """Sign a SHA-256 digest with the key in a slot.

    Raises:
        InputError: `wrong-digest` for another length.
        RefusedError: `challenge-failed` when the signature is not that of the slot's public key.
        ChipStatusError: The chip refuses.
    """
    if len(digest) != DIGEST_LENGTH:
        raise InputError(
            "wrong-digest",
            f"The chip signs SHA-256 digests of {DIGEST_LENGTH} bytes; this one has {len(digest)}.",
            "Give the SHA-256 digest, 64 hexadecimal digits.",
        )
    public_key = session.public_key(slot)
    signature = ChipSignature(digest, session.sign(slot, digest), public_key)
    try:
        public_key_from_bytes(public_key).verify(
            signature.in_form(SignatureForm.DER), digest, ec.ECDSA(Prehashed(SHA256()))
        )
    except InvalidSignature as error:
        raise RefusedError(
            "challenge-failed",
            f"The signature that the chip made is not that of the public key of slot {slot}.",
            "Try again; if it happens again, the chip or the bridge is not what it seems.",
        ) from error
    return signature


def make_token(
    session: ChipSession, slot: int, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None
) -> str:
    """Make a JSON Web Token signed with a slot's key.

    Format: RFC 7519, ES256.

    Raises:
        InputError: `claims-not-usable`.
        ChipStatusError: The chip refuses.
    """
    try:
        token = jwt.encode(dict(claims), chip_private_key(session, slot), _ALGORITHM, headers=dict(header or {}))
        jwt.decode(
            token, public_key_from_bytes(session.public_key(slot)), [_ALGORITHM],
            options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )  # fmt: skip
    except (TypeError, jwt.PyJWTError) as error:
        raise InputError(
            "claims-not-usable",
            f"No token can be made of these claims: {str(error).rstrip('.')}.",
            'Give a JSON object, for example {"iss": "device 1", "aud": "cloud"}.',
        ) from error
    return token
