"""The images for RAM that ship: what the source builds, small, and nowhere but in memory that is free."""

import hashlib
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from atecc_bench.link.flash.esp_image import EspImage
from atecc_bench.resources import resource_path
from tests.support.emulated.esp32 import Esp32
from tests.support.emulated.esp32c3 import DRAM_START, IRAM_START, Esp32C3
from tests.support.paths import ROOT

CHIPS = (Esp32, Esp32C3)
FOLDER = resource_path("firmware", "bare")
SOURCE = ROOT / "firmware" / "bare"
COMPILERS = ("xtensa-lx106-elf-gcc", "riscv64-unknown-elf-gcc")
LARGEST = 12 * 1024


def shipped(chip: type[Esp32] | type[Esp32C3]) -> bytes:
    return (FOLDER / f"{chip.name.lower()}.bin").read_bytes()


def compilers_here() -> str | None:
    if any(shutil.which(name) is None for name in (*COMPILERS, "make")):
        return None
    return subprocess.run(["make", "-s", "compilers"], cwd=SOURCE, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_the_source_builds_the_images_byte_for_byte(tmp_path: Path) -> None:
    here = compilers_here()
    if here != (FOLDER / "COMPILERS").read_text():
        pytest.skip(f"other compilers than the images were built with: {here}")
    esptool = f"{sys.executable} -m esptool"
    places = [f"ESPTOOL={esptool}", f"BUILD={tmp_path / 'build'}", f"OUT={tmp_path / 'out'}"]
    subprocess.run(["make", "-s", *places], cwd=SOURCE, check=True, capture_output=True)
    built = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert built == {file.name: file.read_bytes() for file in FOLDER.iterdir()}


@pytest.mark.parametrize("chip", CHIPS)
class TestAnImage:
    def test_is_small(self, chip: type[Esp32] | type[Esp32C3]) -> None:
        assert len(shipped(chip)) <= LARGEST

    def test_has_its_sum(self, chip: type[Esp32] | type[Esp32C3]) -> None:
        line = f"{hashlib.sha256(shipped(chip)).hexdigest()}  ./{chip.name.lower()}.bin"
        assert line in (FOLDER / "SHA256SUMS").read_text().splitlines()

    def test_lies_in_free_memory_and_not_twice_in_any(self, chip: type[Esp32] | type[Esp32C3]) -> None:
        image = EspImage.parse(shipped(chip), chip.name)
        ranges = [range(segment.address, segment.address + len(segment.data)) for segment in image.segments]
        for each in ranges:
            assert any(start <= each.start and each.stop <= start + size for start, size in chip.memory)
        if chip is Esp32C3:  # one memory at two addresses
            alias = IRAM_START - DRAM_START
            ranges = [r if r.start < IRAM_START else range(r.start - alias, r.stop - alias) for r in ranges]
        ranges.sort(key=lambda each: each.start)
        assert all(one.stop <= other.start for one, other in pairwise(ranges))

    def test_starts_in_its_code(self, chip: type[Esp32] | type[Esp32C3]) -> None:
        image = EspImage.parse(shipped(chip), chip.name)
        assert any(s.address <= image.entry < s.address + len(s.data) for s in image.segments)
