"""Visits and evening openings: everybody reads them, managers enter and take back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.calendar import Entry
from api.ui.cards import SiteCard, named
from api.ui.energy_desk import EnergyDesk, Planned
from api.ui.frame import empty
from api.ui.handling import Handling, notice
from api.ui.tags import tag
from api.ui.wording import DEFAULT_ZONE, zone_of
from models.domain.calendar import wall_to_us
from models.domain.errors import GuiweiError
from models.domain.site import Name

KINDS = ("vip_visit", "evening_opening")
FIELDS = ("site", "kind", "day", "starts", "ends")
SHOWN_PAST_US = 24 * 3600 * 1_000_000


class CalendarPage:
    """Build inside a page."""

    def __init__(self, handling: Handling, desk: EnergyDesk, planned: Planned) -> None:
        self._handling, self._say, self._desk = handling, handling.say, desk
        self._sites = planned.sites
        self._form: dict[str, str] = {}
        tag("h1", self._say("ui.calendar"))
        tag("p", self._say("ui.calendar.lead"), "muted")
        if planned.may_enter and planned.sites:
            self._draw_form(planned)
        self._rows = tag("div", css="ca-rows")
        self._place(planned)

    def _draw_form(self, planned: Planned) -> None:
        first = planned.sites[0]
        tomorrow = datetime.fromtimestamp(planned.now_us / 1e6, zone_of(first.time_zone)).date() + timedelta(days=1)
        self._form = {
            "site": first.id,
            "kind": KINDS[0],
            "day": tomorrow.isoformat(),
            "starts": "10:00",
            "ends": "11:30",
        }
        with tag("form", css="gw-card ca-form", aria_label=self._say("ui.calendar.new"), onsubmit="return false"):
            tag("h2", self._say("ui.calendar.new"))
            with tag("div", css="ca-fields"):
                if len(planned.sites) > 1:
                    options = {site.id: named(site.name, self._say.language) for site in planned.sites}
                    self._choice("site", options)
                self._choice("kind", {kind: self._say(f"ui.calendar.{kind}") for kind in KINDS})
                self._input("day", "date")
                self._input("starts", "time")
                self._input("ends", "time")
                tag("button", self._say("ui.calendar.enter"), "gw-button primary", type="button").on(
                    "click", self._enter
                )
            tag("small", self._say("ui.calendar.hint"), "muted")
            self._refused = tag("div", role="alert")

    def _choice(self, name: str, options: dict[str, str]) -> None:
        with tag("label", css="gw-field"):
            tag("span", self._say(f"ui.calendar.{name}"))
            with tag("select", name=name) as made:
                for value, words in options.items():
                    tag("option", words, value=value, selected=True if value == self._form[name] else None)
            made.on("change", partial(self._take, name), js_handler="(e) => emit(e.target.value)")

    def _input(self, name: str, kind: str) -> None:
        with tag("label", css="gw-field"):
            tag("span", self._say(f"ui.calendar.{name}"))
            made = tag("input", name=name, type=kind, value=self._form[name])
            made.on("input", partial(self._take, name), js_handler="(e) => emit(e.target.value)")

    def _take(self, name: str, event: Any) -> None:
        self._form[name] = str(event.args)[:100]

    async def _enter(self) -> None:
        self._refused.set_text("")
        span = self._span()
        if span is None:
            self._refused.set_text(self._say("ui.calendar.no_time"))
            return
        try:
            await run_in_threadpool(
                self._desk.enter, self._handling.token, self._form["site"], self._form["kind"], span
            )
            planned = await run_in_threadpool(self._desk.planned, self._handling.token)
        except GuiweiError as error:
            self._refused.set_text(f"{_said(error, self._handling)}")
            return
        notice(self._say("ui.calendar.entered"), "positive")
        self._place(planned)

    def _span(self) -> tuple[int, int] | None:
        """What was entered as UTC µs; an end not after the beginning is on the next day. None for no time at all."""
        zone = zone_of(self._site(self._form["site"]).time_zone)
        try:
            day = date.fromisoformat(self._form["day"])
            starts, ends = (time.fromisoformat(self._form[name]) for name in ("starts", "ends"))
        except ValueError:
            return None
        last = day if ends > starts else day + timedelta(days=1)
        return wall_to_us(datetime.combine(day, starts), zone), wall_to_us(datetime.combine(last, ends), zone)

    def _site(self, ident: str) -> SiteCard:
        return next((s for s in self._sites if s.id == ident), SiteCard(ident, Name(ident, ident), DEFAULT_ZONE))

    def _place(self, planned: Planned) -> None:
        self._rows.clear()
        shown = [e for e in planned.entries if e.ends_us > planned.now_us - SHOWN_PAST_US]
        with self._rows:
            if not shown:
                empty(self._say("ui.calendar.empty"), self._say("ui.calendar.empty.hint"))
            for entry in shown:
                self._row(entry, planned)

    def _row(self, entry: Entry, planned: Planned) -> None:
        site = self._site(entry.site)
        over = entry.ends_us <= planned.now_us
        state = "cancelled" if entry.cancelled else "over" if over else "coming"
        with tag("article", css=f"gw-card ca-entry is-{state}"):
            with tag("div", css="ca-when num"):
                for number, words in enumerate(self._when(entry, site)):
                    tag("span" if number else "b", words)
            with tag("div", css="ca-what"):
                tag("b", self._say(f"ui.calendar.{entry.kind}"))
                where = named(site.name, self._say.language)
                tag("span", self._say("ui.calendar.by", site=where, name=entry.by), "muted")
            if state == "coming" and planned.may_enter:
                button = tag("button", self._say("ui.calendar.take_back"), "gw-button danger", type="button")
                button.on("click", partial(self._ask, entry))
            else:
                tag("span", self._say(f"ui.calendar.{state}"), "ca-state")

    def _when(self, entry: Entry, site: SiteCard) -> tuple[str, str]:
        """Day and hours, as they were entered; the last day too where it is another."""
        say = self._say
        first, last = (say.moment(us, site.time_zone, "day") for us in (entry.starts_us, entry.ends_us))
        begins, ends = (say.moment(us, site.time_zone, "minute") for us in (entry.starts_us, entry.ends_us))
        return first, f"{begins}–{ends}" if first == last else f"{begins} – {last} {ends}"

    def _ask(self, entry: Entry) -> None:
        with ui.dialog() as window, tag("section", css="gw-dialog"):
            tag("h2", self._say("ui.calendar.take_back"))
            tag("p", self._say("ui.calendar.take_back.sure", kind=self._say(f"ui.calendar.{entry.kind}")))
            with tag("div", css="gw-dialog-foot"):
                tag("button", self._say("ui.cancel"), "gw-button", type="button").on("click", window.close)
                sure = tag("button", self._say("ui.calendar.take_back"), "gw-button primary", type="button")
                sure.on("click", partial(self._take_back, entry, window))
        window.open()

    async def _take_back(self, entry: Entry, window: Any) -> None:
        window.close()
        try:
            await run_in_threadpool(self._desk.take_back, self._handling.token, entry.id)
            self._place(await run_in_threadpool(self._desk.planned, self._handling.token))
        except GuiweiError as error:
            self._handling.tell(error)


def _said(error: GuiweiError, handling: Handling) -> str:
    shape = getattr(error, "shape", None)
    told = shape(handling.say.language)["error"] if shape else {"what": error.what, "next_step": error.next_step}
    return f"{told['what']} {told['next_step']}"
