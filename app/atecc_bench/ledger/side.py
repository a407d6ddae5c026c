"""One side of a station's records.

Those are its chips of silicon, or those in software.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from atecc_bench.ledger.station import Station
from atecc_bench.ledger.tables import conflicts, devices, sources, stations


@dataclass(frozen=True)
class Side:
    """Records of a station in a folder.

    It says how rows of the database name them.
    """

    station_id: int
    virtual: bool
    folder: Path


def station_id(connection: Connection, station: Station) -> int:
    """The row of a station, made where there is none.

    It has the name that the station has now.
    """
    found = connection.execute(select(stations.c.id, stations.c.name).where(stations.c.key == station.key)).first()
    if found is None:
        made = connection.execute(stations.insert().values(key=station.key, name=station.name))
        return _made_id(made.inserted_primary_key)
    if found.name != station.name:
        connection.execute(stations.update().where(stations.c.id == found.id).values(name=station.name))
    return found.id


def device_id(connection: Connection, *, virtual: bool, serial_number: str) -> int | None:
    """The row of a device, if it is known."""
    of_it = (devices.c.virtual == virtual, devices.c.serial_number == serial_number)
    return connection.execute(select(devices.c.id).where(*of_it)).scalar_one_or_none()


def known_device(connection: Connection, *, virtual: bool, serial_number: str) -> int:
    """The row of a device, made where there is none."""
    found = device_id(connection, virtual=virtual, serial_number=serial_number)
    if found is not None:
        return found
    made = connection.execute(devices.insert().values(virtual=virtual, serial_number=serial_number))
    return _made_id(made.inserted_primary_key)


def add_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert those rows that break no uniqueness."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def note_conflict(connection: Connection, side: Side, kind: str, serial_number: str, other: str, detail: str) -> None:
    """Keep what cannot be true at once, to be shown."""
    row = {
        "station_id": side.station_id, "virtual": side.virtual, "kind": kind, "serial_number": serial_number,
        "other": other, "detail": detail,
    }  # fmt: skip
    add_missing(connection, conflicts, [row])


@dataclass(frozen=True)
class Conflict:
    """What files of a station say that cannot be true at once.

    `kind` is the id of the error that would have refused it; the device's serial number, and that of the other device.
    """

    station: str
    virtual: bool
    kind: str
    serial_number: str
    other: str
    detail: str


def conflicts_in(connection: Connection) -> tuple[Conflict, ...]:
    """All conflicts of all stations.

    They are in the order in which they were found.
    """
    found = connection.execute(
        select(stations.c.name, conflicts).join(stations, stations.c.id == conflicts.c.station_id).order_by("id")
    )
    return tuple(Conflict(row.name, row.virtual, row.kind, row.serial_number, row.other, row.detail) for row in found)


def place_in(connection: Connection, side: Side, name: str) -> tuple[int, str]:
    """How far a source is taken over.

    There is also a mark of what stands there; both are 0 and nothing at first.
    """
    of_it = (sources.c.station_id == side.station_id, sources.c.virtual == side.virtual, sources.c.name == name)
    found = connection.execute(select(sources.c.place, sources.c.mark).where(*of_it)).first()
    return (0, "") if found is None else (found.place, found.mark)


def set_place(connection: Connection, side: Side, name: str, place: int, mark: str) -> None:
    """Note how far a source is taken over."""
    of_it = (sources.c.station_id == side.station_id, sources.c.virtual == side.virtual, sources.c.name == name)
    if not connection.execute(sources.update().where(*of_it).values(place=place, mark=mark)).rowcount:
        row = {"station_id": side.station_id, "virtual": side.virtual, "name": name, "place": place, "mark": mark}
        connection.execute(sources.insert().values(row))


def _made_id(key: Any) -> int:
    return int(key[0])
