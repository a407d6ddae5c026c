"""What a chip is like before a provisioning: everything that can be read without changing a byte."""

from collections.abc import Mapping
from dataclasses import dataclass

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.session import ChipSession, ChipStatusError
from atecc_bench.chip.zones import BLOCK, slot_size
from atecc_bench.pki.layout import (
    COMMON_NAME_LENGTH,
    COMMON_NAME_SLOT,
    DEVICE_CERTIFICATE_SLOT,
    ROOT_PUBLIC_KEY_SLOT,
    SIGNER_CERTIFICATE_SLOT,
    SIGNER_DETAILS_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
)
from atecc_bench.provision.profile import Profile

# Bytes of each slot that the layout uses, in the order in which they are written.
WRITTEN_SLOTS: Mapping[int, int] = {
    ROOT_PUBLIC_KEY_SLOT: 72,
    SIGNER_PUBLIC_KEY_SLOT: 72,
    SIGNER_CERTIFICATE_SLOT: 72,
    SIGNER_DETAILS_SLOT: 64,
    DEVICE_CERTIFICATE_SLOT: 72,
    COMMON_NAME_SLOT: COMMON_NAME_LENGTH,
}


def overwritten_length(slot: int) -> int:
    """Bytes of a slot that writing the layout changes: whole blocks, but not beyond the slot's end."""
    return min(-(-WRITTEN_SLOTS[slot] // BLOCK) * BLOCK, slot_size(slot))


@dataclass(frozen=True)
class Survey:
    """The state of a chip. A slot that has no key or cannot be read is not in the mappings."""

    revision: bytes
    config_bytes: bytes
    config: ConfigZone
    public_keys: Mapping[int, bytes]
    slots: Mapping[int, bytes]

    @property
    def serial_number(self) -> str:
        """Eighteen lower-case hex digits."""
        return self.config.serial_number.hex()


def survey(session: ChipSession, profile: Profile) -> Survey:
    """Look at the chip as far as this profile is concerned."""
    revision = session.revision()
    config = session.read_config()
    public_keys: dict[int, bytes] = {}
    slots: dict[int, bytes] = {}
    if config.config_locked:
        for slot in profile.generate_keys:
            try:
                public_keys[slot] = session.public_key(slot)
            except ChipStatusError:
                continue  # no key yet, or none that this configuration would show
    if config.config_locked and config.data_locked:
        for slot, length in WRITTEN_SLOTS.items():
            try:
                slots[slot] = session.read_slot(slot, 0, length)
            except ChipStatusError:
                continue  # this configuration does not let the slot be read
    return Survey(revision, config.to_bytes(), config, public_keys, slots)
