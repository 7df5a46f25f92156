"""The window that asks why an incident is dismissed. A reason of the closed list is required (domain.md 3.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from api.ui.cards import Card
from api.ui.handling import Handling, Outcome
from api.ui.tags import tag
from models.domain.incident import DismissReason, State

COMMENT_CHARACTERS = 500


class Dismissal:
    """Build once a page; `open` it for an incident; `after` is told what became of it."""

    def __init__(self, handling: Handling, after: Callable[[Outcome], Awaitable[None]]) -> None:
        self._handling, self._say, self._after = handling, handling.say, after
        self._card: Card | None = None
        self._reason: str | None = None
        self._comment = ""
        with ui.dialog() as self._window:
            self._body = tag("section", css="gw-dialog", aria_label=self._say("ui.dismiss"))

    def open(self, card: Card) -> None:
        self._card, self._reason, self._comment = card, None, ""
        self._body.clear()
        with self._body:
            tag("h2", self._say("ui.dismiss"))
            tag("p", self._say("ui.dismiss.lead"))
            self._draw_reasons()
            self._missing = tag("div", role="alert")
            box = tag(
                "textarea",
                placeholder=self._say("ui.dismiss.comment"),
                aria_label=self._say("ui.dismiss.comment"),
                maxlength=COMMENT_CHARACTERS,
            )
            box.on("input", self._write, js_handler="(e) => emit(e.target.value)")
            with tag("div", css="gw-dialog-foot"):
                tag("button", self._say("ui.cancel"), "gw-button", type="button").on("click", self._window.close)
                send = tag("button", self._say("ui.act.dismissed"), "gw-button primary", type="button")
                send.on("click", self._send)
        self._window.open()

    def _draw_reasons(self) -> None:
        with tag("fieldset", css="gw-reasons"):
            tag("legend", self._say("ui.dismiss.reason"), "sr")
            for position, reason in enumerate(DismissReason):
                with tag("label"):
                    choice = tag("input", type="radio", name="reason", value=str(reason))
                    choice.props["autofocus"] = position == 0
                    choice.on("change", partial(self._choose, str(reason)), js_handler="() => emit()")
                    tag("span", self._say(f"dismiss.{reason}"))

    def _choose(self, reason: str) -> None:
        self._reason = reason
        self._missing.set_text("")

    def _write(self, event: Any) -> None:
        self._comment = str(event.args)[:COMMENT_CHARACTERS]

    async def _send(self) -> None:
        if self._card is None or self._reason is None:
            self._missing.set_text(self._say("ui.dismiss.missing"))
            return
        self._window.close()
        comment = self._comment.strip() or None
        await self._after(await self._handling.move(self._card, State.DISMISSED, self._reason, comment))
