"""Translates what SQLAlchemy and the drivers raise into StoreError.

StoreError
├── StoreFullError   no room left on the disk
└── StoreBusyError   another process holds the database
"""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from models.domain.errors import StoreError


class StoreFullError(StoreError):
    """No room left where the database lies."""


class StoreBusyError(StoreError):
    """Another process held the database for longer than the busy time-out."""


_KNOWN: tuple[tuple[str, type[StoreError], str, str], ...] = (
    ("disk is full", StoreFullError, "The disk of the database is full.", "Make room on that disk, then try again."),
    ("no space left", StoreFullError, "The disk of the database is full.", "Make room on that disk, then try again."),
    (
        "database is locked",
        StoreBusyError,
        "Another process holds the database.",
        "End the other process or wait for it.",
    ),
    (
        "readonly",
        StoreError,
        "The database is read-only.",
        "Give this user write permission on the file and its folder.",
    ),
    (
        "read-only",
        StoreError,
        "The database is read-only.",
        "Give this user write permission on the file and its folder.",
    ),
    ("not a database", StoreError, "The file is not a database.", "Name another file, or restore it from a backup."),
    ("malformed", StoreError, "The database is corrupt.", "Restore it from a backup; keep the file for examination."),
    ("disk i/o error", StoreError, "The disk of the database fails.", "Check the disk and its cables, then try again."),
    (
        "unable to open",
        StoreError,
        "The database cannot be opened.",
        "Check that folder and file can be read and written.",
    ),
    (
        "password authentication",
        StoreError,
        "The database refused the password.",
        "Correct user or password in the URL.",
    ),
    ("does not exist", StoreError, "The database or its user does not exist.", "Create it, or correct the URL."),
)


def translated(error: SQLAlchemyError, where: str) -> StoreError:
    """The StoreError for a library error; `where` is the database's address without its password."""
    got = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
    for mark, kind, what, next_step in _KNOWN:
        if mark in got.lower():
            return kind(what, where=where, got=got, next_step=next_step)
    return StoreError(
        "The database cannot be used.",
        where=where,
        got=got,
        next_step="Check that the database server runs and the URL is right.",
    )
