"""Readings of meters on their way to the boxes, and what managers enter into the calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("meter", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_signal_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("site_id", "meter", "kind", "at_us", name=op.f("uq_signal_site_id_meter_kind_at_us")),
    )
    op.create_index(op.f("ix_signal_received_us"), "signal", ["received_us"], unique=False)
    op.create_table(
        "calendar_entry",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("entry_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("starts_us", sa.BigInteger(), nullable=False),
        sa.Column("ends_us", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("user_name", sa.String(length=100), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_calendar_entry_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    op.create_index(op.f("ix_calendar_entry_site_id"), "calendar_entry", ["site_id"], unique=False)
