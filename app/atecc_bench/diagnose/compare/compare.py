"""Comparison of two certificates by structure.

It finds which fields differ, and which bytes those are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from atecc_bench.diagnose.compare.damaged_fields import fields_of
from atecc_bench.diagnose.paste.content_type import declared_header, declared_length
from atecc_bench.diagnose.paste.recognise import Span
from atecc_bench.pki.encoding.certificate_fields import CertificateField
from atecc_bench.pki.encoding.der import SEQUENCE

_MOST_RUNS = 10_000
_DIFFERENT = re.compile(rb"[^\0]+")


@dataclass(frozen=True)
class DifferingRange:
    """Bytes of the expected data that differ from the stored data.

    `start` to `end` (inclusive). `field` is the X.509 name and `path` the place in the structure; both are empty for
    bytes outside any field. `stored_start` and `stored_end` are the same field's bytes in the stored data. A side that
    does not have the bytes at all has an `end` before its `start`.
    """

    start: int
    end: int
    field: str
    path: str
    stored_start: int
    stored_end: int

    @property
    def length(self) -> int:
        """Bytes in the range."""
        return self.end - self.start + 1

    @property
    def stored_length(self) -> int:
        """Bytes in the range of the stored data."""
        return self.stored_end - self.stored_start + 1


@dataclass(frozen=True)
class Comparison:
    """Result of comparing two byte strings."""

    expected: bytes
    stored: bytes
    ranges: tuple[DifferingRange, ...]
    expected_fields: tuple[CertificateField, ...] = ()
    stored_fields: tuple[CertificateField, ...] = ()
    unknown: tuple[Span, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether every byte is known and the same on both sides."""
        return not self.unknown and self.same_as_shown

    @property
    def same_as_shown(self) -> bool:
        """Whether no byte differs that is known."""
        return self.expected == self.stored

    @property
    def unseen(self) -> int:
        """How many bytes are unknown."""
        return sum(span.end - span.start for span in self.unknown)


def compare(expected: bytes, stored: bytes, unknown: Sequence[Span] = ()) -> Comparison:
    """Compare two certificates (DER).

    A differing field is one range, its whole value. Fields are aligned by their paths, wherever they stand; a field
    that only one side has is a range that is empty on the other. Damaged certificates are aligned as far as they can be
    read, and what is no certificate byte by byte. `unknown` names bytes that neither side shows; what both sides lack
    at their common end is added to it.
    """
    unknown = (*unknown, *_behind(expected, stored))
    expected_fields, stored_fields = fields_of(expected, unknown), fields_of(stored, unknown)
    pieces = () if expected == stored else _ranges(expected, stored, expected_fields, stored_fields)
    return Comparison(expected, stored, tuple(pieces), expected_fields, stored_fields, unknown)


def _behind(expected: bytes, stored: bytes) -> Iterator[Span]:
    """Bytes that both sides lack at their common end.

    Both are cut at the same byte of what says how long it is.
    """
    declared = declared_length(expected)
    if declared is None or declared != declared_length(stored) or not len(expected) == len(stored) < declared:
        return
    header = declared_header(expected)
    if expected[header : header + 1] == stored[header : header + 1] == bytes([SEQUENCE]):
        yield Span(len(expected), declared)


_Fields = tuple[CertificateField, ...]


def _ranges(
    expected: bytes, stored: bytes, expected_fields: _Fields, stored_fields: _Fields
) -> Iterator[DifferingRange]:
    expected_fields = (*expected_fields, CertificateField("", "", len(expected), len(expected)))
    stored_fields = (*stored_fields, CertificateField("", "", len(stored), len(stored)))
    one_end = other_end = one_next = other_next = 0
    for one_index, other_index in _pairs(expected_fields, stored_fields):
        one, other = expected_fields[one_index], stored_fields[other_index]
        before = _Gap(expected, stored, Span(one_end, one.start), Span(other_end, other.start))
        yield from _in_gap(before, expected_fields[one_next:one_index], stored_fields[other_next:other_index])
        if expected[one.start : one.end] != stored[other.start : other.end]:
            yield DifferingRange(one.start, one.end - 1, one.name, one.path, other.start, other.end - 1)
        one_end, other_end = one.end, other.end
        one_next, other_next = one_index + 1, other_index + 1


