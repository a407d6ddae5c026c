"""A signature under every reading that programs give its parts.

The chip signs 32 bytes as they are (Sign External); openssl, WebCrypto, Java and others hash what they get first. Bytes
are big-endian at the chip, little-endian in some libraries, and R and S are mixed up as X and Y are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import product

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.diagnose.signatures.shown_bytes import NamedBytes
from atecc_bench.diagnose.signatures.signed_parts import PairReading, SignedParts
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import public_key_from_bytes

_WORD = 32


class MessageReading(Enum):
    """What the signed bytes are made into before the curve."""

    DIGEST = "the {size} bytes of {message} as they are, which makes them the digest"
    HASHED = "SHA-256 of {message}"
    HASHED_TWICE = "SHA-256 of SHA-256 of {message}"
    REVERSED = "the bytes of {message} in reverse order"
    HASHED_REVERSED = "SHA-256 of {message} in reverse order"
    HASHED_TEXT = "SHA-256 of the hexadecimal text of {message}"

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes that the curve gets."""
        return _DIGESTS[self](message)


_DIGESTS: dict[MessageReading, Callable[[bytes], bytes]] = {
    MessageReading.DIGEST: lambda message: message,
    MessageReading.HASHED: lambda message: sha256(message).digest(),
    MessageReading.HASHED_TWICE: lambda message: sha256(sha256(message).digest()).digest(),
    MessageReading.REVERSED: lambda message: message[::-1],
    MessageReading.HASHED_REVERSED: lambda message: sha256(message).digest()[::-1],
    MessageReading.HASHED_TEXT: lambda message: sha256(message.hex().encode()).digest(),
}


@dataclass(frozen=True)
class SignatureAnswer:
    """What is true of one signature.

    `message`, `key` and the readings are None where no reading makes it valid; `tried` says how many there were.
    """

    signature: NamedBytes
    tried: int
    key: NamedBytes | None = None
    message: NamedBytes | None = None
    of_message: MessageReading | None = None
    of_signature: PairReading = PairReading.AS_IS
    of_key: PairReading = PairReading.AS_IS

    @property
    def is_valid(self) -> bool:
        """Whether it is valid as the chip makes and takes it.

        Over the bytes themselves, all big-endian.
        """
        as_is = self.of_signature is PairReading.AS_IS and self.of_key is PairReading.AS_IS
        return self.of_message is MessageReading.DIGEST and as_is

    @property
    def sentence(self) -> str:
        """The answer, for people."""
        name = f"“{self.signature.name}” (line {self.signature.line})"
        if self.key is None or self.message is None or self.of_message is None:
            return (
                f"The signature {name} is not valid for any key and message here, under none of {self.tried} readings."
            )
        over = self.of_message.value.format(size=len(self.message.data), message=f"“{self.message.name}”")
        told = f"The signature {name} is valid for the key “{self.key.name}” over {over}"
        how = [f"taken {self.of_signature.value}"] if self.of_signature is not PairReading.AS_IS else []
        if self.of_key is not PairReading.AS_IS:
            how.append(f"the key {self.of_key.value}")
        return f"{told}{', ' if how else ''}{' and '.join(how)}."

    @property
    def fix(self) -> str:
        """What to do about it."""
        if self.of_message is None:
            return (
                "Read the public key of the slot that signed (GenKey in mode public), and take digest, signature and "
                "key of one run. What Sign Internal signs, and what is signed with the serial number, are other bytes."
            )
        if self.of_signature is not PairReading.AS_IS or self.of_key is not PairReading.AS_IS:
            return "The chip takes and gives X, Y, R and S as 32 bytes each, big-endian, X before Y and R before S."
        match self.of_message:
            case MessageReading.DIGEST:
                return (
                    "A verifier that refuses it hashes these bytes once more (WebCrypto, SHA256withECDSA, openssl "
                    "dgst): use one that takes the digest, such as openssl pkeyutl -verify, or let the chip sign "
                    "SHA-256 of the message."
                )
            case MessageReading.HASHED:
                return (
                    "The chip hashes nothing: it signs and verifies the 32 bytes that it is given, so give it their "
                    "SHA-256. If they are a digest already, whoever signed hashed it once more (openssl dgst -sign "
                    "does): sign with openssl pkeyutl -sign."
                )
            case MessageReading.HASHED_TWICE:
                return "Two programs hashed, one after the other: leave one of them out."
            case MessageReading.REVERSED | MessageReading.HASHED_REVERSED:
                return "Give the digest in the order in which SHA-256 is written, its first byte first."
            case MessageReading.HASHED_TEXT:
                return "The text was hashed in place of the bytes that it stands for: convert it first."


def answers(parts: SignedParts) -> tuple[SignatureAnswer, ...]:
    """Say of each signature for which key and message it is valid.

    The plainest reading that fits is told.
    """
    return tuple(_answer(one, parts) for one in parts.signatures)


def _answer(signature: NamedBytes, parts: SignedParts) -> SignatureAnswer:
    tried = 0
    for key, message, of_message, of_signature, of_key in _readings(parts):
        tried += 1
        if _verifies(of_key.read(key.data), of_signature.read(signature.data), of_message.digest(message.data)):
            return SignatureAnswer(signature, tried, key, message, of_message, of_signature, of_key)
    return SignatureAnswer(signature, tried)


def _readings(
    parts: SignedParts,
) -> Iterator[tuple[NamedBytes, NamedBytes, MessageReading, PairReading, PairReading]]:
    pairs = sorted(
        product(PairReading, PairReading), key=lambda pair: sum(one is not PairReading.AS_IS for one in pair)
    )
    for of_signature, of_key in pairs:
        for of_message in MessageReading:
            for key, message in product(parts.keys, parts.messages):
                yield key, message, of_message, of_signature, of_key


def _verifies(key: bytes, signature: bytes, digest: bytes) -> bool:
    der = encode_dss_signature(int.from_bytes(signature[:_WORD]), int.from_bytes(signature[_WORD:]))
    try:
        public_key_from_bytes(key).verify(der, digest, ec.ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, InputError):
        return False
    return True
