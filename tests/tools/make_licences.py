"""Write the licences of everything that ships: python -m tests.tools.make_licences resources/licences.json

Python packages are those of locks/run.txt, their licences as they declare them; what lies in the wheel itself is told
here.
"""

import argparse
import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from tests.support.paths import ROOT

LOCK = ROOT / "locks" / "run.txt"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)

OWN = (
    ("ATECC Bench, with its bare bridge for ESP32", "GPL-3.0-or-later"),
    ("JetBrains Mono", "OFL-1.1"),
)
"""What lies in the wheel."""

_BY_CLASSIFIER = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
    "License :: OSI Approved :: MIT No Attribution License (MIT-0)": "MIT-0",
}
_BY_TEXT = {
    "pyserial": "BSD-3-Clause",
    "joserfc": "BSD-3-Clause",
    "intelhex": "BSD-3-Clause",
    "rich-click": "MIT",
    "ecdsa": "MIT",
    "tlslite-ng": "LGPL-2.1-only",
    "pyside6-essentials": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    "shiboken6": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    # For Windows alone, so that they are not there to be asked elsewhere.
    "colorama": "BSD-3-Clause",
    "pywin32-ctypes": "BSD-3-Clause",
}
"""Packages whose declaration names no licence of SPDX, by the text of the licence that they carry."""


def pins(lock: Path) -> dict[str, str]:
    """The packages of a lock with their versions."""
    return dict(_PIN.findall(lock.read_text(encoding="utf-8")))


def declared(name: str) -> str | None:
    """The licence that an installed package declares, by SPDX; None where that cannot be told here."""
    if name in _BY_TEXT:
        return _BY_TEXT[name]
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    if "License-Expression" in found:
        return found["License-Expression"]
    named = [_BY_CLASSIFIER[line] for line in found.get_all("Classifier") or [] if line in _BY_CLASSIFIER]
    return " OR ".join(sorted(named)) or None


def licences() -> str:
    """The file as it should be, on the oldest Python that is supported, where every package is needed.

    Raises:
        ValueError: A package declares none that is known.
    """
    packages: list[dict[str, str]] = []
    for name, version in pins(LOCK).items():
        licence = declared(name)
        if licence is None:
            raise ValueError(f"{name} {version} declares no licence that is known here, or is not installed.")
        packages.append({"name": name, "version": version, "licence": licence})
    own = [{"name": name, "licence": licence} for name, licence in OWN]
    return json.dumps({"in_the_wheel": own, "packages": packages}, indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.parse_args().file.write_text(licences(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
