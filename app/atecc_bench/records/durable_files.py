"""Folders and files whose names outlive a crash: what fsync of a file does not promise is done for its folder."""

import errno
import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder, those above it too where they are missing, and return when their names are on the disk.

    Raises:
        FileExistsError: it is there already.
        OSError: it cannot be made.

    """
    missing = [above for above in folder.parents if not above.exists()]
    folder.mkdir(parents=True)
    for made in (folder, *missing):
        sync_names(made.parent)


def sync_names(folder: Path) -> None:
    """Return when the names of what was made or renamed in a folder are on the disk.

    Windows gives no handle of a folder to flush, and some network shares refuse to flush one: both keep names in
    their own time. Raises OSError.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
