"""Key figures of waits and posts: boxes tell a day's rows, supervisors read what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.incidents import permit
from api.records import SiteRecord, sites
from api.refusal import RefusalError
from api.registrations import registrations
from api.roles import Box, Permission, Viewer
from models.domain.figures_document import FiguresDocument, document_of, fields_of
from models.domain.figures_summary import FiguresSummary, days_us, summary_of
from models.domain.instants import datetime_of
from models.domain.site import Name
from models.domain.wait_figures import PostRow, WaitRow
from models.store.tables import FiguresRow

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site's figures over a period."""

    site: SiteRecord
    period: Period
    summary: FiguresSummary


def tell_figures(session: Session, box: Box, run: str, day: str, document: FiguresDocument, *, now_us: int) -> bool:
    """Store a run's rows of one UTC day in place of what was told before; whether it was new.

    Raises RefusalError(foreign_site).
    """
    if document.site != box.site_id:
        raise RefusalError("foreign_site", where="site", got=document.site[:100], expected=box.site_id)
    query = select(FiguresRow).where(FiguresRow.site_id == box.site_id, FiguresRow.run == run, FiguresRow.day == day)
    row = session.scalar(query)
    new = row is None
    if row is None:
        row = FiguresRow(site_id=box.site_id, run=run, day=day)
        session.add(row)
    row.body, row.told_us = fields_of(document), now_us
    return new


def read_figures(
    session: Session, viewer: Viewer, site_id: str | None, asked: tuple[date | None, date | None], *, now_us: int
) -> SiteFigures:
    """The figures of a site (None: the viewer's first) over days; None: today.

    Raises RefusalError(not_permitted, site_unknown, days_order).
    """
    permit(viewer, Permission.FIGURES)
    seen = [one for one in sites(session).values() if viewer.sees(one.id)]
    site = next((one for one in seen if site_id in {None, one.id}), None)
    if site is None:
        raise RefusalError("site_unknown", where="site", got=(site_id or "")[:100])
    period = _period(asked, site.time_zone, now_us)
    span_us = days_us(period.first, period.last, site.time_zone)
    waits, posts, named = _rows(session, site.id, span_us)
    booked = registrations(session, site.id, span_us)
    return SiteFigures(site, period, summary_of(waits, posts, booked, site.time_zone, named))


def _period(asked: tuple[date | None, date | None], time_zone: str, now_us: int) -> Period:
    today = datetime_of(now_us).astimezone(ZoneInfo(time_zone)).date()
    last = asked[1] or max(asked[0] or today, today)
    first = asked[0] or last
    if not first <= last < first + timedelta(days=LONGEST_DAYS):
        raise RefusalError(
            "days_order", where="from, to", got=f"{first} .. {last}", expected=f"from <= to, <= {LONGEST_DAYS} days"
        )
    return Period(first, last)


def _rows(
    session: Session, site_id: str, span_us: tuple[int, int]
) -> tuple[list[WaitRow], list[PostRow], dict[str, Name]]:
    """Rows that began in [from, to), of whatever run; the latest names of posts."""
    first, last = (f"{datetime_of(at_us):%Y-%m-%d}" for at_us in span_us)
    query = select(FiguresRow).where(FiguresRow.site_id == site_id, FiguresRow.day.between(first, last))
    waits, posts, named = list[WaitRow](), list[PostRow](), dict[str, Name]()
    for row in session.scalars(query.order_by(FiguresRow.told_us, FiguresRow.id)):
        document = document_of(row.body)
        waits += [one for one in document.waits if span_us[0] <= one.in_us < span_us[1]]
        posts += [one for one in document.posts if span_us[0] <= one.start_us < span_us[1]]
        named |= document.posts_named
    return waits, posts, named
