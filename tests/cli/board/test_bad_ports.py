"""Whatever is at the port: a plain sentence and exit code 3."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.boards.scripted_board import Script, ScriptedBoard, says_nothing

Run = Callable[..., Any]


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], ScriptedBoard]]:
    pytest.importorskip("pty", exc_type=ImportError)
    boards: list[ScriptedBoard] = []

    def make(script: Script) -> ScriptedBoard:
        boards.append(ScriptedBoard(script))
        return boards[-1]

    yield make
    for board in boards:
        board.close()


@pytest.mark.parametrize(
    ("port", "code", "id_"),
    [
        ("/dev/ttyNoSuchPort", 3, "no-such-port"),
        ("nosuch://port", 2, "port-url"),
        ("socket://nowhere", 2, "port-url"),
        ("socket://", 2, "port-url"),
        ("rfc2217://", 2, "port-url"),
        ("rfc2217://localhost", 2, "port-url"),
        ("virtual://", 2, "virtual-preset"),
        ("virtual://no-such-board", 2, "virtual-preset"),
        ("virtual://fresh?speed=warp", 2, "virtual-option"),
        ("virtual://fresh?state=a%00b", 2, "state-unreadable"),
        (f"virtual://fresh?state={'x' * 300}", 2, "state-unreadable"),
        (f"virtual://fresh?seed={'9' * 5000}", 2, "virtual-option"),
        ("virtual://blank-board", 3, "blank-board"),
        ("virtual://no-chip", 3, "no-chip"),
    ],
)
def test_bad_ports(run: Run, port: str, code: int, id_: str):
    done = run("info", "--port", port, "--json")
    assert (done.code, done.error_id) == (code, id_)
    human = run("info", "--port", port)
    assert (human.code, human.out) == (code, "")
    assert human.err.startswith("Error: ")
    assert done.document["error"]["hint"] in human.err


@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_a_network_port_is_shown_as_it_is_written(run: Run, scheme: str):
    error = run("info", "--port", f"{scheme}://localhost", "--json").document["error"]
    assert f"{scheme}://HOST:PORT" in error["hint"]


@pytest.mark.slow
def test_a_port_that_says_nothing(run: Run, scripted: Callable[[Script], ScriptedBoard]):
    done = run("info", "--port", scripted(says_nothing).port, "--json")
    assert (done.code, done.error_id) == (3, "silent-port")


@pytest.mark.slow
def test_a_port_that_answers_garbage(run: Run, scripted: Callable[[Script], ScriptedBoard]):
    board = scripted(lambda board, request: board.send(b"\xff\x13\x00\n"))
    done = run("info", "--port", board.port, "--json")
    assert (done.code, done.error_id) == (3, "garbage")


@pytest.mark.slow
def test_in_a_process_of_its_own(run_process: Run):
    done = run_process("info", "--port", "/dev/ttyNoSuchPort")
    assert (done.code, done.out) == (3, "")
    assert "There is no port /dev/ttyNoSuchPort." in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_a_verb_that_does_not_exist_is_wrong_usage(run_process: Run):
    assert run_process("no-such-verb").code == 2
    assert run_process("info").code == 2
    assert run_process("info", "--port", "virtual://fresh", "--no-such-option").code == 2


@pytest.mark.slow
def test_help_lists_the_verbs(run_process: Run):
    done = run_process("--help")
    assert done.code == 0
    for verb in ("ports", "info", "config", "ca", "provision", "cert", "diagnose", "serve", "gui"):
        assert verb in done.out
    assert "tour" not in done.out


@pytest.mark.slow
def test_wrong_usage_is_a_document_where_one_was_asked_for(run_process: Run):
    done = run_process("info", "--port", "virtual://fresh", "--no-such-option", "--json")
    assert (done.code, done.error_id) == (2, "usage")
    assert "--no-such-option" in done.document["error"]["message"]
