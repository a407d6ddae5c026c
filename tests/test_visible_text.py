"""Text from strangers acts on no terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.visible_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\x08c\x7f\x07", r"a\x0db\x08c\x7f\x07"),
        ("gnp.\u202eexe", r"gnp.\u202eexe"),
        ("\u2066a\u2069\u2028", r"\u2066a\u2069\u2028"),
        ("\ud800", r"\ud800"),
        ("Zürich — “ok” ✓\n\tπ", "Zürich — “ok” ✓\n\tπ"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    left = {unicodedata.category(one) for one in visible(text) if one not in "\n\t"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}


@given(st.text())
def test_shown_twice_is_shown_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)
