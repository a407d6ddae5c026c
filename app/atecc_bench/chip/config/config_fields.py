"""The configuration zone as named fields with their meaning, for people."""

from dataclasses import dataclass
from enum import Enum

from atecc_bench.chip.config.config_zone import ConfigZone, KeyConfig, SlotConfig
from atecc_bench.chip.config.device_options import (
    ChipOptions,
    SecureBootKind,
    SecureBootOptions,
    count_match_slot,
    use_lock_slot,
    volatile_permit_slot,
)
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.chip.protocol.identity import revision_in_words, variant_of_address
from atecc_bench.chip.protocol.timing import ClockDivider

_SECURE_BOOT = {
    SecureBootKind.DISABLED: "disabled",
    SecureBootKind.FULL_BOTH: "full, with both",
    SecureBootKind.FULL_SIGNATURE: "stored signature",
    SecureBootKind.FULL_DIGEST: "stored digest",
}


class FieldGroup(Enum):
    """Subject of a field; a view colours by it."""

    SERIAL_NUMBER = "Serial number"
    REVISION = "Revision"
    INTERFACE = "Interface and mode"
    SLOT_CONFIG = "SlotConfig"
    COUNTER = "Counters"
    USE = "Use limits and keys of the chip"
    LOCK = "Locks"
    OPTIONS = "Chip options"
    KEY_CONFIG = "KeyConfig"


@dataclass(frozen=True)
class ConfigField:
    """One field of the configuration zone, in words.

    Bytes `start` to `end` (exclusive), its value, and what the value means.
    """

    name: str
    start: int
    end: int
    group: FieldGroup
    value: str
    meaning: str
    slot: int | None = None


def config_fields(config: ConfigZone) -> tuple[ConfigField, ...]:
    """All 128 bytes as fields, in order, without gaps and without overlaps."""
    raw = config.to_bytes()
    return tuple(
        sorted(
            (*_identity(config, raw), *_slots(config, raw), *_use(config, raw), *_locks(config, raw)),
            key=lambda field: field.start,
        )
    )


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()


def _identity(config: ConfigZone, raw: bytes) -> tuple[ConfigField, ...]:
    is_608 = config.part.is_608
    serial = f"With bytes 0–3 and 8–12 the chip's unique number: {config.serial_number.hex()}."
    chip_mode = [f"Watchdog {'about ten seconds or more' if config.long_watchdog else '1.3 s typical'}"]
    if is_608:
        divider = config.clock_divider
        known = divider in ClockDivider.__members__.values()
        chip_mode.append(f"clock divider {ClockDivider(divider).name if known else f'{divider:#04x} (undocumented)'}")
        chip_mode.append(f"address from {'UserExtraAdd if set' if config.chip_mode & 1 else 'I2C_Address'}")
    group = FieldGroup.INTERFACE
    address_7bit = config.i2c_address >> 1
    return (
        ConfigField("SN[0:3]", 0, 4, FieldGroup.SERIAL_NUMBER, _hex(raw[0:4]), serial),
        ConfigField("RevNum", 4, 8, FieldGroup.REVISION, _hex(raw[4:8]), f"{revision_in_words(config.revision)}."),
        ConfigField("SN[4:8]", 8, 13, FieldGroup.SERIAL_NUMBER, _hex(raw[8:13]), serial),
        ConfigField(
            "AES_Enable" if is_608 else "Reserved", 13, 14, group, _hex(raw[13:14]),
            f"The AES command is {'en' if config.aes_enable & 1 else 'dis'}abled." if is_608 else "Set by Microchip.",
        ),
        ConfigField(
            "I2C_Enable", 14, 15, group, _hex(raw[14:15]),
            "I2C interface." if config.i2c_enable & 1 else "Single-wire interface.",
        ),
        ConfigField("Reserved", 15, 16, group, _hex(raw[15:16]), "Set by Microchip."),
        ConfigField(
            "I2C_Address", 16, 17, group, _hex(raw[16:17]),
            f"7-bit address {address_7bit:#04x}, as a {variant_of_address(config.i2c_address).value}.",
        ),
        ConfigField("Reserved", 17, 18, group, _hex(raw[17:18]), "Zero."),
        ConfigField(
            "CountMatch" if is_608 else "OTPmode", 18, 19, group, _hex(raw[18:19]), _byte_18(config),
        ),
        ConfigField("ChipMode", 19, 20, group, _hex(raw[19:20]), ", ".join(chip_mode) + "."),
    )  # fmt: skip


def _byte_18(config: ConfigZone) -> str:
    if not config.part.is_608:
        return {0xAA: "OTP is read-only.", 0x55: "OTP is in consumption mode."}.get(
            config.count_match, "OTP mode reserved or legacy."
        )
    slot = count_match_slot(config)
    return "Counter 0 has no match limit." if slot is None else f"Counter 0 stops at the value in slot {slot}."


def _slots(config: ConfigZone, raw: bytes) -> tuple[ConfigField, ...]:
    fields: list[ConfigField] = []
    for slot, (slot_config, key_config) in enumerate(zip(config.slot_configs, config.key_configs, strict=True)):
        meaning = " ".join(slot_policy(config, slot).sentences)
        for name, start, group, value in (
            (f"SlotConfig[{slot}]", slot_config_bytes(slot)[0], FieldGroup.SLOT_CONFIG, _slot_config(slot_config)),
            (f"KeyConfig[{slot}]", key_config_bytes(slot)[0], FieldGroup.KEY_CONFIG, _key_config(key_config)),
        ):
            text = f"{_hex(raw[start : start + 2])}: {value}"
            fields.append(ConfigField(name, start, start + 2, group, text, meaning, slot))
    return tuple(fields)


