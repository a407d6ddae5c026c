"""Contents of the Compare page."""

from collections.abc import Mapping
from dataclasses import dataclass

from atecc_bench.diagnose.causes.cause import Cause
from atecc_bench.diagnose.compare.compare import Comparison, DifferingRange
from atecc_bench.diagnose.compare.field_origins import FIXED, STRUCTURE, Origin

SHOWN_BYTES = 6


@dataclass(frozen=True)
class Shown:
    """A comparison as the page shows it.

    Its causes, where both sides come from, the origins of fields, and what a paste held.
    """

    comparison: Comparison
    causes: tuple[Cause, ...]
    expected: str
    stored: str
    origins: Mapping[str, Origin]
    recognised: tuple[str, ...] = ()
    of_chip: bool = False

    @property
    def headline(self) -> str:
        """The one sentence."""
        if self.causes:
            return self.causes[0].summary
        if not self.comparison.equal:
            return "The certificates differ, and no known cause explains it."
        return "The chip holds exactly this certificate." if self.of_chip else "Both are equal to the byte."

    def origin(self, found: DifferingRange) -> str:
        """Origin of a range's bytes, for people."""
        if not found.path:
            return STRUCTURE.place
        origin = self.origins.get(found.path, FIXED)
        return origin.place if origin.dynamic else f"{origin.place}, fixed"

    def short_hex(self, data: bytes, start: int, end: int) -> str:
        """The first bytes of a side as hex.

        Those that the paste did not show are dots.
        """
        hidden = {i for span in self.comparison.unknown for i in range(max(start, span.start), min(end, span.end))}
        first = range(start, min(end, start + SHOWN_BYTES, len(data)))
        words = ["··" if position in hidden else f"{data[position]:02X}" for position in first]
        return " ".join(words) + (" …" if end - start > SHOWN_BYTES else "")


def span_text(found: DifferingRange) -> str:
    """The bytes of a range, for people.

    Those that only the stored side has are counted there.
    """
    if found.length:
        return f"{found.start}–{found.end}"
    return f"+{found.stored_start}–{found.stored_end}"
