"""Whether a path leads to something.

That it leads nowhere is told apart from not being allowed to look.

`Path.exists` and its kin answer False on Python 3.14 for whatever goes wrong; a record that cannot be read must never
look like none.
"""

import errno
import stat
from pathlib import Path


def exists(path: Path) -> bool:
    """Whether a path leads to something.

    Raises:
        OSError: It cannot be told, for example because a folder above may not be searched.
    """
    return _mode(path) is not None


def is_file(path: Path) -> bool:
    """Whether a path leads to a regular file.

    Raises:
        OSError: It cannot be told.
    """
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder.

    Raises:
        OSError: It cannot be told.
    """
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte, which no name has
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:  # links that lead nowhere
            return None
        raise
