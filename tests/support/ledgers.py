"""Records with a ledger, in a folder of a test."""

from pathlib import Path

from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.records.run_records import Records


def ledger_in(folder: Path) -> FolderLedger:
    """The ledger of a data folder, as a process that begins now has it."""
    return FolderLedger(folder, folder / "records")


def records_of(ledger: FolderLedger) -> Records:
    """The records that ask it."""
    return Records(ledger.records, ledger.side_of)


def records_in(folder: Path) -> Records:
    """The records of a data folder, with a ledger that was not asked yet."""
    return records_of(ledger_in(folder))
