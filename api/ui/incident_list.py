"""The list of incidents. It asks once a second and changes only the lines that changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.ui.cards import SPANS_S, Card, Wish, named
from api.ui.dismissal import Dismissal
from api.ui.frame import empty
from api.ui.handling import HOTKEYS, Handling, Outcome, notice
from api.ui.incident_row import IncidentRow
from api.ui.tags import select, tag
from models.domain.errors import GuiweiError
from models.domain.finding import Severity
from models.domain.incident import State
from models.domain.media import US
from models.domain.rules import RULES
from models.domain.site import Name

REFRESH_S = 1.0
"""New incidents are to appear within about 2 s."""
ANEW_US = 30 * US
"""The whole list is asked for at least this often: filters by age and cameras' names move without any change."""
OVERLAP_US = 5 * US
"""Changes are stamped before they are committed, so one may appear a moment after a later one."""
PAGE = 50
Found = tuple[tuple[Card, ...], bool]
Zones = tuple[tuple[str, Name], ...]
_ANY = {"state": "all", "rule": "", "zone": "", "severity": "", "since": ""}


class IncidentList:
    """Build inside a page; the timer keeps it up to date until the browser leaves."""

    def __init__(self, handling: Handling, wish: Wish, found: Found, zones: Zones) -> None:
        self._handling, self._say, self._wish, self._zones = handling, handling.say, wish, zones
        self._rows: dict[str, IncidentRow] = {}
        self._asked: Wish | None = None
        self._asked_us = 0
        self._refreshing = False
        self._started = False
        with tag("div", css="gw-head"):
            tag("h1", self._say("ui.nav.incidents"))
            self._count = tag("span", "", "muted num", role="status")
            tag("span", self._say("ui.live"), "gw-live")
        self._filters = tag("form", css="gw-filters", role="search", aria_label=self._say("ui.filter"))
        self._list = tag("div", css="gw-list", role="group", aria_label=self._say("ui.nav.incidents"))
        self._none = empty(self._say("ui.list.empty"), self._say("ui.list.empty.hint"))
        self._more = tag("button", self._say("ui.list.more"), "gw-button gw-more", type="button")
        self._more.on("click", self._show_more)
        self._dismissal = Dismissal(handling, self._moved)
        ui.on("gw_act", self._act)
        self._draw_filters()
        self._place(*found)
        ui.timer(REFRESH_S, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Ask the services again, as this reader, and draw what changed. One at a time."""
        if self._refreshing:
            return
        self._refreshing = True
        try:
            wish, now_us = self._wish, self._handling.desk.now_us()
            found = await run_in_threadpool(self._ask, wish, now_us)
            if wish != self._wish:  # the reader has changed the filter meanwhile
                return
            if found is None:
                self._tick(now_us)
            else:
                self._asked, self._asked_us = wish, now_us
                self._place(*found)
        except GuiweiError as error:
            self._handling.tell(error)
        finally:
            self._refreshing = False

    def _ask(self, wish: Wish, now_us: int) -> Found | None:
        """The list, or None while nothing changed since it was asked for."""
        desk, token = self._handling.desk, self._handling.token
        same = wish == self._asked and now_us - self._asked_us < ANEW_US
        if same and not desk.changed(token, self._asked_us - OVERLAP_US):
            return None
        return desk.cards(token, wish)

    def _tick(self, now_us: int) -> None:
        for row in self._rows.values():
            row.tick(now_us)

    def _place(self, cards: tuple[Card, ...], more: bool) -> None:
        now_us = self._handling.desk.now_us()
        wanted = {card.key for card in cards}
        for key in [key for key in self._rows if key not in wanted]:
            self._rows.pop(key).link.delete()
        for position, card in enumerate(cards):
            self._draw(position, card, now_us)
        key = "ui.list.count_more" if more else "ui.list.count"
        self._count.set_text(self._say(key, n=len(cards)))
        self._list.set_visibility(bool(cards))
        self._none.set_visibility(not cards)
        self._more.set_visibility(more)
        self._started = True

    def _draw(self, position: int, card: Card, now_us: int) -> None:
        row = self._rows.get(card.key)
        if row is None:
            with self._list:
                row = self._rows[card.key] = IncidentRow(self._say, self._handling.reader, card, now_us)
            if self._started:
                row.link.classes("fresh")
        elif row.card != card:
            row.fill(card, now_us)
        else:
            row.tick(now_us)
        if self._list.default_slot.children[position] is not row.link:
            row.link.move(target_index=position)

    def _draw_filters(self) -> None:
        self._filters.clear()
        with self._filters:
            for name, options in self._choices().items():
                chosen = getattr(self._wish, name)
                made = select(self._say(f"ui.filter.{name}"), options, chosen, _ANY[name])
                made.on("change", partial(self._choose, name), js_handler="(e) => emit(e.target.value)")
            if self._wish != Wish(limit=self._wish.limit):
                clear = tag("button", self._say("ui.list.clear"), "gw-quiet", type="button")
                clear.on("click", self._clear)

    def _choices(self) -> dict[str, dict[str, str]]:
        say = self._say
        states = {"open": say("ui.filter.open"), **{str(state): say.state(state) for state in State}}
        return {
            "state": {**states, "all": say("ui.filter.any.state")},
            "rule": {"": say("ui.filter.any.rule"), **{code: say.rule(code) for code in RULES}},
            "zone": {"": say("ui.filter.any.zone"), **{zone: named(name, say.language) for zone, name in self._zones}},
            "severity": {"": say("ui.filter.any.severity"), **{str(s): say(f"severity.{s}") for s in Severity}},
            "since": {"": say("ui.filter.any.since"), **{span: say(f"ui.since.{span}") for span in SPANS_S}},
        }

    async def _choose(self, name: str, event: Any) -> None:
        if event.args in self._choices()[name]:
            await self._filter(replace(self._wish, limit=PAGE, **{name: event.args}))

    async def _clear(self) -> None:
        await self._filter(Wish())

    async def _show_more(self) -> None:
        await self._filter(replace(self._wish, limit=self._wish.limit + PAGE))

    async def _filter(self, wish: Wish) -> None:
        self._wish, self._started, self._refreshing = wish, False, False
        # Before the filters are drawn anew: that deletes the element whose event this is, and its way to the browser.
        ui.navigate.history.replace(address_of(wish))
        self._draw_filters()
        await self.refresh()

    async def _act(self, event: Any) -> None:
        asked = cast("dict[str, str]", event.args if isinstance(event.args, dict) else {})
        row, to = self._rows.get(asked.get("incident", "")), HOTKEYS.get(asked.get("hotkey", ""))
        if row is None or to is None or not self._handling.allows(row.card, to):
            return
        if to is State.DISMISSED:
            self._dismissal.open(row.card)
        else:
            await self._moved(await self._handling.move(row.card, to))

    async def _moved(self, outcome: Outcome) -> None:
        if outcome is Outcome.CONFLICT:
            notice(f"{self._say('ui.act.conflict')} {self._say('ui.act.conflict.hint')}", "warning")
        if outcome is not Outcome.REFUSED:
            await self.refresh()


def address_of(wish: Wish) -> str:
    """The list's address with this filter, so that it can be kept and sent."""
    default = Wish()
    chosen = {name: getattr(wish, name) for name in _ANY if getattr(wish, name) != getattr(default, name)}
    return f"/?{urlencode(chosen)}" if chosen else "/"


def wish_of(query: dict[str, str]) -> Wish:
    """The filter an address asks for; values that are no choice are left at their default."""
    default = Wish()
    states = {"open", "all", *map(str, State)}
    return Wish(
        state=query.get("state", "") if query.get("state") in states else default.state,
        rule=query.get("rule", "") if query.get("rule") in RULES else "",
        zone=query.get("zone", "")[:64],
        severity=query.get("severity", "") if query.get("severity") in set(Severity) else "",
        since=query.get("since", "") if query.get("since") in SPANS_S else "",
    )
