"""Where this user's records, profiles and authority are kept."""

import os
from pathlib import Path

import platformdirs

DATA_FOLDER_VARIABLE = "ATECC_BENCH_DATA"


def data_folder() -> Path:
    """The user's data folder, or where ATECC_BENCH_DATA points."""
    chosen = os.environ.get(DATA_FOLDER_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_data_path("atecc-bench", appauthor=False)
