"""The tables of the ledger.

What must be true of a factory is a constraint here: see the uniqueness of devices, keys, certificates and open runs,
and that a lock of a slot names the escrow of its key.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)

_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=_NAMES)
BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only where it says INTEGER


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC, and without a zone for SQLite."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """From the database: in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True)


stations = Table(
    "stations",
    metadata,
    _id(),
    Column("key", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    _id(),
    Column("virtual", Boolean, nullable=False),
    Column("serial_number", String, nullable=False),
    UniqueConstraint("virtual", "serial_number"),
)
"""One serial number is one chip."""

keys = Table(
    "keys",
    metadata,
    _id(),
    Column("virtual", Boolean, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("device_id", BigId, ForeignKey("devices.id"), nullable=False, index=True),
    UniqueConstraint("virtual", "public_key"),
)
"""One public key is one device."""

passes = Table(
    "passes",
    metadata,
    Column("station_id", BigId, ForeignKey("stations.id"), primary_key=True),
    Column("virtual", Boolean, primary_key=True),
    Column("number", BigId, primary_key=True, autoincrement=False),
    Column("device_id", BigId, ForeignKey("devices.id"), nullable=False, index=True),
    Column("key_id", BigId, ForeignKey("keys.id"), nullable=False, index=True),
    Column("at", UtcTime),
)
"""Devices that passed, in their order at each station."""

certificates = Table(
    "certificates",
    metadata,
    _id(),
    Column("virtual", Boolean, nullable=False),
    Column("issuer", LargeBinary, nullable=False),
    Column("serial_number", String, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("device_id", BigId, ForeignKey("devices.id"), nullable=False, index=True),
    UniqueConstraint("virtual", "issuer", "serial_number"),
)
"""One serial number of an issuer is one device's certificate."""

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("station_id", BigId, ForeignKey("stations.id"), nullable=False),
    Column("device_id", BigId, ForeignKey("devices.id"), nullable=False),
    Column("virtual", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("process", String),
    Column("profile", String, nullable=False),
    Column("profile_sha256", String, nullable=False),
    Column("version", String, nullable=False),
    Column("began", UtcTime),
    Column("ended", UtcTime),
    Column("verdict", String),
    Column("error", String),
    Column("failed_step", String),
    UniqueConstraint("device_id", "station_id", "name"),
    Index("ix_runs_state", "state", "id"),
    Index("ix_runs_name", "virtual", "name", "id"),
    Index("ix_runs_verdict", "virtual", "verdict", "name", "id"),
)
"""Runs as their journals tell them; `name` is that of the folder, `process` who works in an open one."""

Index(
    "uq_runs_open",
    runs.c.device_id,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

steps = Table(
    "steps",
    metadata,
    Column("run_id", BigId, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("step", String, nullable=False),
    Column("status", String, nullable=False),
    Column("seconds", Float, nullable=False),
    sqlite_with_rowid=False,
)

escrows = Table(
    "escrows",
    metadata,
    Column("device_id", BigId, ForeignKey("devices.id"), primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("sha256", LargeBinary, primary_key=True),
    Column("run_id", BigId, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""Escrow files that are stored, by the slot whose key is in them."""

slot_locks = Table(
    "slot_locks",
    metadata,
    Column("run_id", BigId, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("device_id", BigId, nullable=False),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("escrow_sha256", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["device_id", "slot", "escrow_sha256"], ["escrows.device_id", "escrows.slot", "escrows.sha256"],
        name="fk_slot_locks_escrow", ondelete="CASCADE",
    ),
    Index("ix_slot_locks_escrow", "device_id", "slot", "escrow_sha256"),
)  # fmt: skip
"""Slots that were locked, or about to be, over a random key; each names the escrow of the key."""

sources = Table(
    "sources",
    metadata,
    Column("station_id", BigId, ForeignKey("stations.id"), primary_key=True),
    Column("virtual", Boolean, primary_key=True),
    Column("name", String, primary_key=True),
    Column("place", BigId, nullable=False),
    Column("mark", String, nullable=False),
)
"""How far the files of a station are taken over."""

conflicts = Table(
    "conflicts",
    metadata,
    _id(),
    Column("station_id", BigId, ForeignKey("stations.id"), nullable=False),
    Column("virtual", Boolean, nullable=False),
    Column("kind", String, nullable=False),
    Column("serial_number", String, nullable=False),
    Column("other", String, nullable=False),
    Column("detail", String, nullable=False),
    UniqueConstraint("station_id", "virtual", "kind", "serial_number", "other", "detail", name="uq_conflicts"),
)
"""What files say that cannot be true at once; it is shown and never dropped."""
