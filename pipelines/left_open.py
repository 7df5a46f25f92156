"""Closes what a killed live run left open: nobody saw how those episodes ended."""

from __future__ import annotations

from typing import Any

from models.domain.instants import iso, us_of
from models.domain.media import US
from models.store import BoxStore, Parcel


def close_left_open(store: BoxStore, now_us: int, *, deliver: bool) -> int:
    """Close every open incident of the database with end_reason "blind"; returns how many. Raises StoreError.

    The end is the last moment the incident's own record vouches for: its start plus what was observed and blind then,
    not the moment of the restart, of which nothing is known.
    """
    closed = [_closed(body) for body in store.open_incidents()]
    changes = [(body, [Parcel(body["dedupe_key"], "incident", body)] if deliver else []) for body in closed]
    return store.record(changes, now_us=now_us) if changes else 0


def _closed(body: dict[str, Any]) -> dict[str, Any]:
    lasted_us = round((body["observed_s"] + body["blind_s"]) * US)
    end_us = max(us_of(body["confirmed_at"]), us_of(body["first_seen"]) + lasted_us)
    return {**body, "revision": body["revision"] + 1, "ended_at": iso(end_us), "end_reason": "blind"}
