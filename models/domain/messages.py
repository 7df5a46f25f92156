"""What the engine is fed with, and what a tape holds. All times are UTC microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.finding import Quantity
from models.domain.presence import Departure, Person
from models.domain.truth import Truth


@dataclass(frozen=True, slots=True)
class Scene:
    """One analysed frame of one camera."""

    camera: str
    run: str
    utc_us: int
    persons: tuple[Person, ...]
    departed: tuple[Departure, ...] = ()
    """Presences that ended since the scene before."""
    view: Truth = Truth.HOLDS
    """UNKNOWN while the camera is sick (black, frozen, covered): the persons are then not to be judged by."""
    blind: frozenset[str] = frozenset()
    """Persons at whom no working camera looks (stated by `pipelines/fusion.py` of a floor with a camera lost, never by
    a camera): they are not hidden, nothing is known of what happens to them."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one configured thing that is no person: a lamp group, an air-conditioner, an item, a view."""

    kind: str
    """luminaire | aircon | furniture | label | camera"""
    subject: str
    """Id in the site file."""
    predicate: str
    """What is stated, in the words of intervals.json: "on", "in_place", "view", ..."""
    truth: Truth
    utc_us: int
    camera: str = ""
    """"" when no camera said so (a meter)."""
    values: tuple[tuple[str, Quantity], ...] = ()
    """Measured figures by name ("offset", "turn", "power"), with unit and sigma."""
    cues: tuple[str, ...] = ()
    """Text keys (models/texts) of what speaks for it, strongest first."""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. Drives absence, since no frame may come."""

    utc_us: int


@dataclass(frozen=True, slots=True)
class StreamLost:
    """A camera's run ended without being asked to. Everything of that camera is unknown from here."""

    camera: str
    utc_us: int
    reason: str


@dataclass(frozen=True, slots=True)
class StreamResumed:
    """A new run of a camera begins."""

    camera: str
    run: str
    utc_us: int


@dataclass(frozen=True, slots=True)
class EndOfRecording:
    """The recording is over (file) or the box stops in good order (live): claims end here, not as violations ended."""

    utc_us: int


Message = Scene | Observation | Tick | StreamLost | StreamResumed | EndOfRecording
