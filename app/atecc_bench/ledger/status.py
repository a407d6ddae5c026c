"""What a ledger holds, and making it again from the files."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, exists, func, select

from atecc_bench.errors import InputError
from atecc_bench.ledger.folder_ledger import DATABASE, FolderLedger
from atecc_bench.ledger.indexed_runs import check_nobody_at_work
from atecc_bench.ledger.side import Conflict, conflicts_in
from atecc_bench.ledger.tables import (
    certificates,
    conflicts,
    devices,
    keys,
    passes,
    runs,
    sources,
    stations,
)


@dataclass(frozen=True)
class Status:
    """What a ledger holds.

    `away` says why the ledger of all stations cannot be asked; then this is what the station knows by itself.
    `conflicts` is what files say that cannot be true at once.
    """

    place: str
    away: str
    station: str
    stations: int
    devices: int
    virtual_devices: int
    passes: int
    runs: int
    open_runs: int
    certificates: int
    conflicts: tuple[Conflict, ...]

    @property
    def document(self) -> dict[str, object]:
        """The status as JSON has it."""
        named = ("place", "away", "station", "stations", "devices", "virtual_devices", "passes", "runs", "open_runs")
        found: dict[str, object] = {name: getattr(self, name) for name in (*named, "certificates")}
        return found | {"conflicts": [vars(one) for one in self.conflicts]}


def status_of(ledger: FolderLedger, look: Callable[[], None]) -> Status:
    """What a ledger holds, once everything in the files is in it.

    Raises:
        InputError: `record-not-readable`, `record-not-writable`, `ledger-damaged`, `ledger-newer`.
    """
    opened = ledger.opened.current()
    opened.take_over(look)
    with opened.database.reading() as connection:
        return Status(
            opened.database.place,
            ledger.opened.away,
            opened.station.name,
            _count(connection, stations),
            _count(connection, devices, devices.c.virtual.is_(False)),
            _count(connection, devices, devices.c.virtual.is_(True)),
            _count(connection, passes),
            _count(connection, runs),
            _count(connection, runs, runs.c.state == "open"),
            _count(connection, certificates),
            conflicts_in(connection),
        )


def rebuild(ledger: FolderLedger, look: Callable[[], None]) -> FolderLedger:
    """Make this station's part of a ledger again from the files.

    Returns the ledger as it is then.

    A file that is damaged is put aside under another name.

    Raises:
        InputError: As `status_of`, but for a damaged file.
        ChipAtWorkError: `run-open-elsewhere` while somebody works on a chip.
    """
    opened = ledger.opened.current()
    if ledger.opened.away:
        raise InputError(
            "ledger-unreachable", ledger.opened.away, "Have the server started, then make the ledger again."
        )
    try:
        mine = opened.station_id
        with opened.database.writing() as connection:
            for virtual in (False, True):
                rows = opened.side(virtual=virtual).rows
                check_nobody_at_work(connection, rows, opened.processes.is_alive)
            _forget(connection, mine)
    except InputError as error:
        if error.id != "ledger-damaged":
            raise
        opened.close()
        _put_aside(ledger.data_folder / DATABASE)
        ledger = FolderLedger(ledger.data_folder, ledger.records, ledger.server)
    ledger.opened.current().take_over(look)
    return ledger


def _forget(connection: Connection, station_id: int) -> None:
    """Remove what the files of a station told.

    What those of others told stays.
    """
    for table in (runs, passes, conflicts, sources):
        connection.execute(table.delete().where(table.c.station_id == station_id))
    known = [exists().where(table.c.device_id == devices.c.id) for table in (runs, passes)]
    orphans = select(devices.c.id).where(~known[0], ~known[1])
    for table in (certificates, keys):
        connection.execute(table.delete().where(table.c.device_id.in_(orphans)))
    connection.execute(devices.delete().where(~known[0], ~known[1]))


def _put_aside(path: Path) -> None:
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        path.replace(path.with_name(f"{path.name}.damaged-{at}"))
    except OSError as error:
        raise InputError(
            "record-not-writable", f"{path} cannot be put aside: {error.strerror}.", "Close what else uses it."
        ) from error
    for beside in ("-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + beside).unlink()


def _count(connection: Connection, table: Table, *conditions: Any) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
