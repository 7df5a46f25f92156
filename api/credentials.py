"""Who is asking: a box by its token, a person by session cookie or signed link, a scraper by the metrics token."""

from __future__ import annotations

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.devices import box_of
from api.evidence import linked_viewer
from api.refusal import RefusalError
from api.roles import Box, Viewer
from api.services import Services
from api.sessions import COOKIE, viewer_of

METRICS_PATH = "/metrics"


class Scraper:
    """Holder of the metrics token; reads GET /metrics and nothing else."""


Principal = Viewer | Box | Scraper


async def principal_of(request: Request, services: Services) -> Principal | None:
    """Who is asking, or None. Raises RefusalError: token_unknown, link_invalid, link_expired."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise RefusalError("token_unknown", where="Authorization", got=scheme[:40], expected="Bearer")
        return await _bearer(request, services, token.strip())
    # A session comes before a link, so that a page that stays open longer than its links can still play its clip.
    if cookie := request.cookies.get(COOKIE):
        viewer = await run_in_threadpool(_session_holder, services, cookie)
        if viewer is not None:
            return viewer
    if "signature" in request.query_params and request.method in {"GET", "HEAD"}:
        return await run_in_threadpool(_link_holder, request, services)
    return None


async def _bearer(request: Request, services: Services, token: str) -> Principal:
    metrics_token = services.settings.metrics_token
    if metrics_token is not None and request.url.path == METRICS_PATH:
        right = metrics_token.get_secret_value().encode()
        if hmac.compare_digest(right, token.encode("utf-8", "replace")):
            return Scraper()
    box = await run_in_threadpool(box_of, services.store, token, now_us=services.clock.utc_us())
    if box is None:
        raise RefusalError("token_unknown", where="Authorization")
    return box


def _session_holder(services: Services, cookie: str) -> Viewer | None:
    with services.store.reading() as session:
        return viewer_of(session, cookie, services.clock.utc_us())


def _link_holder(request: Request, services: Services) -> Viewer:
    """A signature vouches for one path only; the account is looked up anew, so a disabled one opens nothing."""
    query = request.query_params
    user = query.get("user", "")
    services.signer.check(
        request.scope["path"], query.get("expires", ""), user, query["signature"], services.clock.utc_us()
    )
    with services.store.reading() as session:
        return linked_viewer(session, user)
