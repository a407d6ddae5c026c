from collections.abc import Callable

import pytest

from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.boards.twin_under_test import Twin, edited, twin_with


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
        slots, keys = {slot: slot_config or {}}, {slot: key_config or {}}
        return twin_with(edited(config, slots, keys, **zone))

    return make
