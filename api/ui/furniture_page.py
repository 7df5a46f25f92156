"""Furniture: the plan of each zone with every item's state, offset, sigma and course; the overlay; the baselines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.baselines import Stage, Version
from api.ui.cards import named
from api.ui.floor_plan import floor_plan, history_plot, overlay, state_of
from api.ui.frame import empty
from api.ui.furniture_desk import Floor, Floors, FurnitureDesk
from api.ui.handling import Handling
from api.ui.tags import tag
from api.ui.wording import Wording
from models.domain.errors import GuiweiError
from models.domain.furniture_check import Check, CheckState

REFRESH_S = 10.0
STATES = (*(state.value for state in CheckState), "never")


class FurniturePage:
    """Build inside a page; asks every ten seconds."""

    def __init__(self, handling: Handling, desk: FurnitureDesk, shown: Floors) -> None:
        self._handling, self._desk, self._say = handling, desk, handling.say
        with tag("div", css="gw-head"):
            tag("h1", self._say("ui.furniture"))
            tag("span", self._say("ui.live"), "gw-live")
        self._floors = tag("div")
        self._shown: Floors | None = None
        self._place(shown)
        ui.timer(REFRESH_S, self.refresh, immediate=False)

    async def refresh(self) -> None:
        try:
            self._place(await run_in_threadpool(self._desk.floors, self._handling.token))
        except GuiweiError as error:
            self._handling.tell(error)

    def _place(self, shown: Floors) -> None:
        if self._shown is not None and self._shown.floors == shown.floors:
            return
        self._shown = shown
        self._floors.clear()
        with self._floors:
            if not shown.floors:
                empty(self._say("ui.furniture.empty"), self._say("ui.furniture.empty.hint"))
                return
            _legend(self._say)
            for floor in shown.floors:
                self._floor(floor, shown)

    def _floor(self, floor: Floor, shown: Floors) -> None:
        say = self._say
        placed = [item for item in floor.body["items"] if item["at"] is not None]
        for zone in floor.body["zones"]:
            here = [item for item in placed if item["zone"] == zone["id"]]
            if here:
                with tag("section", css="gw-card fu-floor", aria_label=_name(say, zone)):
                    _head(say, floor, _name(say, zone), here)
                    floor_plan(say, zone, here, floor.checks)
                    _cards(say, floor, here)
        zones = {zone["id"] for zone in floor.body["zones"]}
        rest = [item for item in floor.body["items"] if item["at"] is None or item["zone"] not in zones]
        if rest:
            with tag("section", css="gw-card fu-floor", aria_label=say("ui.furniture.in_pictures")):
                _head(say, floor, say("ui.furniture.in_pictures"), rest)
                _cards(say, floor, rest)
        self._baselines(floor, shown)
        names = {item["id"]: _name(say, item) for item in floor.body["items"]}
        for view in floor.views:
            if view.items:
                overlay(say, view, floor.checks, names)

    def _baselines(self, floor: Floor, shown: Floors) -> None:
        say = self._say
        with tag("section", css="gw-card fu-baselines", aria_label=say("ui.furniture.baselines")):
            with tag("div", css="fu-head"):
                tag("h2", say("ui.furniture.baselines"))
                waiting = any(one.stage is Stage.PROPOSED for one in floor.baselines)
                if shown.may_propose and not waiting:
                    made = tag("button", say("ui.furniture.propose"), "gw-button", type="button")
                    made.on("click", partial(self._propose, floor.site.id))
            if not floor.baselines:
                tag("p", say("ui.furniture.no_baseline"), "muted")
            for one in reversed(floor.baselines):
                self._baseline(floor, one, may_approve=shown.may_approve)

    def _baseline(self, floor: Floor, one: Version, *, may_approve: bool) -> None:
        say = self._say
        with tag("div", css=f"fu-version is-{one.stage}"):
            tag("b", say("ui.furniture.version", n=one.version), "num")
            tag("span", say(f"ui.furniture.stage.{one.stage}"), "fu-stage")
            since = say("ui.furniture.since", time=say.moment(one.since_us, floor.site.time_zone))
            tag("span", " · ".join(part for part in (since, one.by) if part), "muted num")
            if one.stage is Stage.PROPOSED and may_approve:
                made = tag("button", say("ui.furniture.approve"), "gw-button primary", type="button")
                made.on("click", partial(self._approve, floor.site.id, one.version))

    async def _propose(self, site: str) -> None:
        await self._done(partial(self._desk.propose, self._handling.token, site))

    async def _approve(self, site: str, version: int) -> None:
        await self._done(partial(self._desk.approve, self._handling.token, site, version))

    async def _done(self, act: Any) -> None:
        try:
            await run_in_threadpool(act)
        except GuiweiError as error:
            self._handling.tell(error)
        await self.refresh()


def _legend(say: Wording) -> None:
    with tag("div", css="fu-legend"):
        for state in STATES:
            with tag("span"):
                tag("i", css=f"fu-key is-{state}")
                tag("span", say(f"ui.furniture.state.{state}"))


def _head(say: Wording, floor: Floor, title: str, items: list[Mapping[str, Any]]) -> None:
    right = sum(1 for item in items if state_of(floor.checks.get(item["id"])) == CheckState.OK)
    with tag("div", css="fu-head"):
        tag("h2", title)
        site = named(floor.site.name, say.language)
        tag("span", f"{site} · {say('ui.furniture.right', right=right, all=len(items))}", "muted num")


def _cards(say: Wording, floor: Floor, items: list[Mapping[str, Any]]) -> None:
    order = {state: i for i, state in enumerate(("displaced", "rotated", "missing", "unverifiable", "unknown"))}
    ranked = sorted(items, key=lambda item: (order.get(state_of(floor.checks.get(item["id"])), 9), item["id"]))
    with tag("div", css="fu-cards"):
        for item in ranked:
            _card(say, floor, item, floor.checks.get(item["id"]))


def _card(say: Wording, floor: Floor, item: Mapping[str, Any], check: Check | None) -> None:
    state = state_of(check)
    with tag("article", css=f"fu-card is-{state}", aria_label=_name(say, item)):
        with tag("div", css="fu-card-head"):
            tag("b", _name(say, item))
            tag("span", say(f"ui.furniture.state.{state}"), "fu-state")
        if check is None:
            tag("span", say("ui.furniture.never"), "muted")
            return
        if check.dx is not None and check.dy is not None:
            unit, size = check.unit, math.hypot(check.dx, check.dy)
            sigma = f"{check.sigma:.0f}" if check.sigma is not None else "–"
            tag("span", f"{size:.0f} ± {sigma} {unit}", "fu-size num")
            tolerance = say("ui.furniture.tolerance", mm=f"{item['tolerance']:g}", unit=unit)
            turned = ""
            if check.turn_deg is not None and item["symmetry"] != 0:
                doubt = f"{check.sigma_deg:.0f}" if check.sigma_deg is not None else "–"
                turned = say("ui.furniture.turn", deg=f"{check.turn_deg:.0f}", sigma=doubt)
            tag("span", " · ".join(part for part in (turned, tolerance) if part), "muted num")
            history_plot(say, floor.histories.get(item["id"], ()), float(item["tolerance"]))
        elif check.why:
            tag("span", say.cue(check.why), "muted")
        tag("span", say.moment(check.utc_us, floor.site.time_zone), "muted num")


def _name(say: Wording, told: Mapping[str, Any]) -> str:
    return str(told["name"]["zh"] if say.language == "zh" else told["name"]["en"])
