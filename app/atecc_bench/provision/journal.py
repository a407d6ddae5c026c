"""The journal of a run: one line for each thing begun or done, on disk before the next command goes out.

JSON lines, appended and fsynced: `begin` (serial number, profile, its hash, steps), `step` (id, status), `key-begins`
and `key` (slot, public key), `end` (verdict). A process that dies leaves all lines but perhaps a torn last one, so the
next start knows which step was under way, and which keys nobody can vouch for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from atecc_bench.provision.json_lines import append_line, read_lines


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
        # What was done is followed at once by what begins; if it is lost, the next run only does it again.
        durable = event is not Event.KEY and facts.get("status") != "done"
        append_line(self._path, {"event": event.value, "at": datetime.now(UTC).isoformat(), **facts}, durable=durable)


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
    serial_number = profile = began = ""
    under_way = verdict = None
    keys: dict[int, str | None] = {}
    for facts in read_lines(path):
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
