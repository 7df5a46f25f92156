"""Puts the pages into the API's server: a closed list of addresses, all behind the session but the ones named open."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from nicegui import core, ui
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.refusal import RefusalError
from api.services import Services
from api.sessions import COOKIE
from api.ui.frame import ASSETS, ASSETS_URL
from api.ui.handling import Desk
from api.ui.pages import DESK, register_pages
from api.ui.service_desk import ServiceDesk
from api.ui.sign_in_page import own_path

OPEN_PATHS = ("/sign-in", "/favicon.ico")
CHANNEL = "/_nicegui_ws/"
OPEN_PREFIXES = (f"{ASSETS_URL}/", "/_nicegui/", CHANNEL)
"""Assets and the page channel. The channel shows nothing by itself: it needs the unguessable id of a page that was
handed out to a signed-in browser, and what it does asks for the session anew."""
CLOSED_PATHS = ("/", "/cameras", "/energy", "/calendar", "/figures", "/furniture")
CLOSED_PREFIXES = ("/incidents/",)
LONGEST_QUERY = 1000
"""What a page is asked for survives signing in up to this length; no page of ours asks for a tenth of it."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""On every answer of the pages: the browser itself refuses to load anything from another host. The component library
writes its start-up script into the page and compiles templates there, hence the two `unsafe-`."""

_FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f5a57"/>'
    '<path d="M9 8v16M9 24h14M23 24V14M15 14h8" fill="none" stroke="#fff" stroke-width="3.2"/></svg>'
)


def mount(app: FastAPI) -> None:
    """Serve the pages from `app`, on the services at `app.state.services`.

    Call it last: addresses the pages do not own stay with the app, 404 and 405 too. Mounting twice changes nothing.
    The component library keeps one set of pages per process: of several apps mounted in one process the desk is still
    each app's own, but only one of them may be running at a time.
    """
    if any(isinstance(route, PagesMount) for route in app.router.routes):
        return
    services: Services = app.state.services
    register_pages()
    # A further app in the same process would else find the library's middleware closed, or doubled.
    core.app.user_middleware.clear()
    core.app.middleware_stack = None
    core.app.remove_route(f"{ASSETS_URL}/{{path:path}}")
    core.app.add_static_files(ASSETS_URL, ASSETS, max_cache_age=31_536_000)
    ui.run_with(
        app,
        title="归位",
        favicon=_FAVICON,
        language="zh-CN",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,  # nothing here is bound; no loop ten times a second
        reconnect_timeout=10.0,  # a phone that loses its network for a moment keeps its page
    )
    app.router.routes.pop()
    app.router.routes.append(PagesMount(Gate(core.app, ServiceDesk(services.store, services.clock))))


class PagesMount(Mount):
    """Matches the pages' own addresses only, so that the API keeps its one error shape for everything else."""

    def __init__(self, gate: ASGIApp) -> None:
        super().__init__("/", app=gate, name="pages")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        return super().matches(scope) if is_open(path) or is_closed(path) else (Match.NONE, {})


class Gate:
    """Lets nobody without a session past the open addresses, and tells the pages which desk is theirs."""

    def __init__(self, pages: ASGIApp, desk: Desk) -> None:
        self._pages, self._desk = pages, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(CHANNEL) and not _from_our_pages(scope):
            await _shut(scope, receive, send)
        elif is_closed(scope["path"]) and not await self._knows(scope):
            await _to_sign_in(scope)(scope, receive, send)
        else:
            scope[DESK] = self._desk
            await self._pages(scope, receive, _guarding(send))

    async def _knows(self, scope: Scope) -> bool:
        token = HTTPConnection(scope).cookies.get(COOKIE, "")
        try:
            await run_in_threadpool(self._desk.reader, token)
        except RefusalError:
            return False
        return True


def is_open(path: str) -> bool:
    """Whether anybody may ask for the address."""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def is_closed(path: str) -> bool:
    """Whether it is a page behind the session."""
    return path in CLOSED_PATHS or path.startswith(CLOSED_PREFIXES)


def _from_our_pages(scope: Scope) -> bool:
    """Whether a connection to the channel comes from a page of this server (browsers always send Origin)."""
    headers = HTTPConnection(scope).headers
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


async def _shut(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await Response(status_code=403)(scope, receive, send)


def _guarding(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return guarded


def _to_sign_in(scope: Any) -> RedirectResponse:
    """To the sign-in page, which leads back to the page that was wanted, with what was asked of it."""
    query = scope["query_string"].decode("latin-1")
    onward = own_path(quote(scope["path"]) + (f"?{query}" if 0 < len(query) <= LONGEST_QUERY else ""))
    target = "/sign-in" if onward == "/" else f"/sign-in?next={quote(onward)}"
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
