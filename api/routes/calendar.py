"""The calendar over HTTP: managers enter visits and evening openings, the box of the site fetches them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.calendar import Entry, cancel, enter, entries, entries_after
from api.doors import BoxIn, ServicesIn, ViewerIn
from api.signal_bodies import CalendarBody
from models.domain.instants import iso, us_of_datetime

router = APIRouter(prefix="/api/v1/calendar", tags=["energy"])


@router.post("", status_code=201, summary="Enter a VIP visit or an evening opening")
def make(body: CalendarBody, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """For site managers. Refused for the past."""
    span = us_of_datetime(body.starts), us_of_datetime(body.ends)
    with services.store.writing() as session:
        made = enter(session, viewer, body.site_id, body.kind, span, now_us=services.clock.utc_us())
    return entry_json(made)


@router.delete("/{entry_id}", summary="Take an entry back")
def take_back(entry_id: str, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """It stays on record as cancelled."""
    with services.store.writing() as session:
        return entry_json(cancel(session, viewer, entry_id, now_us=services.clock.utc_us()))


@router.get("", summary="List calendar entries")
def listing(viewer: ViewerIn, services: ServicesIn, site: str | None = None) -> dict[str, Any]:
    """Of the viewer's sites, by start, cancelled ones too."""
    with services.store.reading() as session:
        return {"items": [entry_json(entry) for entry in entries(session, viewer, site)]}


@router.get("/for-box", summary="Fetch what was entered for the site (device)")
def fetch(box: BoxIn, services: ServicesIn, after: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
    """Every word after the number `after`, in the order in which it was said."""
    with services.store.reading() as session:
        found = entries_after(session, box, after)
    return {"items": [entry_json(entry) for entry in found], "next": found[-1].number if found else after}


def entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "site_id": entry.site,
        "kind": entry.kind,
        "starts": iso(entry.starts_us),
        "ends": iso(entry.ends_us),
        "cancelled": entry.cancelled,
        "by": entry.by,
        "at": iso(entry.at_us),
    }
