"""Puts the server together: one FastAPI application, nothing built at import time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.answers import HANDLERS
from api.evidence import Signer
from api.gate import Gate
from api.routes import (
    calendar,
    cameras,
    energy,
    evidence,
    figures,
    furniture,
    incidents,
    patrol,
    registrations,
    running,
    session,
    signals,
)
from api.services import Services
from api.settings import Settings
from api.shelf import Shelf
from api.watch import Watch
from models.domain.clock import Clock
from models.domain.errors import StoreError
from models.store.opening import Store, open_store
from models.texts import catalogue


def create_app(settings: Settings, *, clock: Clock, store: Store | None = None) -> FastAPI:
    """The server. store: an open one (it stays the caller's), else the settings' is opened and closed with the server.

    `app.state.services` holds what the pages work with. Raises StoreError when the database or a folder is unusable.
    """
    catalogue()  # a broken text file shows now, not in the middle of an answer
    _make_folders(settings)
    opened = store or open_store(settings.store_url)
    services = Services(
        settings=settings,
        clock=clock,
        store=opened,
        shelf=Shelf(settings.evidence_folder, settings.file_limit_bytes),
        signer=Signer(settings.secret(), settings.link_seconds),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if store is None:
            opened.close()

    app = FastAPI(
        title="Guiwei 归位",
        version=version("guiwei"),
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
    )
    app.state.services = services
    for router in (incidents.router, evidence.router, cameras.router, session.router, running.router, *_MORE):
        # One flat table of routes, which the catch-all and the test of the gate can read.
        app.router.routes.extend(router.routes)
    app.add_api_route("/api/{rest:path}", _nothing_here, methods=_ALL, include_in_schema=False)
    app.add_middleware(Gate, services=services)
    app.add_middleware(Watch, services=services)
    return app


_MORE = (
    signals.router,
    calendar.router,
    registrations.router,
    figures.router,
    energy.router,
    furniture.router,
    patrol.router,
)
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def _nothing_here(request: Request, rest: str) -> None:
    """What no route under /api takes; stands before the pages, whose own "not found" is a page."""
    allowed: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, APIRoute) and route.matches(request.scope)[0] is Match.PARTIAL:
            allowed |= route.methods or set()
    if allowed:
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
    raise HTTPException(404, detail=rest[:200])


def _make_folders(settings: Settings) -> None:
    for folder in (settings.data_dir, settings.evidence_folder):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                "A folder of the server cannot be made.",
                where=str(folder),
                got=error.strerror or "",
                next_step="Give this user write permission there, or set GUIWEI_DATA_DIR to another folder.",
            ) from error
