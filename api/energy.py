"""Days of zones as boxes tell them: stored by run, the later word of a run replaces the earlier; shown joined."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.energy_bodies import DaySheetBody
from api.incidents import permit
from api.roles import Box, Permission, Viewer
from models.domain.day_sheet import DaySheet, joined, sheet_of
from models.domain.instants import us_of_datetime
from models.store.tables import EnergyDayRow

MOST_DAYS = 62


@dataclass(frozen=True, slots=True)
class ZoneDay:
    """A zone's day at a site, all its runs together. as_of_us: the last word, UTC µs."""

    site: str
    sheet: DaySheet
    as_of_us: int


def keep_day(session: Session, box: Box, body: DaySheetBody) -> bool:
    """Store what a run says of a zone's day; whether it was news. An older word than the stored one changes nothing."""
    run_us, as_of_us = us_of_datetime(body.run_started), us_of_datetime(body.as_of)
    row = session.get(EnergyDayRow, (box.site_id, body.zone, body.day, run_us))
    if row is None:
        row = EnergyDayRow(site_id=box.site_id, zone=body.zone, day=body.day, run_us=run_us)
        session.add(row)
    elif as_of_us <= row.as_of_us:
        return False
    row.as_of_us, row.body = as_of_us, body.content()
    session.flush()
    return True


def days_known(session: Session, viewer: Viewer) -> list[str]:
    """Days of which anything is known, latest first, at most 62. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    query = select(EnergyDayRow.site_id, EnergyDayRow.day).distinct().order_by(EnergyDayRow.day.desc())
    return list(dict.fromkeys(day for site, day in session.execute(query) if viewer.sees(site)))[:MOST_DAYS]


def zone_days(session: Session, viewer: Viewer, day: str, site: str | None = None) -> list[ZoneDay]:
    """Every zone of the viewer's sites on a day, by site and zone. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    query = select(EnergyDayRow).where(EnergyDayRow.day == day)
    rows = session.scalars(query.order_by(EnergyDayRow.site_id, EnergyDayRow.zone, EnergyDayRow.run_us))
    found: dict[tuple[str, str], list[EnergyDayRow]] = {}
    for row in rows:
        if viewer.sees(row.site_id) and site in {None, row.site_id}:
            found.setdefault((row.site_id, row.zone), []).append(row)
    return [
        ZoneDay(name, joined([sheet_of(row.body) for row in runs]), max(row.as_of_us for row in runs))
        for (name, _), runs in found.items()
    ]
