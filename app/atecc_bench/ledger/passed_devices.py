"""Devices that passed: `devices.jsonl` as rows.

The file is written first, and what it has more than the database is taken over before anything is looked up: after a
crash, after a run of an earlier version of the program, and of a folder that never had a ledger.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, func, select, tuple_

from atecc_bench.ledger.side import (
    Side,
    add_missing,
    device_id,
    known_device,
    note_conflict,
    place_in,
    set_place,
)
from atecc_bench.ledger.tables import devices, keys, passes
from atecc_bench.records.durable_files import is_missing, reading
from atecc_bench.records.json_lines import PlacedLine, append_line, lines_after
from atecc_bench.records.key_registry import FILE, KeyRepeatedError

MOST_AT_ONCE = 20_000
"""Lines that are taken over in one transaction."""

_TOGETHER = 400  # rows of one statement
_MARK = 64  # bytes before a place by which it is known again
KEY_TWICE, NO_LINE = "public-key-repeated", "line-not-readable"


class _Line(NamedTuple):
    serial_number: str
    public_key: bytes
    at: datetime | None


def is_behind(connection: Connection, side: Side) -> bool:
    """Whether the file is another than was taken over.

    It has more, or less.
    """
    return place_in(connection, side, FILE)[0] != _size(side.folder / FILE)


def take_over(connection: Connection, side: Side, at_most: int | None = None) -> bool:
    """Take over what the file has more.

    Return whether there may be still more.

    A file that is not the one of before is taken over from its beginning: what is known stays known.

    Raises:
        InputError: `record-not-readable`.
    """
    path = side.folder / FILE
    place, mark = place_in(connection, side, FILE)
    size = _size(path)
    if place == size:
        return False
    again = bool(place) and (size < place or _mark(path, place) != mark)
    lines = _read(path, 0 if again else place)
    taken = 0
    place = 0 if again else place
    while some := list(islice(lines, _TOGETHER)):
        _add(connection, side, some, again=again)
        place, taken = some[-1].end, taken + len(some)
        if not again and at_most is not None and taken >= at_most:
            break
    set_place(connection, side, FILE, place, _mark(path, place))
    return taken > 0 and not again and at_most is not None and taken >= at_most


def check(connection: Connection, side: Side, serial_number: str, public_key: bytes) -> None:
    """Refuse a key that another device has already.

    Raises:
        KeyRepeatedError: `public-key-repeated`.
    """
    holder = _holder(connection, side, public_key)
    if holder is not None and holder.serial_number != serial_number:
        raise KeyRepeatedError(serial_number, holder.serial_number)


def claim(connection: Connection, side: Side, serial_number: str, public_key: bytes, at: datetime) -> None:
    """Note a key for a device.

    There are rows first, then the line, and then the caller commits.

    Raises:
        KeyRepeatedError: `public-key-repeated`.
        InputError: `record-not-writable`.
    """
    check(connection, side, serial_number, public_key)
    device = known_device(connection, virtual=side.virtual, serial_number=serial_number)
    row = {"virtual": side.virtual, "public_key": public_key, "device_id": device}
    add_missing(connection, keys, [row])
    holder = _holder(connection, side, public_key)
    assert holder is not None  # noqa: S101 - it was added just now
    if _known(connection, side, [holder.id]) & {(holder.id, at.astimezone(UTC))}:
        return  # a database that went away at its commit had the line written already
    connection.execute(passes.insert().values(_pass(side, count(connection, side) + 1, device, holder.id, at)))
    path = side.folder / FILE
    append_line(path, {"serial_number": serial_number, "public_key": public_key.hex(), "at": at.isoformat()})
    note_place(connection, side)


def note_place(connection: Connection, side: Side) -> None:
    """Note that the file has nothing that is not in the database."""
    path = side.folder / FILE
    size = _size(path)
    set_place(connection, side, FILE, size, _mark(path, size))


def keys_of(connection: Connection, side: Side, serial_number: str) -> frozenset[str]:
    """The public keys (hexadecimal) with which devices of this serial number passed."""
    device = device_id(connection, virtual=side.virtual, serial_number=serial_number)
    found = connection.execute(select(keys.c.public_key).where(keys.c.device_id == device)).scalars()
    return frozenset(key.hex() for key in found)


def count(connection: Connection, side: Side) -> int:
    """How often a device passed at this station."""
    return connection.execute(select(func.max(passes.c.number)).where(*_of(side))).scalar_one() or 0


def passed_after(connection: Connection, side: Side, number: int, at_most: int) -> tuple[str, ...]:
    """The devices that passed after so many at this station, each once."""
    first = func.min(passes.c.number)
    found = connection.execute(
        select(devices.c.serial_number)
        .join(passes, passes.c.device_id == devices.c.id)
        .where(*_of(side), passes.c.number > number, passes.c.number <= number + at_most)
        .group_by(devices.c.serial_number)
        .order_by(first)
    )
    return tuple(found.scalars())


def has_passed_after(connection: Connection, side: Side, number: int, serial_number: str) -> bool:
    """Whether a device is among those that passed after so many."""
    device = device_id(connection, virtual=side.virtual, serial_number=serial_number)
    among = select(passes.c.number).where(passes.c.device_id == device, *_of(side), passes.c.number > number)
    return bool(connection.execute(select(exists(among))).scalar_one())


def newest(connection: Connection, side: Side) -> datetime | None:
    """When the last device passed at this station."""
    last = select(passes.c.at).where(*_of(side)).order_by(passes.c.number.desc()).limit(1)
    return connection.execute(last).scalar_one_or_none()


def _of(side: Side) -> tuple[Any, ...]:
    return (passes.c.station_id == side.station_id, passes.c.virtual == side.virtual)


def _holder(connection: Connection, side: Side, public_key: bytes) -> Any:
    return connection.execute(
        select(keys.c.id, devices.c.serial_number)
        .join(devices, devices.c.id == keys.c.device_id)
        .where(keys.c.virtual == side.virtual, keys.c.public_key == public_key)
    ).first()


def _pass(side: Side, number: int, device: int, key: int, at: datetime | None) -> dict[str, Any]:
    return {
        "station_id": side.station_id, "virtual": side.virtual, "number": number, "device_id": device, "key_id": key,
        "at": at,
    }  # fmt: skip


def _add(connection: Connection, side: Side, placed: list[PlacedLine], *, again: bool) -> None:
    """Add the rows of some lines, with few statements."""
    lines: list[_Line] = []
    for one in placed:
        line = _parsed(one.facts)
        if line is None:
            note_conflict(connection, side, NO_LINE, "", "", f"{FILE}, up to byte {one.end}")
        else:
            lines.append(line)
    if not lines:
        return
    virtual = side.virtual
    serial_numbers = dict.fromkeys(line.serial_number for line in lines)
    add_missing(connection, devices, [{"virtual": virtual, "serial_number": number} for number in serial_numbers])
    ids = _ids(connection, devices.c.serial_number, serial_numbers, virtual=virtual)
    public_keys = {line.public_key: ids[line.serial_number] for line in reversed(lines)}
    rows = [{"virtual": virtual, "public_key": key, "device_id": device} for key, device in public_keys.items()]
    add_missing(connection, keys, rows)
    key_ids = _ids(connection, keys.c.public_key, public_keys, virtual=virtual)
    _note_shared(connection, side, lines, ids)
    known = _known(connection, side, key_ids.values()) if again else set[tuple[int, datetime | None]]()
    number = count(connection, side)
    added: list[dict[str, Any]] = []
    for line in lines:
        key = key_ids[line.public_key]
        if (key, line.at) not in known:
            number += 1
            added.append(_pass(side, number, ids[line.serial_number], key, line.at))
    if added:
        connection.execute(passes.insert(), added)


def _ids(connection: Connection, column: Any, values: Iterable[Any], *, virtual: bool) -> dict[Any, int]:
    of_it = (column.table.c.virtual == virtual, column.in_(list(values)))
    return {row[0]: row[1] for row in connection.execute(select(column, column.table.c.id).where(*of_it))}


def _note_shared(connection: Connection, side: Side, lines: list[_Line], ids: dict[Any, int]) -> None:
    """Note lines whose key another device had before."""
    pairs = {(side.virtual, line.public_key) for line in lines}
    found = connection.execute(
        select(keys.c.public_key, keys.c.device_id, devices.c.serial_number)
        .join(devices, devices.c.id == keys.c.device_id)
        .where(tuple_(keys.c.virtual, keys.c.public_key).in_(pairs))
    )
    holders = {row.public_key: row for row in found}
    for line in lines:
        holder = holders[line.public_key]
        if holder.device_id != ids[line.serial_number]:
            detail = line.public_key.hex()
            note_conflict(connection, side, KEY_TWICE, line.serial_number, holder.serial_number, detail)


def _known(connection: Connection, side: Side, key_ids: Iterable[int]) -> set[tuple[int, datetime | None]]:
    found = connection.execute(select(passes.c.key_id, passes.c.at).where(*_of(side), passes.c.key_id.in_(key_ids)))
    return {(row.key_id, row.at) for row in found}


def _parsed(facts: dict[str, Any] | None) -> _Line | None:
    try:
        if facts is None:
            return None
        serial_number, public_key = facts["serial_number"], bytes.fromhex(facts["public_key"])
    except (LookupError, TypeError, ValueError):
        return None
    if not isinstance(serial_number, str):
        return None
    try:
        at = datetime.fromisoformat(str(facts.get("at")))
    except ValueError:
        at = None
    return _Line(serial_number, public_key, at.astimezone(UTC) if at is not None and at.tzinfo else None)


def _read(path: Path, offset: int) -> Iterable[PlacedLine]:
    with reading(path):
        try:
            yield from lines_after(path, offset)
        except OSError as error:
            if not is_missing(error):
                raise


def _size(path: Path) -> int:
    with reading(path):
        try:
            return path.stat().st_size
        except OSError as error:
            if is_missing(error):
                return 0
            raise


def _mark(path: Path, place: int) -> str:
    """What stands before a place of a file, as a hash."""
    with reading(path):
        try:
            with path.open("rb") as file:
                file.seek(max(0, place - _MARK))
                return hashlib.sha256(file.read(min(_MARK, place))).hexdigest()[:16]
        except OSError as error:
            if is_missing(error):
                return ""
            raise
