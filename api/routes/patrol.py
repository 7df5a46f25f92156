"""Patrol photographs over HTTP: brought by people on their round, measured at once, looked at by those who may."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.doors import ServicesIn, ViewerIn
from api.evidence import StoredFile
from api.patrol import Target, Told, keep, measured, open_photo, photos, target_of
from api.refusal import RefusalError
from api.roles import Viewer
from api.routes.evidence import answer_with
from api.services import Services
from calibration.patrol import Measured
from models.domain.instants import iso

router = APIRouter(prefix="/api/v1/patrol-photos", tags=["furniture"])
MEDIA = ("image/jpeg", "image/png")
_Id = Annotated[str, Query(min_length=1, max_length=100)]


@router.post("", status_code=201, summary="Bring a close-up of a leg and its label")
async def bring(
    request: Request,
    viewer: ViewerIn,
    services: ServicesIn,
    site_id: _Id,
    item_id: _Id,
    label: Annotated[int, Query(ge=1, le=8)] = 1,
) -> dict[str, Any]:
    """The body is the JPEG or PNG itself. Measured by the 3/4 rule in a few seconds (strict grade). `truth` fails: the
    label lies bare, and an incident says so; holds: covered; unknown: too close to tell. Refused by name, nothing
    changed: corrupt, over 60 MP, no leg, no label in it, outlines that contradict each other."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    target = await run_in_threadpool(_target, services, viewer, (site_id, item_id, label))
    if media not in MEDIA:
        raise RefusalError("wrong_media", where="Content-Type", got=media[:100], expected=", ".join(MEDIA))
    body = b""
    limit = services.settings.file_limit_bytes
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise RefusalError("too_large", got=f"more than {limit} bytes", expected=f"<= {limit} bytes")
    found, picture = await to_thread.run_sync(measured, target, body, limiter=services.measuring)
    return told_json(await run_in_threadpool(_kept, services, viewer, target, (found, picture)))


@router.get("", summary="List patrol photographs")
def listing(viewer: ViewerIn, services: ServicesIn, site: str) -> dict[str, Any]:
    """The last 200 of a site, latest first."""
    with services.store.reading() as session:
        return {"items": [told_json(one) for one in photos(session, viewer, site)]}


@router.get("/{photo_id}/picture", summary="Open the evidence of a patrol photograph")
def look(photo_id: int, viewer: ViewerIn, services: ServicesIn) -> Response:
    """The cut around the foot with the 3/4 ring. Written into the access register like evidence."""
    with services.store.writing() as session:
        path = open_photo(session, viewer, photo_id, now_us=services.clock.utc_us())
    return answer_with(services, StoredFile(path, "image/jpeg", f"patrol-{photo_id}.jpg"))


def told_json(told: Told) -> dict[str, Any]:
    return {
        "id": told.id,
        "site_id": told.site,
        "item_id": told.item,
        "label": told.label,
        "at": iso(told.at_us),
        "by": told.by,
        "grade": "strict",
        "truth": told.truth,
        "offset_mm": round(told.offset_mm, 2),
        "sigma_mm": round(told.sigma_mm, 2),
        "play_mm": told.play_mm,
        "incident": told.incident,
        "picture": f"/api/v1/patrol-photos/{told.id}/picture",
    }


def _target(services: Services, viewer: Viewer, of: tuple[str, str, int]) -> Target:
    with services.store.reading() as session:
        return target_of(session, viewer, *of)


def _kept(services: Services, viewer: Viewer, target: Target, told: tuple[Measured, bytes]) -> Told:
    found, picture = told
    with services.shelf.draft() as draft:
        draft.write(picture)
        path = services.shelf.keep(draft, "evidence")
    with services.store.writing() as session:
        return keep(session, viewer, target, found, (path, picture), now_us=services.clock.utc_us())
