"""Baselines on the server: proposed by those who triage, approved by the manager, taken by the box (rule P3-14).

Rows are only added; the latest word of a version holds. Versions go on from what the box was frozen to by hand
(`guiwei calibrate baseline`), so that a version names one layout wherever it was approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.furniture import layout_of
from api.incidents import permit
from api.refusal import RefusalError
from api.roles import Box, Permission, Viewer
from models.domain.instants import us_of
from models.store.furniture_tables import BaselineRow, LayoutRow


class Stage(StrEnum):
    """proposed: waits for approval, changes nothing; frozen: in force from its moment; superseded: taken out of force.

    trial comes from the box alone: measured, nothing raised.
    """

    PROPOSED = "proposed"
    TRIAL = "trial"
    FROZEN = "frozen"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Version:
    """One baseline as it stands. number: of its last word; by: who said it; on_box: told by the box."""

    number: int
    site: str
    version: int
    stage: Stage
    since_us: int
    layout_version: str
    by: str
    note: str
    at_us: int
    on_box: bool = False


def versions(session: Session, viewer: Viewer, site: str) -> list[Version]:
    """All of a site, by version. Raises RefusalError(not_permitted, site_unknown, layout_unknown)."""
    layout_of(session, viewer, site)
    return _known(session, site)


def propose(session: Session, viewer: Viewer, site: str, since_us: int | None, note: str, *, now_us: int) -> Version:
    """The layout that the box told, as the next version. Raises RefusalError(not_permitted, site_unknown,
    layout_unknown, in_the_past)."""
    permit(viewer, Permission.PROPOSE_BASELINE)
    layout = layout_of(session, viewer, site)
    if since_us is not None and since_us < now_us:
        raise RefusalError("in_the_past", where="since", got=since_us, expected=f">= {now_us}")
    version = 1 + max((one.version for one in _known(session, site)), default=0)
    moment_us = since_us if since_us is not None else now_us
    told = Version(0, site, version, Stage.PROPOSED, moment_us, layout.site_version, "", note, now_us)
    return _said(session, viewer, told, now_us)


def approve(session: Session, viewer: Viewer, site: str, version: int, note: str, *, now_us: int) -> Version:
    """A proposal comes into force at its moment, or now where that has passed. Raises RefusalError(not_permitted,
    site_unknown, baseline_unknown, baseline_state, layout_changed)."""
    permit(viewer, Permission.APPROVE_BASELINE)
    layout = layout_of(session, viewer, site)
    known = _one(session, site, version)
    if known.stage is not Stage.PROPOSED:
        raise RefusalError("baseline_state", where="version", got=known.stage, expected=Stage.PROPOSED)
    if known.layout_version != layout.site_version:
        got, expected = layout.site_version[:12], known.layout_version[:12]
        raise RefusalError("layout_changed", where="version", got=got, expected=expected)
    since_us = max(known.since_us, now_us)
    return _said(session, viewer, _after(known, Stage.FROZEN, since_us, note), now_us)


def supersede(session: Session, viewer: Viewer, site: str, version: int, note: str, *, now_us: int) -> Version:
    """Take a baseline out of force (nothing is raised until a later one begins), or a proposal off the table. Raises
    RefusalError(not_permitted, site_unknown, baseline_unknown, baseline_state)."""
    permit(viewer, Permission.APPROVE_BASELINE)
    layout_of(session, viewer, site)
    known = _one(session, site, version)
    if known.stage is Stage.SUPERSEDED:
        raise RefusalError("baseline_state", where="version", got=known.stage, expected=Stage.FROZEN)
    return _said(session, viewer, _after(known, Stage.SUPERSEDED, known.since_us, note), now_us)


def for_box(session: Session, box: Box, number: int) -> list[Version]:
    """Every word about the box's site after a number that changes what is in force, in order."""
    query = select(BaselineRow).where(BaselineRow.site_id == box.site_id, BaselineRow.id > number)
    rows = session.scalars(query.order_by(BaselineRow.id).limit(1000))
    return [_version(row) for row in rows if row.state != Stage.PROPOSED]


def _known(session: Session, site: str) -> list[Version]:
    row = session.get(LayoutRow, site)
    told = row.body["baselines"] if row is not None else []
    found = {
        one["version"]: Version(
            0,
            site,
            one["version"],
            Stage(one["state"]),
            us_of(one["since"]),
            row.site_version if row is not None else "",
            one["approved_by"],
            "",
            us_of(one["since"]),
            on_box=True,
        )
        for one in told
    }
    words = session.scalars(select(BaselineRow).where(BaselineRow.site_id == site).order_by(BaselineRow.id))
    found |= {word.version: _version(word) for word in words}
    return [found[version] for version in sorted(found)]


def _one(session: Session, site: str, version: int) -> Version:
    found = next((one for one in _known(session, site) if one.version == version), None)
    if found is None:
        raise RefusalError("baseline_unknown", where="version", got=version)
    return found


def _after(known: Version, stage: Stage, since_us: int, note: str) -> Version:
    return Version(0, known.site, known.version, stage, since_us, known.layout_version, "", note, 0)


def _said(session: Session, viewer: Viewer, told: Version, now_us: int) -> Version:
    row = BaselineRow(
        site_id=told.site,
        version=told.version,
        state=told.stage,
        since_us=told.since_us,
        layout_version=told.layout_version,
        user_name=viewer.name,
        role=viewer.role,
        note=told.note,
        at_us=now_us,
    )
    session.add(row)
    session.flush()
    return _version(row)


def _version(row: BaselineRow) -> Version:
    return Version(
        row.id,
        row.site_id,
        row.version,
        Stage(row.state),
        row.since_us,
        row.layout_version,
        row.user_name,
        row.note,
        row.at_us,
    )
