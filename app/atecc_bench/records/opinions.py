"""Which devices were held to another board since.

`opinions.jsonl` has one line for each: serial number, time, and how many devices had passed by then.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from atecc_bench.records.json_lines import append_line, last_line
from atecc_bench.records.key_registry import KeyRegistry

FILE: Final = "opinions.jsonl"


class Opinions:
    """The second opinions of a folder of records.

    `registry` knows which devices passed.
    """

    def __init__(self, folder: Path, registry: KeyRegistry) -> None:
        self._path = folder / FILE
        self._registry = registry

    def waiting(self, at_most: int) -> tuple[str, ...]:
        """The devices that passed since the last second opinion.

        They are in their order, and no more than so many.

        Raises:
            InputError: `record-not-readable`.
        """
        return self._registry.passed_after(self._seen(), at_most)

    def note(self, serial_number: str, at: datetime) -> None:
        """Note that another board found a device as on record.

        Only one of those that wait counts.

        Raises:
            InputError: `record-not-readable`, `record-not-writable`.
        """
        if self._registry.has_passed_after(self._seen(), serial_number):
            facts = {"serial_number": serial_number, "passed": self._registry.count(), "at": at.isoformat()}
            append_line(self._path, facts)

    def _seen(self) -> int:
        passed = (last_line(self._path) or {}).get("passed")
        return max(0, passed) if isinstance(passed, int) else 0
