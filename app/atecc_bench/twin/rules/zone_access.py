"""Access rules of the zones.

Who may read, write and lock what, by lock state and configuration. Each function returns when the chip would go on.
Sources are the ATECC508A data sheet ("EEPROM", "Command descriptions") and CryptoAuthLib; where both are silent, see
`assumptions`. What may be done with a key is in `key_access`.

Raises:
    RefusalError: From each function, when the chip would not go on.
"""

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access
from atecc_bench.chip.protocol.zones import BLOCK, WORD, Zone
from atecc_bench.twin.rules.refusal_reasons import (
    COUNT_MATCH,
    LOCK_CONFIG,
    LOCK_VALUE,
    SLOT_LOCKED,
    ReasonId,
    refused,
)
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.p256_slots import is_validated

_FIXED_CONFIG_BYTES = (range(16), range(84, 88))
_WRITE_ALWAYS, _WRITE_PUB_INVALID, _WRITE_ENCRYPT = 0x0, 0x1, 0x4
_OTP_READ_ONLY, _OTP_CONSUMPTION = 0xAA, 0x55  # OTPmode of the ATECC508A
_LEGACY_OTP_END = 2 * WORD


def need_config_lock(config: ConfigZone) -> None:
    """The configuration zone must be locked."""
    if not config.config_locked:
        raise refused(ReasonId.CONFIG_NOT_LOCKED, "The configuration zone is not locked yet.", LOCK_CONFIG)


def need_data_lock(config: ConfigZone) -> None:
    """Check that both zones are locked."""
    need_config_lock(config)
    if not config.data_locked:
        raise refused(ReasonId.DATA_NOT_LOCKED, "The data zone is not locked yet.", LOCK_VALUE)


def need_slot_unlocked(config: ConfigZone, slot: int) -> None:
    """The slot must not have been locked on its own."""
    if config.slot_is_locked(slot):
        raise refused(ReasonId.SLOT_LOCKED, f"Slot {slot} was locked for ever.", SLOT_LOCKED)


def need_authorization(chip: ChipState, slot: int) -> None:
    """ReqAuth: CheckMac must have proved the slot's AuthKey."""
    key = chip.memory.config.key_configs[slot]
    if key.req_auth and chip.authorized_slot != key.auth_key:
        raise refused(
            ReasonId.AUTHORIZATION_NEEDED,
            f"Slot {slot} needs an authorization with the key in slot {key.auth_key} first (ReqAuth).",
            (key_config_bytes(slot),),
        )


def need_not_private(config: ConfigZone, slot: int, sentence: str) -> None:
    """The slot must not be one for private keys."""
    if config.key_configs[slot].private:
        raise refused(
            ReasonId.PRIVATE_KEY_SLOT, f"Slot {slot} holds a private key; {sentence}", (key_config_bytes(slot),)
        )


def check_read(chip: ChipState, zone: Zone, slot: int, offset: int) -> Access:
    """Check a read.

    Configuration always, OTP after the data lock, slots by their SlotConfig; clear or encrypted.
    """
    config = chip.memory.config
    if zone is Zone.CONFIG:
        return Access.CLEAR
    if not config.data_locked:
        raise refused(ReasonId.DATA_NOT_LOCKED, "The data zone is not locked yet.", LOCK_VALUE)
    if zone is Zone.OTP:
        _check_read_otp(config, offset)
        return Access.CLEAR
    need_not_private(config, slot, "that never leaves the chip.")
    policy = config.slot_configs[slot]
    if policy.is_secret != policy.encrypt_read:
        raise refused(
            ReasonId.SLOT_NEVER_READABLE,
            f"The SlotConfig of slot {slot} allows no reading (IsSecret and EncryptRead differ).",
            (slot_config_bytes(slot),),
        )
    need_authorization(chip, slot)
    return Access.ENCRYPTED if policy.is_secret else Access.CLEAR


