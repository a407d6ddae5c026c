"""The silicon check without a sacrifice: it asks a device much, and the device stays what it was."""

import pytest

from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.workflows.silicon.findings import Depth, Verdict
from atecc_bench.workflows.silicon.silicon_check import check_silicon
from tests.device.conftest import Device

pytestmark = pytest.mark.device


def test_looking_changes_nothing_and_every_answer_is_held_against_the_twin(device: Device):
    slots = device.config.slot_configs
    device.guard.uncounted = frozenset(slot for slot in range(SLOT_COUNT) if not slots[slot].limited_use)
    found = check_silicon(device.session, Depth.LOOK, lambda _: None, virtual=device.board.info.virtual)
    assert found.ended_by is None
    assert sum(len(result.observations) for result in found.results) > 70
    if device.board.info.virtual:  # what silicon says is for the report, not for a test
        assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []
