"""Every error leaves in one shape, in the reader's language, and no traceback ever."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from api.bodies import first_problem
from api.refusal import RefusalError
from api.roles import Viewer
from models.domain.errors import StoreError
from models.store.failure import StoreFullError
from models.texts import Language

LOG = logging.getLogger("guiwei.api")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer of the API (the pages have their own)."""


def refused(request: Request, refusal: RefusalError) -> JSONResponse:
    """The answer to a refused request."""
    headers = HEADERS | refusal.headers | {"Cache-Control": "no-store"}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="guiwei"'
    return JSONResponse(refusal.shape(language_of(request)), refusal.status, headers)


def language_of(request: Request) -> Language:
    """The signed-in person's language, else the first one of Accept-Language, else Chinese."""
    principal = request.scope.get("state", {}).get("principal")
    if isinstance(principal, Viewer):
        return principal.language
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    return refused(request, error)


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    where, got, expected = first_problem(problems)
    code = "malformed_json" if problems and problems[0].get("type") == "json_invalid" else "invalid"
    return refused(request, RefusalError(code, where=where, got=got, expected=expected))


async def on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return refused(request, RefusalError("not_found", where=request.url.path))
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "")
        return refused(
            request, RefusalError("method_not_allowed", got=request.method, expected=allow, headers={"Allow": allow})
        )
    if error.status_code == 400:
        return refused(request, RefusalError("malformed_json", got=str(error.detail)))
    LOG.error("an HTTP error without a refusal of its own: %s", error.status_code)
    return refused(request, RefusalError("unexpected"))


async def on_store(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    LOG.error("the database failed: %s", error)
    code = "disk_full" if isinstance(error, StoreFullError) else "store_unusable"
    return refused(request, RefusalError(code))


async def on_disconnect(request: Request, _error: Exception) -> Response:
    """The sender went away in mid-body; nobody reads this answer, the metrics count it."""
    return refused(request, RefusalError("body_slow"))


async def on_unexpected(request: Request, _error: Exception) -> Response:
    """The traceback goes to the log (uvicorn writes it), never to the caller."""
    return refused(request, RefusalError("unexpected"))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    RefusalError: on_refusal,
    RequestValidationError: on_invalid,
    HTTPException: on_http,
    StoreError: on_store,
    ClientDisconnect: on_disconnect,
    Exception: on_unexpected,
}
