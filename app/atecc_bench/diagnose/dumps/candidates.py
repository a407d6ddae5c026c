"""Everything in a text that may be a configuration, by every reader."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN
from atecc_bench.diagnose.dumps.byte_runs import WHOLE, WRITABLE, ByteRun, joined, windows
from atecc_bench.diagnose.dumps.indexed_bytes import indexed_runs, ranged_bytes
from atecc_bench.diagnose.dumps.likeness import Likeness, likeness
from atecc_bench.diagnose.dumps.number_rows import Notation, number_rows
from atecc_bench.diagnose.dumps.packed_bytes import base64_runs
from atecc_bench.diagnose.dumps.row_offsets import placed_runs, runs_of_rows
from atecc_bench.diagnose.dumps.source_arrays import source_arrays
from atecc_bench.diagnose.dumps.told_places import called_runs
from atecc_bench.diagnose.paste.recognise import recognise

_START = (0x01, 0x23)  # of a chip's serial number: such bytes are the first and not those from 16 on
_NEARLY = 8  # bytes too few or too many that a repair may mend
_COMMENT_ALONE = re.compile(r"\s*\[?\s*(?://|/\*|#)")
_FEWEST_KNOWN = 100  # of 128 bytes at offsets: with fewer it is a part


@dataclass(frozen=True)
class Candidate:
    """Bytes by their positions, and what speaks for them.

    Positions are those in the configuration zone.
    """

    some: Mapping[int, int]
    run: ByteRun
    likeness: Likeness

    def is_within(self, other: "Candidate") -> bool:
        """Whether it is part of another, read at the same place."""
        return self.overlaps(other) and self.some.items() <= other.some.items()

    def is_less_than(self, other: "Candidate") -> bool:
        """Whether another at the same place has these bytes and more."""
        return len(self.some) < len(other.some) and self.is_within(other)

    def overlaps(self, other: "Candidate") -> bool:
        """Whether both were read in the same lines."""
        return self.run.first_line <= other.run.last_line and other.run.first_line <= self.run.last_line


def candidates(text: str, forms: Sequence[Sequence[str]]) -> tuple[Candidate, ...]:
    """All in a text that may be a configuration.

    Its lines are given in each of their `forms`.
    """
    found: dict[tuple[tuple[int, int], ...], Candidate] = {}
    for run in _runs(text, forms):
        judged = _judged(run)
        if judged is not None:
            key = tuple(sorted(judged.some.items()))
            known = found.get(key)
            if known is None or known.run.first_line < judged.run.first_line:
                found[key] = judged
    return tuple(found.values())


def nearly_whole(forms: Sequence[Sequence[str]]) -> Iterator[ByteRun]:
    """Rows that together are nearly as long as a configuration."""
    seen: set[tuple[int | None, ...]] = set()
    for lines in forms:
        for notation in Notation:
            for block in blocks_of(runs_of_rows(number_rows(lines, notation), notation), lines):
                whole = joined(block)
                if abs(len(whole.values) - CONFIG_SIZE) <= _NEARLY and whole.values not in seen:
                    seen.add(whole.values)
                    yield whole


def _runs(text: str, forms: Sequence[Sequence[str]]) -> Iterator[ByteRun]:
    for lines in forms:
        joined_lines = "\n".join(lines)
        for arrays in source_arrays(joined_lines):
            runs = [run for array in arrays if (run := array.run()) is not None]
            yield from windows(runs)
        yield from base64_runs(joined_lines)
    for found in recognise(text):
        if found.stored is None and not found.unknown and len(found.data) in (WHOLE, WRITABLE):
            yield ByteRun(tuple(found.data), found.shape.value, found.first_line, found.last_line)
    for lines in forms:
        for notation in Notation:
            rows = number_rows(lines, notation)
            for block in blocks_of(runs_of_rows(rows, notation), lines):
                yield from windows(block)
            yield from placed_runs(rows, notation)
        yield from indexed_runs(lines)
        yield from ranged_bytes(lines)
        yield from called_runs(lines)


def blocks_of(runs: Sequence[ByteRun], lines: Sequence[str]) -> Iterator[Sequence[ByteRun]]:
    """Runs with few other lines between them.

    Lines of comment do not count: source texts have one before each field.
    """
    block: list[ByteRun] = []
    for run in runs:
        between = lines[block[-1].last_line : run.first_line - 1] if block else ()
        noise = sum(_COMMENT_ALONE.match(line) is None for line in between)
        if noise > _most_noise(block[-1] if block else run):
            yield block
            block = []
        block.append(run)
    if block:
        yield block


def _most_noise(run: ByteRun) -> int:
    return 3 if len(run.values) > 1 else 0


def _judged(run: ByteRun) -> Candidate | None:
    values = run.values
    if len(values) > CONFIG_SIZE and run.offset is not None:
        values = values[:CONFIG_SIZE] if all(value is None for value in values[CONFIG_SIZE:]) else ()
    if len(values) == WRITABLE and run.offset in (None, 0, CHIPS_OWN) and values[:2] != _START:
        placed = dict(enumerate(values, CHIPS_OWN))
    elif len(values) == WHOLE:
        placed = dict(enumerate(values))
    else:
        return None
    judged = likeness(tuple(placed.values()))
    some = {at: value for at, value in placed.items() if value is not None}
    if judged is Likeness.NONE or len(some) < _FEWEST_KNOWN:
        return None
    return Candidate(some, run, judged)