def _pairs(expected: _Fields, stored: _Fields) -> Iterator[tuple[int, int]]:
    """Indices of the fields that both sides have.

    The order of the pairs is one that both sides have.
    """
    where = {field.path: index for index, field in enumerate(stored)}
    following = 0
    for index, field in enumerate(expected):
        found = where.get(field.path)
        if found is not None and found >= following:
            yield index, found
            following = found + 1


@dataclass(frozen=True)
class _Gap:
    """Bytes between two fields that both sides have."""

    expected: bytes
    stored: bytes
    one: Span
    other: Span


def _in_gap(gap: _Gap, expected: _Fields, stored: _Fields) -> Iterator[DifferingRange]:
    if not expected and not stored:
        yield from _by_offset(gap)
        return
    one, other = gap.one, gap.other
    shift = other.start - one.start
    if one.end - one.start == other.end - other.start:
        # Damage that left every byte in its place: what one side still shows names both.
        fields = expected or tuple(CertificateField(f.name, f.path, f.start - shift, f.end - shift) for f in stored)
        for start, end, name, path in _cut(one, fields):
            part = Span(start, end), Span(start + shift, end + shift)
            if not path:
                yield from _by_offset(_Gap(gap.expected, gap.stored, *part))
            elif gap.expected[start:end] != gap.stored[start + shift : end + shift]:
                yield DifferingRange(start, end - 1, name, path, start + shift, end + shift - 1)
        return
    # Fields that only one side has, with the tags and lengths around them.
    for start, end, name, path in _cut(one, expected):
        yield DifferingRange(start, end - 1, name, path, other.start, other.start - 1)
    for start, end, name, path in _cut(other, stored):
        yield DifferingRange(one.end, one.end - 1, name, path, start, end - 1)


def _cut(gap: Span, fields: _Fields) -> Iterator[tuple[int, int, str, str]]:
    end = gap.start
    for field in fields:
        if end < field.start:
            yield end, field.start, "", ""
        yield field.start, field.end, field.name, field.path
        end = field.end
    if end < gap.end:
        yield end, gap.end, "", ""


def _by_offset(gap: _Gap) -> Iterator[DifferingRange]:
    one, other = (data[span.start : span.end] for data, span in ((gap.expected, gap.one), (gap.stored, gap.other)))
    if one == other:
        return
    # Bytes that only the stored data has at its end are counted on behind the expected data.
    last = len(gap.expected) + len(other) if gap.one.end == len(gap.expected) else gap.one.end
    for first, end in _runs(one, other):
        start, stop = (min(gap.one.start + position, last) for position in (first, end))
        stored_start, stored_stop = (min(gap.other.start + position, gap.other.end) for position in (first, end))
        yield DifferingRange(start, stop - 1, "", "", stored_start, stored_stop - 1)


def _runs(one: bytes, other: bytes) -> list[tuple[int, int]]:
    """Runs at which two byte strings differ at the same offset.

    Too many runs are joined over the equal bytes between them.
    """
    common = min(len(one), len(other))
    differences = (int.from_bytes(one[:common]) ^ int.from_bytes(other[:common])).to_bytes(common)
    differences += bytes([1]) * abs(len(one) - len(other))
    runs = [match.span() for match in islice(_DIFFERENT.finditer(differences), _MOST_RUNS + 1)]
    return runs if len(runs) <= _MOST_RUNS else _coarse_runs(differences)


def _coarse_runs(differences: bytes) -> list[tuple[int, int]]:
    """Runs of whole blocks that hold a difference.

    A run goes from the first byte that differs to the last.
    """
    size = -(-len(differences) // _MOST_RUNS)
    runs: list[tuple[int, int]] = []
    for start in range(0, len(differences), size):
        block = differences[start : start + size]
        if not block.strip(b"\0"):
            continue
        first = start + len(block) - len(block.lstrip(b"\0"))
        end = start + len(block.rstrip(b"\0"))
        if runs and runs[-1][1] > start - size:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    return runs
