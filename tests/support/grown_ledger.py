"""A data folder with as many devices as a factory has, whose list and ledger are as real runs leave them."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from atecc_bench.ledger.folder_ledger import DATABASE
from atecc_bench.ledger.passed_devices import note_place
from atecc_bench.records.key_registry import FILE
from tests.support.ledgers import ledger_in

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS = (
    "check-chip", "write-config", "lock-config", "lock-data", "generate-keys", "issue", "write-certificates", "rebuild",
    "prove", "attest",
)  # fmt: skip


def grow(folder: Path, count: int) -> None:
    """Fill a data folder with devices in software that passed once: the list, keys, certificates, runs and steps."""
    records = folder / "records" / "virtual"
    records.mkdir(parents=True)
    path = records / FILE
    path.touch()
    opened = ledger_in(folder).opened.current()
    side = opened.side(virtual=True)
    side.take_over(lambda: None)  # no folders: the window need not look for them again
    station = side.rows.station_id
    opened.close()
    with path.open("w", encoding="ascii") as file, closing(sqlite3.connect(folder / DATABASE)) as rows:
        rows.execute("PRAGMA synchronous=OFF")
        for number in range(count):
            facts = {"serial_number": serial_number(number), "public_key": public_key(number).hex()}
            file.write(json.dumps(facts | {"at": _at(number).isoformat()}) + "\n")
        for statement, values in _rows(station, count):
            rows.executemany(statement, values)
            rows.commit()
    with opened.database.writing() as connection:
        note_place(connection, side.rows)
    assert side.count() == count
    opened.close()


def _rows(station: int, count: int) -> Iterator[tuple[str, Iterator[tuple[object, ...]]]]:
    """Statements and their rows, table by table; a device, its key and its run have one number."""
    each = range(count)
    yield "INSERT INTO devices VALUES (?, 1, ?)", ((one + 1, serial_number(one)) for one in each)
    yield "INSERT INTO keys VALUES (?, 1, ?, ?)", ((one + 1, public_key(one), one + 1) for one in each)
    yield (
        "INSERT INTO passes VALUES (?, 1, ?, ?, ?, ?)",
        ((station, one + 1, one + 1, one + 1, _text(one)) for one in each),
    )
    yield (
        "INSERT INTO certificates VALUES (?, 1, ?, ?, ?, ?)",
        ((one + 1, b"\xaa" * 32, f"{public_key(one)[:16].hex()}", public_key(one)[:32], one + 1) for one in each),
    )
    yield (
        "INSERT INTO runs (id, station_id, device_id, virtual, name, state, profile, profile_sha256, version, began,"
        " ended, verdict) VALUES (?, ?, ?, 1, ?, 'ended', 'trustcustom-tls', ?, '0', ?, ?, ?)",
        (
            (one + 1, station, one + 1, f"{_at(one):%Y%m%dT%H%M%SZ}", "ab" * 32, _text(one), _text(one),
             "PASS" if one % 50 else "FAIL")
            for one in each
        ),
    )  # fmt: skip
    yield (
        "INSERT INTO steps VALUES (?, ?, ?, 'done', 0.1)",
        ((one + 1, at, step) for one in each for at, step in enumerate(_STEPS)),
    )


def serial_number(number: int) -> str:
    """Serial number of the device of this number, from nought."""
    return f"01{number:014x}ee"


def public_key(number: int) -> bytes:
    """Its public key, which is nobody's."""
    return hashlib.sha512(number.to_bytes(8, "big")).digest()


def numbers(text: str) -> Iterator[float]:
    """The numbers of a line that a measured process prints."""
    return map(float, text.split())


def _at(number: int) -> datetime:
    return _BEGAN + timedelta(seconds=number)


def _text(number: int) -> str:
    return f"{_at(number):%Y-%m-%d %H:%M:%S.%f}"