def _slot_config(slot_config: SlotConfig) -> str:
    flags = [
        name
        for name, is_set in (
            ("NoMac", slot_config.no_mac),
            ("LimitedUse", slot_config.limited_use),
            ("EncryptRead", slot_config.encrypt_read),
            ("IsSecret", slot_config.is_secret),
        )
        if is_set
    ]
    numbers = (
        f"ReadKey {slot_config.read_key:X}",
        f"WriteKey {slot_config.write_key:X}",
        f"WriteConfig {slot_config.write_config:04b}",
    )
    return ", ".join((*flags, *numbers))


def _key_config(key_config: KeyConfig) -> str:
    flags = [
        name
        for name, is_set in (
            ("Private", key_config.private),
            ("PubInfo", key_config.pub_info),
            ("Lockable", key_config.lockable),
            ("ReqRandom", key_config.req_random),
            ("ReqAuth", key_config.req_auth),
            ("PersistentDisable", key_config.persistent_disable),
        )
        if is_set
    ]
    auth = (f"AuthKey {key_config.auth_key:X}",) if key_config.req_auth else ()
    return ", ".join((*flags, f"KeyType {key_config.key_type}", *auth, f"X509id {key_config.x509_id}"))


def _use(config: ConfigZone, raw: bytes) -> tuple[ConfigField, ...]:
    counters = tuple(
        ConfigField(
            f"Counter[{n}]", 52 + 8 * n, 60 + 8 * n, FieldGroup.COUNTER, _hex(raw[52 + 8 * n : 60 + 8 * n]),
            "A counter that only goes up; its bytes are the chip's own encoding.",
        )
        for n in range(2)
    )  # fmt: skip
    group = FieldGroup.USE
    if not config.part.is_608:
        return (
            *counters,
            ConfigField("LastKeyUse", 68, 84, group, _hex(raw[68:84]), "Use limits of slot 15."),
        )
    unlocking, permitting = use_lock_slot(config), volatile_permit_slot(config)
    boot = SecureBootOptions.of(config)
    return (
        *counters,
        ConfigField(
            "UseLock",
            68,
            69,
            group,
            _hex(raw[68:69]),
            "Not used." if unlocking is None else f"No key works before that in slot {unlocking} was proved.",
        ),
        ConfigField(
            "VolatileKeyPermission",
            69,
            70,
            group,
            _hex(raw[69:70]),
            f"Volatile key permission {'not used' if permitting is None else f'by slot {permitting}'}.",
        ),
        ConfigField("SecureBoot", 70, 72, group, _hex(raw[70:72]), f"Secure boot {_SECURE_BOOT[boot.kind]}."),
        ConfigField("KdfIvLoc", 72, 73, group, _hex(raw[72:73]), "Where KDF looks for KdfIvStr."),
        ConfigField("KdfIvStr", 73, 75, group, _hex(raw[73:75]), "Two bytes that a restricted KDF input must hold."),
        ConfigField("Reserved", 75, 84, group, _hex(raw[75:84]), "Zero."),
    )


def _locks(config: ConfigZone, raw: bytes) -> tuple[ConfigField, ...]:
    group = FieldGroup.LOCK
    locked_slots = ", ".join(map(str, config.locked_slots)) or "none"
    locked = "Slots locked on their own" if config.config_locked else "Slots that the configuration lock would lock"
    is_608 = config.part.is_608
    return (
        ConfigField("UserExtra", 84, 85, group, _hex(raw[84:85]), "Free for the user; UpdateExtra changes it."),
        ConfigField(
            "UserExtraAdd" if is_608 else "Selector", 85, 86, group, _hex(raw[85:86]),
            "The I2C address in UserExtraAdd mode, unless zero." if is_608 else "Which chip answers after Pause.",
        ),
        ConfigField(
            "LockValue", 86, 87, group, _hex(raw[86:87]),
            f"Data zone and OTP are {'locked, for ever' if config.data_locked else 'open'}.",
        ),
        ConfigField(
            "LockConfig", 87, 88, group, _hex(raw[87:88]),
            f"The configuration zone is {'locked, for ever' if config.config_locked else 'open'}.",
        ),
        ConfigField(
            "SlotLocked", 88, 90, group, _hex(raw[88:90]),
            f"{locked}: {locked_slots}.",
        ),
        ConfigField(
            "ChipOptions" if is_608 else "RFU", 90, 92, FieldGroup.OPTIONS, _hex(raw[90:92]),
            _chip_options(config) if is_608 else "Zero.",
        ),
        ConfigField("X509format", 92, 96, FieldGroup.OPTIONS, _hex(raw[92:96]), "Certificate formats for Verify."),
    )  # fmt: skip


def _chip_options(config: ConfigZone) -> str:
    options = ChipOptions.of(config)
    parts = [
        text
        for is_set, text in (
            (options.self_test_at_wake, "Self test at power-up"),
            (options.io_protection, "IO protection key enabled"),
            (options.kdf_aes, "KDF with AES enabled"),
        )
        if is_set
    ]
    parts.append(f"ECDH output mode {int(options.ecdh_protection)}")
    parts.append(f"KDF output mode {int(options.kdf_protection)}")
    if options.io_protection:
        parts.append(f"IO protection key in slot {options.io_protection_slot}")
    return ", ".join(parts) + "."
