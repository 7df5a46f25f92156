"""Readings of meters on their way from gateways to the box of their site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from api.roles import Box
from models.domain.energy import SignalKind
from models.domain.media import US
from models.domain.readings import Aside, Reading, wrong_with
from models.store.tables import SignalRow

KEPT_US = 7 * 24 * 3600 * US
"""A box that is away for longer has missed what no rule can use any more."""
PAGE = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: stored, already here, and (position, reason) of what was set aside."""

    stored: int
    repeated: int
    set_aside: tuple[tuple[int, Aside], ...]


def take_signals(session: Session, box: Box, readings: Sequence[Reading], *, now_us: int) -> Taken:
    """Store a batch; one that was sent before changes nothing."""
    aside: list[tuple[int, Aside]] = []
    good: dict[tuple[str, SignalKind, int], Reading] = {}
    for position, reading in enumerate(readings):
        wrong = wrong_with(reading, now_us)
        if wrong is not None:
            aside.append((position, wrong))
        else:
            good.setdefault((reading.meter, reading.kind, reading.at_us), reading)
    known = _known(session, box, list(good.values()))
    fresh = [reading for key, reading in good.items() if key not in known]
    rows = [
        {"meter": r.meter, "kind": r.kind.value, "value": r.value, "at_us": r.at_us, "site_id": box.site_id}
        | {"received_us": now_us}
        for r in fresh
    ]
    if rows:
        session.execute(insert(SignalRow), rows)
    session.execute(delete(SignalRow).where(SignalRow.received_us < now_us - KEPT_US))
    return Taken(len(fresh), len(readings) - len(aside) - len(fresh), tuple(aside))


def signals_after(session: Session, box: Box, last_id: int) -> list[tuple[int, Reading]]:
    """(row number, reading) of the box's site after a row number, oldest first, at most a page."""
    query = select(SignalRow).where(SignalRow.site_id == box.site_id, SignalRow.id > last_id)
    rows = session.scalars(query.order_by(SignalRow.id).limit(PAGE))
    return [(row.id, Reading(row.meter, SignalKind(row.kind), row.value, row.at_us)) for row in rows]


def _known(session: Session, box: Box, readings: Sequence[Reading]) -> set[tuple[str, SignalKind, int]]:
    if not readings:
        return set()
    moments = [reading.at_us for reading in readings]
    query = select(SignalRow.meter, SignalRow.kind, SignalRow.at_us).where(
        SignalRow.site_id == box.site_id,
        SignalRow.meter.in_({reading.meter for reading in readings}),
        SignalRow.at_us.between(min(moments), max(moments)),
    )
    return {(meter, SignalKind(kind), at_us) for meter, kind, at_us in session.execute(query)}
