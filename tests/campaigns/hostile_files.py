"""Give every hostile file to every verb that reads one: python -m tests.campaigns.hostile_files

Each in a process of its own, forked off a program that is loaded, of which processor time, memory, exit code and
streams are looked at. As many at a time as there are processors. `--part 1/8` does one of eight parts, `--sample 1000`
as many pairs of file and verb as chance picks, the same ones for the same `--seed`.
"""

import argparse
import gc
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.support.cases.exit_desk import filled_desk
from tests.support.cases.file_readers import READERS
from tests.support.cases.hostile_desk import MOST_MEMORY, MOST_SECONDS, HostileDesk, Met, reader_called
from tests.support.cases.hostile_files import NAMES

_TOLD_EVERY = 500  # runs
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, no file waits for a disk


class _Worker:
    """A process that has a desk of its own, and gives one file after the other to all verbs."""

    desk: HostileDesk

    @classmethod
    def begin(cls, work: str) -> None:
        """Lay out the desk."""
        folder = Path(tempfile.mkdtemp(dir=work))
        files = folder / "files"
        files.mkdir()
        cls.desk = HostileDesk(filled_desk(folder / "template"), files)
        gc.freeze()  # what is loaded is not looked at, and so not copied, in every child: a quarter of its time

    @classmethod
    def meet(cls, task: tuple[str, Sequence[str]]) -> list[Met]:
        """Give a file to verbs."""
        name, readers = task
        met = [cls.desk.meet(reader_called(reader), name) for reader in readers]
        cls.desk.forget(name)
        return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", default="", help="only readers whose names have this in them")
    parser.add_argument("--file", default="", help="only files whose names have this in them")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth pair")
    parser.add_argument("--sample", type=int, default=0, help="only so many pairs, picked by chance")
    parser.add_argument("--seed", type=int, default=1, help="of that chance")
    parser.add_argument("--all", action="store_true", help="print every run")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    part, parts = (int(word) for word in arguments.part.split("/"))
    readers = [reader.name for reader in READERS if arguments.reader in reader.name]
    names = [name for name in NAMES if arguments.file in name]
    pairs = [(name, reader) for name in names for reader in readers][part - 1 :: parts][:: arguments.every]
    if arguments.sample:
        picked = set(random.Random(arguments.seed).sample(pairs, min(arguments.sample, len(pairs))))  # noqa: S311
        pairs = [pair for pair in pairs if pair in picked]
    tasks = [(name, [reader for one, reader in pairs if one == name]) for name in names]
    tasks = [(name, own) for name, own in tasks if own]
    began, told = time.monotonic(), 0
    met = list[Met]()
    base = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    spawning = multiprocessing.get_context("spawn")  # a parent with threads is nothing to fork off
    with (
        tempfile.TemporaryDirectory(dir=base) as work,
        spawning.Pool(arguments.workers, _Worker.begin, (work,)) as pool,
    ):
        for number, several in enumerate(pool.imap_unordered(_Worker.meet, tasks), 1):
            met += several
            for one in several:
                if one.findings or arguments.all:
                    print(_line(one), flush=True)
            if len(met) // _TOLD_EVERY > told:
                told = len(met) // _TOLD_EVERY
                findings = sum(bool(one.findings) for one in met)
                print(
                    f"{number} of {len(tasks)} files, {len(met)} of {len(pairs)} runs, {findings} findings, "
                    f"{time.monotonic() - began:.0f} s",
                    file=sys.stderr, flush=True,
                )  # fmt: skip
    _tell(met, len(tasks), len(readers), time.monotonic() - began)
    return 1 if any(one.findings for one in met) else 0


def _line(one: Met) -> str:
    return (
        f"{one.code} | {one.seconds:.2f} s | {one.memory} MiB | {one.reader} | {one.file} | "
        f"{'; '.join(one.findings)} | {one.said[-300:]!r}"
    )


def _tell(met: Sequence[Met], files: int, readers: int, seconds: float) -> None:
    """Print how every reader did, and the whole."""
    print("| reader | runs | exit codes | slowest | largest | findings |")
    print("|---|---|---|---|---|---|")
    for reader in READERS:
        own = [one for one in met if one.reader == reader.name]
        if own:
            print(
                f"| {reader.name} | {len(own)} | {_codes(own)} | {_slowest(own)} | {_largest(own)} | "
                f"{sum(bool(one.findings) for one in own)} |"
            )
    print(f"{files} files, {readers} readers, {len(met)} runs in {seconds:.0f} s")
    print("exit codes:", _codes(met))
    print(f"slowest, of at most {MOST_SECONDS} s: {_slowest(met)}")
    print(f"largest, of at most {MOST_MEMORY} MiB: {_largest(met)}")
    print(f"{sum(bool(one.findings) for one in met)} findings")


def _codes(met: Sequence[Met]) -> str:
    return ", ".join(f"{count} x {code}" for code, count in sorted(Counter(one.code for one in met).items()))


def _slowest(met: Sequence[Met]) -> str:
    one = max(met, key=lambda one: one.seconds)
    return f"{one.seconds:.2f} s: {one.file}"


def _largest(met: Sequence[Met]) -> str:
    one = max(met, key=lambda one: one.memory)
    return f"{one.memory} MiB: {one.file}"


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