def _check_read_otp(config: ConfigZone, offset: int) -> None:
    legacy = not config.part.is_608 and config.count_match not in (_OTP_READ_ONLY, _OTP_CONSUMPTION)
    if legacy and offset < _LEGACY_OTP_END:
        raise refused(ReasonId.OTP_LEGACY, "In this OTPmode the first two words of OTP are not readable.", COUNT_MATCH)


def check_write_config(config: ConfigZone, offset: int, length: int) -> None:
    """Write to the configuration zone."""
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


def check_write_otp(chip: ChipState, offset: int, data: bytes) -> None:
    """Check a write to OTP.

    Before the data lock; on the ATECC508A in consumption mode afterwards too, from 1 to 0.
    """
    config = chip.memory.config
    need_config_lock(config)
    if not config.data_locked:
        _need_block_before_data_lock(len(data))
        return
    if config.part.is_608:
        raise refused(ReasonId.DATA_LOCKED, "OTP was locked together with the data zone.", LOCK_VALUE)
    if config.count_match != _OTP_CONSUMPTION:
        raise refused(
            ReasonId.OTP_READ_ONLY,
            "The data zone is locked, and OTPmode is not consumption mode.",
            LOCK_VALUE + COUNT_MATCH,
        )
    old = chip.memory.contents(Zone.OTP)[offset:]
    if any(new & ~was for new, was in zip(data, old, strict=False)):
        raise refused(
            ReasonId.OTP_ONLY_CONSUMED, "In consumption mode bits of OTP only go from 1 to 0.", LOCK_VALUE + COUNT_MATCH
        )


def _need_block_before_data_lock(length: int) -> None:
    if length != BLOCK:
        raise refused(
            ReasonId.WORD_WRITE_BEFORE_DATA_LOCK,
            "Before the data lock only 32-byte writes are accepted.",
            LOCK_VALUE,
        )


def check_write_slot(chip: ChipState, slot: int, length: int) -> Access:
    """Check a write to a slot.

    Before the data lock freely, after it by its SlotConfig: in clear or encrypted.
    """
    config = chip.memory.config
    need_config_lock(config)
    need_slot_unlocked(config, slot)
    need_not_private(config, slot, "only GenKey and PrivWrite put one there.")
    if not config.data_locked:
        _need_block_before_data_lock(length)
        return Access.CLEAR
    need_authorization(chip, slot)
    policy = config.slot_configs[slot]
    if policy.write_config & _WRITE_ENCRYPT:
        return Access.ENCRYPTED
    if policy.write_config not in (_WRITE_ALWAYS, _WRITE_PUB_INVALID):
        raise refused(
            ReasonId.SLOT_NEVER_WRITABLE,
            f"WriteConfig of slot {slot} is Never, and the data zone is locked.",
            (slot_config_bytes(slot), *LOCK_VALUE),
        )
    if policy.write_config == _WRITE_PUB_INVALID and is_validated(chip.memory, slot):
        raise refused(
            ReasonId.VALID_PUBLIC_KEY_KEPT,
            f"Slot {slot} holds a validated public key; it must be invalidated before it can be overwritten.",
            (slot_config_bytes(slot),),
        )
    if policy.is_secret and length == WORD:
        raise refused(
            ReasonId.SECRET_SLOT_WORD_WRITE,
            f"Slot {slot} is secret and takes only 32-byte writes.",
            (slot_config_bytes(slot),),
        )
    return Access.CLEAR


def loses_validity(config: ConfigZone, slot: int, offset: int) -> bool:
    """Whether a Write here marks the slot's public key as not validated."""
    key = config.key_configs[slot]
    return offset == 0 and key.pub_info and key.key_type == KEY_TYPE_P256


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
    need_data_lock(config)
    need_slot_unlocked(config, slot)
    if not config.key_configs[slot].lockable:
        raise refused(
            ReasonId.SLOT_NOT_LOCKABLE,
            f"KeyConfig of slot {slot} does not allow locking it on its own.",
            (key_config_bytes(slot),),
        )
