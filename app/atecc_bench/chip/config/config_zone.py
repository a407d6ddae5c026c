"""The 128 bytes of the configuration zone as a typed object.

Format: datasheets, "Configuration Zone". Every byte has its place in an attribute, so `ConfigZone.parse(raw).to_bytes()
== raw` for any 128 bytes, and `dataclasses.replace` edits a configuration by name.
"""

from dataclasses import dataclass

from atecc_bench.chip.protocol.identity import Part, part_of_revision
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, SLOT_COUNT
from atecc_bench.errors import InputError

UNLOCKED = 0x55
NO_SLOT_LOCKED = b"\xff\xff"  # bytes 88 and 89, which Write reaches until the configuration is locked
# Not compared between two chips: their own bytes, the counters, and UserExtra to SlotLocked.
INDIVIDUAL_BYTES = frozenset((*range(16), *range(52, 68), *range(84, 90)))


@dataclass(frozen=True)
class SlotConfig:
    """Two bytes, little-endian, that say how a slot is read and written."""

    # For private keys: bit 0 external signatures, 1 internal signatures, 2 ECDH, 3 ECDH secret into slot n|1.
    read_key: int
    no_mac: bool
    limited_use: bool
    encrypt_read: bool
    is_secret: bool
    write_key: int
    write_config: int

    @classmethod
    def parse(cls, word: int) -> "SlotConfig":
        """Take the 16-bit word apart."""
        return cls(
            word & 0xF, bool(word & 0x10), bool(word & 0x20), bool(word & 0x40), bool(word & 0x80),
            word >> 8 & 0xF, word >> 12,
        )  # fmt: skip

    def to_word(self) -> int:
        """The 16-bit word."""
        return (
            self.read_key | self.no_mac << 4 | self.limited_use << 5 | self.encrypt_read << 6
            | self.is_secret << 7 | self.write_key << 8 | self.write_config << 12
        )  # fmt: skip


@dataclass(frozen=True)
class KeyConfig:
    """KeyConfig: what a slot holds and how its key is used.

    Two bytes, little-endian.
    """

    private: bool
    pub_info: bool
    key_type: int  # 4 = P-256, 6 = AES (ATECC608), 7 = SHA or other data
    lockable: bool
    req_random: bool
    req_auth: bool
    auth_key: int
    persistent_disable: bool  # ATECC508A: IntrusionDisable
    reserved: bool
    x509_id: int

    @classmethod
    def parse(cls, word: int) -> "KeyConfig":
        """Take the 16-bit word apart."""
        return cls(
            bool(word & 1), bool(word & 2), word >> 2 & 7, bool(word & 0x20), bool(word & 0x40),
            bool(word & 0x80), word >> 8 & 0xF, bool(word & 0x1000), bool(word & 0x2000), word >> 14,
        )  # fmt: skip

    def to_word(self) -> int:
        """The 16-bit word."""
        return (
            self.private | self.pub_info << 1 | self.key_type << 2 | self.lockable << 5 | self.req_random << 6
            | self.req_auth << 7 | self.auth_key << 8 | self.persistent_disable << 12 | self.reserved << 13
            | self.x509_id << 14
        )  # fmt: skip


KEY_TYPE_P256 = 4
KEY_TYPE_AES = 6
KEY_TYPE_OTHER = 7


