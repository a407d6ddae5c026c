"""The EEPROM of the twin.

Configuration, OTP, sixteen slots and the seed of the random number generator.
"""

from collections.abc import Sequence
from hashlib import sha256

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.factory_chips import ATECC608A, FactoryModel

SEED_SIZE = 32
LOCKED = 0x00
_LOCK_VALUE, _LOCK_CONFIG, _SLOT_LOCKED = 86, 87, 88
_ERASED = 0xFF


class PowerLostError(Exception):
    """The supply failed in the middle of an EEPROM write.

    Some bytes of it are old, some new.
    """


class Eeprom:
    """All bytes that outlive power. Methods write; whoever reads gets copies.

    `config` has 128 bytes, `otp` 64, each slot what `slot_size` says, `seed` 32.
    `changes` counts the writes that changed something, `writes` all of them.
    """

    def __init__(
        self, config: bytes, otp: bytes | bytearray, slots: Sequence[bytes | bytearray], seed: bytes | bytearray
    ) -> None:
        sizes = [len(config), len(otp), len(seed), *map(len, slots)]
        if sizes != [CONFIG_SIZE, OTP_SIZE, SEED_SIZE, *map(slot_size, range(SLOT_COUNT))]:
            raise ValueError(f"these are not the sizes of an EEPROM: {sizes}")
        self._config = bytearray(config)
        self._otp = bytearray(otp)
        self._slots = [bytearray(slot) for slot in slots]
        self._seed = bytearray(seed)
        self._parsed: ConfigZone | None = None
        self._power_lost_at: frozenset[int] = frozenset()
        self.changes = 0
        self.writes = 0

    @classmethod
    def factory(cls, entropy: Entropy, model: FactoryModel = ATECC608A) -> "Eeprom":
        """A chip nobody has used yet.

        Its serial number and seed are taken from `entropy`.
        """
        serial = entropy(6)
        end = bytes([model.serial_end])
        config = b"\x01\x23" + serial[:2] + model.revision + serial[2:] + end + model.rest
        slots = [bytes([_ERASED]) * slot_size(slot) for slot in range(SLOT_COUNT)]
        return cls(config, bytes([_ERASED]) * OTP_SIZE, slots, entropy(SEED_SIZE))

    def copy(self, config: bytes | None = None) -> "Eeprom":
        """Another EEPROM with the same bytes.

        The configuration zone (128 bytes) may be another one.
        """
        other = Eeprom(bytes(self._config) if config is None else config, self._otp, self._slots, self._seed)
        other._parsed = self._parsed if config is None else None
        return other

    @property
    def config(self) -> ConfigZone:
        """The configuration zone, decoded."""
        if self._parsed is None:
            self._parsed = ConfigZone.parse(bytes(self._config))
        return self._parsed

    @property
    def seed(self) -> bytes:
        """Seed of the random number generator, 32 bytes."""
        return bytes(self._seed)

    def contents(self, zone: Zone, slot: int = 0) -> bytes:
        """All bytes of a zone, or of one slot."""
        return bytes(self._bytes_of(zone, slot))

    def lose_power_during(self, *writes: int) -> None:
        """Let the supply fail in the middle of given writes.

        Their numbers are counted from 1 from now on.
        """
        self._power_lost_at |= {self.writes + write for write in writes}

    def write(self, zone: Zone, slot: int, offset: int, data: bytes) -> None:
        """Write bytes.

        What lies beyond the end of the zone or slot is dropped.

        Raises:
            PowerLostError: The supply fails during this write.
        """
        cells = self._bytes_of(zone, slot)
        self._program(cells, offset, data[: len(cells) - offset])

    def update_seed(self, seed: bytes) -> None:
        """Store a new seed, 32 bytes.

        Raises:
            PowerLostError: The supply fails during this write.
        """
        self._program(self._seed, 0, seed)

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

    def _program(self, cells: bytearray, offset: int, data: bytes) -> None:
        self.writes += 1
        power_lost = self.writes in self._power_lost_at
        old = bytes(cells[offset : offset + len(data)])
        new = _torn(old, data, self.writes) if power_lost else data
        if new != old:
            cells[offset : offset + len(data)] = new
            self.changes += 1
            self._parsed = None
        if power_lost:
            raise PowerLostError

    def _bytes_of(self, zone: Zone, slot: int) -> bytearray:
        if zone is Zone.CONFIG:
            return self._config
        return self._otp if zone is Zone.OTP else self._slots[slot]


def _torn(old: bytes, new: bytes, number: int) -> bytes:
    """Mix old and new bytes, the same way each time.

    Both kinds are there when at least two bytes differ.
    """
    chance = int.from_bytes(sha256(number.to_bytes(8) + old + new).digest()) >> 1
    differing = [i for i in range(len(old)) if old[i] != new[i]]
    taken = {i for position, i in enumerate(differing) if chance >> position % 255 & 1}
    if len(differing) > 1 and len(taken) in (0, len(differing)):
        taken ^= {differing[chance % len(differing)]}
    return bytes(new[i] if i in taken else old[i] for i in range(len(old)))
