"""One incident: enough to decide on, and one key to do so."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.ui.cards import Case
from api.ui.dismissal import Dismissal
from api.ui.evidence_wall import evidence_wall
from api.ui.handling import HOTKEYS, Handling, Outcome
from api.ui.incident_facts import facts_card, history_card, measured_card
from api.ui.tags import severity_mark, state_mark, tag
from models.domain.errors import GuiweiError
from models.domain.incident import State

REFRESH_S = 2.0
_BUTTONS = (State.CONFIRMED, State.ACKNOWLEDGED, State.DISMISSED, State.CLOSED)
_TONES = {State.CONFIRMED: "primary", State.DISMISSED: "danger"}
_KEY_OF = {state: key for key, state in HOTKEYS.items()}


class IncidentPage:
    """Draws a case; redraws what changed: evidence only when a file arrived, so that a running clip runs on."""

    def __init__(self, handling: Handling, case: Case) -> None:
        self._handling, self._say, self._case = handling, handling.say, case
        self._dismissal = Dismissal(handling, self._moved)
        self._refreshing = False
        tag("a", self._say("ui.incident.back"), "gw-crumb", href="/")
        self._conflict = tag("div", css="gw-conflict", role="alert")
        self._conflict.set_visibility(False)
        self._title = tag("div")
        with tag("div", css="gw-columns"):
            self._evidence = tag("section", aria_label=self._say("ui.evidence"))
            self._side = tag("div", css="gw-side")
        self._draw_evidence()
        self._draw_case()
        ui.timer(REFRESH_S, self.refresh, immediate=False)

    async def refresh(self) -> None:
        if self._refreshing:
            return
        self._refreshing = True
        try:
            desk, token = self._handling.desk, self._handling.token
            self._show(await run_in_threadpool(desk.case, token, self._case.card.key))
        except GuiweiError as error:
            self._handling.tell(error)
        finally:
            self._refreshing = False

    def _show(self, case: Case) -> None:
        before, self._case = self._case, case
        if before.evidence != case.evidence:
            self._draw_evidence()
        if _without_pictures(before) != _without_pictures(case):
            self._draw_case()

    def _draw_evidence(self) -> None:
        self._evidence.clear()
        with self._evidence:
            evidence_wall(self._say, self._handling.reader, self._case)

    def _draw_case(self) -> None:
        say, card = self._say, self._case.card
        self._title.clear()
        with self._title:
            with tag("div", css=f"gw-title sev-{card.severity}"):
                tag("h1", say.rule(card.code))
                severity_mark(say, card.severity)
                state_mark(say, card.state)
            moment = say.moment(card.confirmed_us, card.site.time_zone)
            tag("div", f"{card.place(say.language)} · {moment}", "gw-sub")
        self._side.clear()
        with self._side:
            measured_card(say, self._case)
            self._draw_actions()
            facts_card(say, self._case)
            history_card(say, self._case)

    def _draw_actions(self) -> None:
        with tag("section", css="gw-card gw-acts", aria_label=self._say("ui.act")):
            if not self._case.moves:
                tag("div", self._say("ui.act.none" if self._handling.reader.moves else "ui.act.forbidden"), "muted")
                return
            with tag("div", css="gw-actions"):
                for state in (state for state in _BUTTONS if state in self._case.moves):
                    self._button(state)

    def _button(self, state: State) -> None:
        key = _KEY_OF.get(state)
        tone = _TONES.get(state, "")
        with tag("button", css=f"gw-button {tone}", type="button", data_hotkey=key, aria_keyshortcuts=key) as made:
            tag("span", self._say(f"ui.act.{state}"))
            if key:
                tag("kbd", key, aria_hidden="true")
        made.on("click", partial(self._act, state))

    async def _act(self, state: State) -> None:
        if not self._handling.allows(self._case.card, state):
            return
        if state is State.DISMISSED:
            self._dismissal.open(self._case.card)
        else:
            await self._moved(await self._handling.move(self._case.card, state))

    async def _moved(self, outcome: Outcome) -> None:
        if outcome is Outcome.CONFLICT:
            self._draw_conflict()
        elif outcome is Outcome.DONE:
            self._conflict.set_visibility(False)
        await self.refresh()

    def _draw_conflict(self) -> None:
        self._conflict.clear()
        with self._conflict:
            with tag("div"):
                tag("b", self._say("ui.act.conflict"))
                tag("span", self._say("ui.act.conflict.hint"))
            tag("button", self._say("ui.act.reload"), "gw-button", type="button").on("click", ui.navigate.reload)
        self._conflict.set_visibility(True)


def _without_pictures(case: Case) -> tuple[object, ...]:
    """What the page shows of a case apart from the pictures, which are drawn by themselves."""
    card = case.card
    return card.changed_us, card.state, card.measured, card.severity, case.ended_us, case.history, case.moves
