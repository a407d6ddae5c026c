"""The bare images that ship: what the source builds, small, and nowhere but in memory that is free."""

import hashlib
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from atecc_bench.link.flash.bare_image import told_digest
from atecc_bench.link.flash.esp_image import EspImage
from atecc_bench.link.flash.esptool_api import CHIPS as CHIPS_OF_ESPTOOL
from atecc_bench.link.flash.images import chip_name, known_image
from atecc_bench.resources import resource_path
from tests.support.boards.c_bridge import compiler
from tests.support.emulated.board import CHIPS
from tests.support.emulated.registers import TABLES
from tests.support.emulated.specs import SPECS
from tests.support.paths import ROOT

FOLDER = resource_path("firmware", "bare")
SOURCE = ROOT / "firmware" / "bare"
COMPILERS = ("xtensa-lx106-elf-gcc", "riscv64-unknown-elf-gcc")
LARGEST = 12 * 1024


def shipped(chip: str) -> bytes:
    return (FOLDER / f"{chip.lower()}.bin").read_bytes()


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
    def test_is_small(self, chip: str) -> None:
        assert len(shipped(chip)) <= LARGEST

    def test_has_its_sum(self, chip: str) -> None:
        line = f"{hashlib.sha256(shipped(chip)).hexdigest()}  ./{chip.lower()}.bin"
        assert line in (FOLDER / "SHA256SUMS").read_text().splitlines()

    def test_lies_in_free_memory_and_not_twice_in_any(self, chip: str) -> None:
        image = EspImage.parse(shipped(chip), chip)
        memory = SPECS[chip].memory
        ranges = [range(segment.address, segment.address + len(segment.data)) for segment in image.segments]
        for each in ranges:
            assert any(start <= each.start and each.stop <= start + size for start, size in memory)
        if SPECS[chip].is_one_memory and len(memory) > 1:  # one memory at two addresses
            (data, _), (code, _) = memory
            ranges = [r if r.start < code else range(r.start - code + data, r.stop - code + data) for r in ranges]
        ranges.sort(key=lambda each: each.start)
        assert all(one.stop <= other.start for one, other in pairwise(ranges))

    def test_tells_the_digest_of_what_the_rom_loads(self, chip: str) -> None:
        image = EspImage.parse(shipped(chip), chip)
        told = told_digest(shipped(chip))
        # The code first, whatever its address.
        parts = sorted(image.segments, key=lambda part: not 0 <= image.entry - part.address < len(part.data))
        loaded = b"".join(part.data for part in parts).replace(told.encode(), b"0" * len(told))
        assert told == hashlib.sha256(loaded).hexdigest()
        assert known_image(told) == f"the image of this program for {chip_name(chip.lower())}"

    def test_starts_in_its_code(self, chip: str) -> None:
        image = EspImage.parse(shipped(chip), chip)
        assert any(s.address <= image.entry < s.address + len(s.data) for s in image.segments)


@pytest.mark.skipif(compiler() is None, reason="needs a C compiler (gcc)")
@pytest.mark.parametrize("chip", TABLES)
def test_the_registers_are_those_of_the_headers(chip: str, tmp_path: Path) -> None:
    """What the image was built with is what was read in ESP-IDF's headers, each address and each bit."""
    lines = [f'printf("{name}=%lu\\n", (unsigned long)({name}));' for name in TABLES[chip]]
    source = tmp_path / "registers.c"
    head = '#include <stdint.h>\n#include <stdio.h>\n#include "registers.h"\nint main(void) {\n'
    source.write_text(head + "\n".join(lines) + "\nreturn 0;\n}\n")
    cc = compiler()
    assert cc is not None
    folders = (f"-I{SOURCE / chip.lower()}", f"-I{SOURCE / 'registers'}")
    subprocess.run([cc, *folders, source, "-o", tmp_path / "registers"], check=True)
    said = subprocess.run([tmp_path / "registers"], check=True, capture_output=True, text=True).stdout
    found = {name: int(value) for name, value in (line.split("=") for line in said.splitlines())}
    assert found == {name: value for name, (value, _) in TABLES[chip].items()}


# esptool takes an ESP32-C2 for a C3 there; it leaves the super watchdogs of the first two alone, which have none or
# none that runs in download mode.
@pytest.mark.parametrize("chip", sorted(TABLES.keys() - {"ESP32C2", "ESP32", "ESP32S2"}))
def test_the_watchdogs_are_where_esptool_has_them(chip: str) -> None:
    of_esptool = CHIPS_OF_ESPTOOL[chip.lower()]
    for name in ("WDTCONFIG0", "WDTWPROTECT", "SWD_CONF", "SWD_WPROTECT"):
        assert TABLES[chip][f"RTC_CNTL_{name}"][0] == getattr(of_esptool, f"RTC_CNTL_{name}_REG")
    assert TABLES[chip]["SWD_WKEY"][0] == of_esptool.RTC_CNTL_SWD_WKEY
    assert TABLES[chip]["RTC_CNTL_SWD_AUTO_FEED_EN"][0] == of_esptool.RTC_CNTL_SWD_AUTO_FEED_EN


def test_every_image_that_ships_is_one_that_ran_here() -> None:
    assert {file.stem for file in FOLDER.glob("*.bin")} == {chip.lower() for chip in CHIPS}
