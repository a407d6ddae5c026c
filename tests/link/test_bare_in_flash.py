"""The bridge without ESP-IDF, in a board's flash for good, and back."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from atecc_bench import __version__
from atecc_bench.errors import BenchError, InputError
from atecc_bench.link.board import connection as board_module
from atecc_bench.link.flash.bare_image import for_flash_size
from atecc_bench.link.flash.flash_image import FlashImage
from atecc_bench.link.flash.flasher import flash_bridge, identify, restore
from atecc_bench.link.flash.images import read_flash_images
from atecc_bench.link.flash.rom_loader import FlashEvent, Stage
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.rom_target import TARGETS
from atecc_bench.twin.board.sample_images import practice_bootloader
from atecc_bench.twin.board.spi_flash import Boots, BridgeImages
from atecc_bench.twin.board.virtual_board import BridgeBoard
from tests.support.boards.served_rom import in_download, on_network, rom_board

SHIPPED = read_flash_images(None)
OFFSETS = {"esp32": 0x1000, "esp32s2": 0x1000, "esp32p4": 0x2000, "esp32c5": 0x2000}
MEGABYTE = 1024 * 1024
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")]
by_target = pytest.mark.parametrize("image", SHIPPED, ids=lambda image: image.target)
# Targets that are written like another wait for `make bare-chips`.
STANDING_FOR_OTHERS = ("esp32", "esp32c3", "esp32c5")  # one for each offset
by_offset = pytest.mark.parametrize(
    "image",
    [
        pytest.param(image, id=image.target, marks=[] if image.target in STANDING_FOR_OTHERS else pytest.mark.campaign)
        for image in SHIPPED
    ],
)


def ignore(event: FlashEvent) -> None:
    del event


def board_with(target: str, contents: bytes = b"") -> BridgeBoard:
    """A board that knows the images that come along; `contents` is where its ROM looks for a bootloader."""
    images = BridgeImages().with_ram(resource_path("firmware", "bare").glob("*.bin"))
    rom = TARGETS[target]
    board = rom_board(rom, images=images, boots=Boots.APPLICATION if contents else Boots.NOTHING)
    board.flash.install(rom.bootloader_offset, contents)
    return board


@by_target
class TestTheImage:
    def test_lies_where_the_rom_looks_for_a_bootloader(self, image: FlashImage):
        (part,) = image.parts
        assert image.is_bare
        assert part.offset == OFFSETS.get(image.target, 0)

    @pytest.mark.parametrize(
        ("size", "code"), [(0, 1), (MEGABYTE, 0), (2 * MEGABYTE, 1), (4 * MEGABYTE, 2), (16 * MEGABYTE, 4)]
    )
    def test_has_the_settings_that_every_board_can_read_by(self, image: FlashImage, size: int, code: int):
        (part,) = for_flash_size(image, size).parts
        assert part.data[2] == 2  # DIO
        assert part.data[3] == code << 4  # and the slow clock
        assert hashlib.sha256(part.data[:-32]).digest() == part.data[-32:]

    def test_is_one_that_esptool_finds_nothing_wrong_with(self, image: FlashImage, tmp_path: Path):
        (part,) = for_flash_size(image, 4 * MEGABYTE).parts
        file = tmp_path / "image.bin"
        file.write_bytes(part.data)
        command = [sys.executable, "-m", "esptool", "--chip", image.target, "image-info", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == 0
        assert "Warning" not in said
        assert "invalid" not in said
        assert said.count("(valid)") == 2  # checksum and digest
        assert "Flash size: 4MB" in said
        assert "Flash mode: DIO" in said


@by_offset
def test_a_blank_board_keeps_the_bridge_over_a_reset(image: FlashImage, tmp_path: Path):
    board = board_with(image.target)
    with on_network(board) as url:
        done = flash_bridge(url, SHIPPED, ignore, keep_in=tmp_path)
        with done.board as bridge:
            assert bridge.info.version == __version__
            assert bridge.baud == 921600
            assert bridge.info.chip == image.target.upper()
        assert done.kept is None  # nothing was there
        identify(url, ignore)  # which resets it
        with board_module.connect(url) as bridge:
            assert bridge.info.version == __version__
    assert list(tmp_path.iterdir()) == []


@by_offset
def test_what_was_there_is_kept_and_comes_back(image: FlashImage, tmp_path: Path):
    before = practice_bootloader(TARGETS[image.target])
    board = board_with(image.target, before)
    offset = TARGETS[image.target].bootloader_offset
    whole = board.flash.read(0, board.flash.size)
    with on_network(board) as url:
        done = flash_bridge(url, SHIPPED, ignore, keep_in=tmp_path / "kept")
        done.board.close()
        assert done.kept is not None
        assert board.flash.boots() is Boots.BRIDGE
        assert board.flash.read(offset, len(before)) != before
        restore(url, done.kept, ignore)
        assert board.flash.read(0, board.flash.size) == whole
        assert board.flash.boots() is Boots.APPLICATION


class TestWhatWasKept:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Path:
        with on_network(board_with("esp32", practice_bootloader(TARGETS["esp32"]))) as url:
            done = flash_bridge(url, SHIPPED, ignore, keep_in=tmp_path)
            done.board.close()
        assert done.kept is not None
        return done.kept

    def test_is_named_by_the_board_and_written_by_esptool_as_well(self, kept: Path):
        from intelhex import IntelHex  # what esptool reads it with

        assert kept.name.startswith("esp32-020000520a01-")
        found = IntelHex(str(kept))
        before = practice_bootloader(TARGETS["esp32"])
        assert (found.minaddr(), found.maxaddr()) == (0x1000, 0x2FFF)  # the two sectors that the bridge takes
        assert found.tobinarray().tobytes() == before[:0x2000]

    def test_does_not_go_to_another_board(self, kept: Path):
        other = kept.with_name(kept.name.replace("020000520a01", "240ac4000001"))
        kept.rename(other)
        with in_download(board_with("esp32")) as url, pytest.raises(BenchError) as caught:
            restore(url, other, ignore)
        assert caught.value.id == "flash-differs"
        assert "24:0a:c4:00:00:01" in caught.value.message

    @pytest.mark.parametrize("damage", ["", ":00000001FE", "hello", ":0400000001020304F2\n"])
    def test_is_refused_when_it_is_damaged(self, damage: str, kept: Path):
        kept.write_text(damage)
        with pytest.raises(InputError) as caught:
            restore("virtual://blank-board", kept, ignore)
        assert caught.value.id == "not-a-backup"

    def test_every_changed_digit_is_noticed(self, kept: Path):
        text = kept.read_text()
        for at in range(1, 300, 7):
            digit = text[at]
            if digit in ":\n":
                continue
            kept.write_text(text[:at] + ("0" if digit != "0" else "1") + text[at + 1 :])
            with pytest.raises(InputError):
                restore("virtual://blank-board", kept, ignore)


def test_a_folder_that_cannot_be_written_stops_before_anything_is(tmp_path: Path):
    (tmp_path / "file").touch()
    board = board_with("esp32", practice_bootloader(TARGETS["esp32"]))
    before = board.flash.read(0, 0x8000)
    with in_download(board) as url, pytest.raises(InputError) as caught:
        flash_bridge(url, SHIPPED, ignore, keep_in=tmp_path / "file")
    assert caught.value.id == "file-not-writable"
    assert board.flash.read(0, 0x8000) == before


def test_the_stages_are_told_in_order(tmp_path: Path):
    seen: list[Stage] = []
    with on_network(board_with("esp32", practice_bootloader(TARGETS["esp32"]))) as url:
        flash_bridge(url, SHIPPED, lambda event: seen.append(event.stage), keep_in=tmp_path).board.close()
    assert list(dict.fromkeys(seen)) == list(Stage)
