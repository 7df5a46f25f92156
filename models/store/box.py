"""The box's side: incidents as last written, and the outbox of what the API still has to get.

An incident and its outbox rows are one transaction: a killed process has written both or neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from models.store.opening import open_store
from models.store.tables import BoxIncidentRow, OutboxRow

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to put into the outbox.

    kind: incident (body), evidence (path of the file, body with what is needed to send it), camera (body, path),
    energy (body: a zone's day) or figures (body; the key is the address).
    """

    dedupe_key: str
    kind: str
    body: Body | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """An undelivered parcel. next_attempt_us is None when the API refused it for good."""

    id: int
    dedupe_key: str
    kind: str
    body: Body | None
    path: str | None
    attempts: int
    next_attempt_us: int | None
    error: str | None


Change = tuple[Body, Sequence[Parcel]]
"""An incident's body (docs/design/contracts.md) and what to deliver because of it."""


class BoxStore:
    """The box's database. Raises StoreError when it cannot be used. Safe to share between threads."""

    def __init__(self, url: str, *, busy_timeout_s: float = 5.0) -> None:
        self._store = open_store(url, busy_timeout_s=busy_timeout_s)

    def record(self, changes: Iterable[Change], *, now_us: int = 0) -> int:
        """Write incidents and their parcels in ONE transaction; returns how many were new or revised.

        A revision not higher than the stored one is skipped together with its parcels, so that recording twice
        (a replay run again after a kill) doubles nothing. now_us: the earliest time of the first attempt.
        """
        with self._store.writing() as session:
            return sum(_record(session, body, parcels, now_us) for body, parcels in changes)

    def enqueue(self, parcels: Iterable[Parcel], *, now_us: int = 0) -> None:
        """Put parcels that belong to no change of an incident (camera states) into the outbox."""
        with self._store.writing() as session:
            session.add_all(_row(parcel, now_us) for parcel in parcels)

    def supersede(self, parcels: Iterable[Parcel], *, now_us: int = 0) -> None:
        """Put parcels into the outbox in place of what still waits under the same key: only the latest is wanted."""
        with self._store.writing() as session:
            for parcel in parcels:
                waits = (OutboxRow.dedupe_key == parcel.dedupe_key) & OutboxRow.delivered_us.is_(None)
                session.execute(delete(OutboxRow).where(waits))
                session.add(_row(parcel, now_us))

    def pending(self, now_us: int, limit: int = 50) -> list[Pending]:
        """What is due, oldest first, and of each `dedupe_key` only the first: order is kept per incident."""
        earlier = aliased(OutboxRow)
        waiting = (
            select(earlier.id)
            .where(
                earlier.dedupe_key == OutboxRow.dedupe_key,
                earlier.delivered_us.is_(None),
                earlier.next_attempt_us.is_not(None),
                earlier.id < OutboxRow.id,
            )
            .exists()
        )
        query = (
            select(OutboxRow)
            .where(OutboxRow.delivered_us.is_(None), OutboxRow.next_attempt_us <= now_us, ~waiting)
            .order_by(OutboxRow.id)
            .limit(limit)
        )
        with self._store.reading() as session:
            return [_pending(row) for row in session.scalars(query)]

    def delivered(self, parcel_id: int, now_us: int = 0) -> None:
        """The API took it."""
        self._change(parcel_id, delivered_us=now_us, error=None)

    def failed(self, parcel_id: int, next_attempt_us: int | None, error: str) -> None:
        """The attempt failed; None: the API refused it for good, it is kept and holds up nothing."""
        self._change(parcel_id, attempts=OutboxRow.attempts + 1, next_attempt_us=next_attempt_us, error=error[:2000])

    def refused(self) -> list[Pending]:
        """What the API refused for good."""
        query = select(OutboxRow).where(OutboxRow.delivered_us.is_(None), OutboxRow.next_attempt_us.is_(None))
        with self._store.reading() as session:
            return [_pending(row) for row in session.scalars(query.order_by(OutboxRow.id))]

    def retry_refused(self, now_us: int) -> int:
        """Try refused parcels again (the cause was mended); returns how many."""
        open_again = OutboxRow.delivered_us.is_(None) & OutboxRow.next_attempt_us.is_(None)
        with self._store.writing() as session:
            rows = list(session.scalars(select(OutboxRow).where(open_again)))
            for row in rows:
                row.next_attempt_us = now_us
            return len(rows)

    def undelivered(self) -> int:
        """How many parcels wait, refused ones not counted."""
        waits = OutboxRow.delivered_us.is_(None) & OutboxRow.next_attempt_us.is_not(None)
        with self._store.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow).where(waits)) or 0

    def next_due_us(self) -> int | None:
        """When the next parcel is due; None when nothing waits."""
        with self._store.reading() as session:
            return session.scalar(select(func.min(OutboxRow.next_attempt_us)).where(OutboxRow.delivered_us.is_(None)))

    def incidents(self) -> list[Body]:
        """Every incident as last written, by start and key."""
        with self._store.reading() as session:
            bodies = [dict(row.body) for row in session.scalars(select(BoxIncidentRow))]
        return sorted(bodies, key=lambda body: (body["first_seen"], body["dedupe_key"]))

    def open_incidents(self) -> list[Body]:
        """Incidents whose episode has not ended."""
        return [body for body in self.incidents() if body["ended_at"] is None]

    def close(self) -> None:
        """Give all connections back."""
        self._store.close()

    def _change(self, parcel_id: int, **values: Any) -> None:
        with self._store.writing() as session:
            session.execute(update(OutboxRow).where(OutboxRow.id == parcel_id).values(**values))


def _record(session: Session, body: Body, parcels: Sequence[Parcel], now_us: int) -> bool:
    stored = session.get(BoxIncidentRow, body["dedupe_key"])
    if stored is not None and body["revision"] <= stored.revision:
        return False
    if stored is None:
        stored = BoxIncidentRow(dedupe_key=body["dedupe_key"])
        session.add(stored)
    stored.revision, stored.body, stored.is_open = body["revision"], dict(body), body["ended_at"] is None
    session.add_all(_row(parcel, now_us) for parcel in parcels)
    return True


def _row(parcel: Parcel, now_us: int) -> OutboxRow:
    return OutboxRow(
        dedupe_key=parcel.dedupe_key, kind=parcel.kind, body=parcel.body, path=parcel.path, next_attempt_us=now_us
    )


def _pending(row: OutboxRow) -> Pending:
    return Pending(row.id, row.dedupe_key, row.kind, row.body, row.path, row.attempts, row.next_attempt_us, row.error)
