"""Small words of the command line that were wrong once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize("word", ["--version", "--help", "-h"])
def test_json_before_what_is_no_verb_changes_nothing(begin: Run, word: str):
    plain = begin(word)
    assert (plain.code, begin("--json", word)) == (0, plain)


def test_a_control_character_in_a_dump_is_named(run: Run, tmp_path: Path):
    (tmp_path / "raw.bin").write_bytes(b"\x01" * 40)
    done = run("config", "decode", tmp_path / "raw.bin", "--json")
    assert (done.code, "“<01><01>" in done.document["error"]["message"]) == (2, True)


@pytest.mark.parametrize("words", [("ca", "init", "nodir/ca", "--organization", "N"), ("tour", "--out", "nodir/tour")])
def test_only_the_last_folder_is_made(begin: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]):
    monkeypatch.chdir(tmp_path)
    done = begin(*words)
    assert (done.code, "There is no folder" in done.err) == (2, True)
    assert not (tmp_path / "nodir").exists()


def test_a_batch_at_one_port_names_the_port(run: Run, ca: Path):
    port = "virtual://fresh?devices=3"
    done = run("provision", "--port", port, "--profile", "trustcustom-tls", "--ca", ca, "--count", "3", stdin="no\n")
    assert f"3 at {port}, each rehearsed" in done.out
