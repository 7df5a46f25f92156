"""Signing in and out over HTTP."""

from __future__ import annotations

import ipaddress
from typing import Any

from fastapi import APIRouter, Request, Response

from api.bodies import LanguageBody, PasswordBody, SignInBody
from api.doors import ServicesIn, ViewerIn
from api.services import Services
from api.sessions import (
    COOKIE,
    LIFETIME_S,
    Claim,
    PasswordChange,
    change_password,
    set_language,
    sign_in,
    sign_out,
    viewer_of,
)
from api.wire import viewer_json

router = APIRouter(prefix="/api/v1/session", tags=["session"])


@router.post("", status_code=201, summary="Sign in (open)")
def enter(body: SignInBody, request: Request, response: Response, services: ServicesIn) -> dict[str, Any]:
    """Sets the session's cookie: HttpOnly, SameSite=Strict, Secure. 401 wrong, 429 too many attempts."""
    address = request.client.host if request.client else ""
    now_us = services.clock.utc_us()
    token = sign_in(services.store, services.attempts, Claim(body.name, body.password, address), now_us=now_us)
    with services.store.reading() as session:
        viewer = viewer_of(session, token, now_us)
    assert viewer is not None, "the session has just been written"
    set_cookie(request, response, services, token)
    return viewer_json(viewer)


@router.get("", summary="Who is signed in")
def who(viewer: ViewerIn) -> dict[str, Any]:
    """Name, role, language, sites and permissions."""
    return viewer_json(viewer)


@router.delete("", status_code=204, summary="Sign out")
def leave(request: Request, _viewer: ViewerIn, services: ServicesIn) -> Response:
    """Ends this session."""
    with services.store.writing() as session:
        sign_out(session, request.cookies.get(COOKIE, ""))
    return _without_cookie()


@router.put("/password", status_code=204, summary="Change one's password")
def new_password(body: PasswordBody, request: Request, viewer: ViewerIn, services: ServicesIn) -> Response:
    """Ends all sessions of the account, this one included."""
    address = request.client.host if request.client else ""
    change = PasswordChange(body.current, body.new, address)
    change_password(services.store, services.attempts, viewer, change, now_us=services.clock.utc_us())
    return _without_cookie()


@router.put("/language", status_code=204, summary="Choose one's language")
def language(body: LanguageBody, viewer: ViewerIn, services: ServicesIn) -> Response:
    """zh or en; kept with the account."""
    with services.store.writing() as session:
        set_language(session, viewer, body.language)
    return Response(status_code=204)


def set_cookie(request: Request, response: Response, services: Services, token: str) -> None:
    """The cookie is Secure, except on plain HTTP within this very machine, or where the settings say so."""
    secure = services.settings.secure_cookies and not (request.url.scheme == "http" and _on_this_machine(request))
    response.set_cookie(COOKIE, token, max_age=LIFETIME_S, path="/", secure=secure, httponly=True, samesite="strict")


def _on_this_machine(request: Request) -> bool:
    name = request.url.hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _without_cookie() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response
