"""Reading files whose size somebody else decides."""

import errno
from collections.abc import Iterator
from pathlib import Path

LARGEST_FILE = 16 << 20  # bytes of what has a form of its own: a bundle, a manifest, what is packed
LARGEST_TEXT = 2 << 20  # bytes in which something is looked for, at a microsecond or less for each
LARGEST_RECORD = 1 << 30  # bytes of what this program itself writes on and on

_PIECE = 1 << 20


def read_bounded(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Contents of a file of at most `largest` bytes.

    No more is read than that, also of what is no file and never ends.

    Raises:
        OSError: It cannot be read; with EFBIG it is larger.
    """
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"it is larger than {_size(largest)}", str(path))
    return data


def read_pieces(path: Path, largest: int) -> Iterator[bytes]:
    """Contents of a file of at most `largest` bytes, piece by piece.

    Raises:
        OSError: As `read_bounded`.
    """
    left = largest
    with path.open("rb") as file:
        while piece := file.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise OSError(errno.EFBIG, f"it is larger than {_size(largest)}", str(path))
            yield piece


def read_bounded_text(path: Path, largest: int = LARGEST_FILE) -> str:
    """Text of a file in UTF-8 of at most `largest` bytes.

    Raises:
        OSError: As `read_bounded`.
        UnicodeDecodeError: It is no UTF-8.
    """
    return read_bounded(path, largest).decode("utf-8")


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count >> 10} KiB"
