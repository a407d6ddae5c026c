"""Files and folders that may not be there, and that have to be readable if they are."""

from collections.abc import Generator
from contextlib import contextmanager
from errno import ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path

from atecc_bench.errors import InputError


def is_missing(error: OSError) -> bool:
    """Whether nothing is there, or could be, in contrast to something that cannot be read."""
    return error.errno in (ENOENT, ENOTDIR, ENAMETOOLONG)


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Read something of `path`; raises `InputError` (`record-not-readable`) where the system does not allow it."""
    try:
        yield
    except OSError as error:
        raise InputError(
            "record-not-readable",
            f"{path} cannot be read: {error.strerror}.",
            "Give this user the right to read it, or choose another folder with the environment variable "
            "ATECC_BENCH_DATA.",
        ) from error
