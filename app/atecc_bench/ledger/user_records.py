"""The records of this user, with their ledger.

It is a file in the data folder, or the database whose URL stands in `ledger.json` there or in ATECC_BENCH_LEDGER.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import InputError
from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.plain_json import load_json
from atecc_bench.private_files import make_private_folder, open_private
from atecc_bench.records.durable_files import is_missing
from atecc_bench.records.run_records import Records
from atecc_bench.user_folders import data_folder

LEDGER_VARIABLE: Final = "ATECC_BENCH_LEDGER"
_FILE = "ledger.json"


def user_ledger() -> FolderLedger:
    """The ledger of this user.

    Which one it is, is found out when it is asked.
    """
    folder = data_folder()
    return FolderLedger(folder, folder / "records", lambda: os.environ.get(LEDGER_VARIABLE) or _chosen(folder / _FILE))


def user_records() -> Records:
    """The records in the user's data folder, or where ATECC_BENCH_DATA points."""
    ledger = user_ledger()
    return Records(ledger.records, ledger.side_of)


def choose_ledger(url: str) -> None:
    """Use the database at a URL from now on.

    Without one it is the file in the data folder.

    Raises:
        InputError: `record-not-writable`.
    """
    path = data_folder() / _FILE
    partly = path.with_suffix(".part")
    try:
        if not url:
            path.unlink(missing_ok=True)
            return
        with suppress(FileExistsError):
            make_private_folder(path.parent)
        with open_private(partly, "wb") as file:  # the URL may have a password in it
            file.write(json.dumps({"url": url}).encode("utf-8"))
        partly.replace(path)
    except OSError as error:
        raise InputError(
            "record-not-writable", f"{path} cannot be written: {error.strerror}.", "Make room, or give the right to."
        ) from error


def _chosen(path: Path) -> str:
    try:
        url = load_json(read_bounded(path, 1 << 16))["url"]
    except OSError as error:
        if is_missing(error):
            return ""
        raise _not_readable(path, str(error.strerror)) from error
    except (ValueError, LookupError, TypeError) as error:
        raise _not_readable(path, "it does not name a ledger") from error
    if not isinstance(url, str):
        raise _not_readable(path, "it does not name a ledger")
    return url


def _not_readable(path: Path, why: str) -> InputError:
    return InputError(
        "record-not-readable", f"{path} cannot be read: {why}.", "Name the ledger again: atecc-bench ledger use URL"
    )
