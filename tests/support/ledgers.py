"""Records with a ledger, in a folder of a test."""

import contextlib
import hashlib
import os
from pathlib import Path

from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.records.run_records import Records

SERVER_VARIABLE = "TEST_LEDGER_SERVER"
"""The URL of a PostgreSQL server on which each data folder gets a database; without it the ledger is a file."""


def ledger_in(folder: Path, server: str | None = None) -> FolderLedger:
    """The ledger of a data folder, as a process that begins now has it; `server` names a database of many folders."""
    url = own_database(folder) if server is None else server
    return FolderLedger(folder, folder / "records", lambda: url)


def records_of(ledger: FolderLedger) -> Records:
    """The records that ask it."""
    return Records(ledger.records, ledger.side_of)


def records_in(folder: Path) -> Records:
    """The records of a data folder, with a ledger that was not asked yet."""
    return records_of(ledger_in(folder))


def own_database(folder: Path) -> str:
    """The URL of the database that a folder has on the server of the tests; empty without a server."""
    server = os.environ.get(SERVER_VARIABLE, "")
    if not server:
        return ""
    import psycopg

    name = f"ledger_{hashlib.sha256(str(folder).encode()).hexdigest()[:24]}"
    there = contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection, there:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.format(database=name)
