"""Moments as the project counts them, UTC microseconds since 1970, to and from datetimes and ISO-8601."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us_of_datetime(moment: datetime) -> int:
    """UTC µs of a datetime with a time zone. Raises TypeError for one without."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def datetime_of(utc_us: int) -> datetime:
    """The datetime, in UTC."""
    return EPOCH + timedelta(microseconds=utc_us)


def iso(utc_us: int) -> str:
    """ISO-8601 with offset and all six decimals: `2026-06-01T02:30:02.200000+00:00`."""
    return datetime_of(utc_us).isoformat(timespec="microseconds")


def us_of(moment: str) -> int:
    """UTC µs of ISO-8601 with offset. Raises ValueError or TypeError for anything else."""
    return us_of_datetime(datetime.fromisoformat(moment))
