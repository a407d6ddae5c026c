"""Flashing: from a blank board to a bridge, and every way in which that ends otherwise."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from atecc_bench import __version__
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.errors import BenchError
from atecc_bench.link.board import connection as board_module
from atecc_bench.link.board.connection import NoBridgeError
from atecc_bench.link.flash.flash_image import FlashImage, RamImage
from atecc_bench.link.flash.flasher import back_up, flash_bridge, identify, restore, run_in_ram
from atecc_bench.link.flash.images import read_flash_images, read_ram_images
from atecc_bench.link.flash.rom_loader import FlashEvent, Stage, backup_seconds
from atecc_bench.link.transports import connection as connection_module
from atecc_bench.link.transports.boot_log import BootLog
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.rom_target import ESP32, ESP32_C3, ESP32_S3, TARGETS, RomTarget
from atecc_bench.twin.board.sample_images import write_practice_image
from atecc_bench.twin.board.spi_flash import Boots, BridgeImages
from tests.support.boards.served_rom import SMALL_FLASH, PtyBoard, in_download, on_network, rom_board, wait_for_download
from tests.support.probes import with_flash_encryption, with_secure_boot, with_secure_download

LONGEST_S = 10.0
SHIPPED = sorted(resource_path("firmware", "bare").glob("*.bin"))
pytestmark = [
    # pyserial 3.5 starts its reader thread in the old way.
    pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning"),
]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firmware") / "esp32"
    write_practice_image(folder, size=16 * 1024)
    return folder


@pytest.fixture(scope="module")
def images(firmware: Path) -> tuple[FlashImage, ...]:
    return read_flash_images(firmware)


@pytest.fixture(scope="module")
def ram_images(firmware: Path) -> tuple[RamImage, ...]:
    return read_ram_images(firmware)


class Events:
    def __init__(self) -> None:
        self.seen: list[FlashEvent] = []

    def __call__(self, event: FlashEvent) -> None:
        self.seen.append(event)

    @property
    def stages(self) -> list[Stage]:
        return list(dict.fromkeys(event.stage for event in self.seen))


@pytest.fixture
def events() -> Events:
    return Events()


def refused(action: Callable[[], object], id_: str) -> BenchError:
    started = time.monotonic()
    with pytest.raises(BenchError) as caught:
        action()
    assert time.monotonic() - started < LONGEST_S
    assert caught.value.id == id_
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def assert_free(port: str) -> None:
    serial.serial_for_url(port, exclusive=True).close()


class TestTheFlash:
    @pytest.mark.slow
    def test_a_blank_board_becomes_a_bridge_with_a_chip(
        self, firmware: Path, images: tuple[FlashImage, ...], events: Events, capfd: pytest.CaptureFixture[str]
    ):
        done = flash_bridge(f"virtual://blank-board?firmware={firmware}", images, events)
        with done.board as board:
            assert board.info.virtual
            assert board.baud == 921600
            assert ChipInfo.read(board.open_chip()).serial_number.startswith("0123")
        assert done.chip.target == "esp32"
        assert done.chip.virtual
        assert done.chip.flash_size == 4 * 1024 * 1024
        assert events.stages == [
            Stage.CONNECT, Stage.CHECK, Stage.WRITE, Stage.VERIFY, Stage.RESET, Stage.BRIDGE,
        ]  # fmt: skip
        for stage in events.stages:
            progress = [event.done for event in events.seen if event.stage is stage and not event.line]
            assert progress == sorted(progress)
            assert progress[-1] == 1.0
        assert capfd.readouterr().out == ""

    @pytest.mark.slow
    def test_the_bytes_in_the_flash_are_the_images(self, images: tuple[FlashImage, ...], events: Events):
        board = rom_board(boots=Boots.APPLICATION)
        with in_download(board) as url:
            refused(lambda: flash_bridge(url, images, events), "no-bridge-after-flash")
        for part in images[0].parts:
            assert board.flash.read(part.offset, len(part.data)) == part.data

    @pytest.mark.slow
    def test_a_board_on_the_network_is_reset_by_its_lines(
        self, firmware: Path, images: tuple[FlashImage, ...], events: Events
    ):
        with on_network(rom_board(images=BridgeImages.of_folders([firmware]))) as url:
            flash_bridge(url, images, events).board.close()

    @pytest.mark.slow
    def test_looking_changes_nothing_and_the_bridge_runs_again(self, events: Events):
        board = rom_board(boots=Boots.BRIDGE)
        with on_network(board) as url:
            assert identify(url, events).mac == "02:00:00:52:0a:01"
            with board_module.connect(url) as bridge:
                assert bridge.info.virtual
        assert board.flash.boots() is Boots.BRIDGE

    @pytest.mark.parametrize(("target", "name"), [(ESP32_S3, "esp32s3"), (ESP32_C3, "esp32c3")])
    def test_other_chips_tell_what_they_are(self, target: RomTarget, name: str, events: Events):
        with in_download(rom_board(target)) as url:
            assert identify(url, events).target == name


@pytest.mark.slow
class TestTheRam:
    def test_the_bridge_runs_from_ram_and_the_flash_stays(
        self, firmware: Path, ram_images: tuple[RamImage, ...], events: Events
    ):
        board = rom_board(images=BridgeImages.of_folders([firmware]), boots=Boots.APPLICATION)
        with on_network(board) as url:
            with run_in_ram(url, ram_images, events).board as bridge:
                assert bridge.info.virtual
            assert Stage.RESET not in events.stages
            assert board.flash.boots() is Boots.APPLICATION

    def test_the_open_port_is_handed_over_without_touching_its_lines(
        self, firmware: Path, ram_images: tuple[RamImage, ...], events: Events
    ):
        board = rom_board(images=BridgeImages.of_folders([firmware]))
        moved: list[tuple[bool, bool]] = []
        loaded = False
        set_lines = board.set_lines

        def watch(*, dtr: bool, rts: bool, wall: float) -> None:
            if loaded:
                moved.append((dtr, rts))
            set_lines(dtr=dtr, rts=rts, wall=wall)

        def report(event: FlashEvent) -> None:
            nonlocal loaded
            loaded |= event.stage is Stage.WRITE and event.done == 1.0

        board.set_lines = watch
        with on_network(board) as url:
            connection = run_in_ram(url, ram_images, report).board
            assert moved == []
            connection.close()

    def test_after_a_reset_the_board_is_what_it_was(self, events: Events):
        board = rom_board(images=BridgeImages().with_ram(SHIPPED), boots=Boots.APPLICATION)
        with on_network(board) as url:
            with run_in_ram(url, read_ram_images(None), events).board as bridge:
                assert bridge.info.version == __version__
            identify(url, events)  # which resets it
            with pytest.raises(NoBridgeError) as caught:
                board_module.connect(url)
        assert caught.value.kind is BootLog.APPLICATION
        assert board.flash.boots() is Boots.APPLICATION

    @pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
    def test_what_came_along_needs_no_image_of_the_operators(self, target: RomTarget, events: Events):
        board = rom_board(target, images=BridgeImages().with_ram(SHIPPED))
        with on_network(board) as url, run_in_ram(url, read_ram_images(None), events).board as bridge:
            assert bridge.info.virtual

    def test_a_chip_that_there_is_no_image_for_is_named(self, ram_images: tuple[RamImage, ...], events: Events):
        with on_network(rom_board(ESP32_S3)) as url:
            error = refused(lambda: run_in_ram(url, ram_images, events), "wrong-chip")
        assert "ESP32-S3" in error.message

    def test_something_else_in_ram_is_no_bridge(self, ram_images: tuple[RamImage, ...], events: Events):
        error = refused(lambda: run_in_ram("virtual://blank-board", ram_images, events), "no-bridge-after-flash")
        assert "says nothing" in error.message


class TestBackup:
    @pytest.mark.slow
    def test_a_flash_is_saved_and_restored(self, images: tuple[FlashImage, ...], tmp_path: Path, events: Events):
        board = rom_board(boots=Boots.APPLICATION, size=SMALL_FLASH)
        board.flash.erase(0, SMALL_FLASH)
        before = os.urandom(SMALL_FLASH)
        board.flash.write(0, before)
        file = tmp_path / "before.bin"
        with in_download(board) as url:
            with pytest.raises(BenchError, match="bridge") as caught:  # a backup takes its time
                flash_bridge(url, images, events, backup=file)
            assert caught.value.id == "no-bridge-after-flash"
            assert file.read_bytes() == before
            assert board.flash.read(0, SMALL_FLASH) != before
            restore(url, file, events)
            assert board.flash.read(0, SMALL_FLASH) == before
            refused(lambda: back_up(url, file, events), "file-exists")
        assert any("min" in event.line for event in events.seen if event.stage is Stage.BACKUP)

    @pytest.mark.slow
    def test_a_cancelled_backup_leaves_no_file(self, tmp_path: Path, events: Events):
        file = tmp_path / "before.bin"
        cancelled = False

        def report(event: FlashEvent) -> None:
            nonlocal cancelled
            cancelled |= event.stage is Stage.BACKUP and event.done > 0.02

        with pytest.raises(CancelledError):
            back_up("virtual://other-firmware", file, report, lambda: cancelled)
        assert list(tmp_path.iterdir()) == []

    def test_a_backup_goes_back_only_to_a_flash_of_its_size(self, tmp_path: Path, events: Events):
        file = tmp_path / "small.bin"
        file.write_bytes(bytes(SMALL_FLASH))
        refused(lambda: restore("virtual://other-firmware", file, events), "flash-differs")
        file.write_bytes(bytes(SMALL_FLASH - 1))
        refused(lambda: restore("virtual://other-firmware", file, events), "not-a-backup")

    def test_the_minutes_are_told_before(self):
        assert 180 < backup_seconds(4 * 1024 * 1024, 460800) < 600


class TestCancel:
    @posix
    @pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.CHECK, Stage.WRITE, Stage.VERIFY])
    def test_it_ends_within_a_second_and_leaves_the_port_free(self, images: tuple[FlashImage, ...], stage: Stage):
        reached = 0.0

        def report(event: FlashEvent) -> None:
            nonlocal reached
            if event.stage is stage and not reached:
                reached = time.monotonic()

        with in_download(rom_board()) as port:
            with pytest.raises(CancelledError) as caught:
                flash_bridge(port, images, report, cancelled=lambda: reached > 0)
            assert time.monotonic() - reached < 1.0
            assert_free(port)
        assert ("half written" in caught.value.message) == (stage in (Stage.WRITE, Stage.VERIFY))

    @pytest.mark.slow
    def test_it_ends_while_nobody_answers(self, images: tuple[FlashImage, ...], events: Events):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"socket://127.0.0.1:{silent.getsockname()[1]}"
            deadline = time.monotonic() + 0.5
            with pytest.raises(CancelledError):
                flash_bridge(url, images, events, cancelled=lambda: time.monotonic() > deadline)
            assert time.monotonic() - deadline < 1.0


class TestFailures:
    """Each ends in time in a sentence with a next step, and with a free port."""

    @pytest.mark.slow
    def test_no_sync(self, images: tuple[FlashImage, ...], events: Events):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"socket://127.0.0.1:{silent.getsockname()[1]}"
            error = refused(lambda: flash_bridge(url, images, events), "no-sync")
        assert "BOOT" in error.hint

    @pytest.mark.slow
    @posix
    def test_no_sync_on_a_device(self, images: tuple[FlashImage, ...], events: Events):
        board = PtyBoard(rom_board())
        refused(lambda: flash_bridge(board.port, images, events), "no-sync")
        assert_free(board.port)
        board.unplug()

    def test_the_wrong_chip_for_the_image(self, images: tuple[FlashImage, ...], events: Events):
        board = rom_board(ESP32_S3)
        with in_download(board) as url:
            error = refused(lambda: flash_bridge(url, images, events), "wrong-chip")
            assert_free(url)
        assert "ESP32-S3" in error.message
        assert board.flash.boots() is Boots.NOTHING

    def test_a_corrupt_image_is_noticed_before_the_board_is_touched(self, firmware: Path, tmp_path: Path):
        merged = tmp_path / "merged.bin"
        data = bytearray(b"\xff" * 0x1000 + (firmware / "bootloader/bootloader.bin").read_bytes())
        data[0x1100] ^= 1
        merged.write_bytes(data)
        refused(lambda: read_flash_images(merged), "image-corrupt")

    def test_a_flash_that_keeps_other_bytes(self, images: tuple[FlashImage, ...], events: Events):
        url = "virtual://blank-board?fault=flash-stuck:0x10040"
        error = refused(lambda: flash_bridge(url, images, events), "digest-mismatch")
        assert "0x10000" in error.message

    @pytest.mark.slow
    @posix
    def test_the_cable_is_pulled_half_way(self, images: tuple[FlashImage, ...]):
        rom = rom_board()
        wait_for_download(rom)
        board = PtyBoard(rom)

        def report(event: FlashEvent) -> None:
            if event.stage is Stage.WRITE and event.done > 0.5:
                board.unplug()

        refused(lambda: flash_bridge(board.port, images, report), "port-lost")

    @pytest.mark.slow
    def test_the_line_goes_dead_half_way(self, images: tuple[FlashImage, ...], events: Events):
        refused(lambda: flash_bridge("virtual://blank-board?fault=line-stalled:1500", images, events), "no-reply")
        assert Stage.WRITE in events.stages
        assert Stage.VERIFY not in events.stages

    @posix
    def test_a_busy_port_and_who_uses_it(self, images: tuple[FlashImage, ...], events: Events):
        board = PtyBoard(rom_board())
        hold = f"import serial, time; p = serial.Serial({board.port!r}, exclusive=True); print(1, flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            error = refused(lambda: flash_bridge(board.port, images, events), "port-busy")
            if sys.platform == "linux":
                assert f"process {holder.pid}" in error.message
            holder.communicate("\n")
        assert_free(board.port)
        board.unplug()

    @posix
    def test_permission_denied(self):
        board = PtyBoard(rom_board())
        Path(board.port).chmod(0)
        attempt = f"""
