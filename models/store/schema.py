"""Brings the schema to the revision this version needs, or refuses."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from models.domain.errors import StoreError

HEAD = "0005"
"""The newest revision under migrations/versions (a test compares)."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6775_6977_6569
"""Number of the PostgreSQL advisory lock under which schemas change ("guiwei" in ASCII)."""


def bring_up_to_date(connection: Connection, where: str) -> None:
    """Create or upgrade the tables inside the caller's transaction.

    Raises StoreError when the database belongs to a newer version or to another program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    found = MigrationContext.configure(connection).get_current_revision()
    if found == HEAD:
        # Writes, so that a read-only database is told at the start and not by the first incident.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        return
    if found is None:
        _refuse_foreign(connection, where)
    elif found not in _known_revisions():
        raise StoreError(
            "The database was written by a newer version of Guiwei.",
            where=where,
            got=f"schema {found}",
            expected=f"schema {HEAD} or older",
            next_step="Install that version or a newer one; nothing was changed.",
        )
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_foreign(connection: Connection, where: str) -> None:
    if tables := inspect(connection).get_table_names():
        raise StoreError(
            "The database belongs to another program.",
            where=where,
            got=f"tables {', '.join(sorted(tables)[:5])}",
            expected="an empty database or one of Guiwei",
            next_step="Name another database; nothing was changed.",
        )


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
