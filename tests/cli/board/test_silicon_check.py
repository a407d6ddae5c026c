"""`atecc-bench silicon-check`: what it asks, what it writes, how it ends."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.cli.board import silicon
from atecc_bench.twin.state.state_file import load_state
from atecc_bench.workflows.silicon.report_document import SiliconReport
from tests.cli.conftest import Chip, Done
from tests.support.cases.altered_chips import AlteredElement
from tests.support.cases.altered_rules import ALTERED

Run = Callable[..., Done]
READ_FIRST = 90  # commands: before the questions begin the chip is read


@pytest.fixture
def report(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "look.json"
    assert run("silicon-check", "--port", "virtual://provisioned", "--out", path).code == 0
    return path


def test_a_look_changes_nothing_and_ends_with_0(run: Run, chip: Callable[[str], Chip]) -> None:
    looked_at = chip("provisioned")
    before = looked_at.eeprom
    done = run("silicon-check", "--port", looked_at.url, "--json")
    assert done.code == 0
    assert done.document["virtual"] is True
    assert done.document["depth"] == "look"
    assert looked_at.eeprom == before


def test_a_contradiction_ends_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = next(one for one in ALTERED if one.assumption == "info-gpio")
    monkeypatch.setattr(
        "atecc_bench.twin.ports.presets.SecureElement", lambda memory, entropy: AlteredElement(altered, memory, entropy)
    )
    done = run("silicon-check", "--port", "virtual://fresh")
    assert done.code == 1
    assert "CONTRADICTED info-gpio" in done.out


def test_trouble_with_the_device_ends_with_3_and_tells_what_was_found(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    done = run("silicon-check", "--port", "virtual://fresh?fault=chip-silent:60", "--out", path)
    assert done.code == 3
    assert "Ended early" in done.out
    assert json.loads(path.read_text())["error"]["id"] == "bridge-status"
    assert run("silicon-check", "--read", path).code == 0


def test_no_board_ends_with_3(run: Run) -> None:
    assert run("silicon-check", "--port", "virtual://no-chip", "--json").code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--port", "virtual://fresh", "--read", "x.json"),
        ("--read", "x.json", "--sacrifice"),
        ("--read", "no-such-file.json"),
        ("--port", "virtual://fresh", "--use-lock"),
        ("--port", "virtual://fresh", "--out", "report.pdf"),
        ("--port", "virtual://atecc508a", "--sacrifice", "--use-lock"),
        ("--port", "virtual://provisioned", "--sacrifice", "--yes"),
        ("--port", "virtual://fresh", "--sacrifice"),  # --json leaves nobody to ask
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("silicon-check", *arguments, "--json")
    assert done.code == 2
    assert done.error_id


def test_a_file_that_exists_is_not_overwritten(run: Run, report: Path) -> None:
    before = report.read_bytes()
    done = run("silicon-check", "--port", "virtual://fresh", "--out", report, "--json")
    assert (done.code, done.error_id) == (2, "file-exists")
    assert report.read_bytes() == before


@pytest.fixture
def vanishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a report whose folder is gone when the check is over."""
    folder = tmp_path / "stick"
    folder.mkdir()
    checked = silicon.check_chip

    def check_and_unplug(*arguments: Any) -> SiliconReport:
        report = checked(*arguments)
        folder.rmdir()
        return report

    monkeypatch.setattr(silicon, "check_chip", check_and_unplug)
    return folder / "report.json"


def test_a_report_that_cannot_be_written_is_printed_and_kept(run: Run, isolated: Path, vanishing: Path) -> None:
    done = run("silicon-check", "--port", "virtual://fresh", "--sacrifice", "--yes", "--out", vanishing)
    assert done.code == 2
    assert "confirmed    info-gpio" in done.out
    assert "There is no folder" in done.err
    (kept,) = (isolated / "silicon").glob("*.json")
    assert str(kept) in done.err
    assert run("silicon-check", "--read", kept).code == 0


def test_a_document_that_cannot_be_written_stands_on_stdout(run: Run, vanishing: Path) -> None:
    done = run("silicon-check", "--port", "virtual://fresh", "--out", vanishing, "--json")
    assert (done.code, done.document["format"]) == (2, "atecc-bench-silicon")


def test_a_report_that_can_be_kept_nowhere_is_printed(run: Run, isolated: Path, vanishing: Path) -> None:
    isolated.mkdir(exist_ok=True)
    (isolated / "silicon").write_text("in the way")
    done = run("silicon-check", "--port", "virtual://fresh", "--out", vanishing)
    assert done.code == 2
    assert "confirmed    info-gpio" in done.out
    assert "on stdout alone" in done.err


def test_a_sacrifice_is_confirmed_by_six_digits(run: Run, chip: Callable[[str], Chip]) -> None:
    blank = chip("fresh")
    before = blank.eeprom
    refused = run("silicon-check", "--port", blank.url, "--sacrifice", stdin="000000\n")
    assert refused.code == 1
    assert blank.eeprom == before
    done = run("silicon-check", "--port", blank.url, "--sacrifice", stdin=blank.serial_number[-6:] + "\n")
    assert done.code == 0, done.err
    config = load_state(blank.path)[0].config
    assert (config.config_locked, config.data_locked) == (True, True)


def test_a_report_is_shown_again(run: Run, report: Path) -> None:
    shown = run("silicon-check", "--read", report)
    assert shown.code == 0
    assert "confirmed    info-gpio" in shown.out
    assert run("silicon-check", "--read", report, "--json").document == json.loads(report.read_text())
    assert run("silicon-check", "--read", "-", "--json", stdin=report.read_text()).code == 0


@pytest.mark.parametrize(("name", "begins"), [("page.html", "<!DOCTYPE html>"), ("page.txt", "Silicon check of")])
def test_a_report_becomes_a_page(run: Run, report: Path, name: str, begins: str) -> None:
    page = report.with_name(name)
    assert run("silicon-check", "--read", report, "--out", page).code == 0
    assert page.read_text(encoding="utf-8").startswith(begins)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process alone")
def test_ctrl_c_ends_with_3_and_tells_what_was_found(tmp_path: Path) -> None:
    path, log = tmp_path / "cancelled.json", tmp_path / "log.txt"
    begin = [sys.executable, "-m", "atecc_bench", "--log-level", "debug", "--log-file", str(log), "silicon-check"]
    verb = subprocess.Popen(
        [*begin, "--port", "virtual://provisioned?speed=real", "--out", str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while verb.poll() is None and not (log.exists() and log.read_text().count("e:t(") > READ_FIRST):
        time.sleep(0.05)
    verb.send_signal(signal.SIGINT)
    verb.wait(timeout=30)
    assert verb.returncode == 3
    assert json.loads(path.read_text())["error"]["id"] == "cancelled"
