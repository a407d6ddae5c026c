"""Verbs are loaded when they are named: what the help says before, and what starting a cheap one brings along."""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import typer

from atecc_bench import __version__
from atecc_bench.cli.common.lazy_verbs import attribute_of
from atecc_bench.cli.verb_table import TABLE, Entry, Kind
from tests.cli.conftest import no_pdf

Run = Callable[..., Any]
HEAVY_ROOMS = ("pki", "provision", "profiles", "onchip", "workflows", "diagnose", "records", "ui", "twin.board", "chip")
FOREIGN = ("PySide6", "esptool", "cryptography", "yaml", "keyring")

_MODULES_AFTER = """
import contextlib, io, json, sys
from atecc_bench.__main__ import main
sys.argv = ["atecc-bench", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(*arguments: str) -> list[str]:
    """What a process has imported when a verb has ended."""
    done = subprocess.run(
        [sys.executable, "-c", _MODULES_AFTER, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def first_paragraph(entry: Entry) -> str:
    found = attribute_of(entry.place)
    if isinstance(found, typer.Typer):
        return found.info.help or ""
    verb = found(no_pdf) if entry.kind is Kind.VERB_WITH_PDF else found
    return (inspect.getdoc(verb) or "").partition("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.name)
def test_the_table_says_of_a_verb_what_the_verb_says_of_itself(entry: Entry):
    assert entry.help == first_paragraph(entry)
    assert isinstance(attribute_of(entry.place), typer.Typer) == (entry.kind is Kind.GROUP)


@pytest.mark.parametrize(
    "arguments", [("ports",), ("ports", "--json"), ("--version",), ("--help",)], ids=lambda words: " ".join(words)
)
def test_a_cheap_verb_imports_no_room_that_it_does_not_need(arguments: tuple[str, ...]):
    imported = modules_after(*arguments)
    unwanted = (*FOREIGN, *(f"atecc_bench.{room}" for room in HEAVY_ROOMS))
    assert [name for name in imported if name.startswith(unwanted)] == []


@pytest.mark.parametrize("arguments", [("ports", "--json"), ("--version",)], ids=lambda words: " ".join(words))
def test_what_a_program_reads_needs_no_layout_of_text(arguments: tuple[str, ...]):
    assert [name for name in modules_after(*arguments) if name.startswith("rich")] == []


def test_the_help_lists_verbs_and_groups_in_the_order_of_the_table(run: Run):
    listed = re.findall(r"^  ([a-z][a-z-]+) ", run("--help").out.partition("Verbs:")[2], re.MULTILINE)
    assert listed == [entry.name for entry in TABLE]


def test_the_version_is_told_and_nothing_else(run: Run):
    done = run("--version")
    assert (done.code, done.out) == (0, f"atecc-bench {__version__}\n")


@pytest.mark.parametrize("verb", [(), ("ports",), ("key",), ("key", "prove")], ids=lambda words: " ".join(words))
def test_the_short_form_of_help_is_the_help(run: Run, verb: tuple[str, ...]):
    short, whole = run(*verb, "-h"), run(*verb, "--help")
    assert (short.code, short.out) == (0, whole.out)


def test_a_mistyped_verb_is_guessed(run: Run):
    done = run("explan")
    assert done.code == 2
    assert "Did you mean 'explain'?" in done.err
