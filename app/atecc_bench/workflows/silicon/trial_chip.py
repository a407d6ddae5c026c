"""The chip that is used up: its configuration and keys.

The configuration asks as much as one chip can be asked. Its keys are no secrets: everybody can compute them.
"""

from dataclasses import replace
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, KEY_TYPE_OTHER, KEY_TYPE_P256, ConfigZone, KeyConfig
from atecc_bench.chip.config.config_zone import SlotConfig as Slot
from atecc_bench.chip.protocol.p256 import P256_POINT
from atecc_bench.chip.protocol.zones import BLOCK

SIGNING, CREATED, STORING, EMPTY = 0, 1, 2, 7  # private keys
ECDH_TARGET, KEY, AES_KEY, RANDOM_ONLY, DATA, AUTHORIZED = 3, 4, 5, 6, 8, 9
LIMIT, PARENT, COUNTED_PRIVATE, STORE, CHILD, COUNTED = 10, 11, 12, 13, 14, 15
IMPORTED = (SIGNING, STORING, COUNTED_PRIVATE)
SECRETS = (KEY, AES_KEY, RANDOM_ONLY, DATA, AUTHORIZED, COUNTED)

POINT = P256_POINT
"""X‖Y of a public key whose private key is 1."""

CERTIFICATE_HEAD, CERTIFICATE_TAIL = bytes(range(64)), bytes(range(20))
"""What SHA hashes before and after the public key of the child, as if they were a certificate."""

RESERVED_OTP_MODE = 0x33
_X509_FORMAT = 0x31  # three blocks, the key is block 1
_COUNT_MATCH = LIMIT << 4 | 1
_LATCH_PERMISSION = 0x80 | KEY
_SECURE_BOOT = PARENT << 12 | STORE << 8 | 3  # the digest is stored
_KDF_IV_OFF = 0xF0
_USE_LOCK = KEY << 4 | 0xA
_CHIP_OPTIONS = KEY << 12 | 3 << 8 | 4 | 2  # ECDH protection 3, KDF with AES, IO protection key
_NO_COUNT = b"\xff" * 16

_ANY = KeyConfig.parse(KEY_TYPE_OTHER << 2)
_PRIVATE = replace(_ANY, private=True, pub_info=True, key_type=KEY_TYPE_P256)
_PUBLIC = replace(_ANY, key_type=KEY_TYPE_P256)
_OPEN = Slot.parse(0)
_SECRET = replace(_OPEN, is_secret=True)

_SLOTS: dict[int, tuple[Slot, KeyConfig]] = {
    SIGNING: (replace(_SECRET, read_key=0x7, write_key=KEY, write_config=0x6), replace(_PRIVATE, lockable=True)),
    CREATED: (
        replace(_SECRET, read_key=0x3, write_config=0x2), replace(_PRIVATE, pub_info=False, req_random=True),
    ),
    STORING: (replace(_SECRET, read_key=0xF), _PRIVATE),
    ECDH_TARGET: (replace(_SECRET, read_key=KEY, encrypt_read=True, write_key=KEY, write_config=0x6), _ANY),
    KEY: (replace(_SECRET, read_key=KEY), _ANY),
    AES_KEY: (_SECRET, replace(_ANY, pub_info=True, key_type=KEY_TYPE_AES)),
    RANDOM_ONLY: (replace(_SECRET, write_config=0x8), replace(_ANY, lockable=True, req_random=True)),
    EMPTY: (replace(_SECRET, read_key=0x7, write_config=0x2), _PRIVATE),
    DATA: (replace(_OPEN, write_key=KEY), replace(_ANY, persistent_disable=True)),
    AUTHORIZED: (_OPEN, replace(_ANY, req_auth=True, auth_key=KEY)),
    LIMIT: (_OPEN, _ANY),
    PARENT: (_OPEN, _PUBLIC),
    COUNTED_PRIVATE: (replace(_SECRET, read_key=0x7, limited_use=True, write_config=0x2), _PRIVATE),
    STORE: (replace(_OPEN, write_config=0x8), replace(_ANY, lockable=True)),
    CHILD: (replace(_OPEN, read_key=PARENT, write_config=0x1), replace(_PUBLIC, pub_info=True, x509_id=1)),
    COUNTED: (
        replace(_SECRET, read_key=COUNTED, limited_use=True, write_key=COUNTED, write_config=0xA), _ANY,
    ),
}  # fmt: skip


def trial_configuration(current: bytes) -> bytes:
    """The 128 bytes that a blank chip gets.

    Its own bytes in `current` and its locks stay.
    """
    config = ConfigZone.parse(current)
    slots = [_SLOTS[slot] for slot in range(len(_SLOTS))]
    config = replace(
        config,
        slot_configs=tuple(slot for slot, _ in slots),
        key_configs=tuple(key for _, key in slots),
        x509_format=bytes((0, _X509_FORMAT, 0, 0)),
        chip_mode=0,
    )
    if not config.part.is_608:
        keys = [replace(k, key_type=KEY_TYPE_OTHER) if k.key_type == KEY_TYPE_AES else k for k in config.key_configs]
        config = replace(config, key_configs=tuple(keys), count_match=RESERVED_OTP_MODE, use_flags=_NO_COUNT)
        return config.to_bytes()
    flags = bytes((0, _LATCH_PERMISSION)) + _SECURE_BOOT.to_bytes(2, "little") + bytes((_KDF_IV_OFF,))
    return replace(
        config, count_match=_COUNT_MATCH, use_flags=flags.ljust(16, b"\0"), chip_options=_CHIP_OPTIONS
    ).to_bytes()  # fmt: skip


def use_lock_configuration(current: bytes) -> bytes:
    """The trial configuration with UseLock enabled, for an ATECC608.

    No key works there before that of one slot was proved.
    """
    config = ConfigZone.parse(trial_configuration(current))
    return replace(config, use_flags=bytes((_USE_LOCK,)) + config.use_flags[1:]).to_bytes()


def trial_key(slot: int) -> bytes:
    """The 32-byte key that a slot gets.

    It is a private key of P-256 too.
    """
    return sha256(f"ATECC Bench silicon check, slot {slot}".encode("ascii")).digest()


def public_key_of_slot(slot: int) -> bytes:
    """The public key (X‖Y, 64 bytes) of a slot's trial key."""
    numbers = _private(slot).public_key().public_numbers()
    return numbers.x.to_bytes(BLOCK, "big") + numbers.y.to_bytes(BLOCK, "big")


def stored_form(point: bytes) -> bytes:
    """The 72 bytes by which a slot holds a public key X‖Y."""
    return bytes(4) + point[:BLOCK] + bytes(4) + point[BLOCK:]


def sign_as(slot: int, digest: bytes) -> bytes:
    """Sign a digest with a slot's trial key.

    Returns R‖S, 64 bytes.
    """
    r, s = decode_dss_signature(_private(slot).sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(BLOCK, "big") + s.to_bytes(BLOCK, "big")


def is_signature_of(slot: int, digest: bytes, signature: bytes) -> bool:
    """Whether R‖S over a digest is by a slot's trial key."""
    r, s = (int.from_bytes(half, "big") for half in (signature[:BLOCK], signature[BLOCK:]))
    try:
        _private(slot).public_key().verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True


def _private(slot: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(trial_key(slot), "big"), ec.SECP256R1())
