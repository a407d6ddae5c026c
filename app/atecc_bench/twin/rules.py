"""Access rules: who may read, write, lock and use what, by lock state and configuration.

Each function returns when the chip would go on and raises RefusalError when it would not. Sources are the
ATECC508A data sheet ("EEPROM", "Command descriptions") and CryptoAuthLib; where both are silent, see
`assumptions`.
"""

from atecc_bench.chip.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.zones import BLOCK, WORD, Zone
from atecc_bench.twin.chip_state import Register
from atecc_bench.twin.keys import has_private_key, is_validated
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.reasons import (
    LOCK_CONFIG,
    LOCK_VALUE,
    SLOT_LOCKED,
    ReasonId,
    key_config_bytes,
    refused,
    slot_config_bytes,
)

_FIXED_CONFIG_BYTES = (range(16), range(84, 88))
_WRITE_ALWAYS, _WRITE_PUB_INVALID, _WRITE_ENCRYPT = 0x0, 0x1, 0x4
_GENKEY_ALLOWED = 0x2  # WriteConfig of a private key
_EXTERNAL_SIGN = 0x1  # ReadKey of a private key


def need_config_lock(config: ConfigZone) -> None:
    """The configuration zone must be locked."""
    if not config.config_locked:
        raise refused(ReasonId.CONFIG_NOT_LOCKED, "The configuration zone is not locked yet.", LOCK_CONFIG)


def need_data_lock(config: ConfigZone) -> None:
    """The data zone must be locked."""
    if not config.data_locked:
        raise refused(ReasonId.DATA_NOT_LOCKED, "The data zone is not locked yet.", LOCK_VALUE)


def check_read(config: ConfigZone, zone: Zone, slot: int) -> None:
    """Read in clear: configuration always, OTP after the data lock, slots by their SlotConfig."""
    if zone is Zone.CONFIG:
        return
    need_data_lock(config)
    if zone is Zone.OTP:
        return
    if config.key_configs[slot].private:
        raise refused(
            ReasonId.PRIVATE_KEY_SLOT,
            f"Slot {slot} holds a private key; that never leaves the chip.",
            key_config_bytes(slot),
        )
    policy = config.slot_configs[slot]
    if policy.is_secret and policy.encrypt_read:
        raise refused(
            ReasonId.SLOT_READ_ENCRYPTED,
            f"Slot {slot} can only be read encrypted, after GenDig with the key in slot {policy.read_key}.",
            slot_config_bytes(slot),
        )
    if policy.is_secret or policy.encrypt_read:
        raise refused(
            ReasonId.SLOT_NEVER_READABLE,
            f"The SlotConfig of slot {slot} allows no reading (IsSecret and EncryptRead differ).",
            slot_config_bytes(slot),
        )


def check_write(memory: Eeprom, zone: Zone, slot: int, offset: int, length: int) -> None:
    """Write in clear, 4 or 32 bytes."""
    if zone is Zone.CONFIG:
        _check_write_config(memory.config, offset, length)
    elif zone is Zone.OTP:
        _check_write_otp(memory.config, length)
    else:
        _check_write_slot(memory, slot, length)


def _check_write_config(config: ConfigZone, offset: int, length: int) -> None:
    if config.config_locked:
        raise refused(ReasonId.CONFIG_LOCKED, "The configuration zone is locked for ever.", LOCK_CONFIG)
    touched = range(offset, offset + length)
    for fixed in _FIXED_CONFIG_BYTES:
        if touched.start < fixed.stop and fixed.start < touched.stop:
            raise refused(
                ReasonId.CONFIG_BYTES_FIXED,
                f"No Write changes bytes {fixed.start} to {fixed.stop - 1} of the configuration zone, "
                f"and this one covers {touched.start} to {touched.stop - 1}.",
                ((fixed.start, fixed.stop - 1),),
            )


def _check_write_otp(config: ConfigZone, length: int) -> None:
    need_config_lock(config)
    if config.data_locked:
        raise refused(ReasonId.DATA_LOCKED, "OTP was locked together with the data zone.", LOCK_VALUE)
    _need_block_before_data_lock(length)


def _need_block_before_data_lock(length: int) -> None:
    if length != BLOCK:
        raise refused(
            ReasonId.WORD_WRITE_BEFORE_DATA_LOCK,
            "Before the data lock only 32-byte writes are accepted.",
            LOCK_VALUE,
        )


def _check_write_slot(memory: Eeprom, slot: int, length: int) -> None:
    config = memory.config
    need_config_lock(config)
    _need_slot_unlocked(config, slot)
    if config.key_configs[slot].private:
        raise refused(
            ReasonId.PRIVATE_KEY_SLOT,
            f"Slot {slot} holds a private key; only GenKey and PrivWrite put one there.",
            key_config_bytes(slot),
        )
    if not config.data_locked:
        _need_block_before_data_lock(length)
        return
    policy = config.slot_configs[slot]
    if policy.write_config & _WRITE_ENCRYPT:
        raise refused(
            ReasonId.SLOT_WRITE_ENCRYPTED,
            f"Slot {slot} can only be written encrypted, with the key in slot {policy.write_key}.",
            slot_config_bytes(slot),
        )
    if policy.write_config not in (_WRITE_ALWAYS, _WRITE_PUB_INVALID):
        raise refused(
            ReasonId.SLOT_NEVER_WRITABLE,
            f"WriteConfig of slot {slot} is Never, and the data zone is locked.",
            slot_config_bytes(slot) + LOCK_VALUE,
        )
    if policy.write_config == _WRITE_PUB_INVALID and is_validated(memory, slot):
        raise refused(
            ReasonId.VALID_PUBLIC_KEY_KEPT,
            f"Slot {slot} holds a validated public key; it must be invalidated before it can be overwritten.",
            slot_config_bytes(slot),
        )
    if policy.is_secret and length == WORD:
        raise refused(
            ReasonId.SECRET_SLOT_WORD_WRITE,
            f"Slot {slot} is secret and takes only 32-byte writes.",
            slot_config_bytes(slot),
        )


