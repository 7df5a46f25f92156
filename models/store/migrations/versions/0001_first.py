"""The first schema: sites, devices, people, incidents with their history and evidence, cameras, access log, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("transition", "access_log")


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("user_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("dedupe_key", sa.String(length=100), nullable=True),
        sa.Column("camera_id", sa.String(length=100), nullable=True),
        sa.Column("file", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_at_us"), "access_log", ["at_us"], unique=False)
    op.create_table(
        "box_incident",
        sa.Column("dedupe_key", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("dedupe_key", name=op.f("pk_box_incident")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("path", sa.String(length=2000), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_us", sa.BigInteger(), nullable=True),
        sa.Column("delivered_us", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_dedupe_key"), "outbox", ["dedupe_key"], unique=False)
    op.create_index(
        op.f("ix_outbox_delivered_us_next_attempt_us"), "outbox", ["delivered_us", "next_attempt_us"], unique=False
    )
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name_zh", sa.String(length=2000), nullable=False),
        sa.Column("name_en", sa.String(length=2000), nullable=False),
        sa.Column("time_zone", sa.String(length=100), nullable=False),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=2000), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=100), nullable=False),
        sa.Column("all_sites", sa.Boolean(), nullable=False),
        sa.Column("disabled_us", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "camera_state",
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("camera_id", sa.String(length=100), nullable=False),
        sa.Column("name_zh", sa.String(length=2000), nullable=False),
        sa.Column("name_en", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("observed_s", sa.Double(), nullable=False),
        sa.Column("blind_s", sa.Double(), nullable=False),
        sa.Column("dropped_frames", sa.BigInteger(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=False),
        sa.Column("picture_path", sa.String(length=2000), nullable=True),
        sa.Column("picture_taken_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_camera_state_site_id")),
        sa.PrimaryKeyConstraint("site_id", "camera_id", name=op.f("pk_camera_state")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=100), nullable=False),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_device_site_id_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_table(
        "incident",
        sa.Column("dedupe_key", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.Column("site_version", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("rule_version", sa.String(length=100), nullable=False),
        sa.Column("grade", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=100), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=100), nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=100), nullable=True),
        sa.Column("measured_value", sa.Double(), nullable=False),
        sa.Column("measured_unit", sa.String(length=100), nullable=False),
        sa.Column("measured_sigma", sa.Double(), nullable=True),
        sa.Column("threshold_value", sa.Double(), nullable=False),
        sa.Column("threshold_unit", sa.String(length=100), nullable=False),
        sa.Column("threshold_source", sa.String(length=2000), nullable=False),
        sa.Column("observed_s", sa.Double(), nullable=False),
        sa.Column("blind_s", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("evidence_note", sa.String(length=2000), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('detected', 'acknowledged', 'confirmed', 'dismissed', 'closed', 'self_corrected')",
            name=op.f("ck_incident_state"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_incident_revision")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_incident_site_id")),
        sa.PrimaryKeyConstraint("dedupe_key", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_changed_us"), "incident", ["changed_us"], unique=False)
    op.create_index(
        op.f("ix_incident_confirmed_us_dedupe_key"), "incident", ["confirmed_us", "dedupe_key"], unique=False
    )
    op.create_index(op.f("ix_incident_site_id_state"), "incident", ["site_id", "state"], unique=False)
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_table(
        "user_site",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_user_site_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_site_user_id")),
        sa.PrimaryKeyConstraint("user_id", "site_id", name=op.f("pk_user_site")),
    )
    op.create_table(
        "evidence_file",
        sa.Column("dedupe_key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=100), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=2000), nullable=True),
        sa.Column("stored_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dedupe_key"], ["incident.dedupe_key"], name=op.f("fk_evidence_file_dedupe_key")),
        sa.PrimaryKeyConstraint("dedupe_key", "name", name=op.f("pk_evidence_file")),
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=32), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("from_state", sa.String(length=100), nullable=True),
        sa.Column("to_state", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=True),
        sa.Column("rule_version", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["dedupe_key"], ["incident.dedupe_key"], name=op.f("fk_transition_dedupe_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
    )
    op.create_index(op.f("ix_transition_dedupe_key"), "transition", ["dedupe_key"], unique=False)

    for table in APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    """History is written once: the database itself refuses to alter or delete it."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )
