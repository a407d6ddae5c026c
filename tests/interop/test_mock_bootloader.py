"""A mock of the ROM bootloader that others wrote, flashed by esptool through our code; esptool alone reads it back."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from atecc_bench.link.flash.bare_image import for_flash_size
from atecc_bench.link.flash.flash_image import FlashImage, RamImage
from atecc_bench.link.flash.images import read_flash_images, read_ram_images
from atecc_bench.link.flash.rom_loader import FlashEvent, enter_rom
from atecc_bench.twin.board.sample_images import write_practice_image

CHIPS = ("esp32", "esp32s3", "esp32c3")
LINES = ("tcp", pytest.param("pty", marks=pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")))
LONGEST_S = 60


@contextmanager
def mock(chip: str, line: str, folder: Path) -> Generator[str]:
    """Run the mock in a process of its own; gives its port."""
    file = folder / "port"
    start = "from esp32_mock_bootloader.cli import main; main()"
    arguments = ["run", "--chip", chip, "--port-file", str(file), "--timeout", str(LONGEST_S)]
    arguments += ["--pty"] if line == "pty" else ["--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", start, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ESP32_MOCK_BOOTLOADER_STATE_DIR": str(folder / "state")},
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it says so when it listens
        written = file.read_text()
        yield written if line == "pty" else f"socket://127.0.0.1:{written}"
    finally:
        process.terminate()
        process.communicate()


def never() -> bool:
    return False


def ignore(event: FlashEvent) -> None:
    del event


@pytest.fixture(params=CHIPS)
def image(request: pytest.FixtureRequest, tmp_path: Path) -> FlashImage:
    folder = tmp_path / request.param
    write_practice_image(folder, request.param, size=8 * 1024)
    return read_flash_images(folder)[0]


def read_back(port: str, chip: str, offset: int, size: int, file: Path) -> bytes:
    """Unmodified esptool in a process of its own."""
    command = [sys.executable, "-m", "esptool", "--chip", chip, "--port", port, "--before", "no-reset"]
    command += ["--after", "no-reset", "--no-stub", "read-flash", hex(offset), hex(size), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return file.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_the_bytes_in_its_flash_are_the_images(image: FlashImage, line: str, tmp_path: Path):
    with mock(image.target, line, tmp_path) as port:
        with enter_rom(port, ignore, never) as session:
            session.rom.check_security()
            chip = session.rom.facts()
            assert chip.target == image.target
            assert not chip.virtual
            session.rom.write(image.parts, chip.flash_size)
        serial.serial_for_url(port, exclusive=True).close()
        for part in image.parts:
            assert read_back(port, image.target, part.offset, len(part.data), tmp_path / "read") == part.data


@pytest.mark.slow
@pytest.mark.parametrize(
    "bare", [image for image in read_flash_images(None) if image.target in CHIPS], ids=lambda image: image.target
)
def test_the_bare_image_is_where_its_rom_looks_for_it(bare: FlashImage, tmp_path: Path):
    with mock(bare.target, "tcp", tmp_path) as port:
        with enter_rom(port, ignore, never) as session:
            chip = session.rom.facts()
            (part,) = for_flash_size(bare, chip.flash_size).parts
            session.rom.write((part,), chip.flash_size)
        written = read_back(port, bare.target, part.offset, len(part.data), tmp_path / "read")
    assert written == part.data
    assert part.offset == {"esp32": 0x1000}.get(bare.target, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "image", [image for image in read_ram_images(None) if image.target in CHIPS], ids=lambda image: image.target
)
def test_the_images_for_ram_are_taken(image: RamImage, tmp_path: Path):
    with mock(image.target, "tcp", tmp_path) as port, enter_rom(port, ignore, never) as session:
        session.rom.run_in_ram(image.segments, image.entry)
