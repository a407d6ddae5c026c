"""`flash --ram -- VERB`: nothing is loaded before it is known that the verb can be carried out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PROVISION = ("provision", "--profile", "trustcustom-tls", "--yes")


@pytest.fixture
def behind_flash(run: Run) -> Run:
    return lambda *words: run("flash", "--port", "virtual://blank-board", "--ram", "--", *words)


@pytest.mark.parametrize(
    ("words", "id_"),
    [
        (("gui",), "usage"),
        (("flash", "--ram"), "usage"),
        (("ports",), "usage"),
        (("ca", "init", "new"), "usage"),
        (("info", "--port", "virtual://fresh"), "usage"),
        (("info", "--port=virtual://fresh"), "usage"),
        (("diagnose", "FILE"), "usage"),
        ((*PROVISION, "--ca", "nodir"), "no-ca"),
        ((*PROVISION, "--ca", "CA", "--count", "2"), "usage"),
        (("bundle", "--out", "x.txt"), "ending-unknown"),
        (("command", "--", "nonsense"), "no-command"),
    ],
)
def test_what_cannot_be_carried_out_is_found_before_anything_is_loaded(
    begin: Run, ca: Path, tmp_path: Path, words: tuple[str, ...], id_: str
):
    (tmp_path / "file").write_text("01 23\n")
    given = [word.replace("CA", str(ca)).replace("FILE", str(tmp_path / "file")) for word in words]
    done = begin("flash", "--port", "virtual://blank-board", "--ram", "--json", "--", *given)
    assert (done.code, done.error_id) == (2, id_)
    assert done.err == ""


def test_words_behind_a_second_line_stay_the_last(behind_flash: Run):
    done = behind_flash("--json", "command", "--", "read zone=config")
    assert done.code == 0
    assert done.document["virtual"] is True


def test_json_may_stand_before_the_verb(behind_flash: Run):
    done = behind_flash("--json", "info")
    assert (done.code, done.document["board"]["port"]) == (0, "virtual://blank-board")
    assert done.err.count("is in RAM") == 1


def test_a_bundle_is_gathered_by_the_bridge_in_ram(behind_flash: Run, tmp_path: Path):
    done = behind_flash("bundle", "--out", tmp_path / "found.zip", "--json")
    assert (done.code, done.document["virtual"]) == (0, True)


def test_a_bridge_that_cannot_be_started_is_no_bundle(run: Run, tmp_path: Path):
    out = tmp_path / "found.zip"
    words = ("flash", "--port", "/dev/ttyNoSuchPort", "--ram", "--json", "--", "bundle", "--out", out)
    done = run(*words)
    assert (done.code, done.error_id) == (3, "no-such-port")
    assert not out.exists()
