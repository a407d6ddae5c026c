"""The ledger of a data folder, as its records ask for it.

Nothing is opened, made or imported before something is asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from atecc_bench.file_checks import exists, is_folder
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.ledger import Ledger

if TYPE_CHECKING:  # the database's library is loaded by those verbs and pages alone that need it
    from atecc_bench.ledger.open_ledger import LedgerSide, OpenLedger
    from atecc_bench.ledger.shared_ledger import SharedLedger

DATABASE: Final = "ledger.sqlite"
Answer = TypeVar("Answer")


class FolderLedger:
    """The ledger of a data folder, opened when it is asked.

    `records` is the folder of its records. Where `server` gives the URL of a database, stations share it.
    """

    def __init__(self, data_folder: Path, records: Path, server: Callable[[], str] = lambda: "") -> None:
        self.data_folder = data_folder
        self.records = records
        self.server = server

    @cached_property
    def opened(self) -> "OpenLedger | SharedLedger":
        """The open ledger.

        Raises:
            InputError: What finding the server's URL raises, `ledger-url`, `postgresql-not-installed`.
        """
        if url := self.server():
            from atecc_bench.ledger.shared_ledger import SharedLedger

            return SharedLedger(self.data_folder, self.records, url)
        from atecc_bench.ledger.open_ledger import OpenLedger

        return OpenLedger(self.data_folder, self.records)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a ledger nor any record.

        Then nothing need be opened to know nothing.
        """
        return not (self.server() or is_folder(self.records) or exists(self.data_folder / DATABASE))

    def side_of(self, folder: Path) -> Ledger:
        """What records in a folder ask.

        Chips of silicon are in one, those in software in another below it.
        """
        return _Side(self, virtual=folder != self.records)


class _Side:
    def __init__(self, ledger: FolderLedger, *, virtual: bool) -> None:
        self._ledger = ledger
        self._virtual = virtual

    def _ask(self, asked: "Callable[[LedgerSide], Answer]") -> Answer:
        return self._ledger.opened.ask(asked, virtual=self._virtual)

    def _look(self, asked: "Callable[[LedgerSide], Answer]", nothing: Answer) -> Answer:
        """Ask what changes nothing.

        Where nothing is on record, no ledger is made for it.
        """
        return nothing if self._ledger.is_empty else self._ask(asked)

    def check(self, serial_number: str, public_key: bytes) -> None:
        self._look(lambda side: side.check(serial_number, public_key), None)

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        self._ask(lambda side: side.claim(serial_number, public_key, at))

    def keys_of(self, serial_number: str) -> frozenset[str]:
        return self._look(lambda side: side.keys_of(serial_number), frozenset[str]())

    def count(self) -> int:
        return self._look(lambda side: side.count(), 0)

    def passed_after(self, number: int, at_most: int) -> tuple[str, ...]:
        return self._look(lambda side: side.passed_after(number, at_most), ())

    def has_passed_after(self, number: int, serial_number: str) -> bool:
        return self._look(lambda side: side.has_passed_after(number, serial_number), False)  # noqa: FBT003 - what is answered

    def newest(self) -> datetime | None:
        return self._look(lambda side: side.newest(), None)

    def open_run(self, serial_number: str, run: str, at: datetime) -> None:
        self._ask(lambda side: side.open_run(serial_number, run, at))

    def leave_run(self, serial_number: str, run: str) -> None:
        self._ledger.opened.leave_run(serial_number, run, virtual=self._virtual)

    def index_run(self, serial_number: str, run: str) -> None:
        self._ask(lambda side: side.index_run(serial_number, run))

    def issue(self, serial_number: str, certificate: IssuedCertificate) -> None:
        self._ask(lambda side: side.issue(serial_number, certificate))

    def keep_escrow(self, serial_number: str, run: str, slots: Mapping[int, str]) -> None:
        self._ask(lambda side: side.keep_escrow(serial_number, run, slots))

    def lock_slots(self, serial_number: str, run: str, slots: Sequence[int]) -> None:
        self._ask(lambda side: side.lock_slots(serial_number, run, slots))

    def away(self) -> str:
        return "" if self._ledger.is_empty else self._ledger.opened.away

    def interrupted(self, look: Callable[[], None]) -> Iterable[str]:
        return self._look(lambda side: list(side.interrupted(look)), list[str]())
