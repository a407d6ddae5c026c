"""The journal of a run, one line for each event.

Each thing begun or done is on disk before the next command goes out.

JSON lines, each appended and fsynced: `begin` (serial number, profile, its hash, what was typed, whether optional keys
are filled, steps), `step` (id, status `running` or `failed`), `key-begins` and `key` (slot, public key), `certificate`
(issuer, serial number and hash of one that was issued), `end` (verdict). A step is done when the next one begins or the
run passes, so it needs no second line. A process that dies leaves all lines but perhaps a torn last one, so the next
start knows which step was under way, and which keys nobody can vouch for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import cast

from atecc_bench.records.json_lines import append_line, read_lines
from atecc_bench.records.verdict import StepStatus, Verdict

KEPT = "key kept"
"""The verdict where a key was to be changed on its own, and the chip has the old one still."""


class Event(StrEnum):
    """Kinds of lines in a journal."""

    BEGIN = "begin"
    STEP = "step"
    KEY_BEGINS = "key-begins"
    KEY = "key"
    CERTIFICATE = "certificate"
    END = "end"


class Journal:
    """Writes the journal of one run.

    `on_end` is called when its end is on the disk.
    """

    def __init__(self, path: Path, on_end: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._on_end = on_end

    def note(self, event: Event, **facts: object) -> None:
        """Append a line, and return when it is on the disk.

        Raises:
            InputError: `record-not-writable`.

        """
        append_line(self._path, {"event": event.value, "at": datetime.now(UTC).isoformat(), **facts})
        if event is Event.END:
            self._on_end()


@dataclass(frozen=True)
class PastRun:
    """What a journal says of its run.

    `under_way` is the step that was begun last and is not known to have ended, `done` those that are known to have been
    done; `verdict` is None when the run never ended. `fields` is what was typed, `fill_keys` whether the operator
    agreed to the profile's optional keys. `keys` are public keys (X‖Y, hexadecimal) by slot as the chip reported them,
    None where the reply never came. `profile_sha256` is empty in a journal that does not have it. `stopped` says that
    somebody cancelled.
    """

    serial_number: str
    profile: str
    began: str
    under_way: str | None
    verdict: str | None
    keys: Mapping[int, str | None]
    done: frozenset[str]
    fields: Mapping[str, str]
    fill_keys: bool
    profile_sha256: str
    stopped: bool = False

    @property
    def provisions(self) -> bool:
        """Whether the run was a provisioning.

        It is none when a key was changed on its own.
        """
        return bool(self.profile)

    @property
    def interrupted(self) -> bool:
        """Whether the run stopped without an end, or was stopped before it."""
        return self.verdict is None or self.stopped


def read_journal(path: Path) -> PastRun | None:
    """Read a journal, also one with a torn last line.

    Gives None when it is not there or not even its first line is.
    """
    serial_number = profile = began = profile_sha256 = ""
    under_way = verdict = None
    keys: dict[int, str | None] = {}
    done: set[str] = set()
    fields: dict[str, str] = {}
    fill_keys = stopped = False
    for facts in read_lines(path):
        match facts.get("event"):
            case Event.BEGIN:
                serial_number, profile, began = (str(facts.get(k, "")) for k in ("serial_number", "profile", "at"))
                fill_keys = facts.get("fill_keys") is True
                profile_sha256 = str(facts.get("profile_sha256", ""))
                if isinstance(typed := facts.get("fields"), dict):
                    fields = {str(id_): str(text) for id_, text in cast("dict[str, object]", typed).items()}
            case Event.STEP if facts.get("status") == StepStatus.RUNNING:
                done |= {under_way} if under_way else set()
                under_way = str(facts.get("id"))
            case Event.STEP:
                under_way = None
            case Event.KEY_BEGINS | Event.KEY as event if isinstance(slot := facts.get("slot"), int):
                keys[slot] = str(facts.get("public_key")) if event == Event.KEY else None
            case Event.END:
                verdict = str(facts.get("verdict"))
                stopped = facts.get("error") == "cancelled"
                done |= {under_way} if under_way and verdict == Verdict.PASS else set()
                keys = {slot: key for slot, key in keys.items() if key or verdict != KEPT}
                under_way = None
            case _:
                continue
    if not serial_number:
        return None
    return PastRun(
        serial_number,
        profile,
        began,
        under_way,
        verdict,
        keys,
        frozenset(done),
        fields,
        fill_keys,
        profile_sha256,
        stopped,
    )
