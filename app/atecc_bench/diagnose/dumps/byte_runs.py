"""Bytes in the order in which a text shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN

WHOLE, WRITABLE = CONFIG_SIZE, CONFIG_SIZE - CHIPS_OWN
_SIZES = (WHOLE, WRITABLE)


@dataclass(frozen=True)
class ByteRun:
    """Bytes that stand together.

    None for a byte whose value the text names, but does not say; `names` are those words. Lines count from 1. `offset`
    is where they belong, if the text says so.
    """

    values: tuple[int | None, ...]
    how: str
    first_line: int
    last_line: int
    offset: int | None = None
    names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def lines(self) -> str:
        """Its lines for people."""
        one = self.first_line == self.last_line
        return f"line {self.first_line}" if one else f"lines {self.first_line}–{self.last_line}"


def joined(runs: Sequence[ByteRun]) -> ByteRun:
    """Runs one after the other as one."""
    first, last = runs[0], runs[-1]
    return ByteRun(
        tuple(value for run in runs for value in run.values),
        first.how,
        first.first_line,
        last.last_line,
        first.offset,
        tuple(dict.fromkeys(name for run in runs for name in run.names)),
        tuple(dict.fromkeys(remark for run in runs for remark in run.remarks)),
    )


def windows(runs: Sequence[ByteRun]) -> Iterator[ByteRun]:
    """Neighbours that together have the size of a configuration."""
    for size in _SIZES:
        first = total = 0
        for end, run in enumerate(runs, 1):
            total += len(run.values)
            while total > size:
                total -= len(runs[first].values)
                first += 1
            if total == size:
                yield joined(runs[first:end])
