"""The program's log: bounded, its owner's alone, never in the way, and without secrets."""

import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from atecc_bench.errors import InputError
from atecc_bench.logs import (
    KEPT,
    LARGEST,
    LOG_FILE,
    REMOVED,
    LogLevel,
    begin_logging,
    end_logging,
    log_file,
    log_tail,
    without_secrets,
)

ROOM = logging.getLogger("atecc_bench.link.board.connection")


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where this user's log is."""
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path))
    yield tmp_path / "logs"
    end_logging()


def test_what_a_room_notes_is_in_the_users_file_with_time_thread_and_room(folder: Path):
    begin_logging()
    ROOM.info("Port %s opened", "COM3")
    line = (folder / LOG_FILE).read_text()
    assert line.endswith(" MainThread INFO atecc_bench.link.board.connection: Port COM3 opened\n")
    assert line[:24].endswith("Z")


def test_details_are_noted_only_when_they_are_asked_for(folder: Path):
    begin_logging()
    ROOM.debug("one")
    begin_logging(LogLevel.DEBUG)
    ROOM.debug("two")
    text = (folder / LOG_FILE).read_text()
    assert "one" not in text
    assert "two" in text


def test_nothing_is_told_on_stderr_unless_it_is_asked_for_and_never_on_stdout(capsys: pytest.CaptureFixture[str]):
    begin_logging()
    ROOM.error("quiet")
    begin_logging(LogLevel.WARNING)
    ROOM.info("still quiet")
    ROOM.warning("loud")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0].endswith("loud")
    assert len(told.err.splitlines()) == 1


def test_a_named_file_takes_the_place_of_the_users(folder: Path, tmp_path: Path):
    begin_logging(file=tmp_path / "mine.log")
    ROOM.info("here")
    assert log_file() == tmp_path / "mine.log"
    assert "here" in (tmp_path / "mine.log").read_text()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_file_and_folder_are_their_owners_alone(folder: Path):
    begin_logging()
    ROOM.info("here")
    assert stat.S_IMODE((folder / LOG_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_log_does_not_grow_for_ever(folder: Path):
    begin_logging()
    for _ in range((KEPT + 3) * LARGEST // 10_000):
        ROOM.info("x %s", "y" * 10_000)
    files = list(folder.iterdir())
    assert len(files) == KEPT + 1
    assert all(file.stat().st_size <= LARGEST for file in files)


def test_a_folder_that_cannot_be_made_stops_nothing(folder: Path):
    folder.write_text("a file stands where the folder would")
    begin_logging()
    ROOM.error("not kept")
    assert log_file() is None
    assert log_tail() == ""


def test_a_named_file_that_cannot_be_written_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        begin_logging(file=tmp_path / "nowhere" / "log")
    assert caught.value.id == "log-not-writable"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_stops_nothing_and_says_nothing(capsys: pytest.CaptureFixture[str]):
    begin_logging(file=Path("/dev/full"))
    ROOM.error("lost")
    end_logging()
    assert capsys.readouterr() == ("", "")


def test_the_tail_is_whole_lines_of_the_end():
    begin_logging()
    for number in range(100):
        ROOM.info("line %d", number)
    tail = log_tail(500)
    assert tail.endswith("line 99\n")
    assert all(line.startswith("20") for line in tail.splitlines())


SECRETS = (
    "00112233445566778899aabbccddeeff",
    "00112233445566778899AABBCCDDEEFF" * 2,
    "00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff",
    "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
    repr(b"\x01secret\n'quoted\""),
    str(int.from_bytes(bytes(range(1, 33)))),
    "-----BEGIN PRIVATE KEY-----\nMIGH\nAgEA\n-----END PRIVATE KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGH and the rest was cut",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_key_is_taken_out(secret: str, folder: Path):
    assert without_secrets(f"before {secret} after".replace(" and the rest was cut after", "")).startswith(
        "before (rem"
    )
    begin_logging()
    ROOM.error("key %s", secret)
    text = (folder / LOG_FILE).read_text()
    assert secret not in text
    assert REMOVED in text


@pytest.mark.parametrize(
    "text",
    [
        "Port virtual://fresh?state=/home/me/chip.json opened",
        "chip 0123a0b1c2d3e4f5ee at 0xC0, 921600 baud",
        "2026-11-30T06:55:05.095Z 15424 MainThread INFO",
        "MAC 24:0a:c4:00:00:01, 4096 KB flash",
    ],
)
def test_what_helps_stays(text: str):
    assert without_secrets(text) == text


def test_a_secret_in_a_traceback_is_taken_out(folder: Path):
    begin_logging()
    secret = bytes(range(100, 132))
    try:
        raise KeyError(secret.hex())
    except KeyError:
        ROOM.exception("lookup")
    text = (folder / LOG_FILE).read_text()
    assert "Traceback" in text
    assert secret.hex() not in text
