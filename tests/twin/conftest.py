from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from atecc_bench.chip.config_zone import ConfigZone, KeyConfig, SlotConfig
from atecc_bench.chip.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.zones import SLOT_COUNT, Zone
from atecc_bench.twin.entropy import seeded_entropy
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.presets import open_board, parse_virtual_url
from atecc_bench.twin.reasons import Reason
from atecc_bench.twin.secure_element import SecureElement

LOCKED, UNLOCKED = 0x00, 0x55


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
        assert reason is None
        return payload


def twin_with(config: ConfigZone) -> Twin:
    fresh = Eeprom.factory(seeded_entropy(7))
    slots = [fresh.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    memory = Eeprom(config.to_bytes(), fresh.contents(Zone.OTP), slots, fresh.seed)
    return Twin(SecureElement(memory, seeded_entropy(8)))


@pytest.fixture
def fresh() -> Twin:
    return twin_with(Eeprom.factory(seeded_entropy(7)).config)


@pytest.fixture
def configured() -> Twin:
    element = open_board(parse_virtual_url("virtual://configured?seed=9")).element
    assert element is not None
    return Twin(element)


@pytest.fixture
def twin_configured_as(configured: Twin) -> Callable[..., Twin]:
    """A twin with the configuration of `configured`, but with one slot, or a lock, as the test says."""

    def make(
        slot: int = 0,
        slot_config: dict[str, object] | None = None,
        key_config: dict[str, object] | None = None,
        **zone: object,
    ) -> Twin:
        config = configured.memory.config
        slots: list[SlotConfig] = list(config.slot_configs)
        keys: list[KeyConfig] = list(config.key_configs)
        slots[slot] = replace(slots[slot], **(slot_config or {}))  # pyright: ignore[reportArgumentType]
        keys[slot] = replace(keys[slot], **(key_config or {}))  # pyright: ignore[reportArgumentType]
        changed = replace(config, slot_configs=tuple(slots), key_configs=tuple(keys))
        return twin_with(replace(changed, **zone))  # pyright: ignore[reportArgumentType]

    return make
