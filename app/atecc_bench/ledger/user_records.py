"""The records of this user, with their ledger."""

from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.records.run_records import Records
from atecc_bench.user_folders import data_folder


def user_ledger() -> FolderLedger:
    """The ledger in the user's data folder, or where ATECC_BENCH_DATA points."""
    return FolderLedger(data_folder(), data_folder() / "records")


def user_records() -> Records:
    """The records in the user's data folder, or where ATECC_BENCH_DATA points."""
    ledger = user_ledger()
    return Records(ledger.records, ledger.side_of)
