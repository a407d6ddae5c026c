"""Comparison of two certificates by structure: which fields differ, and which bytes those are."""

from dataclasses import dataclass

from atecc_bench.errors import BenchError
from atecc_bench.pki.certificate_fields import CertificateField, certificate_fields


@dataclass(frozen=True)
class DifferingRange:
    """Bytes `start` to `end` (inclusive) of the expected data that differ from the stored data.

    `field` is the X.509 name and `path` the place in the structure; both are empty for bytes outside any field.
    `stored_start` and `stored_end` are the same field's bytes in the stored data.
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


@dataclass(frozen=True)
class Comparison:
    """What two byte strings have in common and what not."""

    expected: bytes
    stored: bytes
    ranges: tuple[DifferingRange, ...]

    @property
    def equal(self) -> bool:
        """Whether both are the same to the byte."""
        return self.expected == self.stored


def compare(expected: bytes, stored: bytes) -> Comparison:
    """Compare two certificates (DER). A differing field is one range, its whole value.

    Data that is not a certificate, or two certificates of different structure, are compared byte by byte
    at the same offset.
    """
    if expected == stored:
        return Comparison(expected, stored, ())
    expected_fields, stored_fields = _fields(expected), _fields(stored)
    if expected_fields and [f.path for f in expected_fields] == [f.path for f in stored_fields]:
        ranges = _by_structure(expected, stored, expected_fields, stored_fields)
    else:
        ranges = _by_offset(expected, stored, 0, 0)
    return Comparison(expected, stored, ranges)


def _fields(der: bytes) -> tuple[CertificateField, ...]:
    try:
        return certificate_fields(der)
    except BenchError:
        return ()


def _by_structure(
    expected: bytes,
    stored: bytes,
    expected_fields: tuple[CertificateField, ...],
    stored_fields: tuple[CertificateField, ...],
) -> tuple[DifferingRange, ...]:
    ranges: list[DifferingRange] = []
    expected_end = stored_end = 0
    for one, other in zip(expected_fields, stored_fields, strict=True):
        gap_one, gap_other = expected[expected_end : one.start], stored[stored_end : other.start]
        ranges += _by_offset(gap_one, gap_other, expected_end, stored_end)
        if expected[one.start : one.end] != stored[other.start : other.end]:
            ranges.append(
                DifferingRange(one.start, one.end - 1, one.name, one.path, other.start, other.end - 1),
            )
        expected_end, stored_end = one.end, other.end
    ranges += _by_offset(expected[expected_end:], stored[stored_end:], expected_end, stored_end)
    return tuple(ranges)


def _by_offset(expected: bytes, stored: bytes, start: int, stored_start: int) -> tuple[DifferingRange, ...]:
    length = max(len(expected), len(stored))
    differing = [i for i in range(length) if expected[i : i + 1] != stored[i : i + 1]]
    runs: list[tuple[int, int]] = []
    for i in differing:
        if runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return tuple(
        DifferingRange(start + first, start + last, "", "", stored_start + first, stored_start + last)
        for first, last in runs
    )
