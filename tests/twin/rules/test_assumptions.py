"""The table of assumptions: each can be named for ever."""

import re

from atecc_bench.twin.rules.assumptions import ASSUMPTIONS


def test_every_assumption_has_an_id_of_its_own_in_kebab_case() -> None:
    ids = [assumption.id for assumption in ASSUMPTIONS]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_assumption_says_what_and_why_in_sentences() -> None:
    assert [a.id for a in ASSUMPTIONS if not (a.behaviour.endswith(".") and a.why.endswith(".") and a.subject)] == []
