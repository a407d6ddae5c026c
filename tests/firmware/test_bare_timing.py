"""I2C timing of the images, measured at the emulated pins at every CPU clock that the ROM may leave.

An instruction takes one cycle in the emulation, which is the least that a real core takes: real times are longer.
Limits are the chips' ("AC parameters: I2C interface" of the ATECC508A and ATECC608A datasheets, which go up to 1 MHz)
and up to 400 kHz those of the I2C specification for fast mode, which are stricter.
"""

from collections.abc import Mapping

import pytest

from tests.support.boards.bridge_desk import desk
from tests.support.cases.kit_vectors import INFO, REVISION
from tests.support.emulated.board import CLOCKS, EmulatedBridge

CHIP_LIMITS: Mapping[str, float] = {
    "SCL low": 400e-9,
    "SCL high": 400e-9,
    "start hold": 250e-9,
    "stop set-up": 250e-9,
    "data set-up": 100e-9,
    "bus free": 500e-9,
}
FAST_MODE: Mapping[str, float] = {
    "SCL low": 1.3e-6,
    "SCL high": 0.6e-6,
    "start hold": 0.6e-6,
    "stop set-up": 0.6e-6,
    "data set-up": 100e-9,
    "bus free": 1.3e-6,
}
WAKE: Mapping[str, float] = {"wake pulse": 60e-6, "wake delay": 1.5e-3}
USUAL = [(chip, clocks[0]) for chip, clocks in CLOCKS.items()]
ALL_CLOCKS = [(chip, each) for chip, clocks in CLOCKS.items() for each in clocks]
FASTEST = [*((chip, clocks[-1]) for chip, clocks in CLOCKS.items()), USUAL[0]]


def measure(chip: str, clocks: str, *before: str) -> dict[str, float]:
    """The shortest times of waking a chip and talking to it, with no delay loop cut short."""
    on = desk(1)
    bridge = EmulatedBridge(chip, on.bus, on.clock, clocks=clocks)
    for request in before:
        assert bridge.hear(f"{request}\n".encode()) == b"00()\n"
    bridge.hear(b"b:v()\n")
    bridge.chip.loops.stride = 0.0
    bridge.chip.count_instructions()
    bridge.wires.shortest.clear()
    assert bridge.hear(f"e:t({INFO})\n".encode()) == f"00({REVISION})\n".encode()
    return dict(bridge.wires.shortest)


def too_short(found: dict[str, float], limits: Mapping[str, float]) -> dict[str, float]:
    assert limits.keys() <= found.keys()
    return {kind: found[kind] for kind, limit in limits.items() if found[kind] < limit}


@pytest.mark.slow
@pytest.mark.parametrize(("chip", "clocks"), ALL_CLOCKS)
def test_waking_and_talking_at_400_khz(chip: str, clocks: str) -> None:
    found = measure(chip, clocks)
    assert too_short(found, {**FAST_MODE, **WAKE}) == {}
    # Nor is it slow: the wake pulse is that of address 0 at 100 kHz, and the chip is talked to soon after its delay.
    assert found["wake pulse"] < 150e-6
    assert found["wake delay"] < 2e-3
    # A CPU at 13 MHz takes longer than that for its instructions.
    assert found["SCL low"] + found["SCL high"] < (7e-6 if "26 MHz" in clocks and chip == "ESP32C2" else 6e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("chip", "clocks"), FASTEST)
def test_at_1_mhz(chip: str, clocks: str) -> None:
    assert too_short(measure(chip, clocks, "b:b:cl(1000000)"), {**CHIP_LIMITS, **WAKE}) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("chip", "clocks"), USUAL)
def test_at_100_khz_the_clock_is_what_was_asked_for(chip: str, clocks: str) -> None:
    found = measure(chip, clocks, "b:b:cl(100000)")
    assert found["SCL low"] + found["SCL high"] == pytest.approx(10e-6, rel=0.2)
    assert too_short(found, {**CHIP_LIMITS, **WAKE}) == {}
