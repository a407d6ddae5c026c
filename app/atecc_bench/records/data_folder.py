"""Where this user's records, profiles and authority are kept."""

from atecc_bench.user_folders import DATA_FOLDER_VARIABLE, data_folder

__all__ = ["DATA_FOLDER_VARIABLE", "data_folder"]