@dataclass(frozen=True)
class ConfigZone:
    """The configuration zone. Byte positions stand beside the attributes."""

    serial_number: bytes  # 0-3 and 8-12, nine bytes
    revision: bytes  # 4-7
    aes_enable: int  # 13; reserved on the ATECC508A
    i2c_enable: int  # 14
    reserved_15: int
    i2c_address: int  # 16, 8-bit form
    reserved_17: int
    count_match: int  # 18; OTPmode on the ATECC508A
    chip_mode: int  # 19
    slot_configs: tuple[SlotConfig, ...]  # 20-51
    counters: tuple[bytes, bytes]  # 52-59 and 60-67
    use_flags: bytes  # 68-83: LastKeyUse; on the ATECC608 UseLock, VolatileKeyPermission, SecureBoot, KdfIv
    user_extra: int  # 84
    user_extra_add: int  # 85; Selector on the ATECC508A
    lock_value: int  # 86
    lock_config: int  # 87
    slot_locked: int  # 88-89, a zero bit is a locked slot
    chip_options: int  # 90-91
    x509_format: bytes  # 92-95
    key_configs: tuple[KeyConfig, ...]  # 96-127

    @classmethod
    def parse(cls, raw: bytes) -> "ConfigZone":
        """Take 128 bytes apart.

        Raises:
            InputError: `config-length` when it is another number of bytes.

        """
        if len(raw) != CONFIG_SIZE:
            raise InputError(
                "config-length",
                f"A configuration zone has {CONFIG_SIZE} bytes; these are {len(raw)}.",
                "Check that the dump is complete: 4 blocks of 32 bytes, nothing before and nothing after.",
            )
        words = [int.from_bytes(raw[i : i + 2], "little") for i in range(0, CONFIG_SIZE, 2)]
        return cls(
            serial_number=raw[0:4] + raw[8:13],
            revision=raw[4:8],
            aes_enable=raw[13],
            i2c_enable=raw[14],
            reserved_15=raw[15],
            i2c_address=raw[16],
            reserved_17=raw[17],
            count_match=raw[18],
            chip_mode=raw[19],
            slot_configs=tuple(SlotConfig.parse(word) for word in words[10:26]),
            counters=(raw[52:60], raw[60:68]),
            use_flags=raw[68:84],
            user_extra=raw[84],
            user_extra_add=raw[85],
            lock_value=raw[86],
            lock_config=raw[87],
            slot_locked=words[44],
            chip_options=words[45],
            x509_format=raw[92:96],
            key_configs=tuple(KeyConfig.parse(word) for word in words[48:64]),
        )

    def to_bytes(self) -> bytes:
        """The 128 bytes."""
        serial = self.serial_number
        slot_words = b"".join(slot.to_word().to_bytes(2, "little") for slot in self.slot_configs)
        key_words = b"".join(key.to_word().to_bytes(2, "little") for key in self.key_configs)
        return b"".join((
            serial[:4], self.revision, serial[4:],
            bytes((self.aes_enable, self.i2c_enable, self.reserved_15)),
            bytes((self.i2c_address, self.reserved_17, self.count_match, self.chip_mode)),
            slot_words, *self.counters, self.use_flags,
            bytes((self.user_extra, self.user_extra_add, self.lock_value, self.lock_config)),
            self.slot_locked.to_bytes(2, "little"), self.chip_options.to_bytes(2, "little"),
            self.x509_format, key_words,
        ))  # fmt: skip

    @property
    def part(self) -> Part:
        """The part by its revision bytes."""
        return part_of_revision(self.revision)

    @property
    def config_locked(self) -> bool:
        """LockConfig: anything but 55 is locked."""
        return self.lock_config != UNLOCKED

    @property
    def data_locked(self) -> bool:
        """True when the data zone and OTP are locked.

        LockValue guards both together: anything but 55 is locked.
        """
        return self.lock_value != UNLOCKED

    def slot_is_locked(self, slot: int) -> bool:
        """Whether the slot was locked on its own, for ever.

        Before the configuration lock: whether that lock would lock it.
        """
        return not self.slot_locked >> slot & 1

    @property
    def locked_slots(self) -> tuple[int, ...]:
        """Slots whose bit in SlotLocked is clear."""
        return tuple(slot for slot in range(SLOT_COUNT) if self.slot_is_locked(slot))

    @property
    def clock_divider(self) -> int:
        """ChipMode bits 3 to 7; they mean something on the ATECC608 only."""
        return self.chip_mode >> 3

    @property
    def long_watchdog(self) -> bool:
        """ChipMode bit 2: about ten seconds instead of one."""
        return bool(self.chip_mode & 0x04)

    def effective_i2c_address(self) -> int:
        """The 8-bit I2C address the chip answers at.

        Byte 85 in UserExtraAdd mode if it is not zero, else byte 16.
        """
        if self.part.is_608 and self.chip_mode & 0x01 and self.user_extra_add:
            return self.user_extra_add & 0xFE
        return self.i2c_address & 0xFE


def differing_bytes(one: bytes, other: bytes) -> tuple[int, ...]:
    """Positions at which two configurations differ.

    Bytes that are individual to a chip are left out.
    """
    return tuple(i for i in range(CONFIG_SIZE) if i not in INDIVIDUAL_BYTES and one[i] != other[i])
