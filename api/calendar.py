"""What managers enter into the calendar: VIP visits and evening openings. Rows are only added."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.incidents import permit
from api.refusal import RefusalError
from api.roles import Box, Permission, Viewer
from models.domain.instants import iso
from models.domain.media import US
from models.store.tables import CalendarRow, SiteRow

LONGEST_US = 24 * 3600 * US


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands. kind: vip_visit | evening_opening. Times UTC µs."""

    number: int
    site: str
    id: str
    kind: str
    starts_us: int
    ends_us: int
    cancelled: bool
    by: str
    at_us: int


def enter(session: Session, viewer: Viewer, site: str, kind: str, span: tuple[int, int], *, now_us: int) -> Entry:
    """A new entry. Raises RefusalError(not_permitted, site_unknown, entry_order, in_the_past)."""
    permit(viewer, Permission.CALENDAR)
    if not viewer.sees(site) or session.get(SiteRow, site) is None:
        raise RefusalError("site_unknown", where="site_id", got=site[:100])
    starts_us, ends_us = span
    if not starts_us < ends_us <= starts_us + LONGEST_US:
        raise RefusalError("entry_order", where="ends", got=iso(ends_us), expected=f"> {iso(starts_us)}, within a day")
    if starts_us <= now_us:
        raise RefusalError("in_the_past", where="starts", got=iso(starts_us), expected=f"> {iso(now_us)}")
    return _added(session, viewer, (site, secrets.token_hex(6), kind), span, cancelled=False, now_us=now_us)


def cancel(session: Session, viewer: Viewer, entry_id: str, *, now_us: int) -> Entry:
    """Take an entry back. Raises RefusalError(not_permitted, entry_unknown)."""
    permit(viewer, Permission.CALENDAR)
    found = next((e for e in entries(session, viewer) if e.id == entry_id and not e.cancelled), None)
    if found is None:
        raise RefusalError("entry_unknown", where="entry_id", got=entry_id[:100])
    name = (found.site, found.id, found.kind)
    return _added(session, viewer, name, (found.starts_us, found.ends_us), cancelled=True, now_us=now_us)


def entries(session: Session, viewer: Viewer, site: str | None = None) -> list[Entry]:
    """The latest word of each entry of the viewer's sites, by start. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    latest = select(func.max(CalendarRow.id)).group_by(CalendarRow.site_id, CalendarRow.entry_id)
    query = select(CalendarRow).where(CalendarRow.id.in_(latest)).order_by(CalendarRow.starts_us, CalendarRow.id)
    rows = [_entry(row) for row in session.scalars(query)]
    return [e for e in rows if viewer.sees(e.site) and site in {None, e.site}]


def entries_after(session: Session, box: Box, number: int) -> list[Entry]:
    """Every word about the box's site after a number, in the order in which it was said."""
    query = select(CalendarRow).where(CalendarRow.site_id == box.site_id, CalendarRow.id > number)
    return [_entry(row) for row in session.scalars(query.order_by(CalendarRow.id).limit(1000))]


def _added(
    session: Session,
    viewer: Viewer,
    name: tuple[str, str, str],
    span: tuple[int, int],
    *,
    cancelled: bool,
    now_us: int,
) -> Entry:
    site, entry_id, kind = name
    row = CalendarRow(
        site_id=site,
        entry_id=entry_id,
        kind=kind,
        starts_us=span[0],
        ends_us=span[1],
        cancelled=cancelled,
        user_name=viewer.name,
        at_us=now_us,
    )
    session.add(row)
    session.flush()
    return _entry(row)


def _entry(row: CalendarRow) -> Entry:
    return Entry(
        row.id,
        row.site_id,
        row.entry_id,
        row.kind,
        row.starts_us,
        row.ends_us,
        row.cancelled,
        row.user_name,
        row.at_us,
    )
