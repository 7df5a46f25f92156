"""Readings of meters over HTTP: gateways bring them, the box of the site fetches them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.doors import BoxIn, ServicesIn
from api.signal_bodies import SignalsBody
from api.signals import signals_after, take_signals
from models.domain.instants import iso

router = APIRouter(prefix="/api/v1/signals", tags=["energy"])


@router.post("", summary="Bring readings of meters (device)")
def bring(body: SignalsBody, box: BoxIn, services: ServicesIn) -> dict[str, Any]:
    """Idempotent by meter, kind and time. What cannot be is set aside with its position and reason; the rest counts:
    not_a_number, out_of_range, future. Meters that the site file does not know are set aside by the box."""
    readings = [one.reading() for one in body.signals]
    with services.store.writing() as session:
        taken = take_signals(session, box, readings, now_us=services.clock.utc_us())
    aside = [{"position": position, "reason": reason.value} for position, reason in taken.set_aside]
    return {"stored": taken.stored, "repeated": taken.repeated, "set_aside": aside}


@router.get("", summary="Fetch the readings of the site's meters (device)")
def fetch(box: BoxIn, services: ServicesIn, after: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
    """Those with a number above `after`, oldest first, at most 2000; `next` is what to ask with next."""
    with services.store.reading() as session:
        found = signals_after(session, box, after)
    items = [{"meter": r.meter, "kind": r.kind.value, "value": r.value, "at": iso(r.at_us)} for _, r in found]
    return {"items": items, "next": found[-1][0] if found else after}
