"""How soon a board answers that the bridge is put on, on a virtual board that takes the wire's time.

What erasing and writing takes a real flash comes on top: some 50 ms for each of two sectors.
"""

import statistics
import time
from pathlib import Path

import pytest

from atecc_bench.link.flash.flasher import flash_bridge, run_in_ram
from atecc_bench.link.flash.images import read_flash_images, read_ram_images
from atecc_bench.link.flash.rom_loader import FlashEvent, Stage
from atecc_bench.link.flash.targets import TARGETS
from atecc_bench.twin.ports.registration import register_virtual_scheme

pytestmark = pytest.mark.bench
RUNS = 7
FASTEST = 921600


def test_from_the_reset_to_the_first_answer() -> None:
    register_virtual_scheme()
    after_reset: list[float] = []
    whole: list[float] = []
    for _ in range(RUNS):
        rom_answers: list[float] = []

        def report(event: FlashEvent, seen: list[float] = rom_answers) -> None:
            if event.stage is Stage.CONNECT and event.line.startswith("Connecting"):
                seen.append(time.perf_counter())

        begun = time.perf_counter()
        with run_in_ram("virtual://blank-board?speed=real", read_ram_images(None), report).board:
            ended = time.perf_counter()
        after_reset.append(ended - rom_answers[0])
        whole.append(ended - begun)
    after, all_of_it = statistics.median(after_reset), statistics.median(whole)
    print(f"\nbridge in RAM: first answer {after:.2f} s after the reset, {all_of_it:.2f} s with it")
    assert after < 1.5


@pytest.mark.parametrize("preset", ["blank-board", "other-firmware"])
@pytest.mark.parametrize("target", TARGETS)
def test_until_the_bridge_answers_at_the_highest_rate(target: str, preset: str, tmp_path: Path) -> None:
    """In RAM, and for good with what was there before saved."""
    register_virtual_scheme()
    url = f"virtual://{preset}?target={target}&speed=real"
    begun = time.perf_counter()
    with run_in_ram(url, read_ram_images(None), lambda _: None).board as board:
        in_ram = time.perf_counter() - begun
        assert board.baud == FASTEST
    begun = time.perf_counter()
    done = flash_bridge(url, read_flash_images(None), lambda _: None, keep_in=tmp_path)
    for_good = time.perf_counter() - begun
    with done.board as board:
        assert board.baud == FASTEST
    print(f"\n{target}, {preset}: in RAM {in_ram:.2f} s, for good {for_good:.2f} s")
    assert in_ram < 1.5
    assert for_good < 2.5
