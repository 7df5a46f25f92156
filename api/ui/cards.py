"""What the pages show, already decided by the services: no rows of a database and no request reach the layout."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import State
from models.domain.site import Name
from models.texts import Language

OPEN_STATES = (State.DETECTED, State.SELF_CORRECTED, State.ACKNOWLEDGED)
"""States in which somebody still has to decide (domain.md section 3.2)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the page."""

    name: str
    language: str
    moves: frozenset[State]
    """What the role may turn incidents into at all."""
    may_see_evidence: bool
    may_see_figures: bool = False


@dataclass(frozen=True, slots=True)
class SiteCard:
    id: str
    name: Name
    time_zone: str


@dataclass(frozen=True, slots=True)
class Card:
    """One incident in the list. `changed_us` grows with every change, by a box or by a person."""

    key: str
    code: str
    site: SiteCard
    zone: str
    zone_name: Name
    camera: str
    camera_name: Name
    severity: Severity
    state: State
    first_us: int
    confirmed_us: int
    measured: Quantity
    threshold: Threshold
    thumbnail: str | None
    """Address of a masked still, None where there is none or the reader may not see it."""
    changed_us: int

    @property
    def ratio(self) -> float:
        """Measured / limit; 1 where the limit is 0."""
        return self.measured.value / self.threshold.value if self.threshold.value > 0 else 1.0

    def place(self, language: Language) -> str:
        """Zone and camera; once, where both are called the same. A camera's own incident has no zone."""
        both = dict.fromkeys(named(name, language) for name in (self.zone_name, self.camera_name))
        return " · ".join(name for name in both if name)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Shown:
    """One evidence file that has arrived."""

    kind: str
    """before | now | overlay | strip | timeline | clip"""
    address: str
    content_type: str
    start_us: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history."""

    at_us: int
    actor: str
    by_device: bool
    to_state: State
    reason: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One incident in full."""

    card: Card
    ended_us: int | None
    end_reason: str | None
    grade: Grade
    rule_version: str
    observed_s: float
    blind_s: float
    confidence: float
    cues: tuple[str, ...]
    evidence: tuple[Shown, ...]
    evidence_note: str | None
    history: tuple[Step, ...]
    rota_position: str
    """Place in the rota that is to be told, or ""."""
    moves: tuple[State, ...]
    """What this reader may turn it into now."""


@dataclass(frozen=True, slots=True)
class CameraCard:
    id: str
    name: Name
    site: SiteCard
    state: str
    """live | lost | ended"""
    since_us: int
    reason: str | None
    observed_s: float
    blind_s: float
    dropped_frames: int
    picture: str | None
    picture_us: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the list is filtered by; empty strings mean any."""

    state: str = "open"
    """open (see OPEN_STATES) | a State | all"""
    rule: str = ""
    zone: str = ""
    severity: str = ""
    since: str = ""
    """A key of SPANS_S."""
    limit: int = 50


SPANS_S = {"1h": 3600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}
"""Choices of the filter "since", in seconds back from now."""


def named(name: Name, language: Language) -> str:
    return name.zh if language == "zh" else name.en
