"""P-256 keys as the slots hold them.

The arithmetic behind GenKey, Sign and Verify is here too. A private key is 4 zero bytes and the scalar in a 36-byte
slot. A public key is 4 bytes, X, 4 bytes, Y; the high nibble of the first byte is 5 when the key was validated
(ATECC508A data sheet, "Public keys").
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.memory import Eeprom

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_COORDINATE = 32
_PAD = 4
_VALIDATED, _INVALIDATED = 0x50, 0xA0


def has_private_key(memory: Eeprom, slot: int) -> bool:
    """Whether the slot's bytes are a P-256 private key."""
    return is_private_key(private_key(memory, slot))


def is_validated(memory: Eeprom, slot: int) -> bool:
    """Whether the slot's first byte marks its public key as validated."""
    return memory.contents(Zone.DATA, slot)[0] & 0xF0 == _VALIDATED


def mark_validity(data: bytes, *, validated: bool) -> bytes:
    """The start of a public key's slot with its mark set."""
    return bytes(((_VALIDATED if validated else _INVALIDATED) | data[0] & 0x0F,)) + data[1:]


def make_private_key(memory: Eeprom, slot: int, entropy: Entropy) -> None:
    """Put a new private key into the slot."""
    write_private_key(memory, slot, new_private_key(entropy))


def new_private_key(entropy: Entropy) -> bytes:
    """A new private key, 32 bytes."""
    key = bytes(_COORDINATE)
    while not is_private_key(key):
        key = entropy(_COORDINATE)
    return key


def is_private_key(key: bytes) -> bool:
    """Whether 32 bytes are a P-256 private key."""
    return 0 < int.from_bytes(key, "big") < _ORDER


def write_private_key(memory: Eeprom, slot: int, key: bytes) -> None:
    """Put 32 bytes into the slot as a private key."""
    memory.write(Zone.DATA, slot, 0, bytes(_PAD) + key)


def private_key(memory: Eeprom, slot: int) -> bytes:
    """The 32 bytes of the private key in the slot."""
    return memory.contents(Zone.DATA, slot)[_PAD : _PAD + _COORDINATE]


def public_key(memory: Eeprom, slot: int) -> bytes:
    """X‖Y (64 bytes) of the private key in the slot."""
    return public_key_of(private_key(memory, slot))


def public_key_of(key: bytes) -> bytes:
    """X‖Y (64 bytes) of a private key."""
    numbers = _loaded(key).public_key().public_numbers()
    return numbers.x.to_bytes(_COORDINATE, "big") + numbers.y.to_bytes(_COORDINATE, "big")


def shared_secret(key: bytes, point: bytes) -> bytes:
    """ECDH: the x coordinate (32 bytes) of a private key times X‖Y.

    Raises:
        ValueError: X‖Y is no point of the curve.

    """
    return _loaded(key).exchange(ec.ECDH(), _point(point))


def sign(memory: Eeprom, slot: int, digest: bytes) -> bytes:
    """Sign a 32-byte digest; returns R‖S (64 bytes).

    Deterministic (RFC 6979) so that a seeded twin repeats itself.
    """
    algorithm = ec.ECDSA(Prehashed(SHA256()), deterministic_signing=True)
    r, s = decode_dss_signature(_loaded(private_key(memory, slot)).sign(digest, algorithm))
    return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")


def stored_public_key(memory: Eeprom, slot: int) -> bytes:
    """Public key X‖Y (64 bytes) of a data slot.

    The padding is left out.
    """
    raw = memory.contents(Zone.DATA, slot)
    x_end = _PAD + _COORDINATE
    return raw[_PAD:x_end] + raw[x_end + _PAD : x_end + _PAD + _COORDINATE]


def verify(digest: bytes, signature: bytes, point: bytes) -> bool:
    """Check R‖S over a 32-byte digest.

    Raises:
        ValueError: X‖Y is no point of the curve.

    """
    key = _point(point)
    r = int.from_bytes(signature[:_COORDINATE], "big")
    s = int.from_bytes(signature[_COORDINATE:], "big")
    try:
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True


def _loaded(key: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())


def _point(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + point)
