"""The gate before all routes: host, other web sites, who is asking, and how much comes in.

Everything is closed unless OPEN names it. The gate runs before routing and before a body is read, so neither a
forgotten dependency nor a large or broken body gets past it. What lies outside /api, /health and /metrics belongs to
the pages, which ask for the same session themselves.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import refused
from api.credentials import Principal, principal_of
from api.refusal import RefusalError
from api.roles import Box, Viewer
from api.services import Services

OPEN: frozenset[tuple[str, str]] = frozenset({("GET", "/health"), ("POST", "/api/v1/session")})
"""Method and path of every route that answers without credentials."""

_OURS = re.compile(r"/(api|metrics|health)(/|$)")
_CSV = frozenset({"/api/v1/registrations"})
"""Where a POST may be text/csv."""
_DAYS = re.compile(r"/api/v1/figures/[^/]+/[^/]+")
"""A day's figures of a box: JSON, and larger than what people send."""
_FILES = re.compile(r"/api/v1/(incidents/[^/]+/evidence/[^/]+|cameras/[^/]+/picture)")
_PHOTOS = "/api/v1/patrol-photos"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_ours(path: str) -> bool:
    """Whether a path belongs to the API; all others are the pages'."""
    return _OURS.match(path) is not None


class Gate:
    """ASGI middleware. Sets `scope["state"]["principal"]` to a Viewer, a Box or None."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app, self._services = app, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = Request({**scope, "type": "http"} if scope["type"] == "websocket" else scope, receive)
        try:
            self._check_host(request)
            if scope["type"] == "http" and is_ours(scope["path"]):
                receive = await self._pass(request, receive)
        except RefusalError as refusal:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await refused(request, refusal)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            await self._app(scope, receive, send)

    async def _pass(self, request: Request, receive: Receive) -> Receive:
        """Authenticate and measure; returns the receive that the routes get."""
        method, path = request.method, request.scope["path"]
        principal = await principal_of(request, self._services)
        _check_origin(request, principal)
        request.scope.setdefault("state", {})["principal"] = principal
        if principal is None and (method, path) not in OPEN:
            raise RefusalError("not_signed_in", where=path)
        if method in _READS:
            return receive
        limits = self._services.settings
        timed = _timed(receive, limits.body_timeout_s)
        if (method == "PUT" and _FILES.fullmatch(path)) or (method == "POST" and path == _PHOTOS):
            _check_length(request, limits.file_limit_bytes)
            return timed
        large = method == "PUT" and _DAYS.fullmatch(path) is not None and isinstance(principal, Box)
        limit = limits.file_limit_bytes if large else limits.json_limit_bytes
        _check_length(request, limit)
        return await _read_ahead(request, timed, limit)

    def _check_host(self, request: Request) -> None:
        """Answers only for its own names: a foreign name that points here (DNS rebinding) gets nothing."""
        allowed = self._services.settings.allowed_hosts
        given = request.headers.get("host", "")
        try:
            name = urlsplit(f"//{given}").hostname
        except ValueError:
            name = None
        if "*" not in allowed and name not in allowed:
            raise RefusalError("host_unknown", where="Host", got=given[:200], expected=", ".join(allowed))


def _check_origin(request: Request, principal: Principal | None) -> None:
    """A write that a cookie vouches for must come from our own pages (Origin), or from a program (own header).

    The cookie is SameSite=Strict already; this holds where a browser does not honour that.
    """
    if request.method in _READS or "authorization" in request.headers:
        return
    origin = request.headers.get("origin")
    if origin is not None:
        if urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
            raise RefusalError("cross_site", where="Origin", got=origin[:200])
    elif isinstance(principal, Viewer) and "x-requested-with" not in request.headers:
        raise RefusalError("cross_site", where="X-Requested-With", expected="Origin or X-Requested-With")


def _check_length(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise RefusalError("too_large", where="Content-Length", got=announced[:40], expected=f"<= {limit} bytes")


def _timed(receive: Receive, seconds: float) -> Receive:
    """Each piece of the body has to come in time; a body that drips holds no worker for ever."""

    async def next_piece() -> Message:
        try:
            async with asyncio.timeout(seconds):
                return await receive()
        except TimeoutError as error:
            raise RefusalError("body_slow", expected=f"a piece every {seconds:g} s") from error

    return next_piece


async def _read_ahead(request: Request, receive: Receive, limit: int) -> Receive:
    """Read a JSON (or CSV) body whole, stopping as soon as it is too large, and play it back to the routes."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise RefusalError("too_large", got=f"more than {limit} bytes", expected=f"<= {limit} bytes")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    taken = ("application/json", *(("text/csv",) if request.scope["path"] in _CSV else ()))
    if body and media not in taken:
        raise RefusalError("wrong_media", where="Content-Type", got=media[:100], expected=" or ".join(taken))
    played = False

    async def play_back() -> Message:
        nonlocal played
        if played:
            return await receive()
        played = True
        return {"type": "http.request", "body": body, "more_body": False}

    return play_back
