"""The version of a database's tables, and the way to the newest.

Migrations stand in `migrations`, one file each. Alembic, which carries them out, is loaded only where one is due.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, String, column, inspect, select, table

from atecc_bench.errors import InputError

HEAD: Final = "0001"
"""The newest migration; a test compares it with the folder."""

MIGRATIONS: Final = Path(__file__).with_name("migrations")
_VERSIONS = "alembic_version"


def is_current(connection: Connection) -> bool:
    """Whether the tables are up to date.

    They are there, and as this version of the program wants them.
    """
    return _revision(connection) == HEAD


def migrate(connection: Connection) -> None:
    """Make the tables, or bring them up to date.

    That is within the transaction that is open.

    Raises:
        InputError: `ledger-newer` for those of a later version of the program.
    """
    present = _revision(connection)
    if present == HEAD:
        return
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS.parent), version_locations=[str(MIGRATIONS)])
    if present is not None and present not in {one.revision for one in scripts.walk_revisions()}:
        raise InputError(
            "ledger-newer",
            f"The ledger was made by a later version of this program: it has the tables {present}.",
            "Install that version here too.",
        )

    def upgrade(revision: tuple[str, ...], _context: MigrationContext) -> object:
        return scripts._upgrade_revs("head", revision)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), scripts, fn=upgrade, destination_rev="head") as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    return connection.execute(select(column("version_num", String)).select_from(table(_VERSIONS))).scalar_one_or_none()
