"""How soon a board answers that has the bridge loaded into its RAM, on a virtual board that takes the wire's time."""

import statistics
import time

import pytest

from atecc_bench.link.flash.flasher import run_in_ram
from atecc_bench.link.flash.images import read_ram_images
from atecc_bench.link.flash.rom_loader import FlashEvent, Stage
from atecc_bench.twin.ports.registration import register_virtual_scheme

pytestmark = pytest.mark.bench
RUNS = 7


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