import os
from atecc_bench.errors import BenchError
from atecc_bench.link.flash.flasher import identify
if os.getuid() == 0:
    os.setuid(65534)
try:
    identify({board.port!r}, print)
except BenchError as error:
    print("id:", error.id, "hint:", error.hint)
"""
        done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, timeout=LONGEST_S)
        board.unplug()
        assert "id: port-denied" in done.stdout, done.stderr
        assert "usermod" in done.stdout

    @pytest.mark.parametrize(
        ("target", "id_"),
        [
            (with_secure_boot(ESP32), "secure-boot"),
            (with_flash_encryption(ESP32), "flash-encryption"),
            (with_secure_boot(ESP32_S3), "secure-boot"),
            (with_secure_download(ESP32_S3), "secure-download"),
            (with_flash_encryption(ESP32_C3), "flash-encryption"),
            (with_secure_download(with_secure_boot(ESP32_C3)), "secure-download"),
        ],
    )
    def test_a_secured_chip(
        self,
        target: RomTarget,
        id_: str,
        images: tuple[FlashImage, ...],
        ram_images: tuple[RamImage, ...],
        events: Events,
        tmp_path: Path,
    ):
        board = rom_board(target)
        with in_download(board) as url:
            error = refused(lambda: flash_bridge(url, images, events, backup=tmp_path / "no"), id_)
            refused(lambda: run_in_ram(url, ram_images, events), id_)
            assert_free(url)
        assert "Nothing was written" in error.message
        assert board.flash.boots() is Boots.NOTHING
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.slow
    def test_an_image_that_is_no_bridge(self, images: tuple[FlashImage, ...], events: Events):
        error = refused(lambda: flash_bridge("virtual://blank-board", images, events), "no-bridge-after-flash")
        assert "another application" in error.message

    @pytest.mark.slow
    def test_a_bridge_that_is_too_old(
        self, firmware: Path, images: tuple[FlashImage, ...], events: Events, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(connection_module, "NEEDED_BRIDGE", "99.0.0")
        url = f"virtual://blank-board?firmware={firmware}"
        assert "newer" in refused(lambda: flash_bridge(url, images, events), "bridge-too-old").hint

    def test_an_image_that_does_not_fit(self, images: tuple[FlashImage, ...], events: Events):
        last = images[0].parts[-1]
        far = replace(images[0], parts=(*images[0].parts[:-1], replace(last, offset=SMALL_FLASH - 0x1000)))
        board = rom_board(size=SMALL_FLASH)
        with in_download(board) as url:
            refused(lambda: flash_bridge(url, (far,), events), "flash-too-small")
        assert board.flash.boots() is Boots.NOTHING

    def test_a_port_that_is_not_there(self, images: tuple[FlashImage, ...], events: Events):
        refused(lambda: flash_bridge("/dev/ttyNoSuchPort", images, events), "no-such-port")


@pytest.fixture(autouse=True)
def no_log_is_left_behind() -> Iterator[None]:
    from esp_pylib.logger import EspLog

    before = EspLog.instance
    yield
    assert EspLog.instance is before


def test_link_errors_are_what_people_get(images: tuple[FlashImage, ...], events: Events):
    assert isinstance(refused(lambda: flash_bridge("virtual://no-chip", (), events), "wrong-chip"), BenchError)
    with pytest.raises(LinkError):
        identify("/dev/ttyNoSuchPort", events)
