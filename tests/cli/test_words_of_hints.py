"""Words that a hint prints run as they stand: the verb is there, and each option is one of it."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from atecc_bench.diagnose.codes.code_table import code_table
from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.symptoms.read_log import read_log
from tests.support.cases.logs_without_bytes import LOGS
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


EXAMPLES = ROOT / "resources" / "examples"
REFUSED_CALLS = (
    "atcab_genkey(2, pub)", "atcab_get_pubkey(0, pub)", "atcab_sign(1, digest, sig)", "atcab_ecdh(0, pub, pms)",
    "atcab_priv_write(3, key)", "atcab_lock_data_slot(10)", "atcab_read_pubkey(9, pub)",
    "atcab_aes_encrypt(5, 0, a, b)",
    "atcab_lock_config_zone()", "atcab_lock_data_zone()", "atcab_read_enc(5, 0, data, key, 6)", "generate-keys 0",
    "tx: 07 40 00 02 00 0E 61",
)  # fmt: skip


def told_in_full() -> Iterator[str]:
    """Commands with all their words: of every cause, of every row of the codes, and of causes with a command."""
    fixes = [cause.fix for cause in LogCauseId] + [row.next for row in code_table()]
    for text in (*(case.text for case in LOGS), *(f"{call} failed: ATCA_EXECUTION_ERROR\n" for call in REFUSED_CALLS)):
        reading = read_log(text)
        fixes += [cause.fix for cause in reading.causes] if reading is not None else []
    for fix in fixes:
        for match in re.finditer(r"atecc-bench ([^`]+)", fix):
            words = re.split(r"[.;] ", match[1])[0].strip().rstrip(".")
            if " --" in words or " FILE" in words:
                yield words


TOLD = sorted(set(told_in_full()))


def test_remedies_tell_commands_in_full():
    assert sum(words.startswith("explain --config FILE --command") for words in TOLD) > 5
    assert not any("WORDS" in words for words in TOLD)


@pytest.mark.parametrize("words", TOLD)
def test_words_of_a_remedy_run_as_they_stand(run: Any, words: str):
    """Only the file and the port are the reader's own."""
    file = EXAMPLES / ("device.pem" if words.startswith("cert") else "chip.hex")
    given = [str(file) if word == "FILE" else "virtual://provisioned" if word in ("URL", "P") else word
             for word in shlex.split(words)]  # fmt: skip
    done = run(*given)
    assert done.code in (0, 1), done.err
    assert "bytes of data, not" not in done.out  # words that make a command too short tell no cause
