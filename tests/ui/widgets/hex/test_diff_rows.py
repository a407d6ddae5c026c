from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.ui.widgets.hex.diff_rows import ByteRow, DiffRange, EqualRun, aligned_rows, folded
from atecc_bench.ui.widgets.hex.hex_fields import HexField

RANGES = (
    DiffRange(15, 31, "serialNumber"),
    DiffRange(200, 264, "subjectPublicKey"),
    DiffRange(279, 299, "subjectKeyIdentifier"),
)
FIELDS = (
    HexField(31, 49, "algorithm"),
    HexField(49, 90, "issuer"),
    HexField(90, 122, "validity"),
    HexField(122, 192, "subject"),
    HexField(330, 419, "signature"),
)


def byte_rows(blocks: Sequence[ByteRow | EqualRun]) -> list[ByteRow]:
    rows: list[ByteRow] = []
    for block in blocks:
        rows.extend(block.rows if isinstance(block, EqualRun) else (block,))
    return rows


def test_far_equal_rows_fold_into_a_line_that_says_what_they_are() -> None:
    data = bytes(419)
    runs = [row for row in folded(aligned_rows(data, data, RANGES, 16), FIELDS) if isinstance(row, EqualRun)]
    assert [run.label for run in runs] == [
        "144 equal bytes: algorithm, issuer, validity, subject",
        "99 equal bytes: signature",
    ]


def test_a_byte_of_a_range_counts_as_different_even_where_it_happens_to_be_equal() -> None:
    (row,) = aligned_rows(b"\0" * 16, b"\0" * 16, [DiffRange(3, 5, "x")], 16)
    assert [cell.offset for cell in row.expected if cell and cell.differs] == [3, 4]
    assert {cell.range_index for cell in row.cells() if cell.differs} == {0}


def test_what_follows_a_longer_field_stands_beside_its_like() -> None:
    (row,) = aligned_rows(b"aXXb", b"aYYYb", [DiffRange(1, 3, "x", (1, 4))], 16)
    pairs = [(one and one.value, other and other.value) for one, other in zip(row.expected, row.stored, strict=True)]
    assert pairs[:5] == [(97, 97), (88, 89), (88, 89), (None, 89), (98, 98)]
    assert [cell.offset for cell in (*row.expected, *row.stored) if cell and not cell.differs] == [0, 3, 0, 4]


def test_the_surplus_of_the_longer_side_is_different() -> None:
    (row,) = aligned_rows(b"\1\2", b"\1\2\3", [], 16)
    assert row.expected[2] is None
    stored = row.stored[2]
    assert stored is not None
    assert stored.differs


def test_two_equal_byte_strings_fold_into_one_line() -> None:
    (run,) = folded(aligned_rows(bytes(64), bytes(64), [], 16), ())
    assert isinstance(run, EqualRun)
    assert run.label == "64 equal bytes"


def test_nothing_compared_with_nothing_has_no_rows() -> None:
    assert list(folded(aligned_rows(b"", b"", [], 16), ())) == []


@given(expected=st.binary(max_size=300), stored=st.binary(max_size=300), data=st.data())
def test_folding_loses_no_byte_and_hides_no_difference(expected: bytes, stored: bytes, data: st.DataObject) -> None:
    longest = max(len(expected), len(stored))
    starts = data.draw(st.lists(st.integers(0, max(0, longest - 1)), max_size=3))
    ranges = [DiffRange(start, min(start + 5, longest), "field") for start in starts]
    blocks = folded(aligned_rows(expected, stored, ranges, 16), ())
    rows = byte_rows(blocks)
    assert bytes(cell.value for row in rows for cell in row.expected if cell) == expected
    assert bytes(cell.value for row in rows for cell in row.stored if cell) == stored
    for block in blocks:
        if isinstance(block, EqualRun):
            assert len(block.rows) > 1
            assert not any(row.differs for row in block.rows)
    for row in rows:
        for mine, theirs in zip(row.expected, row.stored, strict=True):
            if mine and theirs and not mine.differs:
                assert mine.value == theirs.value
