"""Bytes in the order in which a text shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN

WHOLE, WRITABLE = CONFIG_SIZE, CONFIG_SIZE - CHIPS_OWN
_SIZES = (WHOLE, WRITABLE)
_LOCK_BYTES = (86, 87)  # LockValue and LockConfig
_LOCK_VALUES = {*product((None, 0x00, 0x55), repeat=2), (0xFF, 0xFF)}  # FF where a text leaves them blank
_MOST_WINDOWS = 1000


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
    """Neighbours that together have the size of a configuration.

    Those whose lock bytes are none of any chip are left out. Of equal ones the last is given, of all of them the last
    thousand: nobody means the others, and judging takes time.
    """
    values = [value for run in runs for value in run.values]
    for size in _SIZES:
        locks = (_LOCK_BYTES[0] - CONFIG_SIZE + size, _LOCK_BYTES[1] - CONFIG_SIZE + size)
        found: dict[tuple[int | None, ...], tuple[int, int]] = {}
        first = begin = total = 0
        for end, run in enumerate(runs, 1):
            total += len(run.values)
            while total > size:
                gone = len(runs[first].values)
                total, begin, first = total - gone, begin + gone, first + 1
            if total == size and (values[begin + locks[0]], values[begin + locks[1]]) in _LOCK_VALUES:
                key = tuple(values[begin : begin + size])
                found.pop(key, None)
                found[key] = (first, end)
                if len(found) > _MOST_WINDOWS:
                    del found[next(iter(found))]
        yield from (joined(runs[first:end]) for first, end in found.values())
