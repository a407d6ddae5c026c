"""The tables as the migrations make them."""

import os
import stat
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from atecc_bench.errors import InputError
from atecc_bench.ledger.database import Database, server_url, sqlite_url
from atecc_bench.ledger.schema import HEAD, MIGRATIONS
from atecc_bench.ledger.tables import metadata
from tests.support.ledgers import own_database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    server = own_database(tmp_path)
    return Database(server_url(server) if server else sqlite_url(tmp_path / "new" / "ledger.sqlite"))


def test_the_newest_migration_is_the_one_that_is_looked_for() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS.parent), version_locations=[str(MIGRATIONS)])
    assert scripts.get_heads() == [HEAD]


def test_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.file_alone
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_file_and_what_stands_beside_it_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO stations (key, name) VALUES ('a', 'b')"))
            files = [path for path in (tmp_path / "new").iterdir() if path.suffix != ".lock"]
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"), 0o600)


def test_the_tables_of_a_later_version_are_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError) as caught, Database(database.url).reading():
        pytest.fail("it was opened")
    assert caught.value.id == "ledger-newer"


@pytest.mark.file_alone
def test_a_file_that_is_no_database_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 100)
    with pytest.raises(InputError) as caught, Database(sqlite_url(path)).reading():
        pytest.fail("it was opened")
    assert caught.value.id == "ledger-damaged"


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def begin_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO stations (key, name) VALUES ('a', 'b')"))
            raise ValueError("midway")

    with pytest.raises(ValueError, match="midway"):
        begin_and_fail()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM stations")).scalar_one() == 0
