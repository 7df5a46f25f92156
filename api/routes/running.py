"""How the server is doing: health, metrics, the access register and the description of this API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from api.credentials import Scraper
from api.devices import last_contact_us
from api.doors import ServicesIn, ViewerIn, viewer_in
from api.evidence import access_log
from api.incidents import permit
from api.roles import Permission
from api.services import Services
from api.wire import access_json, iso_or_none
from models.domain.errors import StoreError
from models.store.tables import CameraRow

router = APIRouter(tags=["running"])

LOW_DISK_BYTES = 500 * 1024 * 1024
"""Room for about sixteen largest evidence files. [P]"""


@router.get("/health", summary="Whether the server can do its work (open)")
def health(services: ServicesIn) -> JSONResponse:
    """200 ok or low_disk; 503 when the database cannot be used. observability = observed / (observed + blind)."""
    free = services.shelf.free_bytes()
    try:
        seen = _seen(services)
    except StoreError as error:
        body = {"status": "no_database", "database": error.what, "disk_free_bytes": free}
        return JSONResponse(body, 503, {"Cache-Control": "no-store"})
    status = "ok" if free >= LOW_DISK_BYTES else "low_disk"
    body = {"status": status, "database": "ok", "disk_free_bytes": free} | seen
    return JSONResponse(body, 200, {"Cache-Control": "no-store"})


@router.get("/metrics", summary="Prometheus metrics (metrics token, or a person who administers)")
def metrics(request: Request, services: ServicesIn) -> Response:
    """Text exposition. A device token reads nothing here."""
    if not isinstance(request.scope["state"]["principal"], Scraper):
        permit(viewer_in(request), Permission.ADMINISTER)
    return Response(services.metrics.page(services.store, services.shelf), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/access-log", summary="Who looked at which evidence")
def register(
    viewer: ViewerIn, services: ServicesIn, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> dict[str, Any]:
    """Newest first; append-only."""
    with services.store.reading() as session:
        return {"items": [access_json(row) for row in access_log(session, viewer, limit)]}


@router.get("/api/v1/openapi.json", summary="This description")
def description(request: Request, _viewer: ViewerIn) -> dict[str, Any]:
    """OpenAPI with examples, for a signed-in person."""
    found: dict[str, Any] = request.app.openapi()
    return found


def _seen(services: Services) -> dict[str, Any]:
    with services.store.reading() as session:
        contact_us = last_contact_us(session)
        sums = select(func.sum(CameraRow.observed_s), func.sum(CameraRow.blind_s))
        observed_s, blind_s = session.execute(sums).one()
    scheduled_s = (observed_s or 0.0) + (blind_s or 0.0)
    return {
        "last_box_contact": iso_or_none(contact_us),
        "observability": round(observed_s / scheduled_s, 4) if scheduled_s > 0 else None,
    }
