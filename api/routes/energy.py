"""Energy over HTTP: boxes tell days of zones, people read them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.doors import BoxIn, ServicesIn, ViewerIn
from api.energy import days_known, keep_day, zone_days
from api.energy_bodies import DaySheetBody
from models.domain.day_sheet import body_of
from models.domain.instants import iso

router = APIRouter(prefix="/api/v1/energy", tags=["energy"])


@router.put("", summary="Tell a zone's day (device)")
def tell(body: DaySheetBody, box: BoxIn, services: ServicesIn) -> dict[str, bool]:
    """Idempotent by zone, day and run: the later word replaces the earlier. Several runs of a day are added."""
    with services.store.writing() as session:
        return {"stored": keep_day(session, box, body)}


@router.get("", summary="Read hours, energy and cost of a day")
def read(
    viewer: ViewerIn,
    services: ServicesIn,
    day: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
    site: str | None = None,
) -> dict[str, Any]:
    """Every zone of the viewer's sites on the day (the latest known where none is given). `measured` and `estimated`
    stand beside each other and are never summed."""
    with services.store.reading() as session:
        days = days_known(session, viewer)
        shown = day or (days[0] if days else None)
        found = zone_days(session, viewer, shown, site) if shown else []
    items = [{"site_id": one.site, "as_of": iso(one.as_of_us)} | body_of(one.sheet) for one in found]
    return {"day": shown, "days": days, "items": items}
