"""What nobody foresaw is noted with its traceback and told in a sentence, in the form that was asked for."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.errors import ExitCode
from atecc_bench.logs import LOG_FILE, end_logging
from tests.cli.conftest import Done

SECRET = bytes(range(200, 232))
Begin = Callable[..., Done]


@pytest.fixture(autouse=True)
def broken_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in the verb `ports`, whose exception happens to hold a key."""

    def broken() -> None:
        raise ZeroDivisionError(SECRET.hex())

    monkeypatch.setattr("atecc_bench.cli.board.ports.serial_ports", broken)


def test_a_defect_is_told_in_one_sentence_and_where_its_log_is(begin: Begin, isolated: Path):
    done = begin("ports")
    assert (done.code, done.out) == (ExitCode.DEVICE, "")
    assert "This verb failed because of a defect in ATECC Bench (ZeroDivisionError in cli/board/ports.py" in done.err
    assert str(isolated / "logs" / LOG_FILE) in done.err
    assert "atecc-bench bundle" in done.err
    assert "Traceback" not in done.err


def test_a_defect_is_a_document_for_programs(begin: Begin):
    done = begin("ports", "--json")
    assert done.code == ExitCode.DEVICE
    assert done.error_id == "internal"
    assert done.err == ""


def test_the_traceback_of_a_defect_is_in_the_log_and_a_key_in_it_is_nowhere(begin: Begin, isolated: Path):
    done = begin("--log-level", "debug", "ports")
    log = (isolated / "logs" / LOG_FILE).read_text()
    assert "Traceback (most recent call last)" in log
    assert "ZeroDivisionError: (removed" in log
    assert SECRET.hex() not in log + done.err + done.out


def test_a_defect_in_a_thread_of_a_verb_is_told_too(begin: Begin, isolated: Path, monkeypatch: pytest.MonkeyPatch):
    def threaded() -> tuple[object, ...]:
        thread = threading.Thread(target=lambda: 1 // 0, name="helper")
        thread.start()
        thread.join()
        return ()

    monkeypatch.setattr("atecc_bench.cli.board.ports.serial_ports", threaded)
    done = begin("ports", "--json")
    assert done.code == ExitCode.DONE
    assert "virtual://fresh" in json.loads(done.out)["virtual"]
    assert "The thread helper failed because of a defect" in done.err
    assert "ZeroDivisionError" in (isolated / "logs" / LOG_FILE).read_text()


def test_a_log_that_cannot_be_written_where_it_was_wanted_is_refused(begin: Begin, tmp_path: Path):
    done = begin("--log-file", str(tmp_path / "nowhere" / "log"), "ports", "--json")
    assert (done.code, done.error_id) == (ExitCode.USAGE, "log-not-writable")


def test_without_a_log_a_defect_is_told_all_the_same(begin: Begin, isolated: Path):
    isolated.write_text("no folder can be made here")
    done = begin("ports")
    assert done.code == ExitCode.DEVICE
    assert "--log-file" in done.err


def test_a_support_bundle_holds_the_log_of_the_defect_and_no_key(begin: Begin, run: Any, tmp_path: Path):
    from atecc_bench.diagnose.bundle.bundle_file import read_bundle

    begin("ports")
    end_logging()
    out = tmp_path / "bundle.zip"
    assert run("bundle", "--port", "virtual://provisioned", "--out", out).code == 0
    log = read_bundle(out.read_bytes()).log
    assert "ZeroDivisionError" in log
    assert "Port virtual://provisioned opened" in log
    assert SECRET.hex() not in log
