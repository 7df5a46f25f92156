"""Duty time: when a post owes somebody, in the site's local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.domain.instants import datetime_of, us_of_datetime
from models.domain.site import DutyWindow, Post

FOREVER_US = 2**62


@dataclass(frozen=True, slots=True)
class Duty:
    """The stretch of duty around a moment, half-open [start, end), UTC µs; changes: shift changes within it."""

    start_us: int
    end_us: int
    changes_us: tuple[int, ...] = ()


ALWAYS = Duty(-FOREVER_US, FOREVER_US)


def duty_at(post: Post, time_zone: str, utc_us: int) -> Duty | None:
    """The duty that holds at that moment, None off duty. Windows that touch are one duty with a shift change."""
    if not post.duty:
        return ALWAYS
    zone = ZoneInfo(time_zone)
    today = datetime_of(utc_us).astimezone(zone).date()
    spans = sorted(_span(window, today + timedelta(days=shift), zone) for shift in (-1, 0, 1) for window in post.duty)
    start = end = -FOREVER_US
    changes: list[int] = []
    for opens, closes in spans:
        if opens > end:
            if start <= utc_us < end:
                break
            start, end, changes = opens, closes, [opens, closes]
        else:
            end = max(end, closes)
            changes += [opens, closes]
    return Duty(start, end, tuple(sorted(set(changes)))) if start <= utc_us < end else None


def _span(window: DutyWindow, day: date, zone: ZoneInfo) -> tuple[int, int]:
    ends = day if window.closes > window.opens else day + timedelta(days=1)
    opens, closes = datetime.combine(day, window.opens, zone), datetime.combine(ends, window.closes, zone)
    return us_of_datetime(opens), us_of_datetime(closes)