def _need_slot_unlocked(config: ConfigZone, slot: int) -> None:
    if config.slot_is_locked(slot):
        raise refused(ReasonId.SLOT_LOCKED, f"Slot {slot} was locked for ever.", SLOT_LOCKED)


def check_lock_config(config: ConfigZone) -> None:
    """Lock the configuration zone."""
    if config.config_locked:
        raise refused(ReasonId.CONFIG_LOCKED, "The configuration zone is locked already.", LOCK_CONFIG)


def check_lock_data(config: ConfigZone) -> None:
    """Lock data zone and OTP."""
    need_config_lock(config)
    if config.data_locked:
        raise refused(ReasonId.DATA_LOCKED, "The data zone is locked already.", LOCK_VALUE)


def check_lock_slot(config: ConfigZone, slot: int) -> None:
    """Lock a single slot."""
    need_config_lock(config)
    need_data_lock(config)
    _need_slot_unlocked(config, slot)
    if not config.key_configs[slot].lockable:
        raise refused(
            ReasonId.SLOT_NOT_LOCKABLE,
            f"KeyConfig of slot {slot} does not allow locking it on its own.",
            key_config_bytes(slot),
        )


def _need_private_key_slot(config: ConfigZone, slot: int) -> None:
    need_config_lock(config)
    key = config.key_configs[slot]
    if not key.private or key.key_type != KEY_TYPE_P256:
        raise refused(
            ReasonId.NOT_A_PRIVATE_KEY_SLOT,
            f"KeyConfig of slot {slot} does not make it a P-256 private key.",
            key_config_bytes(slot),
        )


def _need_no_authorization(config: ConfigZone, slot: int) -> None:
    key = config.key_configs[slot]
    if key.req_auth:
        raise refused(
            ReasonId.AUTHORIZATION_NEEDED,
            f"Slot {slot} needs an authorization with the key in slot {key.auth_key} first (ReqAuth).",
            key_config_bytes(slot),
        )


def _need_private_key(memory: Eeprom, slot: int) -> None:
    if not has_private_key(memory, slot):
        raise refused(ReasonId.NO_PRIVATE_KEY, f"No private key was ever made in slot {slot}.")


def check_generate_key(config: ConfigZone, slot: int) -> None:
    """GenKey: make a private key. Before the data lock WriteConfig is not asked."""
    _need_private_key_slot(config, slot)
    _need_slot_unlocked(config, slot)
    _need_no_authorization(config, slot)
    if config.data_locked and not config.slot_configs[slot].write_config & _GENKEY_ALLOWED:
        raise refused(
            ReasonId.GENKEY_NOT_ALLOWED,
            f"WriteConfig of slot {slot} does not allow GenKey once the data zone is locked.",
            slot_config_bytes(slot) + LOCK_VALUE,
        )


def check_public_key(memory: Eeprom, slot: int) -> None:
    """GenKey: compute the public key of a private key."""
    config = memory.config
    _need_private_key_slot(config, slot)
    if not config.key_configs[slot].pub_info:
        raise refused(
            ReasonId.PUB_INFO_OFF,
            f"PubInfo of slot {slot} is 0: the public key is never computed again.",
            key_config_bytes(slot),
        )
    _need_no_authorization(config, slot)
    _need_private_key(memory, slot)


def check_sign_external(memory: Eeprom, slot: int, digest: Register) -> None:
    """Sign a digest that came from outside."""
    config = memory.config
    _need_private_key_slot(config, slot)
    need_data_lock(config)
    if not config.slot_configs[slot].read_key & _EXTERNAL_SIGN:
        raise refused(
            ReasonId.EXTERNAL_SIGN_NOT_ALLOWED,
            f"ReadKey bit 0 of slot {slot} is 0: the key signs no digests from outside.",
            slot_config_bytes(slot),
        )
    _need_no_authorization(config, slot)
    if config.key_configs[slot].req_random and not digest.from_random:
        raise refused(
            ReasonId.RANDOM_NONCE_NEEDED,
            f"Slot {slot} needs a random nonce in TempKey (ReqRandom).",
            key_config_bytes(slot),
        )
    _need_private_key(memory, slot)


def check_verify_stored(memory: Eeprom, slot: int) -> None:
    """Verify with the public key in a slot."""
    config = memory.config
    need_config_lock(config)
    need_data_lock(config)
    key = config.key_configs[slot]
    # A public key has 72 bytes: only slots 8 to 15 hold one.
    if slot < 8 or key.private or key.key_type != KEY_TYPE_P256:
        raise refused(
            ReasonId.NOT_A_PUBLIC_KEY_SLOT,
            f"Slot {slot} is not configured for a P-256 public key.",
            key_config_bytes(slot),
        )
    if key.pub_info and not is_validated(memory, slot):
        raise refused(
            ReasonId.PUBLIC_KEY_NOT_VALIDATED,
            f"The public key in slot {slot} must be validated before it is used (PubInfo).",
            key_config_bytes(slot),
        )
    _need_no_authorization(config, slot)
