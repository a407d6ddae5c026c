"""An open ledger.

It is the database, the station, and the files that it indexes.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from atecc_bench.errors import BenchError, InputError
from atecc_bench.ledger import indexed_runs, passed_devices
from atecc_bench.ledger.database import Database, ServerAwayError, sqlite_url
from atecc_bench.ledger.folder_ledger import DATABASE
from atecc_bench.ledger.processes import Processes
from atecc_bench.ledger.side import Conflict, Side, conflicts_in, station_id
from atecc_bench.ledger.station import Station, station_of
from atecc_bench.private_files import make_private_folder
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.key_registry import FILE, LOCK_WAIT_S, FileKeyRegistry
from atecc_bench.records.run_records import ChipRecords, DeviceRecord, Records

Answer = TypeVar("Answer")
_logger = logging.getLogger(__name__)


class OpenLedger:
    """The ledger of a data folder, with its two sides."""

    def __init__(self, data_folder: Path, records: Path, database: Database | None = None) -> None:
        self.data_folder = data_folder
        self.database = database or Database(sqlite_url(data_folder / DATABASE))
        self.processes = Processes(data_folder)
        self.files = Records(records, FileKeyRegistry)  # how the files are read, without asking this
        self._sides = {virtual: LedgerSide(self, virtual=virtual) for virtual in (False, True)}

    @property
    def away(self) -> str:
        """Why a server cannot be asked; this one needs none."""
        return ""

    def current(self) -> "OpenLedger":
        """The ledger that answers now, which is this one."""
        return self

    def ask(self, asked: Callable[["LedgerSide"], Answer], *, virtual: bool) -> Answer:
        """Ask one side of the ledger that answers now."""
        return asked(self.side(virtual=virtual))

    def leave_run(self, serial_number: str, run: str, *, virtual: bool) -> None:
        """Let go of a chip."""
        self.side(virtual=virtual).leave_run(serial_number, run)

    @cached_property
    def station(self) -> Station:
        """This station."""
        return station_of(self.data_folder)

    def side(self, *, virtual: bool) -> "LedgerSide":
        """Chips of silicon, or those in software."""
        return self._sides[virtual]

    @cached_property
    def station_id(self) -> int:
        """The row of this station."""
        station = self.station
        with self.database.writing() as connection:
            return station_id(connection, station)

    def take_over(self, look: Callable[[], None]) -> None:
        """Take over all that the files have more than the database.

        `look` is called again and again meanwhile.
        """
        for side in self._sides.values():
            side.count()  # the list of devices first: the folders refer to them
            side.take_over(look)

    def conflicts(self) -> tuple[Conflict, ...]:
        """What files say that cannot be true at once."""
        with self.database.reading() as connection:
            return conflicts_in(connection)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


class LedgerSide:
    """One side of an open ledger; see `records.ledger.Ledger`."""

    def __init__(self, ledger: OpenLedger, *, virtual: bool) -> None:
        self._ledger = ledger
        self._virtual = virtual
        self._folder = ledger.files.folder_of(virtual=virtual)
        self._working: dict[tuple[str, str], str] = {}

    @cached_property
    def rows(self) -> Side:
        """How rows of this side are told from others."""
        return Side(self._ledger.station_id, self._virtual, self._folder)

    def check(self, serial_number: str, public_key: bytes) -> None:
        """Refuse a key that another device has already."""
        with self._reading() as connection:
            passed_devices.check(connection, self.rows, serial_number, public_key)

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        """Note a key for a device.

        It is in the file and in the database when this returns.
        """
        path = self._folder / FILE
        try:
            with suppress(FileExistsError):
                make_private_folder(self._folder)
            # Versions of before this ledger know no other lock.
            with (
                FileLock(path.with_name(f"{FILE}.lock"), timeout=LOCK_WAIT_S, mode=0o600),
                self._writing() as connection,
            ):
                passed_devices.take_over(connection, self.rows)
                passed_devices.claim(connection, self.rows, serial_number, public_key, at)
        except (Timeout, OSError) as error:
            raise InputError(
                "record-not-writable",
                f"{path} cannot be locked against other stations: {error}.",
                "Close what else provisions here, or choose another folder with the environment variable "
                "ATECC_BENCH_DATA.",
            ) from error

    def keys_of(self, serial_number: str) -> frozenset[str]:
        """The public keys with which devices of this serial number passed."""
        with self._reading() as connection:
            return passed_devices.keys_of(connection, self.rows, serial_number)

    def count(self) -> int:
        """How often a device passed here."""
        with self._reading() as connection:
            return passed_devices.count(connection, self.rows)

    def passed_after(self, number: int, at_most: int) -> tuple[str, ...]:
        """The devices that passed after so many."""
        with self._reading() as connection:
            return passed_devices.passed_after(connection, self.rows, number, at_most)

    def has_passed_after(self, number: int, serial_number: str) -> bool:
        """Whether a device is among those that passed after so many."""
        with self._reading() as connection:
            return passed_devices.has_passed_after(connection, self.rows, number, serial_number)

    def newest(self) -> datetime | None:
        """When the last device passed."""
        with self._reading() as connection:
            return passed_devices.newest(connection, self.rows)

    def open_run(self, serial_number: str, run: str, at: datetime) -> None:
        """Keep the chip for one run."""
        key = self._ledger.processes.begin()
        try:
            with self._writing() as connection:
                chip = self._chip(serial_number)
                indexed_runs.open_run(connection, self.rows, chip, run, at, key, self._is_alive)
        except BaseException:
            self._ledger.processes.end(key)
            raise
        self._working[serial_number, run] = key

    def leave_run(self, serial_number: str, run: str) -> None:
        """Let go of the chip."""
        key = self._working.pop((serial_number, run), None)
        if key is not None:
            self._ledger.processes.end(key)

    def index_run(self, serial_number: str, run: str) -> None:
        """Take over what the files of a run say now."""
        chip = self._chip(serial_number)
        try:
            with self._writing() as connection:
                indexed_runs.index_run(connection, self.rows, chip, DeviceRecord(chip.folder / run))
        except ServerAwayError:
            raise
        except (BenchError, IntegrityError) as error:
            _logger.warning("The run %s of %s is not in the ledger yet: %s", run, serial_number, error)

    def issue(self, serial_number: str, certificate: IssuedCertificate) -> None:
        """Note a certificate of a device."""
        with self._writing() as connection:
            indexed_runs.issue(connection, self.rows, serial_number, certificate)

    def keep_escrow(self, serial_number: str, run: str, slots: Mapping[int, str]) -> None:
        """Note that an escrow file is stored."""
        with self._writing() as connection:
            chip = self._chip(serial_number)
            indexed_runs.keep_escrow(connection, self.rows, chip, run, slots, self._is_alive)

    def lock_slots(self, serial_number: str, run: str, slots: Sequence[int]) -> None:
        """Note slots that are about to be locked."""
        with self._writing() as connection:
            chip = self._chip(serial_number)
            indexed_runs.lock_slots(connection, self.rows, chip, run, slots, self._is_alive)

    def index_chip(self, serial_number: str) -> None:
        """Take over what the files of a chip say now."""
        with self._writing() as connection:
            indexed_runs.index_chip(connection, self.rows, self._chip(serial_number), self._is_alive)

    def interrupted(self, look: Callable[[], None]) -> Iterable[str]:
        """The chips whose newest provisioning never ended."""
        self.take_over(look)
        with self._reading() as connection:
            found = indexed_runs.open_chips(connection, self.rows)
        for serial_number, process in found:
            look()
            if not (process and self._is_alive(process)):
                yield serial_number

    def take_over(self, look: Callable[[], None]) -> None:
        """Take over the runs of all chips, once.

        `look` is called again and again meanwhile.
        """
        with self._reading() as connection:
            if indexed_runs.folders_are_known(connection, self.rows):
                return
        more = True
        while more:
            look()
            with self._writing() as connection:
                more = indexed_runs.take_over_folders(connection, self.rows, self._chip, self._is_alive)

    def _chip(self, serial_number: str) -> ChipRecords:
        return self._ledger.files.for_chip(serial_number, virtual=self._virtual)

    def _is_alive(self, process: str) -> bool:
        return self._ledger.processes.is_alive(process)

    @contextmanager
    def _reading(self) -> Generator[Connection]:
        """Read what is up to date.

        All is taken over first that the list of devices has more.
        """
        rows = self.rows
        with self._ledger.database.reading() as connection:
            behind = passed_devices.is_behind(connection, rows)
        while behind:
            with self._writing() as connection:
                behind = passed_devices.take_over(connection, rows, passed_devices.MOST_AT_ONCE)
        with self._ledger.database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        rows = self.rows  # before the transaction: it may be the first
        del rows
        with self._ledger.database.writing() as connection:
            yield connection
