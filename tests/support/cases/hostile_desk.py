"""Gives hostile files to verbs, each in a process that was forked off a loaded program, and measures it."""

import json
import os
import random
import re
import resource
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atecc_bench.cli.common.lazy_verbs import attribute_of
from atecc_bench.cli.verb_table import TABLE
from tests.support.cases.exit_desk import PASSPHRASE, ExitDesk
from tests.support.cases.file_readers import READERS, Reader
from tests.support.cases.hostile_files import ENDLESS, FILES, SPECIAL, changed

MOST_SECONDS = 2.0  # of processor time, over that of a start
MOST_MEMORY = 300  # MiB, the loaded program included
_MOST_PROCESSOR = 10  # seconds, after which the system ends it
_WAIT = 60.0  # seconds, after which nothing comes any more
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
        out, err = folder / "out.captured", folder / "err.captured"
        child = os.fork()
        if not child:
            _become(words, folder, self._desk.environment(folder), out, err)
        until, killed = time.monotonic() + _WAIT, False
        while True:
            ended, status, used = os.wait4(child, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > until and not killed:
                os.kill(child, signal.SIGKILL)
                killed = True
            time.sleep(0.005)
        code = os.waitstatus_to_exitcode(status)
        seconds, memory = used.ru_utime + used.ru_stime, used.ru_maxrss >> 10
        shown, told = out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace")
        findings = _findings(code, shown, told, seconds, memory, is_document="--json" in words)
        if killed:
            findings = (f"nothing for {_WAIT:.0f} s", *findings)
        return Met(reader.name, name, code, seconds, memory, (told or shown)[-400:], findings)


_WITHOUT_JSON: frozenset[str] = frozenset()


def _become(words: Sequence[str], folder: Path, env: dict[str, str], out: Path, err: Path) -> None:
    """Be the program in this child; does not return."""
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_PROCESSOR, _MOST_PROCESSOR))
        nothing = os.open(os.devnull, os.O_RDONLY)
        streams = [os.open(path, os.O_WRONLY | os.O_CREAT, 0o600) for path in (out, err)]
        for number, stream in enumerate((nothing, *streams)):
            os.dup2(stream, number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - streams of this process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["atecc-bench", *words]
        from atecc_bench.__main__ import main

        try:
            code = int(main() or 0)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 98
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:  # noqa: BLE001 - told by the exit code and the stream
        os.write(2, f"Traceback of {error!r}"[:2000].encode("utf-8", "replace"))
    finally:
        os._exit(code)


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


def _findings(code: int, shown: str, told: str, seconds: float, memory: int, *, is_document: bool) -> tuple[str, ...]:
    found: list[str] = []
    if code not in (0, 1, 2, 3):
        found.append(f"exit code {code}")
    if "Traceback" in told or "defect in" in told or '"internal"' in shown:
        found.append("traceback or defect")
    if seconds > MOST_SECONDS:
        found.append(f"{seconds:.1f} s")
    if memory > MOST_MEMORY:
        found.append(f"{memory} MiB")
    if control := _CONTROL.search(shown + told):
        found.append(f"control character {control[0]!r}")
    if is_document and code in (0, 1, 2, 3):
        found += _of_document(code, shown)
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
