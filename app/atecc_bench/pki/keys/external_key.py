"""A private key that is elsewhere and only signs.

It is in a hardware module, or in the chip.
"""

import hashlib
from collections.abc import Callable
from typing import NoReturn

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import Buffer

from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.pki.keys.key_files import public_key_from_bytes


class ExternalPrivateKey(ec.EllipticCurvePrivateKey):
    """A P-256 key that signs but can never be had.

    Usable wherever cryptography takes a private key for ECDSA with SHA-256.
    """

    def __init__(self, public_key: bytes, sign_digest: Callable[[bytes], bytes], *, place: str) -> None:
        """Make a key of what signs with it.

        `public_key` is X‖Y; `sign_digest` gives R‖S of a SHA-256 digest; `place` is where the key is, in words.
        """
        self._public_key = public_key_from_bytes(public_key)
        self._sign_digest = sign_digest
        self._place = place

    def sign(self, data: Buffer, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Sign with ECDSA and SHA-256; returns DER.

        Raises:
            BenchError: What its place raises.
        """
        algorithm = signature_algorithm.algorithm
        if isinstance(algorithm, Prehashed) or not isinstance(algorithm, SHA256):
            raise ValueError("this key signs with SHA-256 only")
        raw = self._sign_digest(hashlib.sha256(data).digest())
        return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        """256 bits."""
        return self._public_key.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        """Refused: the key only signs."""
        raise self._stays()

    def private_numbers(self) -> NoReturn:
        """Refused: the key does not leave its place."""
        raise self._stays()

    def private_bytes(
        self,
        encoding: serialization.Encoding,
        format: serialization.PrivateFormat,  # noqa: A002 - the name is cryptography's
        encryption_algorithm: serialization.KeySerializationEncryption,
    ) -> NoReturn:
        """Refused: the key does not leave its place."""
        raise self._stays()

    def __copy__(self) -> "ExternalPrivateKey":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "ExternalPrivateKey":
        return self

    def _stays(self) -> BenchError:
        return RefusedError(
            "key-stays-outside",
            f"This key is in {self._place} and only signs; it cannot be read.",
            "Use it where it is.",
        )
