"""The silicon check through the firmware's own code: the core of ESP-IDF's bridge, and the bare images emulated."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atecc_bench.link.board.connection import connect
from atecc_bench.twin.board.i2c_bus import Bus, SimClock
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.silicon.asking import Clock
from atecc_bench.workflows.silicon.findings import Depth, Verdict
from atecc_bench.workflows.silicon.silicon_check import SiliconFindings, check_silicon
from tests.support.boards.c_bridge import CoreAsBridge
from tests.support.boards.provision_through import FAST, Bridge
from tests.support.emulated.board import EmulatedBridge

NO_TIME = Clock(now=lambda: 0.0, wait=lambda _: None)
"""An emulated CPU takes other times than a real one; they are measured elsewhere."""


def check_through(
    start: Callable[[Bus, SimClock], Bridge], preset: str, depth: Depth, monkeypatch: pytest.MonkeyPatch
) -> SiliconFindings:
    def start_one(bus: Bus, clock: SimClock, _chip: str) -> Bridge:
        return start(bus, clock)

    monkeypatch.setattr("atecc_bench.twin.board.virtual_board.KitBridge", start_one)
    register_virtual_scheme()
    with connect(f"virtual://{preset}") as board:
        board.set_baud(FAST)
        found = check_silicon(board.open_chip(), depth, lambda _: None, NO_TIME, virtual=True)
    assert found.ended_by is None, found.ended_by
    assert [result for result in found.results if result.verdict is Verdict.CONTRADICTED] == []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["fresh", "atecc508a"])
def test_to_the_end_through_the_core(core: Path, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[CoreAsBridge] = []

    def start(bus: Bus, clock: SimClock) -> CoreAsBridge:
        running.append(CoreAsBridge(core, bus, clock))
        return running[-1]

    check_through(start, preset, Depth.SACRIFICE, monkeypatch)
    assert [bridge.core.close() for bridge in running] == [0] * len(running)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chip", "depth"),
    [pytest.param("ESP32", Depth.SACRIFICE, marks=pytest.mark.campaign), ("ESP32C3", Depth.LOOK)],
)
def test_to_the_end_through_an_image(chip: str, depth: Depth, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[EmulatedBridge] = []

    def start(bus: Bus, clock: SimClock) -> EmulatedBridge:
        running.append(EmulatedBridge(chip, bus, clock, rate=115200))
        running[-1].chip.loops.stride = 8.0  # the chip is asked less often whether it is ready
        return running[-1]

    check_through(start, "fresh", depth, monkeypatch)
    assert running[-1].chip.uart.lost == 0
