"""A data folder with as many devices as a factory has, whose list and ledger are as real runs leave them."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from atecc_bench.ledger.tables import certificates, runs, steps
from atecc_bench.records.key_registry import FILE
from tests.support.ledgers import ledger_in

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS = (
    "check-chip", "write-config", "lock-config", "lock-data", "generate-keys", "issue", "write-certificates", "rebuild",
    "prove", "attest",
)  # fmt: skip
_AT_ONCE = 10_000


def grow(folder: Path, count: int) -> None:
    """Fill a data folder with devices in software that passed once: the list, keys, certificates, runs and steps."""
    records = folder / "records" / "virtual"
    records.mkdir(parents=True)
    with (records / FILE).open("w", encoding="ascii") as file:
        for number in range(count):
            facts = {"serial_number": serial_number(number), "public_key": public_key(number).hex()}
            file.write(json.dumps(facts | {"at": _at(number).isoformat()}) + "\n")
    opened = ledger_in(folder).opened.current()
    side = opened.side(virtual=True)
    side.take_over(lambda: None)  # no folders: the window need not look for them again
    assert side.count() == count
    for table, rows in (
        (certificates, (_certificate(number) for number in range(count))),
        (runs, (_run(side.rows.station_id, number) for number in range(count))),
        (steps, (_step(number, at) for number in range(count) for at in range(len(_STEPS)))),
    ):
        for some in iter(lambda rows=rows: list(islice(rows, _AT_ONCE)), []):
            with opened.database.writing() as connection:
                connection.execute(insert(table), some)
    opened.close()


def serial_number(number: int) -> str:
    """Serial number of the device of this number, from nought."""
    return f"01{number:014x}ee"


def public_key(number: int) -> bytes:
    """Its public key, which is nobody's."""
    return hashlib.sha512(number.to_bytes(8, "big")).digest()


def _at(number: int) -> datetime:
    return _BEGAN + timedelta(seconds=number)


def _certificate(number: int) -> dict[str, Any]:
    digest = hashlib.sha256(public_key(number)).digest()
    return {
        "virtual": True, "issuer": b"\xaa" * 32, "serial_number": digest[:16].hex(), "sha256": digest,
        "device_id": number + 1,
    }  # fmt: skip


def _run(station_id: int, number: int) -> dict[str, Any]:
    return {
        "id": number + 1, "station_id": station_id, "device_id": number + 1, "virtual": True, "state": "ended",
        "name": f"{_at(number):%Y%m%dT%H%M%SZ}", "profile": "trustcustom-tls", "profile_sha256": "ab" * 32,
        "version": "0", "began": _at(number), "ended": _at(number), "verdict": "PASS" if number % 50 else "FAIL",
    }  # fmt: skip


def _step(number: int, at: int) -> dict[str, Any]:
    return {"run_id": number + 1, "position": at, "step": _STEPS[at], "status": "done", "seconds": 0.1}


def numbers(text: str) -> Iterator[float]:
    """The numbers of a line that a measured process prints."""
    return map(float, text.split())
