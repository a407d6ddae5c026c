"""Words that a hint prints run as they stand: the verb is there, and each option is one of it."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from atecc_bench.diagnose.codes.log_causes import LogCauseId
from tests.support.paths import ROOT

HOUSE = ROOT / "app" / "atecc_bench"
COMMAND = re.compile(r"(?<![\w-])atecc-bench ((?:[a-z][a-z-]+)(?: [a-z][a-z-]+)?(?: [^`.;,)]*)?)")
NO_VERBS = ("tour", "gui", "VERB")


def texts_of(path: Path) -> Iterator[str]:
    """String constants of a file, with X for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def hints() -> Iterator[str]:
    for path in sorted(HOUSE.rglob("*.py")):
        for text in texts_of(path):
            for match in COMMAND.finditer(text):
                yield match[1].strip()
    for path in sorted((ROOT / "resources" / "codes").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["codes"]:
            for match in COMMAND.finditer(str(row.get("next", ""))):
                yield match[1].strip()


HINTS = sorted(set(hints()))


def test_there_are_hints_with_words():
    assert len(HINTS) > 40
    assert any("explain --config FILE" in hint for hint in HINTS)
    assert any("explain --config FILE" in cause.fix for cause in LogCauseId)


@pytest.mark.slow
@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_names_a_verb_and_its_options(run: Any, hint: str):
    try:
        words = shlex.split(hint)
    except ValueError:
        words = hint.split()
    if words[0] in NO_VERBS:
        return
    verb = words[:1]
    shown = run(*verb, "--help")
    assert shown.code == 0, hint
    if len(words) > 1 and re.search(rf"^\W*{re.escape(words[1])}\b", shown.out, re.MULTILINE) and words[1].isalpha():
        verb = words[:2]
        shown = run(*verb, "--help")
        assert shown.code == 0, hint
    for option in (word.partition("=")[0] for word in words if word.startswith("--") and len(word) > 2):
        assert f"{option} " in shown.out or f"{option}\n" in shown.out, (hint, option)
