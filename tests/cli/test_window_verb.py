"""How the window is opened: without a verb, by `gui`, and with a log as either of them wants it."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.errors import ExitCode
from atecc_bench.logs import LOG_FILE
from tests.cli.conftest import Done

Begin = Callable[..., Done]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The ports with which the window was opened; it closes at once."""
    ports: list[str | None] = []

    def open_and_close(port: str | None) -> int:
        ports.append(port)
        logging.getLogger("atecc_bench.ui").debug("the window was here")
        return 0

    monkeypatch.setattr("atecc_bench.__main__._open_window", open_and_close)
    return ports


@pytest.mark.parametrize("words", [(), ("--log-level", "debug"), ("gui",)], ids=lambda words: " ".join(words))
def test_the_window_opens_without_a_verb_and_by_its_own(begin: Begin, opened: list[str | None], words: tuple[str, ...]):
    assert begin(*words).code == ExitCode.DONE
    assert opened == [None]


def test_the_window_opens_with_a_port(begin: Begin, opened: list[str | None]):
    assert begin("gui", "--port", "virtual://fresh").code == ExitCode.DONE
    assert opened == ["virtual://fresh"]


@pytest.mark.parametrize(
    "before_verb", [pytest.param(True, id="before the verb"), pytest.param(False, id="behind the verb")]
)
def test_the_log_of_the_window_is_as_it_was_wanted(
    begin: Begin, opened: list[str | None], tmp_path: Path, before_verb: bool
):
    options = ("--log-level", "debug", "--log-file", str(tmp_path / "mine"))
    done = begin(*options, "gui") if before_verb else begin("gui", *options)
    assert (done.code, opened) == (ExitCode.DONE, [None])
    assert "the window was here" in done.err
    assert "the window was here" in (tmp_path / "mine").read_text()


def test_a_window_that_cannot_be_opened_is_told_of_in_a_sentence(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, isolated: Path
):
    def broken(port: str | None) -> int:
        raise OSError("no display")

    monkeypatch.setattr("atecc_bench.__main__._open_window", broken)
    done = begin()
    assert done.code == ExitCode.DEVICE
    assert done.err.startswith("Error: The window failed because of a defect in ATECC Bench (OSError in __main__.py")
    assert "Traceback" not in done.err
    assert "no display" in (isolated / "logs" / LOG_FILE).read_text()


def test_without_the_windows_verbs_a_verb_is_missing(run: Any):
    done = run()
    assert done.code == ExitCode.USAGE
    assert "Missing command" in done.err
