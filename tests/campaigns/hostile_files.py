"""Give every hostile file to every verb that reads one: python -m tests.campaigns.hostile_files

Each in a process of its own, of which processor time, memory, exit code and streams are looked at. `--part 1/8` does
one of eight parts.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.cases.exit_desk import filled_desk
from tests.support.cases.file_readers import READERS
from tests.support.cases.hostile_desk import MOST_MEMORY, MOST_SECONDS, HostileDesk, Met
from tests.support.cases.hostile_files import NAMES


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", default="", help="only readers whose names have this in them")
    parser.add_argument("--file", default="", help="only files whose names have this in them")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth pair")
    parser.add_argument("--all", action="store_true", help="print every run")
    parser.add_argument("--part", default="1/1")
    arguments = parser.parse_args()
    part, parts = (int(word) for word in arguments.part.split("/"))
    readers = [reader for reader in READERS if arguments.reader in reader.name]
    names = [name for name in NAMES if arguments.file in name]
    pairs = [(reader, name) for name in names for reader in readers][part - 1 :: parts][:: arguments.every]
    began, codes, met = time.monotonic(), Counter[int](), list[Met]()
    with tempfile.TemporaryDirectory() as work:
        desk = HostileDesk(filled_desk(Path(work) / "template"), _folder(Path(work) / "files"))
        for reader, name in pairs:
            one = desk.meet(reader, name)
            codes[one.code] += 1
            met.append(one)
            if one.findings or arguments.all:
                print(
                    f"{one.code} | {one.reader} | {one.file} | {'; '.join(one.findings)} | {one.said[-300:]!r}",
                    flush=True,
                )
    slowest, largest = max(met, key=lambda one: one.seconds), max(met, key=lambda one: one.memory)
    print(f"{len(names)} files, {len(readers)} readers, {len(met)} runs in {time.monotonic() - began:.0f} s")
    print("exit codes:", ", ".join(f"{count} x {code}" for code, count in sorted(codes.items())))
    print(f"slowest: {slowest.seconds:.2f} s of at most {MOST_SECONDS}: {slowest.reader}, {slowest.file}")
    print(f"largest: {largest.memory} MiB of at most {MOST_MEMORY}: {largest.reader}, {largest.file}")
    wrong = [one for one in met if one.findings]
    print(f"{len(wrong)} findings")
    return 1 if wrong else 0


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
