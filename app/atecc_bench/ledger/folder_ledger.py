"""The ledger of a data folder, as its records ask for it.

Nothing is opened, made or imported before something is asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from atecc_bench.file_checks import is_folder
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.ledger import Ledger
from atecc_bench.records.run_records import Records

if TYPE_CHECKING:  # the database's library is loaded by those verbs and pages alone that need it
    from atecc_bench.ledger.open_ledger import LedgerSide, OpenLedger


class FolderLedger:
    """The ledger of a data folder, opened when it is asked.

    `records` is the folder of its records.
    """

    def __init__(self, data_folder: Path, records: Path) -> None:
        self.data_folder = data_folder
        self.records = records

    @cached_property
    def opened(self) -> "OpenLedger":
        """The open ledger."""
        from atecc_bench.ledger.open_ledger import OpenLedger

        return OpenLedger(self.data_folder, self.records)

    def side_of(self, folder: Path) -> Ledger:
        """What records in a folder ask.

        Chips of silicon are in one, those in software in another below it.
        """
        return _Side(self, virtual=folder != self.records)


class _Side:
    def __init__(self, ledger: FolderLedger, *, virtual: bool) -> None:
        self._ledger = ledger
        self._virtual = virtual

    @property
    def _opened(self) -> "LedgerSide":
        return self._ledger.opened.side(virtual=self._virtual)

    def check(self, serial_number: str, public_key: bytes) -> None:
        self._opened.check(serial_number, public_key)

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        self._opened.claim(serial_number, public_key, at)

    def keys_of(self, serial_number: str) -> frozenset[str]:
        return self._opened.keys_of(serial_number)

    def count(self) -> int:
        return self._opened.count()

    def passed_after(self, number: int, at_most: int) -> tuple[str, ...]:
        return self._opened.passed_after(number, at_most)

    def has_passed_after(self, number: int, serial_number: str) -> bool:
        return self._opened.has_passed_after(number, serial_number)

    def newest(self) -> datetime | None:
        return self._opened.newest()

    def open_run(self, serial_number: str, run: str, at: datetime) -> None:
        self._opened.open_run(serial_number, run, at)

    def leave_run(self, serial_number: str, run: str) -> None:
        self._opened.leave_run(serial_number, run)

    def index_run(self, serial_number: str, run: str) -> None:
        self._opened.index_run(serial_number, run)

    def issue(self, serial_number: str, certificate: IssuedCertificate) -> None:
        self._opened.issue(serial_number, certificate)

    def keep_escrow(self, serial_number: str, run: str, slots: Mapping[int, str]) -> None:
        self._opened.keep_escrow(serial_number, run, slots)

    def lock_slots(self, serial_number: str, run: str, slots: Sequence[int]) -> None:
        self._opened.lock_slots(serial_number, run, slots)

    def interrupted(self, look: Callable[[], None]) -> Iterable[str]:
        # Without records there is nothing to look for, and the window need not wait for the database's library.
        return self._opened.interrupted(look) if is_folder(self._ledger.records) else ()


def records_with_ledger(data_folder: Path, records: Path) -> Records:
    """Records in a folder, with their ledger in a data folder."""
    return Records(records, FolderLedger(data_folder, records).side_of)
