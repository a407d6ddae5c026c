"""Answers that what was given of a chip does not allow: it is said what does not fit, and no lock is doubted."""

import pytest

from atecc_bench.chip.config.config_zone import UNLOCKED
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import explain
from tests.support.paths import ROOT

LOCKED = bytes.fromhex((ROOT / "tests/data/brought/ecdh-refused-508a.txt").read_text(encoding="utf-8"))
OPEN_DATA = LOCKED[:86] + bytes((UNLOCKED,)) + LOCKED[87:]
OPEN = LOCKED[:86] + bytes((UNLOCKED, UNLOCKED)) + LOCKED[88:]


def sentence_of(config: bytes, words: str, answered: int = 0x0F) -> str:
    return explain(ChipEvidence(config), parse_command(words, FORMS, filler=0), answered).unexpected_sentence


@pytest.mark.parametrize("words", ["genkey key=private slot=1", "genkey key=private slot=2"])
def test_a_lock_that_is_given_is_not_doubted(words: str):
    said = sentence_of(LOCKED, words)
    assert "never undone" in said
    assert "look whether" not in said


def test_locks_that_may_have_come_later_are_to_be_looked_at():
    assert "look whether that is the case" in sentence_of(OPEN_DATA, "genkey key=private slot=0")


@pytest.mark.parametrize("config", [LOCKED, OPEN], ids=["locked", "open"])
@pytest.mark.parametrize("words", ["aes slot=3", "kdf", "selftest"])
def test_a_command_that_the_part_does_not_have_is_not_called_allowed(config: bytes, words: str):
    said = sentence_of(config, words)
    assert "opcode" in said
    assert "allows it" not in said
