"""Devices and runs page by page, however many there are.

A page begins behind the last row of the one before, found by an index, so that the thousandth costs what the first
does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, func, select, tuple_

from atecc_bench.errors import InputError
from atecc_bench.ledger.tables import certificates, devices, keys, passes, runs, stations

Row = TypeVar("Row")
_EXPORTED_TOGETHER = 500


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in their order.

    `after` says where those behind them begin; it is None behind the last.
    """

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True)
class DeviceRow:
    """A device in a list.

    It says how often it passed and when last, its public keys and the serial numbers of its certificates.
    """

    serial_number: str
    virtual: bool
    passes: int
    passed_at: datetime | None
    public_keys: tuple[str, ...]
    certificates: tuple[str, ...]

    @property
    def document(self) -> dict[str, object]:
        """The device as JSON has it."""
        return {
            "serial_number": self.serial_number, "virtual": self.virtual, "passes": self.passes,
            "passed_at": _text(self.passed_at), "public_keys": list(self.public_keys),
            "certificates": list(self.certificates),
        }  # fmt: skip


@dataclass(frozen=True)
class RunRow:
    """A run, as its files told it."""

    serial_number: str
    virtual: bool
    name: str
    station: str
    profile: str
    state: str
    verdict: str | None
    error: str | None
    failed_step: str | None
    began: datetime | None
    ended: datetime | None

    @property
    def document(self) -> dict[str, object]:
        """The run as JSON has it."""
        return {
            "serial_number": self.serial_number, "virtual": self.virtual, "run": self.name, "station": self.station,
            "profile": self.profile, "state": self.state, "verdict": self.verdict, "error": self.error,
            "failed_step": self.failed_step, "began": _text(self.began), "ended": _text(self.ended),
        }  # fmt: skip


def devices_page(connection: Connection, *, virtual: bool, after: str = "", at_most: int = 50) -> Page[DeviceRow]:
    """Devices by serial number, behind one."""
    chosen = (
        select(devices.c.id, devices.c.serial_number)
        .where(devices.c.virtual == virtual, devices.c.serial_number > after)
        .order_by(devices.c.serial_number)
        .limit(at_most + 1)
    )
    found = connection.execute(chosen).all()
    ids = [row.id for row in found[:at_most]]
    passed = {row.device_id: row for row in connection.execute(_passed(ids))}
    public_keys = _gathered(connection, keys.c.device_id, keys.c.public_key, ids)
    issued = _gathered(connection, certificates.c.device_id, certificates.c.serial_number, ids)
    rows = tuple(
        DeviceRow(
            row.serial_number,
            virtual,
            passed[row.id].number if row.id in passed else 0,
            passed[row.id].at if row.id in passed else None,
            tuple(key.hex() for key in public_keys.get(row.id, ())),
            tuple(issued.get(row.id, ())),
        )
        for row in found[:at_most]
    )
    return Page(rows, rows[-1].serial_number if len(found) > at_most else None)


def runs_page(
    connection: Connection, *, virtual: bool, serial_number: str = "", verdict: str = "", after: str = "",
    at_most: int = 50,
) -> Page[RunRow]:  # fmt: skip
    """Runs, the newest first, behind one.

    They are of one chip, or have one verdict, where that is given.

    Raises:
        InputError: `usage` for an `after` that no page gave.
    """
    chosen = (
        select(runs, devices.c.serial_number, stations.c.name.label("station"))
        .join(devices, devices.c.id == runs.c.device_id)
        .join(stations, stations.c.id == runs.c.station_id)
        .where(runs.c.virtual == virtual)
        .order_by(runs.c.name.desc(), runs.c.id.desc())
        .limit(at_most + 1)
    )
    if serial_number:
        device = select(devices.c.id).where(devices.c.virtual == virtual, devices.c.serial_number == serial_number)
        chosen = chosen.where(runs.c.device_id == device.scalar_subquery())
    if verdict:
        chosen = chosen.where(runs.c.verdict == verdict)
    if after:
        chosen = chosen.where(tuple_(runs.c.name, runs.c.id) < tuple_(*_place(after)))
    found = connection.execute(chosen).all()
    last = found[at_most - 1] if len(found) > at_most else None
    return Page(tuple(map(_run, found[:at_most])), None if last is None else f"{last.name}.{last.id}")


def every_device(connection: Connection, *, virtual: bool) -> Iterator[DeviceRow]:
    """All devices by serial number, with few in memory."""
    after: str | None = ""
    while after is not None:
        page = devices_page(connection, virtual=virtual, after=after, at_most=_EXPORTED_TOGETHER)
        yield from page.rows
        after = page.after


def _passed(ids: Sequence[int]) -> Any:
    return (
        select(passes.c.device_id, func.count().label("number"), func.max(passes.c.at).label("at"))
        .where(passes.c.device_id.in_(ids))
        .group_by(passes.c.device_id)
    )


def _gathered(connection: Connection, device: Any, column: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(select(device, column).where(device.in_(ids)).order_by(column.table.c.id)):
        found.setdefault(row[0], []).append(row[1])
    return found


def _run(row: Any) -> RunRow:
    return RunRow(
        row.serial_number, row.virtual, row.name, row.station, row.profile, row.state, row.verdict, row.error,
        row.failed_step, row.began, row.ended,
    )  # fmt: skip


def _place(after: str) -> tuple[str, int]:
    name, _, number = after.rpartition(".")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise InputError("usage", f"{after!r} is no place in the ledger.", "Give what `next` of the page before says.")
    return name, int(number)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
