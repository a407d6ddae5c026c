"""Files that a verb is given; - is stdin."""

import sys
from pathlib import Path

from atecc_bench.errors import InputError


def read_bytes(name: str) -> bytes:
    """Contents of a file.

    Raises:
        InputError: `no-such-file`.

    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(
            "no-such-file", f"{name} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error


def read_text(name: str) -> str:
    """Contents of a text file; bytes that are not UTF-8 are replaced."""
    return read_bytes(name).decode("utf-8-sig", "replace")
