"""Cameras over HTTP: state and picture told by boxes, looked at by people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from api.bodies import CameraBody
from api.cameras import keep_picture, known_camera, list_cameras, open_picture, report_camera
from api.doors import BoxIn, ServicesIn, ViewerIn
from api.refusal import RefusalError
from api.roles import Box
from api.routes.evidence import answer_with, fill
from api.services import Services
from api.wire import camera_json
from models.domain.instants import us_of_datetime

router = APIRouter(prefix="/api/v1/cameras", tags=["cameras"])


@router.put("/{camera_id}/state", summary="Tell the state of a camera (device)")
def tell_state(camera_id: str, body: CameraBody, box: BoxIn, services: ServicesIn) -> dict[str, str]:
    """The latest told wins."""
    if len(camera_id) > 100 or not camera_id.isprintable():
        raise RefusalError("invalid", where="camera_id", got=camera_id[:100], expected="1 to 100 printable characters")
    with services.store.writing() as session:
        report_camera(session, box, body.report(camera_id), now_us=services.clock.utc_us())
    return {"stored": camera_id}


@router.put("/{camera_id}/picture", summary="Bring a camera's masked picture (device)")
async def bring_picture(
    camera_id: str, request: Request, box: BoxIn, services: ServicesIn, x_taken_at: Annotated[AwareDatetime, Header()]
) -> dict[str, str]:
    """image/jpeg; the picture taken last wins. The camera's state must have been told before."""
    await run_in_threadpool(_known, services, box, camera_id)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    with services.shelf.draft() as draft:
        await fill(draft, request)
        if media != "image/jpeg" or draft.content_type != "image/jpeg":
            got = f"{media[:100]} holding {draft.content_type or 'something else'}"
            raise RefusalError("wrong_media", where="Content-Type", got=got, expected="image/jpeg")
        path = await run_in_threadpool(services.shelf.keep, draft, "pictures")
    await run_in_threadpool(_keep, services, box, camera_id, path, x_taken_at)
    return {"stored": camera_id}


@router.get("", summary="List cameras with their state")
def listing(viewer: ViewerIn, services: ServicesIn, site: str | None = None) -> dict[str, Any]:
    """`picture` is the address of the last masked picture, null where there is none or the role sees none."""
    with services.store.reading() as session:
        cameras = list_cameras(session, viewer, site)
    return {"items": [camera_json(camera, viewer) for camera in cameras]}


@router.get("/{camera_id}/picture/{site_id}", summary="Open a camera's last picture")
def look(camera_id: str, site_id: str, viewer: ViewerIn, services: ServicesIn) -> Response:
    """Written into the access register like evidence."""
    with services.store.writing() as session:
        file = open_picture(session, viewer, site_id, camera_id, now_us=services.clock.utc_us())
    return answer_with(services, file)


def _known(services: Services, box: Box, camera: str) -> None:
    with services.store.reading() as session:
        known_camera(session, box, camera)


def _keep(services: Services, box: Box, camera: str, path: str, taken: datetime) -> None:
    with services.store.writing() as session:
        unneeded = keep_picture(session, box, camera, path, taken_us=us_of_datetime(taken))
    if unneeded is not None:
        services.shelf.drop(unneeded)
