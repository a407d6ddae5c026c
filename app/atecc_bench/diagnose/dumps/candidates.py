"""Everything in a text that may be a configuration, by every reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN
from atecc_bench.diagnose.dumps.byte_runs import WHOLE, WRITABLE, ByteRun, joined, windows
from atecc_bench.diagnose.dumps.likeness import Likeness, likeness
from atecc_bench.diagnose.dumps.packed_bytes import base64_runs
from atecc_bench.diagnose.dumps.text_forms import TextInForms

_START = (0x01, 0x23)  # of a chip's serial number: such bytes are the first and not those from 16 on
_NEARLY = 8  # bytes too few or too many that a repair may mend
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


def candidates(text: TextInForms) -> tuple[Candidate, ...]:
    """All in a text that may be a configuration."""
    found: dict[tuple[tuple[int, int], ...], Candidate] = {}
    for run in _runs(text):
        judged = _judged(run)
        if judged is not None:
            key = tuple(sorted(judged.some.items()))
            known = found.get(key)
            if known is None or known.run.first_line < judged.run.first_line:
                found[key] = judged
    return tuple(found.values())


def nearly_whole(text: TextInForms) -> Iterator[ByteRun]:
    """Rows that together are nearly as long as a configuration."""
    seen: set[tuple[int | None, ...]] = set()
    for block in (block for form in text.forms for block in form.blocks):
        whole = joined(block)
        if abs(len(whole.values) - CONFIG_SIZE) <= _NEARLY and whole.values not in seen:
            seen.add(whole.values)
            yield whole


def _runs(text: TextInForms) -> Iterator[ByteRun]:
    for form in text.forms:
        for arrays in form.arrays:
            runs = [run for array in arrays if (run := array.run()) is not None]
            yield from windows(runs)
        yield from base64_runs(form.text)
    for one in text.recognised:
        if one.stored is None and not one.unknown and len(one.data) in (WHOLE, WRITABLE):
            yield ByteRun(tuple(one.data), one.shape.value, one.first_line, one.last_line)
    for form in text.forms:
        for block in form.blocks:
            yield from windows(block)
        yield from form.placed
        yield from form.called


def _judged(run: ByteRun) -> Candidate | None:
    values = run.values
    if len(values) > CONFIG_SIZE and run.offset is not None:
        values = values[:CONFIG_SIZE] if set(values[CONFIG_SIZE:]) == {None} else ()
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
