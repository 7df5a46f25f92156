"""What boxes tell of a zone's day: hours, energy, cost, and what was the case when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "energy_day",
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=100), nullable=False),
        sa.Column("day", sa.String(length=100), nullable=False),
        sa.Column("run_us", sa.BigInteger(), nullable=False),
        sa.Column("as_of_us", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_energy_day_site_id")),
        sa.PrimaryKeyConstraint("site_id", "zone", "day", "run_us", name=op.f("pk_energy_day")),
    )
    op.create_index(op.f("ix_energy_day_day"), "energy_day", ["day"], unique=False)
