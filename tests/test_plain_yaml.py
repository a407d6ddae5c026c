"""YAML from strangers: the plain part of it is read, the rest is refused within bounds."""

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.plain_yaml import LONGEST_TEXT, load_plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_pyyaml_writes_of_plain_things_is_read_back(content: Any) -> None:
    assert load_plain(yaml.dump(content, Dumper=NoAliases)) == content


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_as_yaml(text: str) -> None:
    with suppress(yaml.YAMLError):
        load_plain(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x", "an alias"),
        ("<<: {a: 1}", "a merge key"),
        ("a: !!bool q", "a tag"),
        ("a: !!python/object:os.system {}", "a tag"),
        ("! a", "a tag"),
        ("{" * 1200, "within 32 others"),
        ("[" * 33 + "]" * 33, "within 32 others"),
        ("a: " + "9" * 5001, "5001 characters"),
        ('a: "\\U00110000"', "stands for no character"),
        ("a" * (LONGEST_TEXT + 1), "characters"),
    ],
)
def test_what_is_not_plain_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        load_plain(text)
    assert why in str(caught.value)


def test_a_refusal_is_short_whatever_would_have_come_of_it() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{f'*{chr(97 + i)}, ' * 9}]\n" for i in range(12))
    with pytest.raises(yaml.YAMLError) as caught:
        load_plain(bomb)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["1:30:00", "2020-13-45", "2020-01-01", "=", "<<<"])
def test_numbers_to_the_base_of_sixty_and_dates_are_text(text: str) -> None:
    assert load_plain(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("0x1F", 31), ("-12", -12), ("017", 15), ("0b101", 5), ("yes", True), ("~", None), ("", None), ("1.5e3", 1500.0)],
)
def test_words_that_are_no_text(text: str, value: object) -> None:
    assert load_plain(f"a: {text}") == {"a": value}
