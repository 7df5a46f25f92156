"""Furniture on the server: the layout and the checks as boxes tell them, read by people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.incidents import permit
from api.refusal import RefusalError
from api.roles import Box, Permission, Viewer
from models.domain.furniture_check import Check, CheckState
from models.domain.media import US
from models.store.furniture_tables import CheckRow, LayoutRow
from models.store.tables import SiteRow

KEPT_US = 90 * 86_400 * US
"""Checks older than this go: a trial month, its baseline, and a month to look back."""
HISTORY = 500


@dataclass(frozen=True, slots=True)
class Layout:
    """body: as the box told it (api.furniture_bodies.LayoutBody). told_us: UTC µs."""

    site: str
    site_version: str
    body: dict[str, Any]
    told_us: int


def keep_layout(session: Session, box: Box, version: str, body: dict[str, Any], *, now_us: int) -> None:
    """The layout of the box's site; the latest told wins."""
    row = session.get(LayoutRow, box.site_id)
    if row is None:
        row = LayoutRow(site_id=box.site_id)
        session.add(row)
    row.site_version, row.body, row.told_us = version, body, now_us
    session.flush()


def keep_checks(session: Session, box: Box, checks: Iterable[Check], *, now_us: int) -> int:
    """Store what is new; returns how many. Sent twice changes nothing."""
    told = {(check.item, check.camera, check.utc_us): check for check in checks}
    times = [check.utc_us for check in told.values()]
    span = CheckRow.at_us.between(min(times, default=0), max(times, default=0))
    query = select(CheckRow.item, CheckRow.camera, CheckRow.at_us).where(CheckRow.site_id == box.site_id, span)
    known = {(item, camera, at_us) for item, camera, at_us in session.execute(query)}
    fresh = [check for key, check in told.items() if key not in known]
    session.add_all(_row(box.site_id, check) for check in fresh)
    old = (CheckRow.site_id == box.site_id) & (CheckRow.at_us < now_us - KEPT_US)
    session.execute(delete(CheckRow).where(old))
    session.flush()
    return len(fresh)


def layout_of(session: Session, viewer: Viewer, site: str) -> Layout:
    """Raises RefusalError(not_permitted, site_unknown, layout_unknown)."""
    permit(viewer, Permission.VIEW)
    if not viewer.sees(site) or session.get(SiteRow, site) is None:
        raise RefusalError("site_unknown", where="site", got=site[:100])
    row = session.get(LayoutRow, site)
    if row is None:
        raise RefusalError("layout_unknown", where="site", got=site[:100])
    return Layout(row.site_id, row.site_version, row.body, row.told_us)


def layouts(session: Session, viewer: Viewer) -> list[Layout]:
    """Of the viewer's sites, by id. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    rows = session.scalars(select(LayoutRow).order_by(LayoutRow.site_id))
    return [Layout(row.site_id, row.site_version, row.body, row.told_us) for row in rows if viewer.sees(row.site_id)]


def latest_checks(session: Session, viewer: Viewer, site: str) -> dict[str, Check]:
    """Item -> its last check, of any camera; a measured one rather than an unknown one of the same moment."""
    permit(viewer, Permission.VIEW)
    last = (
        select(CheckRow.item, func.max(CheckRow.at_us).label("at_us"))
        .where(CheckRow.site_id == site)
        .group_by(CheckRow.item)
        .subquery()
    )
    query = select(CheckRow).join(last, (CheckRow.item == last.c.item) & (CheckRow.at_us == last.c.at_us))
    found: dict[str, Check] = {}
    for row in session.scalars(query.where(CheckRow.site_id == site).order_by(CheckRow.id)):
        if row.item not in found or found[row.item].state is CheckState.UNKNOWN:
            found[row.item] = _check(row)
    return found


def history_of(session: Session, viewer: Viewer, site: str, item: str) -> list[Check]:
    """The last checks of one item, oldest first, at most HISTORY. Raises RefusalError(not_permitted, item_unknown)."""
    layout = layout_of(session, viewer, site)
    if item not in {one["id"] for one in layout.body["items"]}:
        raise RefusalError("item_unknown", where="item", got=item[:100])
    query = select(CheckRow).where(CheckRow.site_id == site, CheckRow.item == item)
    rows = session.scalars(query.order_by(CheckRow.at_us.desc(), CheckRow.id.desc()).limit(HISTORY))
    return [_check(row) for row in reversed(list(rows))]


def histories(session: Session, viewer: Viewer, site: str, most: int) -> dict[str, tuple[Check, ...]]:
    """Item -> its last checks, oldest first, at most so many. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    turn = func.row_number().over(partition_by=CheckRow.item, order_by=CheckRow.at_us.desc()).label("turn")
    ranked = select(CheckRow.id, turn).where(CheckRow.site_id == site).subquery()
    query = select(CheckRow).join(ranked, CheckRow.id == ranked.c.id).where(ranked.c.turn <= most)
    found: dict[str, list[Check]] = {}
    for row in session.scalars(query.order_by(CheckRow.at_us, CheckRow.id)):
        found.setdefault(row.item, []).append(_check(row))
    return {item: tuple(checks) for item, checks in found.items()}


def _row(site: str, check: Check) -> CheckRow:
    return CheckRow(
        site_id=site,
        item=check.item,
        camera=check.camera,
        at_us=check.utc_us,
        state=check.state,
        why=check.why,
        baseline=check.baseline,
        unit=check.unit,
        dx=check.dx,
        dy=check.dy,
        turn_deg=check.turn_deg,
        sigma=check.sigma,
        sigma_deg=check.sigma_deg,
    )


def _check(row: CheckRow) -> Check:
    state = CheckState(row.state)
    figures = (row.dx, row.dy, row.turn_deg, row.sigma, row.sigma_deg)
    return Check(row.at_us, row.item, row.camera, state, row.why, row.baseline, row.unit, *figures)
