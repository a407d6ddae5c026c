"""The journal of a run: one line for each thing begun or done, on disk before the next command goes out.

JSON lines, appended and fsynced: `begin` (serial number, profile, its hash, steps), `step` (id, status), `key-begins`
and `key` (slot, public key), `end` (verdict). A process that dies leaves all lines but perhaps a torn last one, so the
next start knows which step was under way, and which keys nobody can vouch for.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from atecc_bench.errors import InputError


class Event(StrEnum):
    """What a line tells."""

    BEGIN = "begin"
    STEP = "step"
    KEY_BEGINS = "key-begins"
    KEY = "key"
    END = "end"


class Journal:
    """Writes the journal of one run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, event: Event, **facts: object) -> None:
        """Append a line, and return when it is on the disk.

        Raises:
            InputError: `record-not-writable`.

        """
        line = json.dumps({"event": event.value, "at": datetime.now(UTC).isoformat(), **facts}, ensure_ascii=False)
        try:
            with self._path.open("ab") as file:
                file.write(line.encode("utf-8") + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(
                "record-not-writable",
                f"The journal of this run cannot be written to {self._path}: {error.strerror}.",
                "Make room, or choose another folder with the environment variable ATECC_BENCH_DATA.",
            ) from error


@dataclass(frozen=True)
class PastRun:
    """What a journal says of its run.

    `under_way` is the step that was begun last and is not known to have ended; `verdict` is None when the run never
    ended. `keys` are public keys (X‖Y, hexadecimal) by slot as the chip reported them, None where the reply never came.
    """

    serial_number: str
    profile: str
    began: str
    under_way: str | None
    verdict: str | None
    keys: Mapping[int, str | None]

    @property
    def interrupted(self) -> bool:
        """Whether the run stopped without an end."""
        return self.verdict is None


def read_journal(path: Path) -> PastRun | None:
    """Read a journal, also one with a torn last line; None when it is not there or not even its first line is."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    serial_number = profile = began = ""
    under_way = verdict = None
    keys: dict[int, str | None] = {}
    for line in raw.split(b"\n"):
        facts = _facts(line)
        match facts.get("event"):
            case Event.BEGIN:
                serial_number, profile, began = (str(facts.get(k, "")) for k in ("serial_number", "profile", "at"))
            case Event.STEP:
                under_way = str(facts.get("id")) if facts.get("status") == "running" else None
            case Event.KEY_BEGINS | Event.KEY as event if isinstance(slot := facts.get("slot"), int):
                keys[slot] = str(facts.get("public_key")) if event == Event.KEY else None
            case Event.END:
                verdict = str(facts.get("verdict"))
            case _:
                continue
    return PastRun(serial_number, profile, began, under_way, verdict, keys) if serial_number else None


def _facts(line: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        return {}  # the torn last line of a process that died
    return cast("dict[str, Any]", facts) if isinstance(facts, dict) else {}
