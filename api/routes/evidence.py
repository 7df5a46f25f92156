"""Evidence files over HTTP: brought by boxes, opened by people who may."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from api.answers import HEADERS
from api.doors import BoxIn, ServicesIn, ViewerIn
from api.evidence import StoredFile, announced, evidence_link, mark_stored, open_evidence
from api.incidents import permit, show_incident
from api.refusal import RefusalError
from api.roles import Box, Permission
from api.services import Services
from api.shelf import Draft
from models.store.tables import EvidenceRow

router = APIRouter(prefix="/api/v1/incidents/{dedupe_key}/evidence", tags=["evidence"])


@router.put("/{name}", status_code=201, summary="Bring the bytes of an announced file (device)")
async def bring(dedupe_key: str, name: str, request: Request, box: BoxIn, services: ServicesIn) -> Response:
    """201 new, 200 already there. The bytes must be the announced ones: type, size and SHA-256."""
    file = await run_in_threadpool(_announced, services, box, dedupe_key, name)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != file.content_type:
        raise RefusalError("wrong_media", where="Content-Type", got=media[:100], expected=file.content_type)
    with services.shelf.draft() as draft:
        await fill(draft, request)
        _check(draft, file)
        if file.path is not None:
            return JSONResponse({"stored": name}, 200)
        path = await run_in_threadpool(services.shelf.keep, draft, "evidence")
        await run_in_threadpool(_mark, services, file, path)
    return JSONResponse({"stored": name}, 201)


@router.get("/{name}", summary="Open a file")
@router.head("/{name}", include_in_schema=False)
def look(dedupe_key: str, name: str, viewer: ViewerIn, services: ServicesIn) -> Response:
    """By session or by signed link; the role must permit evidence. Every view is written into the access register."""
    with services.store.writing() as session:
        file = open_evidence(session, viewer, dedupe_key, name, now_us=services.clock.utc_us())
    return answer_with(services, file)


@router.post("/{name}/link", summary="A fresh signed link")
def link(dedupe_key: str, name: str, viewer: ViewerIn, services: ServicesIn) -> dict[str, str | int]:
    """For showing the file where the session's cookie does not travel."""
    permit(viewer, Permission.EVIDENCE)
    with services.store.reading() as session:
        detail = show_incident(session, viewer, dedupe_key)
    if name not in detail.record.arrived:
        raise RefusalError("evidence_unknown", where="name", got=name[:100])
    url = evidence_link(viewer, dedupe_key, name, signer=services.signer, now_us=services.clock.utc_us())
    return {"url": url or "", "seconds": services.signer.seconds}


def answer_with(services: Services, file: StoredFile) -> FileResponse:
    """The bytes, in ranges where asked for; no cache keeps them."""
    headers = HEADERS | {"Cache-Control": "private, no-store"}
    return FileResponse(
        services.shelf.file(file.path),
        media_type=file.content_type,
        filename=file.name,
        content_disposition_type="inline",
        headers=headers,
    )


async def fill(draft: Draft, request: Request) -> None:
    """Write the body piece by piece. Raises RefusalError: too_large, disk_full, body_slow."""
    async for piece in request.stream():
        if piece:
            await run_in_threadpool(draft.write, piece)


def _announced(services: Services, box: Box, dedupe_key: str, name: str) -> EvidenceRow:
    with services.store.reading() as session:
        return announced(session, box, dedupe_key, name)


def _check(draft: Draft, file: EvidenceRow) -> None:
    if draft.n_bytes != file.n_bytes:
        raise RefusalError("evidence_differs", where="size", got=draft.n_bytes, expected=f"{file.n_bytes} bytes")
    if draft.sha256 != file.sha256:
        raise RefusalError("evidence_differs", where="sha256", got=draft.sha256, expected=file.sha256)
    if draft.content_type != file.content_type:
        got = draft.content_type or "unknown first bytes"
        raise RefusalError("wrong_media", where="first bytes", got=got, expected=file.content_type)


def _mark(services: Services, file: EvidenceRow, path: str) -> None:
    with services.store.writing() as session:
        mark_stored(session, file, path, now_us=services.clock.utc_us())
