"""Every verb under everything that can spoil it, and the exit code it ends with.

The full product, of verbs and conditions and of verbs and twenty moments of a signal, is `make exits`; what `make test`
runs of it is each verb under one condition, and signals at those that do most.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from atecc_bench.cli.common.lazy_verbs import attribute_of
from atecc_bench.cli.verb_table import TABLE, Kind
from tests.support.cases.every_verb import BATCH, VERBS, VerbCase
from tests.support.cases.exit_desk import Ended, ExitDesk, Spoiled, filled_desk, right_code

Run = Callable[..., Any]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither /dev/full nor these signals"),
]
BY_NAME = {case.verb: case for case in VERBS}
PLAIN = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
every_verb = pytest.mark.parametrize("case", VERBS, ids=lambda case: case.verb)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> ExitDesk:
    return filled_desk(tmp_path_factory.mktemp("exits") / "template")


def test_every_verb_has_a_case():
    verbs: set[str] = set()
    for entry in TABLE:
        found = attribute_of(entry.place)
        if entry.kind is Kind.GROUP:
            assert isinstance(found, typer.Typer)
            verbs |= {f"{entry.name} {command.name}" for command in found.registered_commands}
        else:
            verbs.add(entry.name)
    assert verbs - {"serve"} == BY_NAME.keys()


@pytest.fixture
def begin_in_copy(desk: ExitDesk, monkeypatch: pytest.MonkeyPatch, begin: Run) -> Run:
    """The whole program in this process, in a copy of the folder."""
    folder = desk.copy()
    for name, value in desk.environment(folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return lambda words: begin(*desk.words(words))


@every_verb
def test_right_words_end_with_the_code_of_the_answer(begin_in_copy: Run, case: VerbCase):
    done = begin_in_copy([*case.right, "--json"])
    assert done.code == case.code, done.out
    assert isinstance(done.document, dict)


@every_verb
def test_wrong_input_ends_with_its_code_and_one_document(begin_in_copy: Run, case: VerbCase):
    done = begin_in_copy(["--json", *case.wrongly])
    assert done.code == case.wrong_code, done.out
    assert done.error_id


@every_verb
def test_an_option_that_is_not_there_is_named(begin_in_copy: Run, case: VerbCase):
    done = begin_in_copy([*case.right, "--nonsense", "--json"])
    assert (done.code, done.error_id) == (2, "usage")
    assert "--nonsense" in done.document["error"]["message"]


@pytest.mark.parametrize("case", [case for case in VERBS if case.asks], ids=lambda case: case.verb)
def test_with_nobody_to_ask_it_says_so(begin_in_copy: Run, case: VerbCase):
    done = begin_in_copy([*case.asking, "--json"])
    nothing_to_ask = {"cert write": 0, "flash": 0, "key import": 1}
    assert done.code == nothing_to_ask.get(case.verb, 2)
    if done.code == 2:
        assert done.error_id == "confirmation-needed"


def closed_streams_change_nothing(desk: ExitDesk, case: VerbCase) -> None:
    ended = desk.run(case.right, Spoiled(stdin=None, stdout=None))
    assert ended.code == case.code, ended.err
    assert "Traceback" not in ended.err


def a_full_disk_is_told_in_a_sentence(desk: ExitDesk, case: VerbCase) -> None:
    ended = desk.run(case.right, Spoiled(stdout="/dev/full"))
    assert ended.code == (case.code if case.refused else 2), ended.err
    assert "Traceback" not in ended.err
    assert case.refused or "No space left on device" in ended.err


def nothing_is_cut_at_forty_columns_in_the_locale_c(desk: ExitDesk, case: VerbCase) -> None:
    ended = desk.run(case.right, Spoiled(env=PLAIN, stdout="terminal"))
    assert ended.code == case.code, ended.err
    if "…" in ended.out:  # the program's own words may have it too
        assert ended.out.count("…") == desk.run(case.right).out.count("…")


SPOILS = (
    closed_streams_change_nothing,
    a_full_disk_is_told_in_a_sentence,
    nothing_is_cut_at_forty_columns_in_the_locale_c,
)


@pytest.mark.parametrize(
    ("case", "holds"),
    [(case, SPOILS[at % 3]) for at, case in enumerate(VERBS)],
    ids=lambda one: getattr(one, "verb", ""),
)
def test_each_verb_under_one_spoiled_condition(desk: ExitDesk, case: VerbCase, holds: Callable[..., None]):
    holds(desk, case)


@pytest.mark.campaign
@pytest.mark.parametrize("holds", SPOILS, ids=lambda holds: holds.__name__)
@every_verb
def test_every_verb_under_every_spoiled_condition(desk: ExitDesk, case: VerbCase, holds: Callable[..., None]):
    holds(desk, case)


@every_verb
def test_help_at_forty_columns_cuts_no_name_and_shows_flags_as_flags(
    begin: Run, monkeypatch: pytest.MonkeyPatch, case: VerbCase
):
    monkeypatch.setenv("COLUMNS", "40")
    narrow = begin(*case.verb.split(), "--help").out
    monkeypatch.setenv("COLUMNS", "200")
    wide = begin(*case.verb.split(), "--help").out
    assert set(re.findall(r"--[a-z0-9-]+", wide)) == set(re.findall(r"--[a-z0-9-]+", narrow))
    assert re.search(r"^  --json(\n|  )", narrow, re.MULTILINE)
    assert not re.search(r"<(bool|int|str|float)", wide)
    assert all(len(line) <= 40 for line in narrow.splitlines() if not line.startswith("  --"))


def test_a_reader_that_goes_changes_nothing(desk: ExitDesk):
    folder = desk.copy()
    command = [sys.executable, "-m", "atecc_bench", *BY_NAME["config lint"].right]
    with subprocess.Popen(
        command, cwd=folder, env=desk.environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


def ends_well_at(desk: ExitDesk, case: VerbCase, number: signal.Signals, moments: int) -> list[str]:
    """The ids of the errors at moments spread over the time that the verb takes."""
    whole = desk.run(case.right, Spoiled(arguments=("--json",)))
    own_error = error_of(whole)
    errors: list[str] = []
    for moment in range(moments):
        spoiled = Spoiled(signal_at=(number, whole.seconds * moment / moments), arguments=("--json",))
        ended = desk.run(case.right, spoiled)
        assert right_code(case, ended, as_json=True, own_error=own_error) == ""
        errors.append(error_of(ended))
    return errors


def error_of(ended: Ended) -> str:
    return ended.documents[0].get("error", {}).get("id", "") if isinstance(ended.documents[0], dict) else ""


@pytest.mark.parametrize(
    ("verb", "number"), [("config lint", signal.SIGINT), ("cert mend", signal.SIGTERM), ("provision", signal.SIGINT)]
)
def test_a_signal_ends_a_verb_with_three_or_with_its_answer(desk: ExitDesk, verb: str, number: signal.Signals):
    assert "cancelled" in ends_well_at(desk, BY_NAME[verb], number, 3)


@pytest.mark.campaign
@every_verb
def test_every_verb_at_twenty_moments_of_ctrl_c(desk: ExitDesk, case: VerbCase):
    assert "cancelled" in ends_well_at(desk, case, signal.SIGINT, 20)


@pytest.mark.campaign
@every_verb
def test_every_verb_at_five_moments_of_sigterm(desk: ExitDesk, case: VerbCase):
    assert "cancelled" in ends_well_at(desk, case, signal.SIGTERM, 5)


def has_begun(folder: Path) -> bool:
    return len(list((folder / "data").rglob("journal.jsonl"))) > 1  # one came with the folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_batch_that_is_stopped_says_what_was_not_begun_and_keeps_it(desk: ExitDesk, number: signal.Signals):
    port = "virtual://fresh?devices=50&speed=real"
    words = ["provision", "--port", port, "--profile", "trustcustom-tls", "--ca", "ca", "--count", "50", "--yes"]
    for after in (0.0, 1.7):
        spoiled = Spoiled(signal_at=(number, after), signal_after=has_begun, arguments=("--json",))
        ended = desk.run(words, spoiled, stays=True)
        (document,) = ended.documents
        assert (ended.code, document["error"]["id"]) == (3, "cancelled")
        begun = [device for device in document["devices"] if device["serial_number"]]
        assert document["not_begun"] == {port: 50 - len(begun)}
        for device in begun:
            assert device["verdict"] == "PASS" or any(step["status"] != "done" for step in device["steps"])
        assert Path(document["record"]).is_file()


def test_ctrl_c_at_a_question_ends_at_once(desk: ExitDesk):
    folder = desk.copy()
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "atecc_bench", *BY_NAME["provision"].asking]
    before = (folder / "fresh.json").read_bytes()
    with subprocess.Popen(
        command, cwd=folder, env=desk.environment(folder), stdin=terminal, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        said = b""
        while not said.endswith(b"for ever:"):
            said += os.read(process.stderr.fileno(), 1000)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(timeout=20) == 3
    os.close(keyboard)
    os.close(terminal)
    assert b"Cancelled." in said
    assert (folder / "fresh.json").read_bytes() == before


def test_ctrl_c_twice_gives_one_document(desk: ExitDesk):
    folder = desk.copy()
    port = "virtual://fresh?devices=9&speed=real"
    words = ["provision", "--port", port, "--profile", "trustcustom-tls", "--ca", "ca", "--count", "9", "--yes"]
    with subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", *words, "--json"], cwd=folder, env=desk.environment(folder),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        before = len(list((folder / "data").rglob("journal.jsonl")))
        while len(list((folder / "data").rglob("journal.jsonl"))) == before:
            time.sleep(0.02)
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (3, b"")
    assert out.count(b'"not_begun"') == 1


def test_a_batch_that_is_not_stopped_ends_with_the_gravest_code(desk: ExitDesk):
    ended = desk.run(BATCH.right, Spoiled(arguments=("--json",)))
    (document,) = ended.documents
    assert ended.code == BATCH.code
    assert document["not_begun"]
    assert "error" not in document
