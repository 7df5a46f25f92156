"""What a reader does to an incident, from any page: always through the services, always as who is signed in now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.figures import SiteFigures
from api.refusal import RefusalError
from api.ui.cards import CameraCard, Card, Case, Reader, SiteCard, Wish
from api.ui.figures_page import FiguresWish
from api.ui.wording import Wording
from models.domain.errors import GuiweiError
from models.domain.incident import TRANSITIONS, State
from models.domain.site import Name

HOTKEYS = {"a": State.ACKNOWLEDGED, "c": State.CONFIRMED, "d": State.DISMISSED}


class Outcome(StrEnum):
    """What became of a move."""

    DONE = "done"
    CONFLICT = "conflict"
    """Somebody else was faster: nothing was saved, the page is out of date."""
    REFUSED = "refused"


class Desk(Protocol):
    """What the pages ask of the services. `token` is the session cookie, checked anew at every call.

    All raise RefusalError (`not_signed_in` without a valid session, else as the service says) and StoreError.
    """

    def now_us(self) -> int: ...

    def reader(self, token: str) -> Reader: ...

    def cards(self, token: str, wish: Wish) -> tuple[tuple[Card, ...], bool]:
        """Newest first, at most `wish.limit`; whether there are more."""
        ...

    def changed(self, token: str, since_us: int) -> bool:
        """Whether anything this reader may see changed at or after the moment. Cheap: for asking every second."""
        ...

    def zones(self, token: str) -> tuple[tuple[str, Name], ...]: ...

    def case(self, token: str, key: str) -> Case: ...

    def cameras(self, token: str) -> tuple[CameraCard, ...]: ...

    def figures(self, token: str, wish: FiguresWish) -> tuple[SiteFigures, tuple[SiteCard, ...]]:
        """A site's figures, and the sites to choose from."""
        ...

    def move(self, token: str, card: Card, to: State, reason: str | None, comment: str | None) -> None:
        """Raises RefusalError(moved_meanwhile) when the incident has left `card.state`."""
        ...


@dataclass(frozen=True, slots=True)
class Handling:
    """One open page: the desk, who reads it, and in which language."""

    desk: Desk
    token: str
    reader: Reader
    say: Wording

    def allows(self, card: Card, to: State) -> bool:
        """Whether the move is this reader's and legal; says why not."""
        if to not in self.reader.moves:
            notice(self.say("ui.act.forbidden"))
            return False
        if to not in TRANSITIONS[card.state]:
            state, act = self.say.state(card.state), self.say(f"ui.act.{to}")
            notice(self.say("ui.act.not_now", state=state, act=act))
            return False
        return True

    async def move(self, card: Card, to: State, reason: str | None = None, comment: str | None = None) -> Outcome:
        """Move it. Success and refusals are told here; a conflict is the page's to show."""
        try:
            await run_in_threadpool(self.desk.move, self.token, card, to, reason, comment)
        except RefusalError as refusal:
            if refusal.code == "moved_meanwhile":
                return Outcome.CONFLICT
            self.tell(refusal)
            return Outcome.REFUSED
        except GuiweiError as error:
            self.tell(error)
            return Outcome.REFUSED
        act, name = self.say(f"ui.act.{to}"), self.say.rule(card.code)
        notice(self.say("ui.act.done", act=act, name=name), "positive")
        return Outcome.DONE

    def tell(self, error: GuiweiError) -> None:
        """Say on the page what the services refused; a lost session leads to the sign-in page."""
        if not isinstance(error, RefusalError):
            notice(f"{self.say('ui.act.failed')}: {error.what} {error.next_step}", "warning")
        elif error.code == "not_signed_in":
            ui.navigate.reload()  # the gate leads to the sign-in page, and from there back to this one
        else:
            told = error.shape(self.say.language)["error"]
            notice(f"{told['what']} {told['next_step']}", "warning")


def notice(words: str, kind: str = "info") -> None:
    """A short message at the foot of the page, read out by screen readers. kind: info | positive | warning."""
    ui.notify(words, type=kind, position="bottom", timeout=4000, classes="gw-notice")
