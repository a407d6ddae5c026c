"""`flash` from the outside: a blank board on the network becomes a bridge, and is provisioned."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from atecc_bench import __version__
from atecc_bench.link.flash.images import read_flash_images
from atecc_bench.twin.board.sample_images import write_practice_image
from atecc_bench.twin.board.spi_flash import SpiFlash
from atecc_bench.twin.ports import presets
from tests.support.boards.scripted_board import ScriptedBoard, says_nothing
from tests.support.boards.served_rom import SMALL_FLASH, on_network

Run = Callable[..., Any]
# pyserial 3.5 starts its reader thread in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firmware") / "esp32"
    write_practice_image(folder, size=16 * 1024)
    return folder


@pytest.fixture
def blank(firmware: Path) -> Iterator[str]:
    """A blank board that lives in another process."""
    arguments = ["--rfc2217", "127.0.0.1:0", "--chip", "blank-board", "--speed", "max", "--firmware", str(firmware)]
    command = [sys.executable, "-m", "atecc_bench", "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@contextmanager
def served(virtual: str) -> Iterator[str]:
    """A virtual board that goes on when a verb has ended, on the network."""
    with on_network(presets.open_board(presets.parse_virtual_url(virtual))) as url:
        yield url


@pytest.mark.slow
def test_a_blank_board_is_flashed_and_its_chip_provisioned(run: Run, blank: str, firmware: Path, ca: Path):
    assert run("info", "--port", blank, "--json").error_id == "blank-board"
    done = run("flash", "--port", blank, "--image", firmware, "--json")
    assert done.code == 0
    document = done.document
    assert document["virtual"] is True
    assert document["chip"]["target"] == "esp32"
    assert document["bridge"]["name"] == "ATECC Bench bridge"
    assert document["baud"] == 921600
    assert document["ram"] is False
    info = run("info", "--port", blank, "--json").document
    assert info["chip"]["config_locked"] is False
    provisioned = run(
        "provision", "--port", blank, "--profile", "trustcustom-tls", "--ca", ca, "--yes", "--json"
    ).document
    assert provisioned["verdict"] == "PASS"
    assert provisioned["virtual"] is True


@pytest.mark.slow
def test_for_people_progress_goes_to_stderr(run: Run, firmware: Path):
    done = run("flash", "--port", f"virtual://blank-board?firmware={firmware}", "--image", firmware)
    assert done.code == 0
    assert "ATECC Bench bridge" in done.out
    assert "VIRTUAL" in done.out
    assert "Compare digests" in done.err
    assert "Compare digests" not in done.out


def test_into_ram(run: Run, firmware: Path):
    url = f"virtual://other-firmware?firmware={firmware}"
    done = run("flash", "--port", url, "--image", firmware, "--ram", "--json")
    assert done.code == 0
    assert done.document["ram"] is True


@pytest.mark.slow
def test_into_ram_with_nothing_but_the_box(run: Run):
    done = run("flash", "--port", "virtual://blank-board", "--ram", "--json")
    assert done.code == 0
    assert done.document["bridge"]["version"] == __version__
    said = run("flash", "--port", "virtual://blank-board", "--ram")
    assert said.code == 0
    assert "not yet seen on silicon" in " ".join(said.out.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    [  # one for each offset at which a ROM looks; the others wait for `make bare-chips`
        pytest.param(
            image.target, marks=[] if image.target in ("esp32", "esp32c3", "esp32c5") else pytest.mark.campaign
        )
        for image in read_flash_images(None)
    ],
)
def test_for_good_with_nothing_but_the_box(run: Run, target: str, ca: Path):
    """Serve a blank board of each chip that an image came along for, install the bridge, provision through it."""
    with served(f"virtual://blank-board?target={target}") as url:
        assert run("info", "--port", url, "--json").error_id == "blank-board"
        document = run("flash", "--port", url, "--json").document
        assert document["chip"]["target"] == target
        assert document["bridge"]["version"] == __version__
        assert document["baud"] == 921600
        assert document["ram"] is False
        assert document["backup"] is None
        assert document["remark"] == "not yet seen on silicon"
        options = ["--profile", "trustcustom-tls", "--ca", ca, "--yes", "--json"]
        assert run("provision", "--port", url, *options).document["verdict"] == "PASS"


@pytest.mark.slow
def test_what_the_bridge_takes_the_place_of_is_kept_and_comes_back(run: Run):
    with served("virtual://other-firmware") as url:
        assert run("info", "--port", url, "--json").error_id == "other-firmware"
        document = run("flash", "--port", url, "--json").document
        kept = document["backup"]
        assert kept.endswith(".hex")
        assert run("info", "--port", url, "--json").code == 0
        restored = run("flash", "--port", url, "--restore", kept, "--json")
        assert restored.code == 0
        assert run("info", "--port", url, "--json").error_id == "other-firmware"


@pytest.mark.slow
class TestAnotherApplication:
    def test_is_not_overwritten_without_being_told(self, run: Run, firmware: Path):
        url = f"virtual://other-firmware?firmware={firmware}"
        done = run("flash", "--port", url, "--image", firmware, "--json")
        assert done.code == 1
        assert done.error_id == "other-application"
        assert "--backup" in done.document["error"]["hint"]
        assert run("flash", "--port", url, "--image", firmware, "--yes", "--json").code == 0

    @pytest.mark.skipif(sys.platform == "win32", reason="the silent board is on a pseudo-terminal")
    def test_neither_is_one_that_says_nothing(self, run: Run, firmware: Path):
        board = ScriptedBoard(says_nothing)
        done = run("flash", "--port", board.port, "--image", firmware, "--json")
        board.close()
        assert (done.code, done.error_id) == (1, "other-application")
        assert "may hold" in done.document["error"]["message"]

    def test_a_backup_is_enough(self, run: Run, firmware: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(presets, "SpiFlash", partial(SpiFlash, size=SMALL_FLASH))
        url = f"virtual://other-firmware?firmware={firmware}"
        file = tmp_path / "before.bin"
        done = run("flash", "--port", url, "--image", firmware, "--backup", file, "--json")
        assert done.code == 0
        assert file.stat().st_size == done.document["chip"]["flash_size"]
        restored = run("flash", "--port", "virtual://blank-board", "--restore", file, "--json")
        assert restored.code == 0
        assert restored.document["virtual"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "id_"),
    [
        (["--image", "/nowhere"], 2, "no-firmware"),
        (["--image", "FIRMWARE/SHA256SUMS"], 2, "not-an-image"),
        (["--image", "FIRMWARE", "--ram", "--backup", "x.bin"], 2, "usage"),
        (["--image", "FIRMWARE", "--restore", "x.bin"], 2, "usage"),
        (["--restore", "/nowhere/x.bin"], 2, "no-such-file"),
        (["--image", "FIRMWARE", "--backup", "/nowhere/x.bin"], 2, "file-not-writable"),
        (["--image", "FIRMWARE"], 3, "no-bridge-after-flash"),
    ],
)
def test_what_is_refused(run: Run, firmware: Path, arguments: list[str], code: int, id_: str):
    given = [argument.replace("FIRMWARE", str(firmware)) for argument in arguments]
    done = run("flash", "--port", "virtual://blank-board", *given, "--json")
    assert (done.code, done.error_id) == (code, id_)


def test_a_port_that_is_not_there(run: Run, firmware: Path):
    done = run("flash", "--port", "/dev/ttyNoSuchPort", "--image", firmware, "--json")
    assert (done.code, done.error_id) == (3, "no-such-port")
