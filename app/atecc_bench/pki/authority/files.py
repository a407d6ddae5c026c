"""The directory of a certificate authority.

Written all or nothing, for its owner alone.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from atecc_bench.bounded_files import LARGEST_TEXT, read_bounded
from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists, is_folder
from atecc_bench.private_files import open_private


def check_no_authority(directory: Path) -> None:
    """Raise `InputError` (`ca-exists`) unless the directory is missing or empty."""
    try:
        occupied = exists(directory) and (not is_folder(directory) or any(directory.iterdir()))
    except OSError as error:
        raise _not_writable(directory, error) from error
    if occupied:
        raise InputError(
            "ca-exists",
            f"{directory} already exists and is not an empty directory; a certificate authority is never overwritten.",
            "Choose another directory, or move the old one away.",
        )


def write_authority_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write files (mode 0600) into a new directory (mode 0700).

    The directory appears complete or not at all.

    Raises:
        InputError: `ca-exists` or `ca-not-writable`.
    """
    check_no_authority(directory)
    directory = directory.absolute()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        try:
            for name, content in files.items():
                _write_private(staging / name, content)
            if exists(directory):
                directory.rmdir()
            staging.rename(directory)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    except OSError as error:
        raise _not_writable(directory, error) from error


def add_authority_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Add files (mode 0600) to an authority.

    They are written in their order, each whole or not at all.

    Raises:
        InputError: `ca-not-writable`.
    """
    try:
        for name, content in files.items():
            staging = directory / f".{name}-new"
            staging.unlink(missing_ok=True)
            _write_private(staging, content)
            staging.replace(directory / name)
    except OSError as error:
        raise _not_writable(directory, error) from error


def read_authority_file(directory: Path, name: str) -> bytes:
    """Read one file of an authority.

    Raises:
        InputError: `no-ca`.
    """
    try:
        return read_bounded(directory / name, LARGEST_TEXT)
    except OSError as error:
        raise InputError(
            "no-ca",
            f"There is no certificate authority in {directory}: {name} cannot be read ({error.strerror}).",
            "Make one with 'atecc-bench ca init' or 'atecc-bench ca import', or give another directory.",
        ) from error


def _write_private(path: Path, content: bytes) -> None:
    with open_private(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _not_writable(directory: Path, error: OSError) -> InputError:
    return InputError(
        "ca-not-writable",
        f"The certificate authority cannot be written to {directory}: {error.strerror}.",
        "Choose a directory you may write to.",
    )
