"""Which devices were held to another board since.

`opinions.jsonl` has one line for each: serial number, time, and how many devices had passed by then.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from atecc_bench.records.json_lines import append_line, read_lines

FILE: Final = "opinions.jsonl"


class Opinions:
    """The second opinions of a folder of records."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def waiting(self, passed: Sequence[str]) -> tuple[str, ...]:
        """The devices that passed since the last second opinion.

        `passed` are the serial numbers of all that passed, in their order.

        Raises:
            InputError: `record-not-readable`.
        """
        counted = [facts.get("passed") for facts in read_lines(self._path)][-1:]
        seen = counted[0] if counted and isinstance(counted[0], int) else 0
        return tuple(dict.fromkeys(passed[max(0, seen) :]))

    def note(self, serial_number: str, passed: Sequence[str], at: datetime) -> None:
        """Note that another board found a device as on record.

        Only one of those that wait counts.

        Raises:
            InputError: `record-not-readable`, `record-not-writable`.
        """
        if serial_number in self.waiting(passed):
            append_line(self._path, {"serial_number": serial_number, "passed": len(passed), "at": at.isoformat()})
