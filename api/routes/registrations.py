"""Registrations over HTTP: the front desk's system or a person brings them, the figures set them against arrivals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.doors import ServicesIn, ViewerIn
from api.registration_bodies import OPENAPI, BatchIn
from api.registrations import register

router = APIRouter(prefix="/api/v1/registrations", tags=["figures"])


@router.post("", status_code=201, summary="Bring the front desk's registrations", openapi_extra=OPENAPI)
def bring(batch: BatchIn, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """For site managers and satisfaction specialists. JSON, or text/csv with `?site=` (`reference,time`; times without
    offset are the site's). All or nothing: a time that is none or lies in the future, a missing reference, one given
    twice or on record already refuses the batch by name (`registrations_bad`) and changes nothing."""
    site, lines = batch
    with services.store.writing() as session:
        stored = register(session, viewer, site, lines, now_us=services.clock.utc_us())
    return {"stored": stored}
