"""Files that somebody brings, read within bounds, in either face."""

import errno
from pathlib import Path

from atecc_bench.bounded_files import LARGEST_TEXT, read_bounded
from atecc_bench.errors import InputError
from atecc_bench.records.escrow_recipients import EscrowRecipient, escrow_recipient

FILES_APART = "; "  # between names of files in one line


def read_brought(path: Path, largest: int = LARGEST_TEXT) -> bytes:
    """Contents of a file of at most `largest` bytes.

    Raises:
        InputError: `no-such-file`, `file-too-large`.
    """
    try:
        return read_bounded(path, largest)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise _too_large(str(path), largest) from error
        raise InputError(
            "no-such-file", f"{path} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error


def read_recipients(names: str) -> tuple[EscrowRecipient, ...]:
    """Who else can open escrow files, by files with public keys.

    `names` has their names with `FILES_APART` between them, or nothing.

    Raises:
        InputError: `no-such-file`, `file-too-large`, `not-a-recipient`.
    """
    files = [name.strip() for name in names.split(FILES_APART.strip())]
    return tuple(dict.fromkeys(escrow_recipient(read_brought(Path(name))) for name in files if name))


def not_too_large(data: bytes, name: str, largest: int = LARGEST_TEXT) -> bytes:
    """What was read of a file, unless that is too much.

    Raises:
        InputError: `file-too-large`.
    """
    if len(data) > largest:
        raise _too_large(name, largest)
    return data


def _too_large(name: str, largest: int) -> InputError:
    return InputError(
        "file-too-large",
        f"{name} is larger than {largest >> 20} MiB: too large for what it should be.",
        "Check the name of the file; of a long log give the part with what it is about.",
    )
