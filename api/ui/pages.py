"""The routes of the pages. Each finds its desk in the request, so nothing is built at import time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from fastapi import Request
from nicegui import Client, ui
from starlette.concurrency import run_in_threadpool

from api.refusal import RefusalError
from api.sessions import COOKIE
from api.ui.calendar_page import CalendarPage
from api.ui.cameras_page import CamerasPage
from api.ui.cards import Reader
from api.ui.energy_desk import EnergyDesk
from api.ui.energy_page import EnergyPage
from api.ui.figures_page import FiguresPage, FiguresWish
from api.ui.frame import empty, frame
from api.ui.furniture_desk import FurnitureDesk
from api.ui.furniture_page import FurniturePage
from api.ui.handling import Desk, Handling
from api.ui.incident_list import IncidentList, wish_of
from api.ui.incident_page import IncidentPage
from api.ui.sign_in_page import own_path, sign_in_page
from api.ui.wording import Wording, language_of
from models.texts import Language

DESK = "guiwei.desk"
"""Key in the ASGI scope under which the gate puts the Desk."""
LANGUAGE_COOKIE = "guiwei_language"
_HTML_LANGUAGES = {"zh": "zh-CN", "en": "en-US"}


def register_pages() -> None:
    """Declare the routes; declaring them again replaces them."""
    ui.page("/sign-in")(_sign_in)
    ui.page("/", response_timeout=10.0)(_incidents)
    ui.page("/incidents/{key}", response_timeout=10.0)(_incident)
    ui.page("/cameras", response_timeout=10.0)(_cameras)
    ui.page("/figures", response_timeout=10.0)(_figures)
    ui.page("/energy", response_timeout=10.0)(_energy)
    ui.page("/calendar", response_timeout=10.0)(_calendar)
    ui.page("/furniture", response_timeout=10.0)(_furniture)


def _sign_in(request: Request, client: Client) -> None:
    say = _wording(request, client)
    sign_in_page(say, own_path(request.query_params.get("next", "/")))


async def _incidents(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    wish = wish_of(dict(request.query_params))
    found = await run_in_threadpool(handling.desk.cards, handling.token, wish)
    zones = await run_in_threadpool(handling.desk.zones, handling.token)
    with _framed(handling, "incidents"):
        IncidentList(handling, wish, found, zones)


async def _incident(request: Request, client: Client, key: str) -> None:
    handling = await _handling(request, client)
    say = handling.say
    try:
        case = await run_in_threadpool(handling.desk.case, handling.token, key)
    except RefusalError as refusal:
        if refusal.code != "incident_unknown":
            raise
        client.status_code = refusal.status
        with frame(say, handling.reader, say("ui.incident"), "incidents"):
            empty(say("ui.incident.missing"), say("ui.incident.missing.hint"))
        return
    with frame(say, handling.reader, say.rule(case.card.code), "incidents"):
        IncidentPage(handling, case)


async def _cameras(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    cameras = await run_in_threadpool(handling.desk.cameras, handling.token)
    with _framed(handling, "cameras"):
        CamerasPage(handling, cameras)


async def _figures(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    wish = FiguresWish.of(dict(request.query_params))
    try:
        found, sites = await run_in_threadpool(handling.desk.figures, handling.token, wish)
    except RefusalError as refusal:
        client.status_code = refusal.status
        told = refusal.shape(handling.say.language)["error"]
        with _framed(handling, "figures"):
            empty(told["what"], told["next_step"])
        return
    with _framed(handling, "figures"):
        FiguresPage(handling.say, found, sites, handling.desk.now_us())


async def _energy(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    desk: EnergyDesk = request.scope[DESK]
    shown = await run_in_threadpool(desk.energy, handling.token, request.query_params.get("day", ""))
    with _framed(handling, "energy"):
        EnergyPage(handling, shown)


async def _calendar(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    desk: EnergyDesk = request.scope[DESK]
    planned = await run_in_threadpool(desk.planned, handling.token)
    with _framed(handling, "calendar"):
        CalendarPage(handling, desk, planned)


async def _furniture(request: Request, client: Client) -> None:
    handling = await _handling(request, client)
    desk: FurnitureDesk = request.scope[DESK]
    shown = await run_in_threadpool(desk.floors, handling.token)
    with _framed(handling, "furniture"):
        FurniturePage(handling, desk, shown)


@contextmanager
def _framed(handling: Handling, here: str) -> Iterator[None]:
    with frame(handling.say, handling.reader, handling.say(f"ui.nav.{here}"), here):
        yield


async def _handling(request: Request, client: Client) -> Handling:
    desk: Desk = request.scope[DESK]
    token = request.cookies.get(COOKIE, "")
    reader = await run_in_threadpool(desk.reader, token)
    return Handling(desk, token, reader, _wording(request, client, reader))


def _wording(request: Request, client: Client, reader: Reader | None = None) -> Wording:
    """The browser's choice, else the account's, else Chinese; told to the component library for this page alone."""
    language: Language = language_of(request.cookies.get(LANGUAGE_COOKIE), reader.language if reader else None)
    client.page = copy(client.page)
    client.page.language = _HTML_LANGUAGES[language]
    return Wording(language)
