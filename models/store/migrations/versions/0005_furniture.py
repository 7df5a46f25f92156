"""Layouts and checks of furniture, baselines that people approve, patrol photographs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SHORT, _TEXT = sa.String(length=100), sa.String(length=2000)


def upgrade() -> None:
    op.create_table(
        "furniture_layout",
        sa.Column("site_id", _SHORT, nullable=False),
        sa.Column("site_version", _SHORT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_furniture_layout_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_furniture_layout")),
    )
    op.create_table(
        "furniture_check",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("site_id", _SHORT, nullable=False),
        sa.Column("item", _SHORT, nullable=False),
        sa.Column("camera", _SHORT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("state", _SHORT, nullable=False),
        sa.Column("why", _SHORT, nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("unit", _SHORT, nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("dx", "dy", "turn_deg", "sigma", "sigma_deg")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_furniture_check_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_furniture_check")),
        sa.UniqueConstraint(
            "site_id", "item", "camera", "at_us", name=op.f("uq_furniture_check_site_id_item_camera_at_us")
        ),
    )
    op.create_index(op.f("ix_furniture_check_site_id_at_us"), "furniture_check", ["site_id", "at_us"], unique=False)
    op.create_table(
        "baseline_word",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("site_id", _SHORT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", _SHORT, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("layout_version", _SHORT, nullable=False),
        sa.Column("user_name", _SHORT, nullable=False),
        sa.Column("role", _SHORT, nullable=False),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_baseline_word_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline_word")),
    )
    op.create_index(op.f("ix_baseline_word_site_id"), "baseline_word", ["site_id"], unique=False)
    op.create_table(
        "patrol_photo",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("site_id", _SHORT, nullable=False),
        sa.Column("item", _SHORT, nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("user_name", _SHORT, nullable=False),
        sa.Column("role", _SHORT, nullable=False),
        sa.Column("truth", _SHORT, nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("offset_mm", "sigma_mm", "play_mm")),
        sa.Column("dedupe_key", _SHORT, nullable=True),
        sa.Column("path", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_patrol_photo_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_photo")),
    )
    op.create_index(op.f("ix_patrol_photo_site_id"), "patrol_photo", ["site_id"], unique=False)
