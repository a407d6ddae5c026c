"""The state of a chip before it is provisioned.

It is everything that can be read without changing a byte.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.chip.session.encrypted_access import SlotKey, holds_key
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.slot_map import data_slots, layout_slots


def written_slots(profile: Profile) -> Mapping[int, int]:
    """Number of bytes of each slot that the profile writes.

    Slots come in the order in which they are written.
    """
    return {**layout_slots(profile), **data_slots(profile)}


@dataclass(frozen=True)
class Survey:
    """The state of a chip.

    A slot that has no key or cannot be read is not in the mappings. `held_keys` are slots that CheckMac has shown to
    hold the secret key they are to have.
    """

    revision: bytes
    config_bytes: bytes
    config: ConfigZone
    public_keys: Mapping[int, bytes]
    slots: Mapping[int, bytes]
    held_keys: frozenset[int] = field(default=frozenset())

    @property
    def serial_number(self) -> str:
        """The chip's serial number as 18 lower-case hexadecimal digits."""
        return self.config.serial_number.hex()


Secrets = Callable[[bytes], Mapping[int, bytes]]
"""Secret keys by slot that are known of the chip with this serial number (9 bytes)."""


def survey(session: ChipSession, profile: Profile, known_of: Secrets = lambda serial_number: {}) -> Survey:
    """Read the state of a chip as far as a profile needs.

    This includes whether the chip holds the secret keys that are known. What `known_of` raises comes before anything
    else is asked of the chip.
    """
    revision = session.revision()
    config = session.read_config()
    secrets = known_of(config.serial_number)
    public_keys: dict[int, bytes] = {}
    slots: dict[int, bytes] = {}
    held: set[int] = set()
    if config.config_locked:
        for slot in profile.private_slots:
            try:
                public_keys[slot] = session.public_key(slot)
            except ChipStatusError:
                continue  # no key yet, or none that this configuration would show
    if config.config_locked and config.data_locked:
        for slot, length in written_slots(profile).items():
            try:
                slots[slot] = session.read_slot(slot, 0, length)
            except ChipStatusError:
                continue  # this configuration does not let the slot be read
        for slot, value in secrets.items():
            try:
                if holds_key(session, SlotKey(slot, value)):
                    held.add(slot)
            except ChipStatusError:
                continue  # CheckMac is not for this slot
    return Survey(revision, config.to_bytes(), config, public_keys, slots, frozenset(held))
