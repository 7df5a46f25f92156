"""Opens the database, brings its schema up to date, and hands out transactions.

SQLite runs in WAL mode with foreign keys on and a busy time-out; writers begin IMMEDIATE, so that a transaction that
has read never fails half-way for want of the write lock. PostgreSQL runs at READ COMMITTED; what must not race is
written as one conditional statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from models.domain.errors import StoreError
from models.store.failure import translated
from models.store.schema import bring_up_to_date

_WRITES = "guiwei_writes"


class Store:
    """An open database. `reading()` and `writing()` give a session that is one transaction.

    Objects stay usable after the transaction (nothing expires). Raises StoreError when the database fails;
    IntegrityError passes through, since the caller knows what it tried.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.where = engine.url.render_as_string(hide_password=True)
        self._writer = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; rolled back at the end."""
        with self._translating(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it."""
        with self._translating(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise translated(error, self.where) from error


def open_store(url: str, *, busy_timeout_s: float = 5.0) -> Store:
    """Open `sqlite:///FILE` or `postgresql://user:password@host/name`; makes or upgrades the schema.

    busy_timeout_s: how long to wait for another process's lock. Raises StoreError when the URL is wrong, the
    folder is missing, the file is locked, read-only, corrupt, somebody else's, or from a newer version.
    """
    address = _address(url)
    store = Store(_engine(address, busy_timeout_s))
    try:
        with store.writing() as session:
            bring_up_to_date(session.connection(), store.where)
    except BaseException:
        store.close()
        raise
    return store


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise _wrong_url("an address that is none") from error
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() != "sqlite":
        raise _wrong_url(address.drivername)
    _check_folder(address)
    return address


def _wrong_url(got: str) -> StoreError:
    return StoreError(
        "The database URL cannot be read.",
        got=got,
        expected="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        next_step="Correct the URL (GUIWEI_DATABASE_URL).",
    )


def _check_folder(address: URL) -> None:
    name = address.database or ""
    if name in {"", ":memory:"}:
        raise _wrong_url("sqlite in memory, which keeps nothing")
    if not name.startswith("file:") and not Path(name).absolute().parent.is_dir():
        raise StoreError(
            "The folder of the database is missing.",
            where=str(Path(name).absolute().parent),
            next_step="Create the folder, or name another file.",
        )


def _engine(address: URL, busy_timeout_s: float) -> Engine:
    if address.get_backend_name() == "sqlite":
        arguments: dict[str, Any] = {"timeout": busy_timeout_s, "check_same_thread": False}
        # Reading a page and streaming files hold connections shortly; 16 serve the 40 worker threads of a server.
        engine = create_engine(address, connect_args=arguments, poolclass=QueuePool, pool_size=16, max_overflow=24)
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begun)
        return engine
    arguments = {"connect_timeout": 5, "options": f"-c lock_timeout={round(busy_timeout_s * 1000)}"}
    return create_engine(address, connect_args=arguments, pool_pre_ping=True, pool_size=16, max_overflow=24)


def _sqlite_connected(connection: Any, _record: object) -> None:
    # The driver's own implicit BEGIN is switched off: `_sqlite_begun` says which kind of transaction it is.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit that was answered survives a power cut, not only a killed process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _sqlite_begun(connection: Connection) -> None:
    kind = "IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")
