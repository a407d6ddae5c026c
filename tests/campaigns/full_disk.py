"""Provision with --fill-keys on a disk that fails at every point: python -m tests.campaigns.full_disk

The disk is full from a point on, fails once, or fails from a point on; a point is a file made, opened, written, read,
flushed, renamed or removed below the data folder. Afterwards the same chip is provisioned on a disk that works. What
has to hold: no key in the chip that no escrow file has, no PASS that has no whole record, the right exit code.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.disk.failing_disk import FailingDisk, Failure, Met, Point, build_library

_TOLD_EVERY = 10.0  # seconds
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, no file waits for a disk


class _Worker:
    """A process with the library, which forks a provisioning for each point."""

    disk: FailingDisk

    @classmethod
    def begin(cls, work: str) -> None:
        """Load the program."""
        cls.disk = FailingDisk(Path(tempfile.mkdtemp(dir=work)))

    @classmethod
    def points(cls, failure: Failure) -> tuple[str, ...]:
        """What is done to which file."""
        return cls.disk.points(failure)

    @classmethod
    def meet(cls, point: Point) -> Met:
        """Provision with a point."""
        return cls.disk.meet(point)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every so manieth point")
    parser.add_argument("--about", default="", help="only points at files whose names have this in them")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--all", action="store_true", help="print every run")
    arguments = parser.parse_args()
    began = told = time.monotonic()
    base = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    spawning = multiprocessing.get_context("spawn")
    ends, findings = Counter[tuple[str, int, str]](), 0
    with tempfile.TemporaryDirectory(dir=base) as work:
        os.environ["LD_PRELOAD"] = str(build_library(Path(work)))
        with spawning.Pool(arguments.workers, _Worker.begin, (work,)) as pool:
            every = [
                Point(failure, number)
                for failure in Failure
                for number, done in enumerate(pool.apply(_Worker.points, (failure,)), 1)
                if arguments.about in done
            ]
            points = every[:: arguments.every]
            for number, met in enumerate(pool.imap_unordered(_Worker.meet, points), 1):
                ends[met.point.failure.name, met.code, met.ended] += 1
                findings += bool(met.findings)
                if met.findings or arguments.all:
                    print(met, flush=True)
                if time.monotonic() - told > _TOLD_EVERY:
                    told = time.monotonic()
                    said = f"{number} of {len(points)} points, {findings} findings, {told - began:.0f} s"
                    print(said, file=sys.stderr)
    print("| disk | exit code | ended as | times |")
    print("|---|---|---|---|")
    for (failure, code, ended), count in sorted(ends.items()):
        print(f"| {failure.lower().replace('_', ' ')} | {code} | {ended} | {count} |")
    print(f"{ends.total()} points in {time.monotonic() - began:.0f} s, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
