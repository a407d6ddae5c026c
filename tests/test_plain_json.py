"""JSON from strangers is read within bounds, by the one loader that has them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.plain_json import MOST_PARTS, TooManyPartsError, check_parts, load_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.hypothesis
@given(VALUES)
def test_what_has_few_parts_is_read_as_ever(value: object):
    assert load_json(json.dumps(value)) == value == load_json(json.dumps(value).encode())


@pytest.mark.parametrize("part", ["1,", "{},", '"a":1,', "[],"])
def test_a_document_of_too_many_parts_is_refused_before_it_is_read(part: str):
    with pytest.raises(TooManyPartsError, match="more than 50000 parts"):
        check_parts("[" + part * (MOST_PARTS + 1))
    with pytest.raises(TooManyPartsError):
        load_json(b"{" + part.encode() * (MOST_PARTS + 1))


def test_a_document_nested_too_deeply_is_no_document():
    with pytest.raises(ValueError, match="nested too deeply"):
        load_json("[" * 40_000)


def test_a_number_of_a_million_digits_is_no_number():
    with pytest.raises(ValueError, match="digits"):
        load_json("9" * 1_000_000)
