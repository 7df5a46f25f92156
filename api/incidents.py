"""Reading incidents: the list with filters and keyset paging, and one incident with its history.

Whoever asks goes through the same authorisation, the HTTP routes and the pages alike: an incident of a site that is
not the viewer's does not exist for that viewer.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from api.records import Record, Step, history, records
from api.refusal import RefusalError
from api.roles import MOVES, Permission, Viewer
from models.domain.finding import Severity
from models.domain.incident import TRANSITIONS, State
from models.store.tables import IncidentRow

MAX_PAGE = 200
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to list; empty means any. Times are UTC microseconds, half-open [from_us, to_us)."""

    states: frozenset[State] = field(default_factory=frozenset)
    codes: frozenset[str] = field(default_factory=frozenset)
    zone: str | None = None
    site: str | None = None
    severity: Severity | None = None
    from_us: int | None = None
    """By when the rule confirmed it, as the list is ordered."""
    to_us: int | None = None
    changed_since_us: int | None = None
    """Only what a box or a person changed at or after this moment."""


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """A page, newest confirmation first. next_cursor is None on the last page."""

    items: tuple[Record, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """One incident, its history (oldest first) and the states this viewer may move it to."""

    record: Record
    history: tuple[Step, ...]
    moves: tuple[State, ...]


def list_incidents(
    session: Session, viewer: Viewer, wanted: IncidentFilter, cursor: str | None = None, limit: int = 50
) -> IncidentPage:
    """A page of what the viewer may see. Raises RefusalError(not_permitted, cursor_unreadable)."""
    permit(viewer, Permission.VIEW)
    size = max(1, min(limit, MAX_PAGE))
    query = _visible(viewer).where(*_conditions(wanted))
    if cursor is not None:
        at_us, key = _unpacked(cursor)
        later = and_(IncidentRow.confirmed_us == at_us, IncidentRow.dedupe_key < key)
        query = query.where(or_(IncidentRow.confirmed_us < at_us, later))
    ordered = query.order_by(IncidentRow.confirmed_us.desc(), IncidentRow.dedupe_key.desc())
    rows = list(session.scalars(ordered.limit(size + 1)))
    following = _packed(rows[size - 1]) if len(rows) > size else None
    return IncidentPage(records(session, rows[:size]), following)


def show_incident(session: Session, viewer: Viewer, dedupe_key: str) -> IncidentDetail:
    """One incident. Raises RefusalError(not_permitted, incident_unknown)."""
    row = visible_incident(session, viewer, dedupe_key)
    (record,) = records(session, [row])
    return IncidentDetail(record, history(session, dedupe_key), open_moves(viewer, record.state))


def visible_incident(session: Session, viewer: Viewer, dedupe_key: str) -> IncidentRow:
    """The row, if the viewer may see it. Raises RefusalError(not_permitted, incident_unknown)."""
    permit(viewer, Permission.VIEW)
    row = session.scalar(_visible(viewer).where(IncidentRow.dedupe_key == dedupe_key))
    if row is None:
        raise RefusalError("incident_unknown", where="dedupe_key", got=dedupe_key[:64])
    return row


def open_moves(viewer: Viewer, state: State) -> tuple[State, ...]:
    """Legal moves from a state that the viewer's role permits, in the order of the states."""
    return tuple(to for to in State if to in TRANSITIONS[state] and to in MOVES and viewer.may(MOVES[to]))


def permit(viewer: Viewer, permission: Permission) -> None:
    """Raises RefusalError(not_permitted) unless the viewer's role has the permission."""
    if not viewer.may(permission):
        raise RefusalError("not_permitted", got=viewer.role, expected=permission)


def _visible(viewer: Viewer) -> Select[IncidentRow]:
    query = select(IncidentRow)
    return query if viewer.sites is None else query.where(IncidentRow.site_id.in_(sorted(viewer.sites)))


def _conditions(wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    row = IncidentRow
    given: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.states or None, row.state.in_(sorted(wanted.states))),
        (wanted.codes or None, row.code.in_(sorted(wanted.codes))),
        (wanted.zone, row.zone == wanted.zone),
        (wanted.site, row.site_id == wanted.site),
        (wanted.severity, row.severity == wanted.severity),
        (wanted.from_us, row.confirmed_us >= (wanted.from_us or 0)),
        (wanted.to_us, row.confirmed_us < (wanted.to_us or 0)),
        (wanted.changed_since_us, row.changed_us >= (wanted.changed_since_us or 0)),
    ]
    return [condition for value, condition in given if value is not None]


def _packed(row: IncidentRow) -> str:
    return base64.urlsafe_b64encode(f"{row.confirmed_us}.{row.dedupe_key}".encode()).decode().rstrip("=")


def _unpacked(cursor: str) -> tuple[int, str]:
    """The cursor holds a position only; what may be seen is decided anew for every page."""
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    if (found := _CURSOR.fullmatch(plain)) is None:
        raise RefusalError("cursor_unreadable", where="cursor", got=cursor[:100])
    return int(found[1]), found[2]
