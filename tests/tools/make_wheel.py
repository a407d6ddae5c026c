"""Build the wheel and its source, and the wheel again from that source: python -m tests.tools.make_wheel dist"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

from tests.support.paths import ROOT


def build(source: Path, kind: str, folder: Path) -> Path:
    """Build a `wheel` or an `sdist` of a source tree into an empty folder, by the hatchling that is installed."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(folder.absolute())]
    subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL, timeout=120)
    (built,) = folder.iterdir()
    return built


def build_twice(folder: Path) -> tuple[Path, Path, Path]:
    """Source, wheel, and the wheel that is built of that source elsewhere, by somebody with another umask."""
    source = build(ROOT, "sdist", folder / "source")
    wheel = build(ROOT, "wheel", folder / "wheel")
    with tarfile.open(source) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 of Debian 12 has none
        archive.extractall(folder / "elsewhere")  # noqa: S202 - it was made just now, here
    (unpacked,) = (folder / "elsewhere").iterdir()
    before = os.umask(0o077)
    try:
        again = build(unpacked, "wheel", folder / "again")
    finally:
        os.umask(before)
    return source, wheel, again


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    target = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as folder:
        source, wheel, again = build_twice(Path(folder))
        if wheel.read_bytes() != again.read_bytes():
            print("The wheel of the source archive is not the wheel of the checkout.", file=sys.stderr)
            return 1
        target.mkdir(parents=True, exist_ok=True)
        for built in (source, wheel):
            (target / built.name).write_bytes(built.read_bytes())
            print(sha256(built.read_bytes()).hexdigest(), built.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
