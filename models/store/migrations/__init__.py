"""The one Alembic lineage, for SQLite and PostgreSQL, for the API's database and the box's."""
