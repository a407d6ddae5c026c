"""This station.

It is the data folder on this computer, by a key that stays and a name for people.

`station.json` in the data folder has both. It is made on first use; the name is that of the computer.
"""

import json
import platform
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import InputError
from atecc_bench.plain_json import load_json
from atecc_bench.records.durable_files import have_folder, is_missing, write_new
from atecc_bench.user_folders import DATA_FOLDER_VARIABLE

FILE: Final = "station.json"
_LONGEST = 64  # letters of a name, and of a key


@dataclass(frozen=True)
class Station:
    """A station by its key and its name."""

    key: str
    name: str


def station_of(data_folder: Path) -> Station:
    """The station of a data folder.

    Raises:
        InputError: `record-not-readable`, `record-not-writable`.
    """
    path = data_folder / FILE
    found = _read(path)
    if found is not None:
        return found
    made = {"key": uuid.uuid4().hex, "name": platform.node()[:_LONGEST] or "station"}
    try:
        have_folder(data_folder)
        write_new(path, json.dumps(made, indent=2).encode("ascii") + b"\n")
    except FileExistsError:
        pass  # somebody else was faster, and that one counts
    except OSError as error:
        raise InputError(
            "record-not-writable",
            f"{path} cannot be written: {error.strerror}.",
            f"Make room, or choose another folder with the environment variable {DATA_FOLDER_VARIABLE}.",
        ) from error
    return _read(path) or Station(**made)


def _read(path: Path) -> Station | None:
    try:
        document = load_json(read_bounded(path, 1 << 16))
        key, name = document["key"], document["name"]
    except OSError as error:
        if is_missing(error):
            return None
        raise _not_readable(path, str(error.strerror)) from error
    except (ValueError, LookupError, TypeError) as error:
        raise _not_readable(path, "it does not say which station this is") from error
    if not (isinstance(key, str) and isinstance(name, str) and 0 < len(key) <= _LONGEST and 0 < len(name) <= _LONGEST):
        raise _not_readable(path, "it does not say which station this is")
    return Station(key, name)


def _not_readable(path: Path, why: str) -> InputError:
    return InputError(
        "record-not-readable",
        f"{path} cannot be read: {why}.",
        "Restore it, or remove it: then this computer is a new station.",
    )
