"""What holds on a day or in a month, as tables of plain text (`guiwei site calendar`)."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from calibration.in_force import Table
from models.domain.calendar import DAY_MIN, Calendar, DayPlan, WindowId, season_anomalies
from models.domain.instants import datetime_of
from models.domain.media import US
from models.domain.site import Site
from models.domain.sun import sun_hint
from models.texts import Language, text

MODEL_LEAD_MIN, AC_LEAD_MIN = 5, 45
"""P3-34, P3-37: model light and AC before a VIP arrives."""
CELLS = 24
"""A day's bar in the terminal: an hour a cell, filled where the window is open in any of it."""


def day_table(site: Site, day: date, language: Language) -> Table:
    """One row a window: its times, a bar of the day, who decided, what prolonged it."""
    rows = []
    for window in WindowId:
        plan = site.calendar.plan(window, day)
        rows.append((text(f"calendar.window.{window}", language), _times(plan), _bar(plan), _why(plan, language)))
    headings = tuple(text("calendar.day.headings", language).split("|"))
    season = text("calendar.season", language, season=site.calendar.season(day).id)
    weekday = text(f"calendar.weekday.{day.weekday()}", language)
    return Table(f"{day.isoformat()} {weekday} · {season}", headings, tuple(rows))


def month_table(site: Site, first: date, language: Language) -> Table:
    """The month in which `first` lies; days in a row on which the same holds share one row."""
    shown = (WindowId.INTERIOR, WindowId.AC, WindowId.EXTERIOR, WindowId.GROUND)
    rows: list[tuple[list[date], tuple[str, ...]]] = []
    for day in month_days(first):
        plans = [site.calendar.plan(window, day) for window in shown]
        marks = [*(e for plan in plans for e in plan.evenings), *_visits(site.calendar, day)]
        row = (site.calendar.season(day).id, *map(_times, plans), ", ".join(dict.fromkeys(marks)))
        if rows and rows[-1][1] == row:
            rows[-1][0].append(day)
        else:
            rows.append(([day], row))
    headings = tuple(text("calendar.month.headings", language).split("|"))
    return Table(f"{first:%Y-%m}", headings, tuple((_days(days), *row) for days, row in rows))


def _days(days: list[date]) -> str:
    return f"{days[0]:%m-%d}" if len(days) == 1 else f"{days[0]:%m-%d}..{days[-1]:%d}"


def month_days(first: date) -> list[date]:
    last = months.monthrange(first.year, first.month)[1]
    return [date(first.year, first.month, number) for number in range(1, last + 1)]


def remarks(site: Site, days: list[date], language: Language) -> Iterator[str]:
    """VIP obligations, evening openings without effect, anomalies of the season table, far sunsets."""
    calendar = site.calendar
    for visit in calendar.hours.visits:
        if calendar.day_of(visit.arrives_us) in days:
            yield text(
                "calendar.visit",
                language,
                visit=visit.id,
                ac=_local(calendar, visit.arrives_us - AC_LEAD_MIN * 60 * US),
                model=_local(calendar, visit.arrives_us - MODEL_LEAD_MIN * 60 * US),
                arrives=_local(calendar, visit.arrives_us),
                leaves=_local(calendar, visit.leaves_us),
            )
    unheard = {(w, e) for day in days for w in WindowId for e in calendar.plan(w, day).unheard}
    for window, evening in sorted(unheard):
        name = text(f"calendar.window.{window}", language)
        yield text("calendar.unheard", language, evening=evening, window=name)
    for found in season_anomalies(calendar):
        places = {"day": f"{found.month:02}-{found.day:02}", "season": found.resolved}
        yield text(f"calendar.anomaly.{found.kind}", language, **places)
    if calendar.hours.location is None:
        yield text("calendar.no_location", language)
    else:
        yield from _sun(calendar, days, language)


def _sun(calendar: Calendar, days: list[date], language: Language) -> Iterator[str]:
    hints = [hint for day in days if (hint := sun_hint(calendar, day))]
    for late in (True, False):
        mine = [hint for hint in hints if hint.late is late]
        if mine:
            worst = max(mine, key=lambda h: abs(h.minutes))
            key = "calendar.sun.late" if late else "calendar.sun.early"
            yield text(key, language, count=len(mine), day=worst.day.isoformat(), minutes=abs(worst.minutes))


def _times(plan: DayPlan) -> str:
    return ", ".join(map(str, plan.windows)) or "—"


def _bar(plan: DayPlan) -> str:
    step = DAY_MIN // CELLS
    starts = range(0, DAY_MIN, step)
    return "".join(
        "█" if any(w.opens_min < at + step and at < w.closes_min for w in plan.windows) else "·" for at in starts
    )


def _why(plan: DayPlan, language: Language) -> str:
    origin = text(f"calendar.origin.{plan.origin}", language)
    return " + ".join([origin, *plan.evenings])


def _visits(calendar: Calendar, day: date) -> list[str]:
    return [f"VIP {v.id}" for v in calendar.hours.visits if calendar.day_of(v.arrives_us) == day]


def _local(calendar: Calendar, utc_us: int) -> str:
    local: datetime = datetime_of(utc_us).astimezone(ZoneInfo(calendar.time_zone))
    return f"{local:%H:%M}"
