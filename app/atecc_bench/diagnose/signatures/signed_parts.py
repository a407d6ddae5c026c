"""Public keys, ECDSA signatures on P-256 and signed bytes in a text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from atecc_bench.diagnose.paste.pki_objects import PkiObject
from atecc_bench.diagnose.signatures.shown_bytes import NamedBytes, shown_bytes
from atecc_bench.errors import InputError
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.keys.key_files import is_p256, public_key_bytes, public_key_from_bytes

_WORD, _POINT = 32, 64
_UNCOMPRESSED = 0x04
_SEQUENCE = 0x30
_LONGEST_TEXT = 100_000  # characters; what somebody pastes about a signature is a page or two
_MOST = 4  # of each kind; a log with more is about something else


class PairReading(Enum):
    """How two numbers of 32 bytes stand in 64."""

    AS_IS = ""
    SWAPPED = "with its halves the other way round"
    REVERSED = "with each half in reverse byte order"
    REVERSED_WHOLE = "in reverse byte order as a whole"

    def read(self, data: bytes) -> bytes:
        """The 64 bytes in the chip's order."""
        first, second = data[:_WORD], data[_WORD:]
        match self:
            case PairReading.AS_IS:
                return data
            case PairReading.SWAPPED:
                return second + first
            case PairReading.REVERSED:
                return first[::-1] + second[::-1]
            case PairReading.REVERSED_WHOLE:
                return data[::-1]


@dataclass(frozen=True)
class SignedParts:
    """What a text holds of a signature's parts.

    Keys are X and Y, 64 bytes; signatures R and S, 64 bytes, big-endian where the text has DER.
    """

    keys: tuple[NamedBytes, ...]
    signatures: tuple[NamedBytes, ...]
    messages: tuple[NamedBytes, ...]


def signed_parts(text: str, objects: Sequence[PkiObject]) -> SignedParts | None:
    """Find key, signature and what was signed.

    64 bytes that are a point of the curve, in whatever order, are a key, others a signature: no signature is one by
    accident. None where one of the three is missing, or there is more than a few of one, and for a long log.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    keys = [NamedBytes(one.in_words, raw, 0) for one in objects if (raw := _raw_key(one)) is not None]
    signatures: list[NamedBytes] = []
    messages: list[NamedBytes] = []
    for shown in shown_bytes(text):
        data = shown.data
        if len(data) == _POINT + 1 and data[0] == _UNCOMPRESSED and _is_key(data[1:]):
            keys.append(replace(shown, data=data[1:]))
        elif len(data) == _POINT:
            (keys if _is_key(data) else signatures).append(shown)
        elif (raw := _raw_signature(data)) is not None:
            signatures.append(replace(shown, data=raw))
        elif len(data) == _WORD:
            messages.append(shown)
    parts = SignedParts(_each_once(keys), _each_once(signatures), _each_once(messages))
    sizes = [len(one) for one in (parts.keys, parts.signatures, parts.messages)]
    return parts if min(sizes) > 0 and max(sizes) <= _MOST else None


def _each_once(found: Sequence[NamedBytes]) -> tuple[NamedBytes, ...]:
    once: dict[bytes, NamedBytes] = {}
    for one in found:
        once.setdefault(one.data, one)
    return tuple(once.values())


def _is_key(data: bytes) -> bool:
    return any(_is_point(reading.read(data)) for reading in PairReading)


def _is_point(data: bytes) -> bool:
    try:
        public_key_from_bytes(data)
    except InputError:
        return False
    return True


def _raw_key(one: PkiObject) -> bytes | None:
    if one.kind is not DerKind.PUBLIC_KEY:
        return None
    try:
        key = load_der_public_key(one.der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return public_key_bytes(key) if isinstance(key, ec.EllipticCurvePublicKey) and is_p256(key) else None


def _raw_signature(data: bytes) -> bytes | None:
    if data[:1] != bytes((_SEQUENCE,)):
        return None
    try:
        r, s = decode_dss_signature(data)
        return r.to_bytes(_WORD) + s.to_bytes(_WORD)
    except (ValueError, OverflowError):
        return None
