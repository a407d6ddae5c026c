"""Files that may be missing, and names that outlive a crash.

Files may be unreadable too. What fsync of a file does not promise is done for its folder.
"""

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists, is_folder
from atecc_bench.private_files import make_private_folder, open_private


def make_folder(folder: Path) -> None:
    """Make a folder whose name is safely on the disk.

    Those above it are made too where they are missing, all for their owner alone. Returns when their names are on the
    disk.

    Raises:
        FileExistsError: It is there already.
        OSError: It cannot be made.
    """
    missing = [above for above in folder.parents if not exists(above)]
    make_private_folder(folder)
    for made in (folder, *missing):
        sync_names(made.parent)


def have_folder(folder: Path) -> None:
    """Make a folder unless it is there.

    Somebody else may make it at the same moment.

    Raises:
        OSError: It cannot be made.
    """
    if not is_folder(folder):
        with suppress(FileExistsError):
            make_folder(folder)


def write_new(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone.

    It has its name once it is whole, whatever happens meanwhile; of several who write the same one the first has it.
    Returns when it is on the disk.

    Raises:
        FileExistsError: It is there already.
        OSError: It cannot be written.
    """
    if exists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    partly = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open_private(partly, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _give_name(partly, path)
        sync_names(path.parent)
    except OSError:
        with suppress(OSError):  # a disk that fails lets nothing go
            partly.unlink(missing_ok=True)
        raise


def _give_name(partly: Path, path: Path) -> None:
    """Give a file its name unless another has it."""
    try:
        os.link(partly, path)
    except FileExistsError:
        raise
    except OSError:
        partly.replace(path)  # a file system without hard links, such as that of a memory card
    else:
        partly.unlink()


def sync_names(folder: Path) -> None:
    """Flush the names of a folder's files to the disk.

    Returns when the names of what was made or renamed in the folder are there. Windows gives no handle of a folder to
    flush, and some network shares refuse to flush one: both keep names in their own time.

    Raises:
        OSError: The names cannot be flushed.
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


def is_missing(error: OSError) -> bool:
    """Whether an error says that nothing is there.

    This includes that nothing could be there, in contrast to something that cannot be read.
    """
    return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Guard a block that reads from a path.

    Raises:
        InputError: `record-not-readable` where the system does not allow it.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            "record-not-readable",
            f"{path} cannot be read: {error.strerror}.",
            "Give this user the right to read it, or choose another folder with the environment variable "
            "ATECC_BENCH_DATA.",
        ) from error
