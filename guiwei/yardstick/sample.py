"""One measured error, and one thing to look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LEAST = "turn_least"
"""Value of an observation, and figure of an incident, that claims no more than a lower bound of a turn
(vision/furniture_sight.py)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to look in the material: a camera's picture at a moment. clip and camera by name, t_s on the truth's clock.

    subject: what it is about, in the truth's ids where there is one.
    """

    clip: str
    camera: str
    t_s: float
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """quantity: name as in the report, which says its unit. error: in that unit, signed where a sign means something.

    z: the same error in the sigmas that the product gave itself; empty where it gave none, one each axis otherwise.
    """

    quantity: str
    error: float
    spot: Spot
    z: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """A thing that is right, wrong or not known: `weight` of it (seconds, persons, 1)."""

    quantity: str
    outcome: str
    """right | wrong | unknown"""
    weight: float
    spot: Spot


class SlipKind(StrEnum):
    MISS = "miss"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Slip:
    """A miss or a false alarm: each gets its picture. what: the code, or the quantity (lamp switches)."""

    kind: SlipKind
    what: str
    spot: Spot
    why: str
    """The truth's own sentence, or what the product claimed."""
    persons: tuple[str, ...] = ()
    """Presence ids that the product meant."""


def bound(least: float, true: float) -> str:
    """Outcome of a claim that something is at least so much."""
    return "right" if true >= least else "wrong"
