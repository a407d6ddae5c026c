"""Short names of a public key that other tools print."""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from atecc_bench.pki.keys.key_files import key_identifier, public_key_from_bytes


@dataclass(frozen=True)
class PublicKeyFingerprints:
    """Fingerprints of a public key.

    SHA-256 of the SubjectPublicKeyInfo (32 bytes), and the key identifier (20 bytes, RFC 5280 method 1).
    """

    spki_sha256: bytes
    key_identifier: bytes


def public_key_fingerprints(raw: bytes) -> PublicKeyFingerprints:
    """Fingerprints of X‖Y (64 bytes).

    Raises:
        InputError: `not-a-public-key` off the curve.
    """
    spki = public_key_from_bytes(raw).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PublicKeyFingerprints(hashlib.sha256(spki).digest(), key_identifier(raw))
