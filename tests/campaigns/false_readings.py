"""Pages of prose, source texts and logs of other things: how many of them are taken for a configuration.

Run by `make false-readings`. The pages are cut out of what is on this computer: documentation, sources, logs. Each is
read as `diagnose` would read a file of which nobody said what it is.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from atecc_bench.errors import BenchError

ROOTS = ("/usr/share/doc", "/usr/share/man", "/usr/include", "/usr/lib/python3", "/usr/share/perl", "/var/log", "/etc")
LONGEST_SECONDS = 1.0
_SAY_EVERY = 5000
_PAGE = 60  # lines
_LARGEST = 1 << 20
_PACKED = (".gz", ".xz", ".bz2", ".pyc", ".so", ".png", ".jpg", ".zip", ".whl")
_OF_THIS_FIELD = ("atecc", "cryptoauth", "slotconfig")


def main() -> int:
    """Read as many pages as are asked for; name those that were taken for a configuration."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--root", action="append", default=[])
    arguments = options.parse_args()
    chosen = random.Random(arguments.seed)  # noqa: S311 - repeatable, not secret
    roots = [Path(root) for root in arguments.root or [*ROOTS, sys.prefix]]
    read, wrong, longest = 0, 0, 0.0
    for name, page in _pages(roots, chosen):
        if read == arguments.pages:
            break
        read += 1
        started = time.process_time()
        try:
            found = read_configuration(page, Likeness.LIKELY)
        except BenchError:
            found = None
        seconds = time.process_time() - started
        longest = max(longest, seconds)
        if seconds > LONGEST_SECONDS:
            print(f"{name}: {seconds:.2f} s")
            return 1
        if found is not None:
            wrong += 1
            print(f"{name}: {found.recognised}: {page[:80]!r}")
        if not read % _SAY_EVERY:
            print(
                f"{read} pages so far, {wrong} taken for a configuration, longest {longest * 1000:.1f} ms", flush=True
            )
    print(f"{read} pages, {wrong} of them taken for a configuration; longest {longest * 1000:.1f} ms")
    return int(wrong > 0)


def _pages(roots: list[Path], chosen: random.Random) -> Iterator[tuple[str, str]]:
    """Pages of text files, in a random order of files."""
    files = [
        Path(folder) / name
        for root in roots
        for folder, _, names in os.walk(root)
        for name in names
        if not name.endswith(_PACKED)
    ]
    chosen.shuffle(files)
    for file in files:
        try:
            if file.stat().st_size > _LARGEST:
                continue
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if any(word in text.lower() for word in _OF_THIS_FIELD):
            continue
        lines = text.split("\n")
        for start in range(0, len(lines), _PAGE):
            yield f"{file}:{start + 1}", "\n".join(lines[start : start + _PAGE])


if __name__ == "__main__":
    sys.exit(main())
