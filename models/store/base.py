"""What all tables share: naming of constraints, the integer types, and UTC microseconds.

Every moment is stored as an integer: microseconds since 1970-01-01 UTC (column names end in `_us`).
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one schema, of the API and of the box alike."""

    metadata = MetaData(naming_convention=_NAMES)


Serial = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
"""A row number. SQLite numbers rows by itself only when the type is INTEGER."""

Us = Annotated[int, mapped_column(BigInteger)]
"""Microseconds since 1970-01-01 UTC."""

Short = Annotated[str, mapped_column(String(100))]
"""Codes, ids and states."""

Text = Annotated[str, mapped_column(String(2000))]
"""What somebody wrote."""
