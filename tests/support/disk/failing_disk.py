"""Provisionings on a disk that fails at one point, each in a process forked off a loaded program."""

import ctypes
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from atecc_bench.cli.common.lazy_verbs import attribute_of
from atecc_bench.cli.verb_table import TABLE
from atecc_bench.pki.authority.certificate_authority import save_authority
from atecc_bench.provision.model.results import Verdict
from atecc_bench.records.run_records import Records
from atecc_bench.twin.ports.registration import register_virtual_scheme
from tests.support.cases.fault_campaign import (
    KEY_SLOT,
    PASSPHRASE,
    PROFILE,
    authority,
    check,
    load_serial_number,
    load_state,
    lost_keys,
    provision,
)
from tests.support.forked_program import run_program
from tests.support.ledgers import records_in

_SOURCE = Path(__file__).with_name("faulty_disk.c")
_NEVER = 1 << 30
_DONE = "done"


class Failure(IntEnum):
    """How the disk fails from a point on, as `faulty_disk.c` counts."""

    FULL = 0
    BROKEN_ONCE = 1
    BROKEN = 2


@dataclass(frozen=True)
class Point:
    """Where a disk fails: at which of the things that are done to files, counted from 1."""

    failure: Failure
    number: int


@dataclass(frozen=True)
class Met:
    """How a provisioning met with it, and what is wrong with that."""

    point: Point
    struck: str
    code: int
    ended: str
    resumed: str
    findings: tuple[str, ...]


def build_library(folder: Path) -> Path:
    """Compile what is loaded before the C library.

    Raises CalledProcessError.
    """
    library = folder / "faulty_disk.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(_SOURCE), "-ldl"], check=True
    )
    return library


class FailingDisk:
    """Carries out provisionings that fill keys, in this process's children.

    This process has to have been started with the library.
    """

    def __init__(self, folder: Path, *, resumes: bool = True) -> None:
        for entry in TABLE:
            attribute_of(entry.place)
        register_virtual_scheme()
        self._folder = folder
        self._resumes = resumes
        save_authority(folder / "ca", authority(), None, PASSPHRASE.encode())

    def points(self, failure: Failure) -> tuple[str, ...]:
        """What is done to which file in one provisioning that is let be, in its order."""
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            told = self._run(Path(name), Point(failure, _NEVER))
            assert told.code == 0, told
            return tuple((Path(name) / _DONE).read_text().splitlines())

    def meet(self, point: Point) -> Met:
        """Provision on a disk that fails, look at what is left, and provision again on one that does not."""
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            return self._run(Path(name), point)

    def _run(self, folder: Path, point: Point) -> Met:
        state, data, told = folder / "chip.json", folder / "data", folder / _DONE
        data.mkdir()
        shutil.copytree(self._folder / "ca", data / "ca")
        url = f"virtual://fresh?state={state}&seed=5"
        words = [
            "provision", "--port", url, "--profile", PROFILE.name, "--ca", str(data / "ca"), "--yes",
            "--fill-keys", "--json",
        ]  # fmt: skip
        own = {f"ATECC_BENCH_{name}_PASSPHRASE": PASSPHRASE for name in ("CA", "ESCROW")}
        environment = os.environ | {"ATECC_BENCH_DATA": str(data)} | own
        ended = run_program(words, folder, environment, lambda: _begin(data, point), lambda: _tell(told))
        done = told.read_text().splitlines() if told.exists() else []
        what = done[point.number - 1] if point.number <= len(done) else ""
        records = records_in(data)
        findings, said = _of_streams(ended.code, ended.out, ended.err)
        if point.number == _NEVER:
            return Met(point, "", ended.code, said, "", tuple(findings))
        findings += [*_found(state, records, said)]
        if said == Verdict.PASS:
            findings += _of_pass(state, records, what)
        if (ended.code == 0) is not (said == Verdict.PASS):
            findings.append(f"exit code {ended.code} and {said}")
        resumed = ""
        if self._resumes:
            resumed = provision(url, records, fill_keys=True)
            if resumed != Verdict.PASS:
                findings.append(f"the resume ended in {resumed}")
            findings += [f"resumed: {one}" for one in _found(state, records, resumed)]
        return Met(point, what, ended.code, said, resumed, tuple(findings))


def _found(state: Path, records: Records, ended: str) -> list[str]:
    try:
        return [*check(state, records, ended), *lost_keys(state, records)]
    except Exception as error:  # noqa: BLE001 - what is left cannot be read: that is a finding
        return [f"what is left cannot be read: {error!r}"]


def _of_streams(code: int, out: str, err: str) -> tuple[list[str], str]:
    """What is wrong with how it ended, and the verdict or the error."""
    found = [] if code in (0, 1, 2, 3) else [f"exit code {code}"]
    if "Traceback" in err or "defect" in out + err:
        found.append(f"a defect: {err[-300:]}")
    try:
        document: Any = json.loads(out)
    except ValueError:
        return [*found, f"no document: {out[-200:]!r} {err[-300:]!r}"], ""
    verdict, error = document.get("verdict"), document.get("error") or {}
    return found, verdict if verdict == Verdict.PASS else f"{verdict or 'refused'}: {error.get('id')}"


def _of_pass(state: Path, records: Records, struck: str) -> list[str]:
    """What a PASS needs on the disk, although something failed there."""
    record = records.for_chip(load_serial_number(state), virtual=True).latest()
    if record is None:
        return [f"a PASS without a record, though it struck {struck}"]
    found: list[str] = []
    if json.loads(record.read("result_json"))["verdict"] != Verdict.PASS:
        found.append("a PASS, and the record says otherwise")
    journal = [line.get("verdict") for line in record.journal_lines()]
    if journal[-1:] != [Verdict.PASS]:
        found.append("a PASS, and the journal has no end")
    if not load_state(state)[0].config.slot_is_locked(KEY_SLOT):
        found.append("a PASS, and the key is not locked")
    return found


def _begin(data: Path, point: Point) -> None:
    ctypes.CDLL(None).faulty_disk_begin(str(data).encode(), ctypes.c_long(point.number), int(point.failure))


def _tell(told: Path) -> None:
    library = ctypes.CDLL(None)
    library.faulty_disk_end()
    library.faulty_disk_done.restype = ctypes.c_char_p
    told.write_bytes(library.faulty_disk_done())
