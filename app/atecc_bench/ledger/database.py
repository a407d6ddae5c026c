"""A database by its URL, and transactions in it.

One writes at a time and reads what it writes, in SQLite by its own lock and in PostgreSQL by one of ours. Constraints
hold all the same: the lock is there so that a refusal names its reason.
"""

from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.ledger.schema import is_current, migrate
from atecc_bench.private_files import make_private_folder, open_private

BUSY_S = 20.0
"""How long one writer waits for another."""

_WRITES = "atecc_bench_writes"
_DAMAGED = ("malformed", "not a database", "file is encrypted")


class ServerAwayError(InputError):
    """A database server that cannot be reached, or went away."""

    def __init__(self, place: str, why: str) -> None:
        first = why.strip().splitlines()[0] if why.strip() else "no answer"
        super().__init__(
            "ledger-unreachable",
            f"The ledger {place} cannot be reached: {first}",
            "Have the server started, or the network mended; or go back to the ledger in the data folder: "
            "atecc-bench ledger use file",
        )


def server_url(text: str) -> URL:
    """The URL of a database on a PostgreSQL server.

    It is given as a person writes it.

    Raises:
        InputError: `ledger-url`, `postgresql-not-installed`.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise _no_url() from error
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg") or not url.database:
        raise _no_url()
    if find_spec("psycopg") is None:
        raise InputError(
            "postgresql-not-installed",
            "PostgreSQL takes the library psycopg, which is not installed.",
            'Install it: python -m pip install "atecc-bench[postgresql]"',
        )
    return url.set(drivername="postgresql+psycopg")


def _no_url() -> InputError:
    return InputError(
        "ledger-url",
        "This is no URL of a PostgreSQL database.",
        "Give one like postgresql://user:password@host/database",
    )


def sqlite_url(path: Path) -> URL:
    """The URL of a database in a file."""
    return URL.create("sqlite", database=str(path))


class Database:
    """Transactions in one database.

    Its tables are made and brought up to date when it is used first.

    Raises:
        InputError: Every transaction: `record-not-writable`, `ledger-damaged`, `ledger-newer`, `ledger-unreachable`.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self._engine = _engine(self.url)
        self._ready = False

    @property
    def place(self) -> str:
        """The database for people: its file, or its URL without a password."""
        return self.url.database or "" if self.is_file else self.url.render_as_string(hide_password=True)

    @property
    def is_file(self) -> bool:
        """Whether it is a file of its own."""
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One state of the database, whatever others write meanwhile."""
        with self._told():
            self._prepare()
            with self._engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that nobody else writes beside; an exception undoes it."""
        with self._told():
            self._prepare()
            with self._written() as connection:
                yield connection

    @contextmanager
    def _written(self) -> Generator[Connection]:
        with self._engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    def _prepare(self) -> None:
        if self._ready:
            return
        if self.is_file:
            self._prepare_file(Path(self.url.database or ""))
        else:
            with self._written() as connection:
                migrate(connection)
        self._ready = True

    def _prepare_file(self, path: Path) -> None:
        if exists(path):
            with self._engine.connect() as connection, connection.begin():
                if is_current(connection):
                    return
        with suppress(FileExistsError):
            make_private_folder(path.parent)
        # WAL is chosen while nobody else looks, or SQLite says that it is busy without waiting.
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=BUSY_S, mode=0o600):
            open_private(path, "a+b").close()  # for its owner alone, as SQLite then makes what it keeps beside it
            with closing(self._engine.raw_connection()) as raw:  # a mode is not changed within a transaction
                raw.cursor().execute("PRAGMA journal_mode=WAL").close()
            with self._written() as connection:
                migrate(connection)

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a constraint, which whoever writes knows how to tell
        except DBAPIError as error:
            if not self.is_file and (isinstance(error, OperationalError) or error.connection_invalidated):
                raise ServerAwayError(self.place, str(error.orig)) from error
            raise _told_error(self.place, str(error.orig)) from error
        except (OSError, Timeout) as error:
            raise _told_error(self.place, str(error)) from error


def _told_error(place: str, why: str) -> InputError:
    if any(words in why for words in _DAMAGED):
        return InputError(
            "ledger-damaged",
            f"The ledger {place} is damaged: {why}.",
            "Nothing is lost that the records have. Make it again from them: atecc-bench ledger rebuild",
        )
    return InputError(
        "record-not-writable",
        f"The ledger {place} cannot be used: {why}.",
        "Make room and close what else provisions here, or choose another folder with the environment variable "
        "ATECC_BENCH_DATA.",
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5})
        event.listen(engine, "begin", _begin_on_server)
        return engine
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=2, max_overflow=64,
        connect_args={"timeout": BUSY_S, "check_same_thread": False, "isolation_level": None},
    )  # fmt: skip
    event.listen(engine, "connect", _connected_to_file)
    event.listen(engine, "begin", _begin_in_file)
    return engine


def _connected_to_file(connection: Any, _record: object) -> None:
    # A commit is on the disk when it returns: what the ledger keeps for a run may not be forgotten by a crash.
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_in_file(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_on_server(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(6082026)")
