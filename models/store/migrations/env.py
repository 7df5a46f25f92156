"""Runs the migrations on the connection that `models.store.opening` hands over, inside its transaction."""

from alembic import context

import models.store.furniture_tables
import models.store.tables  # noqa: F401 - registers the tables
from models.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
