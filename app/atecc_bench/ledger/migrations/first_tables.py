"""The first tables of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "devices",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("serial_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("virtual", "serial_number", name="uq_devices_virtual_serial_number"),
    )
    op.create_table(
        "stations",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stations"),
        sa.UniqueConstraint("key", name="uq_stations_key"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("issuer", sa.LargeBinary(), nullable=False),
        sa.Column("serial_number", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_certificates_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("virtual", "issuer", "serial_number", name="uq_certificates_virtual_issuer_serial_number"),
    )
    op.create_index("ix_certificates_device_id", "certificates", ["device_id"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("serial_number", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_conflicts_station_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conflicts"),
        sa.UniqueConstraint("station_id", "virtual", "kind", "serial_number", "other", "detail", name="uq_conflicts"),
    )
    op.create_table(
        "keys",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_keys_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.UniqueConstraint("virtual", "public_key", name="uq_keys_virtual_public_key"),
    )
    op.create_index("ix_keys_device_id", "keys", ["device_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("device_id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=True),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("profile_sha256", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("failed_step", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_runs_device_id"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_runs_station_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("device_id", "station_id", "name", name="uq_runs_device_id_station_id_name"),
    )
    op.create_index("ix_runs_state", "runs", ["state", "id"], unique=False)
    op.create_index("ix_runs_name", "runs", ["virtual", "name", "id"], unique=False)
    op.create_index("ix_runs_verdict", "runs", ["virtual", "verdict", "name", "id"], unique=False)
    op.create_index(
        "uq_runs_open",
        "runs",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "sources",
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", _BIG, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_sources_station_id"),
        sa.PrimaryKeyConstraint("station_id", "virtual", "name", name="pk_sources"),
    )
    op.create_table(
        "escrows",
        sa.Column("device_id", _BIG, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("run_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_escrows_device_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_escrows_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("device_id", "slot", "sha256", name="pk_escrows"),
    )
    op.create_index("ix_escrows_run_id", "escrows", ["run_id"], unique=False)
    op.create_table(
        "passes",
        sa.Column("station_id", _BIG, nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("number", _BIG, autoincrement=False, nullable=False),
        sa.Column("device_id", _BIG, nullable=False),
        sa.Column("key_id", _BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_passes_device_id"),
        sa.ForeignKeyConstraint(["key_id"], ["keys.id"], name="fk_passes_key_id"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_passes_station_id"),
        sa.PrimaryKeyConstraint("station_id", "virtual", "number", name="pk_passes"),
    )
    op.create_index("ix_passes_device_id", "passes", ["device_id"], unique=False)
    op.create_index("ix_passes_key_id", "passes", ["key_id"], unique=False)
    op.create_table(
        "steps",
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_steps_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_steps"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slot_locks",
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("device_id", _BIG, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("escrow_sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id", "slot", "escrow_sha256"],
            ["escrows.device_id", "escrows.slot", "escrows.sha256"],
            name="fk_slot_locks_escrow",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_slot_locks_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "slot", name="pk_slot_locks"),
    )
    op.create_index("ix_slot_locks_escrow", "slot_locks", ["device_id", "slot", "escrow_sha256"], unique=False)
