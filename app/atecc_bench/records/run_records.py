"""Records of provisioned devices, one folder per serial number and run.

Records are never overwritten. Their files are:

<data folder>/records/[virtual/]<serial number>/<UTC time>/device.pem, signer.pem, root.pem, result.json, journal.jsonl

Names of runs sort as the runs began: `20260601T123456Z`, `20260601T123456Z-001`. A clock that was set back does not
change that: the run has the time of the newest one then, and the next number.

Raises:
    InputError: `record-not-readable` for what cannot be read.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import BenchError, InputError
from atecc_bench.file_checks import exists, is_file, is_folder
from atecc_bench.records.durable_files import is_missing, make_folder, reading, write_new
from atecc_bench.records.journal import Event, Journal, PastRun, read_journal
from atecc_bench.records.json_lines import read_lines
from atecc_bench.records.key_registry import FileKeyRegistry
from atecc_bench.records.ledger import Ledger
from atecc_bench.records.opinions import Opinions
from atecc_bench.user_folders import DATA_FOLDER_VARIABLE

ESCROW = "escrow.json"
FILES = {
    "device_pem": "device.pem",
    "signer_pem": "signer.pem",
    "root_pem": "root.pem",
    "csr_pem": "request.csr",
    "manifest_json": "manifest.json",
    "connection_json": "connection.json",
    "saved_json": "saved.json",
    "saved_config_json": "saved-config.json",
    "escrow_json": ESCROW,
    "result_json": "result.json",
}
JOURNAL = "journal.jsonl"
_RUN = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")
_CERTIFICATES = ("device_pem", "signer_pem", "root_pem")


def _nothing() -> None:
    """Stand where nobody wants to hear of it."""


@dataclass(frozen=True)
class DeviceRecord:
    """The folder of one run and its files.

    Files go by artifact name (`device_pem`, `signer_pem`, `root_pem`, …).
    """

    folder: Path
    on_end: Callable[[], None] = field(default=_nothing, repr=False, compare=False)
    """Called when the end of the run is in its journal."""

    @property
    def artifacts(self) -> Mapping[str, Path]:
        """The files that have been written."""
        with reading(self.folder):
            return {name: self.folder / file for name, file in FILES.items() if is_file(self.folder / file)}

    def read(self, name: str) -> bytes:
        """The contents of an artifact."""
        path = self.artifacts[name]
        with reading(path):
            return read_bounded(path)

    def write(self, name: str, content: bytes) -> None:
        """Write an artifact that is not there yet.

        It has its name once it is whole, whatever happens meanwhile.

        Raises:
            InputError: `record-not-writable`.
        """
        path = self.folder / FILES[name]
        try:
            write_new(path, content)
        except OSError as error:
            raise _not_writable(self.folder, error) from error

    def save_slots(self, slots: Mapping[int, bytes]) -> None:
        """Keep what slots held before they are overwritten.

        Raises:
            InputError: `record-not-writable`.
        """
        self.write("saved_json", to_json({"slots": {str(slot): slots[slot].hex() for slot in slots}}))

    def journal(self) -> Journal:
        """The journal of this run."""
        return Journal(self.folder / JOURNAL, self.on_end)

    def past_run(self) -> PastRun | None:
        """What the journal says; None when there is none."""
        return read_journal(self.folder / JOURNAL)

    def journal_lines(self) -> Iterable[Mapping[str, object]]:
        """The lines of the journal that are whole."""
        return read_lines(self.folder / JOURNAL)

    @property
    def has_certificates(self) -> bool:
        """Whether the run got as far as certificates."""
        return all(name in self.artifacts for name in _CERTIFICATES)


@dataclass(frozen=True)
class ChipRecords:
    """The records of one chip.

    `registry` is the ledger of all chips that are kept beside it, and holds their keys; `opinions` says which of them
    another board has seen.
    """

    serial_number: str
    virtual: bool
    folder: Path
    registry: Ledger
    opinions: Opinions

    def runs(self) -> list[DeviceRecord]:
        """All runs, the newest first."""
        with reading(self.folder):
            try:
                found = [path for path in self.folder.iterdir() if is_folder(path)]
            except OSError as error:
                if is_missing(error):
                    return []
                raise
        return [self._record(path) for path in sorted(found, key=_when, reverse=True)]

    def latest(self) -> DeviceRecord | None:
        """The newest run that got as far as certificates, if any."""
        return next((record for record in self.runs() if record.has_certificates), None)

    def interrupted(self) -> PastRun | None:
        """The newest run, if it never ended.

        Then the process died, or the machine did.
        """
        past = (record.past_run() for record in self.runs())
        newest = next((run for run in past if run is not None and run.provisions), None)
        return newest if newest is not None and newest.interrupted else None

    def put_aside(self) -> None:
        """Note that the interrupted run will not be taken up.

        Raises:
            InputError: `record-not-writable`.
        """
        for record in self.runs():
            run = record.past_run()
            if run is not None and run.provisions:
                if run.interrupted:
                    record.journal().note(Event.END, verdict="put aside", error=None)
                return

    def doubtful_keys(self) -> frozenset[int]:
        """Slots whose key a run began to make and never learnt of.

        A supply that fails while the chip writes a key can leave part of the old contents in it. Such a key must be
        made again before anything is issued for it.
        """
        last: dict[int, str | None] = {}
        for record in reversed(self.runs()):
            run = record.past_run()
            last.update(run.keys if run else {})
        return frozenset(slot for slot, public_key in last.items() if public_key is None)

    def shown_keys(self) -> frozenset[int]:
        """Slots of which a run saw the public key.

        No later run began to change that key.

        Journals that cannot be read show nothing.
        """
        with suppress(InputError):
            runs = [run for record in self.runs() if (run := record.past_run())]
            shown = {slot for run in runs for slot, key in run.keys.items() if key}
            return frozenset(shown) - self.doubtful_keys()
        return frozenset()

    def begin(self, at: datetime) -> DeviceRecord:
        """Make the folder of a new run.

        Raises:
            InputError: `record-not-writable`.

        """
        stem, taken = at.strftime("%Y%m%dT%H%M%SZ"), 0
        newest = next((_when(record.folder) for record in self.runs()), ("", 0))
        if stem <= newest[0]:
            stem, taken = newest[0], newest[1] + 1
        while True:
            run = self.folder / (f"{stem}-{taken:03d}" if taken else stem)
            try:
                make_folder(run)
            except OSError as error:
                if not (isinstance(error, FileExistsError) and exists(run)):
                    raise _not_writable(self.folder, error) from error
                taken += 1
            else:
                return self._record(run)

    def begin_run(self, at: datetime) -> DeviceRecord:
        """Make the folder of a provisioning, and keep the chip for it.

        Raises:
            InputError: `record-not-writable`.
            ChipAtWorkError: `run-open-elsewhere`.
        """
        record = self.begin(at)
        try:
            self.registry.open_run(self.serial_number, record.folder.name, at)
        except BenchError:
            with suppress(OSError):  # an empty folder is no record, and does no harm
                record.folder.rmdir()
            raise
        return record

    def _record(self, run: Path) -> DeviceRecord:
        return DeviceRecord(run, partial(self.registry.index_run, self.serial_number, run.name))


class Records:
    """All records of this user.

    Records of virtual chips live apart from those of silicon. `ledger_in` gives the ledger of a folder.
    """

    def __init__(self, root: Path, ledger_in: Callable[[Path], Ledger] = FileKeyRegistry) -> None:
        self.folder = root
        self._ledger_in = ledger_in

    def for_chip(self, serial_number: str, *, virtual: bool) -> ChipRecords:
        """The records of the chip with this serial number (18 hexadecimal digits)."""
        root = self.folder_of(virtual=virtual)
        ledger = self._ledger_in(root)
        return ChipRecords(serial_number, virtual, root / serial_number, ledger, Opinions(root, ledger))

    def interrupted_runs(self, *, virtual: bool, look: Callable[[], None] = lambda: None) -> Iterable[PastRun]:
        """The interrupted runs of all chips.

        `look` is called again and again meanwhile, and may raise to end the search.

        Raises:
            InputError: What finding them in the ledger raises.
        """
        for serial_number in self._ledger_in(self.folder_of(virtual=virtual)).interrupted(look):
            with suppress(InputError):  # what cannot be read hides no other
                run = self.for_chip(serial_number, virtual=virtual).interrupted()
                if run is not None:
                    yield run

    def folder_of(self, *, virtual: bool) -> Path:
        """The folder of chips of silicon, or of those in software."""
        return self.folder / "virtual" if virtual else self.folder


def _when(run: Path) -> tuple[str, int]:
    """The place of a run among those of its chip.

    What is no folder of a run comes before all.
    """
    match = _RUN.fullmatch(run.name)
    return (match[1], int(match[2] or 0)) if match else ("", 0)


def _not_writable(folder: Path, error: OSError) -> InputError:
    why = error.strerror
    if isinstance(error, FileExistsError) and error.filename:
        why = f"{error.filename} is no folder, or leads to one that is gone"
    return InputError(
        "record-not-writable",
        f"The record of this device cannot be written to {folder}: {why}.",
        f"Choose another folder with the environment variable {DATA_FOLDER_VARIABLE}.",
    )


def to_json(document: Mapping[str, object]) -> bytes:
    """A document as the bytes of a JSON file."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
