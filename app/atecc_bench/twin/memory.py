"""The EEPROM of the twin: configuration, OTP, sixteen slots and the seed of the random number generator."""

from collections.abc import Sequence

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.zones import CONFIG_SIZE, OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.twin.entropy import Entropy

SEED_SIZE = 32
LOCKED = 0x00
_LOCK_VALUE, _LOCK_CONFIG, _SLOT_LOCKED = 86, 87, 88
_ERASED = 0xFF

# Bytes 13 to 127 of a TrustCUSTOM ATECC608A as it leaves the factory: the default of Microchip's data sheet.
_FACTORY_ATECC608A = bytes.fromhex(
    "013500"  # AES_Enable, I2C_Enable, reserved
    "C0000000"
    "8320 8720 8720 872F 872F 8F8F 9F8F AF8F"  # SlotConfig 0 to 7
    "0000 0000 0000 0000 0000 0000 0000 AF8F"  # SlotConfig 8 to 15
    "FFFFFFFF00000000 FFFFFFFF00000000"
    "00000000000000000000000000000000"
    "0000 5555 FFFF 0000 00000000"  # UserExtra, locks, SlotLocked, ChipOptions, X509format
    "3300 3300 3300 1C00 1C00 1C00 1C00 1C00"  # KeyConfig 0 to 7
    "3C00 3C00 3C00 3C00 3C00 3C00 3C00 1C00"  # KeyConfig 8 to 15
)
_REVISION_ATECC608A = bytes.fromhex("00006002")


class Eeprom:
    """All bytes that outlive power. Methods write; whoever reads gets copies.

    `config` has 128 bytes, `otp` 64, each slot what `slot_size` says, `seed` 32.
    `changes` counts the writes that changed something.
    """

    def __init__(self, config: bytes, otp: bytes, slots: Sequence[bytes], seed: bytes) -> None:
        sizes = [len(config), len(otp), len(seed), *map(len, slots)]
        if sizes != [CONFIG_SIZE, OTP_SIZE, SEED_SIZE, *map(slot_size, range(SLOT_COUNT))]:
            raise ValueError(f"these are not the sizes of an EEPROM: {sizes}")
        self._config = bytearray(config)
        self._otp = bytearray(otp)
        self._slots = [bytearray(slot) for slot in slots]
        self._seed = bytes(seed)
        self._parsed: ConfigZone | None = None
        self.changes = 0

    @classmethod
    def factory(cls, entropy: Entropy) -> "Eeprom":
        """A TrustCUSTOM ATECC608A nobody has used yet, its serial number and seed taken from `entropy`."""
        serial = entropy(6)
        config = b"\x01\x23" + serial[:2] + _REVISION_ATECC608A + serial[2:] + b"\xee" + _FACTORY_ATECC608A
        slots = [bytes([_ERASED]) * slot_size(slot) for slot in range(SLOT_COUNT)]
        return cls(config, bytes([_ERASED]) * OTP_SIZE, slots, entropy(SEED_SIZE))

    @property
    def config(self) -> ConfigZone:
        """The configuration zone, decoded."""
        if self._parsed is None:
            self._parsed = ConfigZone.parse(bytes(self._config))
        return self._parsed

    @property
    def seed(self) -> bytes:
        """Seed of the random number generator, 32 bytes."""
        return self._seed

    def contents(self, zone: Zone, slot: int = 0) -> bytes:
        """All bytes of a zone, or of one slot of the data zone."""
        return bytes(self._bytes_of(zone, slot))

    def snapshot(self) -> bytes:
        """Every byte there is: configuration, OTP, slots 0 to 15, seed."""
        return b"".join((self._config, self._otp, *self._slots, self._seed))

    def write(self, zone: Zone, slot: int, offset: int, data: bytes) -> None:
        """Write bytes; what lies beyond the end of the zone or slot is dropped."""
        cells = self._bytes_of(zone, slot)
        kept = bytearray(data[: len(cells) - offset])
        if cells[offset : offset + len(kept)] == kept:
            return
        cells[offset : offset + len(kept)] = kept
        self.changes += 1
        if zone is Zone.CONFIG:
            self._parsed = None

    def update_seed(self, seed: bytes) -> None:
        """Store a new seed, 32 bytes."""
        self._seed = seed
        self.changes += 1

    def lock_config(self) -> None:
        """Set LockConfig."""
        self.write(Zone.CONFIG, 0, _LOCK_CONFIG, bytes([LOCKED]))

    def lock_data(self) -> None:
        """Set LockValue."""
        self.write(Zone.CONFIG, 0, _LOCK_VALUE, bytes([LOCKED]))

    def lock_slot(self, slot: int) -> None:
        """Clear the slot's bit in SlotLocked."""
        locked = self.config.slot_locked & ~(1 << slot)
        self.write(Zone.CONFIG, 0, _SLOT_LOCKED, locked.to_bytes(2, "little"))

    def _bytes_of(self, zone: Zone, slot: int) -> bytearray:
        if zone is Zone.CONFIG:
            return self._config
        return self._otp if zone is Zone.OTP else self._slots[slot]
