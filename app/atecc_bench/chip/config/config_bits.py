"""The named bits of the configuration zone.

Where each stands, its value, and how to change it (datasheets).
"""

from dataclasses import dataclass
from functools import cache

from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.zones import SLOT_COUNT


@dataclass(frozen=True)
class BitField:
    """A named group of bits in the configuration zone.

    `width` bits from bit `shift` up, in the `size` little-endian bytes that begin at byte `start`.
    """

    name: str
    start: int
    size: int
    shift: int
    width: int
    slot: int | None = None

    @property
    def last(self) -> int:
        """The last byte."""
        return self.start + self.size - 1

    @property
    def mask(self) -> int:
        """The bits within the little-endian number that the bytes are."""
        return ((1 << self.width) - 1) << self.shift

    def value(self, config: bytes) -> int:
        """The value in a configuration (128 bytes)."""
        return (int.from_bytes(config[self.start : self.last + 1], "little") & self.mask) >> self.shift

    def changed(self, config: bytes, value: int) -> bytes:
        """The configuration with another value in these bits."""
        number = int.from_bytes(config[self.start : self.last + 1], "little")
        number = number & ~self.mask | value << self.shift
        return config[: self.start] + number.to_bytes(self.size, "little") + config[self.last + 1 :]

    @property
    def place(self) -> str:
        """Byte and bits in words, as a datasheet counts them."""
        if self.width == 8 * self.size:
            return f"byte {self.start}" if self.size == 1 else f"bytes {self.start} to {self.last}"
        byte, bit = self.start + self.shift // 8, self.shift % 8
        top = bit + self.width - 1
        return f"byte {byte}, bit {bit}" if self.width == 1 else f"byte {byte}, bits {top} to {bit}"

    def text(self, value: int) -> str:
        """A value of these bits as people write it."""
        if self.width <= 5:
            return f"{value:0{self.width}b}" if self.width > 1 else str(value)
        return value.to_bytes(self.size, "little").hex(" ").upper()


@cache
def bit_fields(part: Part) -> tuple[BitField, ...]:
    """All named bits of bytes 13 to 127, in order.

    Reserved bits have no name.
    """
    return tuple(sorted((*_mode(part), *_slots(), *_use(part), *_locks(part), *_keys(part)), key=_order))


def _order(field: BitField) -> tuple[int, int]:
    return field.start, field.shift


def _byte(name: str, start: int, size: int = 1) -> BitField:
    return BitField(name, start, size, 0, 8 * size)


def _mode(part: Part) -> tuple[BitField, ...]:
    common = (
        BitField("I2C_Enable", 14, 1, 0, 1),
        _byte("I2C_Address", 16),
        BitField("ChipMode.TTLenable", 19, 1, 1, 1),
        BitField("ChipMode.WatchdogDuration", 19, 1, 2, 1),
    )
    if not part.is_608:
        return (*common, _byte("OTPmode", 18), BitField("ChipMode.SelectorMode", 19, 1, 0, 1))
    return (
        *common,
        BitField("AES_Enable", 13, 1, 0, 1),
        BitField("CountMatch.Enable", 18, 1, 0, 1),
        BitField("CountMatch.Key", 18, 1, 4, 4),
        BitField("ChipMode.UserExtraAdd", 19, 1, 0, 1),
        BitField("ChipMode.ClockDivider", 19, 1, 3, 5),
    )


_SLOT_CONFIG = (
    ("ReadKey", 0, 4), ("NoMac", 4, 1), ("LimitedUse", 5, 1), ("EncryptRead", 6, 1), ("IsSecret", 7, 1),
    ("WriteKey", 8, 4), ("WriteConfig", 12, 4),
)  # fmt: skip


def _slots() -> tuple[BitField, ...]:
    return tuple(
        BitField(f"SlotConfig[{slot}].{name}", slot_config_bytes(slot)[0], 2, shift, width, slot)
        for slot in range(SLOT_COUNT)
        for name, shift, width in _SLOT_CONFIG
    )


def _use(part: Part) -> tuple[BitField, ...]:
    counters = (_byte("Counter[0]", 52, 8), _byte("Counter[1]", 60, 8))
    if not part.is_608:
        return (*counters, _byte("LastKeyUse", 68, 16))
    return (
        *counters,
        BitField("UseLock.Enable", 68, 1, 0, 4),
        BitField("UseLock.Key", 68, 1, 4, 4),
        BitField("VolatileKeyPermission.Slot", 69, 1, 0, 4),
        BitField("VolatileKeyPermission.Enable", 69, 1, 7, 1),
        BitField("SecureBoot.Mode", 70, 2, 0, 2),
        BitField("SecureBoot.PersistentEnable", 70, 2, 3, 1),
        BitField("SecureBoot.RandNonce", 70, 2, 4, 1),
        BitField("SecureBoot.SigDig", 70, 2, 8, 4),
        BitField("SecureBoot.PubKey", 70, 2, 12, 4),
        _byte("KdfIvLoc", 72),
        _byte("KdfIvStr", 73, 2),
    )


def _locks(part: Part) -> tuple[BitField, ...]:
    common = (
        _byte("UserExtra", 84),
        _byte("UserExtraAdd" if part.is_608 else "Selector", 85),
        _byte("LockValue", 86),
        _byte("LockConfig", 87),
        *(BitField(f"SlotLocked[{slot}]", 88, 2, slot, 1, slot) for slot in range(SLOT_COUNT)),
    )
    if not part.is_608:
        return common
    return (
        *common,
        BitField("ChipOptions.PowerOnSelfTest", 90, 2, 0, 1),
        BitField("ChipOptions.IoProtectionKeyEnable", 90, 2, 1, 1),
        BitField("ChipOptions.KdfAesEnable", 90, 2, 2, 1),
        BitField("ChipOptions.AutoClearFirstFail", 90, 2, 3, 1),
        BitField("ChipOptions.EcdhProtection", 90, 2, 8, 2),
        BitField("ChipOptions.KdfProtection", 90, 2, 10, 2),
        BitField("ChipOptions.IoProtectionKey", 90, 2, 12, 4),
    )


def _keys(part: Part) -> tuple[BitField, ...]:
    key_config = (
        ("Private", 0, 1), ("PubInfo", 1, 1), ("KeyType", 2, 3), ("Lockable", 5, 1), ("ReqRandom", 6, 1),
        ("ReqAuth", 7, 1), ("AuthKey", 8, 4), ("PersistentDisable" if part.is_608 else "IntrusionDisable", 12, 1),
        ("X509id", 14, 2),
    )  # fmt: skip
    formats = tuple(
        field
        for number in range(4)
        for field in (
            BitField(f"X509format[{number}].PublicPosition", 92 + number, 1, 0, 4),
            BitField(f"X509format[{number}].TemplateLength", 92 + number, 1, 4, 4),
        )
    )
    return formats + tuple(
        BitField(f"KeyConfig[{slot}].{name}", key_config_bytes(slot)[0], 2, shift, width, slot)
        for slot in range(SLOT_COUNT)
        for name, shift, width in key_config
    )
