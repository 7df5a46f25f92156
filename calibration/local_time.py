"""Moments written by people: local time of the site, or ISO-8601 with an offset."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def moment_of(value: str, time_zone: str) -> int | None:
    """Microseconds UTC of a local or offset ISO time; None when it is no such time or the local clock skipped it."""
    if "T" not in value and " " not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        zone = ZoneInfo(time_zone)
        local = moment.replace(tzinfo=zone)
        round_trip = datetime.fromtimestamp(local.timestamp(), zone)
        if round_trip.replace(tzinfo=None) != moment:
            return None
        moment = local
    return round(moment.timestamp() * 1_000_000)
