"""Access rules of keys.

What a slot must hold for a command, and whether its key may be used now. Each function returns when the chip would go
on.

Raises:
    RefusalError: From each function, when the chip would not go on.
"""

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions, OutputProtection, use_lock_slot
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules.refusal_reasons import (
    CHIP_OPTIONS,
    LOCK_VALUE,
    USE_LOCK,
    ReasonId,
    refused,
)
from atecc_bench.twin.rules.use_limits import need_uses_left
from atecc_bench.twin.rules.zone_access import (
    need_authorization,
    need_config_lock,
    need_data_lock,
    need_not_private,
    need_slot_unlocked,
)
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.p256_slots import has_private_key, is_validated

FIRST_PUBLIC_KEY_SLOT = 8  # a public key has 72 bytes
_GENKEY_ALLOWED = 0x2  # WriteConfig of a private key
_EXTERNAL_SIGN, _INTERNAL_SIGN, _ECDH = 0x1, 0x2, 0x4  # ReadKey of a private key
_KEY = 32


def check_use(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """Check a use of a key that counts.

    All that `check_permission` asks, and that a use is left.
    """
    check_permission(chip, slot, random_nonce=random_nonce)
    need_uses_left(chip.memory, slot)


def check_permission(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """Check any work with a key, also that of GenKey.

    Use lock, authorization, latch and random nonce. `random_nonce` says whether a random number of the chip goes into
    this use.
    """
    config = chip.memory.config
    key = config.key_configs[slot]
    _need_use_unlocked(chip, slot)
    need_authorization(chip, slot)
    if key.persistent_disable and not chip.persistent_latch:
        raise refused(
            ReasonId.PERSISTENT_LATCH_CLEAR,
            f"The key in slot {slot} works only while the persistent latch is set (PersistentDisable).",
            (key_config_bytes(slot),),
        )
    if key.req_random and not random_nonce:
        raise refused(
            ReasonId.RANDOM_NONCE_NEEDED,
            f"Slot {slot} needs a random nonce in TempKey (ReqRandom).",
            (key_config_bytes(slot),),
        )


def _need_use_unlocked(chip: ChipState, slot: int) -> None:
    # UseLock: until its key was proved, no other key can be used.
    config = chip.memory.config
    unlocking = use_lock_slot(config) if config.part.is_608 else None
    if unlocking not in (None, slot) and not chip.use_unlocked:
        raise refused(
            ReasonId.USE_LOCKED, f"No key works before CheckMac has proved the key in slot {unlocking}.", USE_LOCK
        )


def need_secret_key_slot(config: ConfigZone, slot: int) -> None:
    """Check that a slot is for secret keys.

    Keys that are neither private nor public.
    """
    key = config.key_configs[slot]
    if key.private or key.key_type == KEY_TYPE_P256:
        raise refused(
            ReasonId.NOT_A_SECRET_KEY_SLOT,
            f"KeyConfig of slot {slot} makes it one for keys of a curve.",
            (key_config_bytes(slot),),
        )


def need_mac_key(config: ConfigZone, slot: int) -> None:
    """The slot must hold a key that may make MACs."""
    need_secret_key_slot(config, slot)
    if config.slot_configs[slot].no_mac:
        raise refused(
            ReasonId.NO_MAC, f"The key in slot {slot} makes no MACs, it only checks them.", (slot_config_bytes(slot),)
        )


def secret_key(chip: ChipState, slot: int) -> bytes:
    """The 32-byte key in a slot."""
    return chip.memory.contents(Zone.DATA, slot)[:_KEY]


def _need_private_key_slot(config: ConfigZone, slot: int) -> None:
    need_config_lock(config)
    key = config.key_configs[slot]
    if not key.private or key.key_type != KEY_TYPE_P256:
        raise refused(
            ReasonId.NOT_A_PRIVATE_KEY_SLOT,
            f"KeyConfig of slot {slot} does not make it a P-256 private key.",
            (key_config_bytes(slot),),
        )


def _need_private_key(chip: ChipState, slot: int) -> None:
    if not has_private_key(chip.memory, slot):
        raise refused(ReasonId.NO_PRIVATE_KEY, f"Slot {slot} holds no private key yet.")


def check_generate_key(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """Check that GenKey may make a private key.

    Before the data lock WriteConfig is not asked.
    """
    config = chip.memory.config
    _need_private_key_slot(config, slot)
    need_slot_unlocked(config, slot)
    check_permission(chip, slot, random_nonce=random_nonce)
    if config.data_locked and not config.slot_configs[slot].write_config & _GENKEY_ALLOWED:
        raise refused(
            ReasonId.GENKEY_NOT_ALLOWED,
            f"WriteConfig of slot {slot} does not allow GenKey once the data zone is locked.",
            (slot_config_bytes(slot), *LOCK_VALUE),
        )


def check_public_key(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """GenKey: compute the public key of a private key."""
    config = chip.memory.config
    _need_private_key_slot(config, slot)
    if not config.key_configs[slot].pub_info:
        raise refused(
            ReasonId.PUB_INFO_OFF,
            f"PubInfo of slot {slot} is 0: the public key is never computed again.",
            (key_config_bytes(slot),),
        )
    check_permission(chip, slot, random_nonce=random_nonce)
    _need_private_key(chip, slot)


def check_priv_write(config: ConfigZone, slot: int) -> None:
    """PrivWrite: bring a private key in."""
    _need_private_key_slot(config, slot)
    need_slot_unlocked(config, slot)
    if config.data_locked and not config.slot_configs[slot].write_config & 0x4:
        raise refused(
            ReasonId.PRIV_WRITE_NOT_ALLOWED,
            f"WriteConfig of slot {slot} does not allow PrivWrite once the data zone is locked.",
            (slot_config_bytes(slot), *LOCK_VALUE),
        )


def check_sign_external(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """Sign a digest that came from outside.

    The data zone may be open: hosts have their request signed before they lock it.
    """
    config = chip.memory.config
    _need_private_key_slot(config, slot)
    if not config.slot_configs[slot].read_key & _EXTERNAL_SIGN:
        raise refused(
            ReasonId.EXTERNAL_SIGN_NOT_ALLOWED,
            f"ReadKey bit 0 of slot {slot} is 0: the key signs no digests from outside.",
            (slot_config_bytes(slot),),
        )
    check_use(chip, slot, random_nonce=random_nonce)
    _need_private_key(chip, slot)


def check_sign_internal(chip: ChipState, slot: int) -> None:
    """Sign a message that the chip makes of TempKey."""
    config = chip.memory.config
    _need_private_key_slot(config, slot)
    if not config.slot_configs[slot].read_key & _INTERNAL_SIGN:
        raise refused(
            ReasonId.INTERNAL_SIGN_NOT_ALLOWED,
            f"ReadKey bit 1 of slot {slot} is 0: the key signs no messages made inside the chip.",
            (slot_config_bytes(slot),),
        )
    check_use(chip, slot, random_nonce=chip.temp_key.flags.from_random)
    _need_private_key(chip, slot)


def check_ecdh(chip: ChipState, slot: int) -> None:
    """ECDH with the private key in a slot."""
    config = chip.memory.config
    _need_private_key_slot(config, slot)
    need_data_lock(config)
    if not config.slot_configs[slot].read_key & _ECDH:
        raise refused(
            ReasonId.ECDH_NOT_ALLOWED,
            f"ReadKey bit 2 of slot {slot} is 0: the key does no ECDH.",
            (slot_config_bytes(slot),),
        )
    check_use(chip, slot, random_nonce=True)  # no nonce goes into ECDH
    _need_private_key(chip, slot)


def need_public_key_slot(config: ConfigZone, slot: int) -> None:
    """The slot must be one for a P-256 public key."""
    key = config.key_configs[slot]
    if slot < FIRST_PUBLIC_KEY_SLOT or key.private or key.key_type != KEY_TYPE_P256:
        raise refused(
            ReasonId.NOT_A_PUBLIC_KEY_SLOT,
            f"Slot {slot} is not configured for a P-256 public key."
            if slot >= FIRST_PUBLIC_KEY_SLOT
            else f"Slot {slot} is too short for a public key; slots 8 to 15 can hold one.",
            (key_config_bytes(slot),) if slot >= FIRST_PUBLIC_KEY_SLOT else (),
        )


def check_verify_stored(chip: ChipState, slot: int, *, random_nonce: bool) -> None:
    """Verify with the public key in a slot.

    The data zone may be open.
    """
    config = chip.memory.config
    need_config_lock(config)
    need_public_key_slot(config, slot)
    if config.key_configs[slot].pub_info and not is_validated(chip.memory, slot):
        raise refused(
            ReasonId.PUBLIC_KEY_NOT_VALIDATED,
            f"The public key in slot {slot} must be validated before it is used (PubInfo).",
            (key_config_bytes(slot),),
        )
    check_use(chip, slot, random_nonce=random_nonce)


def check_result_slot(config: ConfigZone, slot: int) -> None:
    """Check a slot that ECDH, KDF or SecureBoot write to.

    They do so by their own permission and not by WriteConfig.
    """
    need_not_private(config, slot, "nothing else is written there.")
    need_slot_unlocked(config, slot)


def io_protection_key(chip: ChipState) -> bytes:
    """The key that encrypts answers and proves them (ChipOptions)."""
    options = ChipOptions.of(chip.memory.config)
    need_data_lock(chip.memory.config)
    if not options.io_protection:
        raise refused(ReasonId.IO_PROTECTION_OFF, "ChipOptions names no IO protection key.", CHIP_OPTIONS)
    need_not_private(chip.memory.config, options.io_protection_slot, "that cannot be the IO protection key.")
    return secret_key(chip, options.io_protection_slot)


def check_output(protection: OutputProtection, *, encrypted: bool) -> None:
    """Whether ECDH or KDF may answer their secret in this way (ChipOptions)."""
    if protection is OutputProtection.CLEAR:
        return
    if protection is not OutputProtection.ENCRYPTED:
        raise refused(ReasonId.OUTPUT_FORBIDDEN, "ChipOptions keeps this secret inside the chip.", CHIP_OPTIONS)
    if not encrypted:
        raise refused(
            ReasonId.OUTPUT_MUST_BE_ENCRYPTED, "ChipOptions lets this secret out only encrypted.", CHIP_OPTIONS
        )
