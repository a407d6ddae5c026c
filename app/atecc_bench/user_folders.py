"""The folders in which the program keeps a user's files.

They are the user's own folders, or where ATECC_BENCH_DATA points.
"""

import os
from pathlib import Path

import platformdirs

DATA_FOLDER_VARIABLE = "ATECC_BENCH_DATA"
_NAME = "atecc-bench"


def data_folder() -> Path:
    """The user's data folder, or where ATECC_BENCH_DATA points."""
    return _chosen() or usual_data_folder()


def usual_data_folder() -> Path:
    """The user's data folder unless ATECC_BENCH_DATA points elsewhere."""
    return platformdirs.user_data_path(_NAME, appauthor=False)


def log_folder() -> Path:
    """The user's folder of logs, or `logs` where ATECC_BENCH_DATA points."""
    chosen = _chosen()
    return chosen / "logs" if chosen else platformdirs.user_log_path(_NAME, appauthor=False)


def overwritten_folder() -> Path:
    """The folder of what installations of the bridge have overwritten on boards."""
    return data_folder() / "overwritten"


def _chosen() -> Path | None:
    chosen = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(chosen) if chosen else None
