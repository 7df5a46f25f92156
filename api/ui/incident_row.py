"""One incident as a line of the list: picture, what and where, how long against which limit, state, age."""

from __future__ import annotations

from typing import Any

from api.ui.cards import Card, Reader
from api.ui.tags import limit_bar, severity_mark, state_mark, tag
from api.ui.wording import Wording


class IncidentRow:
    """A link to the incident. Its age moves on with `tick`; everything else stays until `fill` is called again."""

    def __init__(self, say: Wording, reader: Reader, card: Card, now_us: int) -> None:
        self._say, self._reader, self.card = say, reader, card
        self._age: Any = None
        self.link = tag("a", css="gw-row", href=f"/incidents/{card.key}", data_incident=card.key)
        with self.link:
            self._thumb = tag("div", css="gw-thumb")
            self._rest = tag("div", css="gw-row-rest")
        self._fill_picture()
        self.fill(card, now_us)

    def fill(self, card: Card, now_us: int) -> None:
        """Draw the card anew, in place: the focus stays, and a picture is not fetched (and registered) twice."""
        had, self.card = self.card.thumbnail, card
        if had != card.thumbnail:
            self._fill_picture()
        say, place = self._say, card.place(self._say.language)
        duration = say.quantity(card.measured)
        tones = " ".join(("gw-row", f"sev-{card.severity}", *(() if card.is_open else ("done",))))
        self.link.classes(replace=tones)
        self.link.props["aria-label"] = say("ui.row.open", name=say.rule(card.code), zone=place, duration=duration)
        self._rest.clear()
        with self._rest:
            with tag("div", css="gw-what"):
                with tag("div", css="gw-what-name"):
                    tag("span", say.rule(card.code))
                    severity_mark(say, card.severity)
                tag("div", place, "gw-what-where")
            self._measure(duration)
            with tag("div", css="gw-row-state"):
                state_mark(say, card.state)
            with tag("div", css="gw-when"):
                self._age = tag("div", say.ago(card.confirmed_us, now_us), "gw-when-age num")
                tag("div", say.moment(card.confirmed_us, card.site.time_zone, "short"), "gw-when-time num")
        self.link.update()

    def tick(self, now_us: int) -> None:
        self._age.set_text(self._say.ago(self.card.confirmed_us, now_us))

    def _fill_picture(self) -> None:
        self._thumb.clear()
        with self._thumb:
            if self.card.thumbnail:
                tag("img", src=self.card.thumbnail, alt="", loading="lazy", decoding="async")
            else:
                permitted = self._reader.may_see_evidence
                tag("span", self._say("ui.row.no_picture" if permitted else "ui.row.hidden_picture"))

    def _measure(self, duration: str) -> None:
        with tag("div", css="gw-measure"):
            with tag("div", css="gw-measure-line num"):
                tag("b", duration)
                limit = self._say("ui.row.limit", limit=self._say.quantity(self.card.threshold))
                tag("span", limit, "muted")
            limit_bar(self.card.ratio)
