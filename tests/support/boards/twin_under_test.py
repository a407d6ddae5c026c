"""Chips for the tests of the twin: a secure element, and the configurations it is tried with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import Reason
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom

LOCKED, UNLOCKED = 0x00, 0x55
IO_KEY = bytes.fromhex("3780e63d4968ade5d822c013fcc323845d1b569fe705b60006feec145a0db1e3")
"""What the tests of CryptoAuthLib keep in slot 4: IO protection key, and key of most encrypted accesses."""

VENDOR_CONFIG = bytes.fromhex(
    "C000A100 AF2F C444 8720 C4F4 8F0F 0F0F 9F8F 8364 C444 C464 0F0F 0F0F 0F0F 0F0F 0F0F 0F0F"
    "FFFFFFFF00000000 FFFFFFFF00000000 FF 84 03BC 09 6976 000000000000000000"
    "0000 0000 FFFF 0E40 00000000"
    "3300 1C00 1300 1C00 3C00 3E00 1C00 3300 1C00 1C00 3810 3000 3C00 3C00 3200 3000"
)
"""Bytes 16 to 127 of the ATECC608 that CryptoAuthLib's own tests ask for: it has a slot for everything.

0, 2 and 7 are private keys, 11, 14 and 15 public keys, 10 is an AES key, the others are secrets and data.
"""


@dataclass
class Twin:
    """A secure element and what a test wants to know of a command: its payload and its reason."""

    element: SecureElement

    @property
    def memory(self) -> Eeprom:
        return self.element.memory

    def run(self, command: CommandPacket) -> tuple[bytes, Reason | None]:
        done = self.element.execute(command.to_bytes())
        return ResponsePacket.parse(done.response).payload, done.reason

    def accept(self, command: CommandPacket) -> bytes:
        payload, reason = self.run(command)
        assert reason is None, reason
        return payload


def twin_with(config: ConfigZone, contents: Mapping[int, bytes] | None = None) -> Twin:
    """A chip with this configuration; `contents` begin the slots they name, all else is as from the factory."""
    fresh = Eeprom.factory(seeded_entropy(7))
    slots = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    for slot, start in (contents or {}).items():
        slots[slot] = start + slots[slot][len(start) :]
    memory = Eeprom(config.to_bytes(), fresh.contents(Zone.OTP), slots, fresh.seed)
    return Twin(SecureElement(memory, seeded_entropy(8)))


def edited(
    config: ConfigZone,
    slots: Mapping[int, Mapping[str, Any]] | None = None,
    keys: Mapping[int, Mapping[str, Any]] | None = None,
    **zone: Any,
) -> ConfigZone:
    """A configuration with fields of some SlotConfigs, KeyConfigs and of the zone changed."""
    slot_configs, key_configs = list(config.slot_configs), list(config.key_configs)
    for slot, changes in (slots or {}).items():
        slot_configs[slot] = replace(slot_configs[slot], **changes)
    for slot, changes in (keys or {}).items():
        key_configs[slot] = replace(key_configs[slot], **changes)
    return replace(config, slot_configs=tuple(slot_configs), key_configs=tuple(key_configs), **zone)


def vendor_config(**edits: Any) -> ConfigZone:
    """The configuration of CryptoAuthLib's tests, both zones locked, with the edits of `edited`."""
    fresh = Eeprom.factory(seeded_entropy(7)).contents(Zone.CONFIG)
    return edited(ConfigZone.parse(fresh[:16] + VENDOR_CONFIG), **edits)


def vendor_twin(contents: Mapping[int, bytes] | None = None, **edits: Any) -> Twin:
    """A chip with that configuration and the IO protection key in its place."""
    return twin_with(vendor_config(**edits), {4: IO_KEY, **(contents or {})})
