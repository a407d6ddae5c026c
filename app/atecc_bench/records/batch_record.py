"""The record of a batch.

It says what came of each device, and what was not begun.

Each device has a record of its own beside it. Its file is:

<data folder>/batches/<UTC time>.json
"""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.private_files import open_private
from atecc_bench.records.durable_files import have_folder, sync_names
from atecc_bench.records.run_records import to_json
from atecc_bench.user_folders import DATA_FOLDER_VARIABLE

FOLDER = "batches"


def keep_batch(data_folder: Path, document: Mapping[str, object], begun: datetime) -> Path:
    """Write the document of a batch to a new file.

    Returns its path.

    Raises:
        InputError: `record-not-writable`.
    """
    folder, stem = data_folder / FOLDER, begun.strftime("%Y%m%dT%H%M%SZ")
    try:
        have_folder(folder)
        path, taken = folder / f"{stem}.json", 0
        while True:
            try:
                with open_private(path, "xb") as file:
                    file.write(to_json(document))
                    file.flush()
                    os.fsync(file.fileno())
            except FileExistsError:
                taken += 1
                path = folder / f"{stem}-{taken:03d}.json"
            else:
                sync_names(folder)
                return path
    except OSError as error:
        raise InputError(
            "record-not-writable",
            f"The record of this batch cannot be written to {folder}: {error.strerror}.",
            f"Choose another folder with the environment variable {DATA_FOLDER_VARIABLE}.",
        ) from error
