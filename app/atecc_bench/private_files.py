"""Files and folders for their owner alone, whatever the umask."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

_OWNER_ALONE = 0o077  # the bits that others have no business with


def open_private(path: Path, mode: Literal["wb", "xb", "a+b"]) -> BinaryIO:
    """Open a file that, when it is made, has mode 0600.

    Raises:
        OSError: It cannot be opened.
    """
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def make_private_folder(folder: Path) -> None:
    """Make a folder of mode 0700.

    Those above it that are missing are made too.

    Raises:
        FileExistsError: It is there already.
        OSError: It cannot be made.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError:
        with suppress(FileExistsError):  # somebody else made it in this moment
            make_private_folder(folder.parent)
        folder.mkdir(mode=0o700)


def close_to_others(folder: Path) -> None:
    """Take a folder's rights away from everybody but its owner.

    Earlier versions made it by the umask. One that is missing, or not this user's, is left alone.
    """
    try:
        found = folder.stat()
        if found.st_mode & _OWNER_ALONE and found.st_uid == os.getuid():
            folder.chmod(found.st_mode & 0o7777 & ~_OWNER_ALONE)
    except (OSError, AttributeError):  # nothing there; a system without users
        return
