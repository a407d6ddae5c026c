from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import CONSTRUCTED, DerNode, encode_length, parse_damaged_der, parse_der

primitive_tags = st.integers(0, 0x1E).flatmap(lambda number: st.sampled_from([number, number | 0x80]))


def element(tag: int, value: bytes) -> bytes:
    return bytes([tag]) + encode_length(len(value)) + value


elements = st.recursive(
    st.builds(element, primitive_tags, st.binary(max_size=300)),
    lambda inner: st.builds(
        lambda tag, parts: element(tag | CONSTRUCTED, b"".join(parts)), primitive_tags, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def written(node: DerNode, data: bytes) -> bytes:
    """Write a tree again from its parts."""
    inner = b"".join(written(child, data) for child in node.children)
    return element(node.tag, inner if node.tag & CONSTRUCTED else node.value(data))


@given(elements)
def test_a_tree_written_again_is_the_same_bytes(data: bytes):
    assert written(parse_der(data), data) == data


@given(elements)
def test_every_element_lies_within_the_one_around_it_and_after_the_one_before(data: bytes):
    for node in parse_der(data).walk():
        position = node.value_start
        for child in node.children:
            assert child.start == position
            position = child.end
        if node.children:
            assert position == node.end


@given(elements, st.data())
def test_a_cut_is_called_truncated(data: bytes, draw: Any):
    cut = draw.draw(st.integers(0, len(data) - 1))
    with pytest.raises(InputError) as error:
        parse_der(data[:cut])
    assert error.value.id == "truncated-input"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    with suppress(InputError):
        assert parse_der(data).end == len(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("3080 0000", "indefinite"),
        ("0481 05 0102030405", "shortest form"),
        ("0482 0080" + "00" * 128, "shortest form"),
        ("0485 0000000001 00", "indefinite or absurd"),
        ("1f 01 00", "tag of more than one byte"),
        ("0500 00", "1 bytes follow"),
        ("3003 0402 01", "beyond the element around it"),
    ],
)
def test_what_der_forbids_is_refused_with_the_reason(data: str, why: str):
    with pytest.raises(InputError, match=why) as error:
        parse_der(bytes.fromhex(data))
    assert error.value.id == "not-a-certificate"


def test_nesting_is_bounded():
    data = b""
    for _ in range(5000):
        data = element(0x30, data)
    with pytest.raises(InputError, match="nested deeper"):
        parse_der(data)


def test_elements_are_counted_and_bounded():
    with pytest.raises(InputError, match="no certificate has so many"):
        parse_der(element(0x30, b"\x05\x00" * 40_000))
    damaged = parse_damaged_der(element(0x30, b"\x05\x00" * 40_000))
    assert len(damaged.children) < 40_000


def test_positions_count_from_the_start_of_the_input():
    node = parse_der(bytes.fromhex("ffff 3003 020107"), 2, 7)
    assert (node.start, node.value_start, node.end) == (2, 4, 7)
    assert (node.children[0].start, node.children[0].value_start, node.children[0].end) == (4, 6, 7)
