"""Files that a verb writes: always new ones."""

from collections.abc import Mapping
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet.

    Raises:
        InputError: `file-exists`, `not-writable`.

    """
    write_all_new({path: content})


def write_all_new(files: Mapping[Path, bytes]) -> None:
    """Write files of which none exists yet, and their folders.

    Raises:
        InputError: `file-exists` before anything is written, `not-writable`.

    """
    for path in files:
        if exists(path):
            raise InputError(
                "file-exists", f"{path} exists already and is not overwritten.", "Give another name with --out."
            )
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise InputError(
            "not-writable", f"{error.filename} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
