"""Gives hostile files to verbs, each in a process that was forked off a loaded program, and measures it."""

import json
import os
import random
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atecc_bench.cli.common.lazy_verbs import attribute_of
from atecc_bench.cli.verb_table import TABLE
from tests.support.cases.exit_desk import PASSPHRASE, ExitDesk
from tests.support.cases.file_readers import READERS, Reader
from tests.support.cases.hostile_files import ENDLESS, FILES, SPECIAL, changed
from tests.support.forked_program import ForkedRun, run_program

MOST_SECONDS = 2.0  # of processor time, over that of a start
MOST_MEMORY = 300  # MiB, the loaded program included
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Met:
    """How a verb met a file: processor seconds and MiB, exit code, and what is wrong with that."""

    reader: str
    file: str
    code: int
    seconds: float
    memory: int
    said: str
    findings: tuple[str, ...]


class HostileDesk:
    """Lays files into copies of a folder and runs verbs there, all in this process's children."""

    def __init__(self, desk: ExitDesk, files: Path) -> None:
        for entry in TABLE:
            attribute_of(entry.place)
        self._desk = desk
        self._files = files
        self._folder = desk.copy()
        (run,) = (self._folder / "data" / "records" / "virtual" / desk.serial).iterdir()
        self._run = str(run.relative_to(self._folder))
        self._documents = {
            name: (self._folder / place).read_bytes()
            for name, place in (
                ("manifest", "manifest.json"), ("escrow", "chip.keys"), ("state", "fresh.json"),
                ("result", f"{self._run}/result.json"),
            )
        }  # fmt: skip

    def meet(self, reader: Reader, name: str) -> Met:
        """Give a verb a file in a fresh folder."""
        folder = self._desk.copy()
        writer = 0
        try:
            (folder / "words.txt").write_text(PASSPHRASE)
            place = folder / reader.place.format(run=self._run)
            if place.exists():
                place.unlink()
            self._lay(name, place)
            if name == ENDLESS:
                writer = _endless_writer(place)
            return self._carry_out(reader, name, folder)
        finally:
            if writer:
                os.kill(writer, signal.SIGKILL)
                os.waitpid(writer, 0)
            shutil.rmtree(folder)

    def forget(self, name: str) -> None:
        """Remove what was made of a file; it is made again when it is needed."""
        self._made(name).unlink(missing_ok=True)

    def _made(self, name: str) -> Path:
        return self._files / re.sub(r"\W+", "-", f"{name} {random.Random(name).randrange(1 << 30)}")  # noqa: S311

    def _lay(self, name: str, place: Path) -> None:
        if name in SPECIAL:
            SPECIAL[name](place)
            return
        made = self._made(name)
        if not made.exists():
            seed = int(name.rpartition(" ")[2]) if name.startswith("changed: ") else 0
            made.write_bytes(FILES[name]() if name in FILES else changed(self._documents, seed))
        shutil.copy(made, place)

    def _carry_out(self, reader: Reader, name: str, folder: Path) -> Met:
        words = [*self._desk.words(reader.words), *(() if reader.name in _WITHOUT_JSON else ("--json",))]
        run = run_program(words, folder, self._desk.environment(folder))
        findings = _findings(run, is_document="--json" in words)
        if run.killed:
            findings = ("nothing for a minute", *findings)
        return Met(reader.name, name, run.code, run.seconds, run.memory, (run.err or run.out)[-400:], findings)


_WITHOUT_JSON: frozenset[str] = frozenset()


def _endless_writer(place: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        pipe = os.open(place, os.O_WRONLY)
        while True:
            os.write(pipe, b"01 23 " * 10_000)
    finally:
        os._exit(0)


def _findings(run: ForkedRun, *, is_document: bool) -> tuple[str, ...]:
    found: list[str] = []
    if run.code not in (0, 1, 2, 3):
        found.append(f"exit code {run.code}")
    if "Traceback" in run.err or "defect in" in run.err or '"internal"' in run.out:
        found.append("traceback or defect")
    if run.seconds > MOST_SECONDS:
        found.append(f"{run.seconds:.1f} s")
    if run.memory > MOST_MEMORY:
        found.append(f"{run.memory} MiB")
    if control := _CONTROL.search(run.out + run.err):
        found.append(f"control character {control[0]!r}")
    if is_document and run.code in (0, 1, 2, 3):
        found += _of_document(run.code, run.out)
    return tuple(found)


def _of_document(code: int, shown: str) -> list[str]:
    try:
        document: Any = json.loads(shown)
    except ValueError:
        return ["stdout is no document"]
    if code < 2:
        return []
    error = document.get("error")
    return [] if error and error.get("id") and error.get("message") else ["an error without id"]


def reader_called(name: str) -> Reader:
    """The reader of a name."""
    (reader,) = (one for one in READERS if one.name == name)
    return reader
