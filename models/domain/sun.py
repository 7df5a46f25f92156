"""Sunrise and sunset, for hints to the manager only: no incident depends on them.

Formulas: NOAA Global Monitoring Division, "General Solar Position Calculations"; good to about two minutes below 66
degrees of latitude.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.domain.calendar import Calendar, WindowId
from models.domain.instants import us_of_datetime
from models.domain.media import US

ZENITH_DEG = 90.833
"""Of the sun's centre at sunset: refraction and half the sun's disc."""
LATE_MIN, EARLY_MIN = 45, 30
"""domain.md section 1.1: exterior lights more than 45 min after sunset, or more than 30 min before it."""


def sunset_us(location: tuple[float, float], day: date) -> int | None:
    """UTC µs of sunset on a local day; None where the sun does not set. location: degrees north, degrees east."""
    latitude, longitude = location
    angle = 2 * math.pi / 365 * (day.timetuple().tm_yday - 1 + 0.25)
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(angle)
        - 0.032077 * math.sin(angle)
        - 0.014615 * math.cos(2 * angle)
        - 0.040849 * math.sin(2 * angle)
    )
    tilt = (
        0.006918
        - 0.399912 * math.cos(angle)
        + 0.070257 * math.sin(angle)
        - 0.006758 * math.cos(2 * angle)
        + 0.000907 * math.sin(2 * angle)
        - 0.002697 * math.cos(3 * angle)
        + 0.00148 * math.sin(3 * angle)
    )
    phi = math.radians(latitude)
    cosine = math.cos(math.radians(ZENITH_DEG)) / (math.cos(phi) * math.cos(tilt)) - math.tan(phi) * math.tan(tilt)
    if not -1 <= cosine <= 1:
        return None
    minutes = 720 - 4 * (longitude - math.degrees(math.acos(cosine))) - equation_min
    return us_of_datetime(datetime.combine(day, datetime.min.time(), UTC) + timedelta(minutes=minutes))


@dataclass(frozen=True, slots=True)
class SunHint:
    """Exterior lights open this many minutes after sunset (negative: before it)."""

    day: date
    minutes: int

    @property
    def late(self) -> bool:
        return self.minutes > 0


def sun_hint(calendar: Calendar, day: date) -> SunHint | None:
    """A hint where the exterior lights open far from sunset; None where all is well or the place is not known."""
    location = calendar.hours.location
    spans = calendar.spans(WindowId.EXTERIOR, day)
    sunset = None if location is None else sunset_us(location, day)
    if sunset is None or not spans:
        return None
    minutes = round((spans[0].start_us - sunset) / 60 / US)
    return SunHint(day, minutes) if minutes > LATE_MIN or minutes < -EARLY_MIN else None
