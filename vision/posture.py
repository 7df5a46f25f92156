"""Standing, seated, or not to be told; grown up or a child: from how high the crown is above the floor.

With a calibrated floor the crown's height at the place where somebody is known to be is compared with the own stature;
without one the shape of the box has to do. Each sighting votes, a second or so of votes decides, and what lies between
the bounds votes for nobody: a person half behind a table, a crown at the picture's border, somebody who bends down.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

from models.domain.media import US
from models.domain.truth import Truth

SEATED_SHARE = (0.55, 0.83)
"""Crown over the own standing height. A seat at 0.45 m and 52 % of the stature above it: 0.74-0.79."""
STANDING_SHARE = 0.9
SEATED_SHAPE, STANDING_SHAPE = 1.65, 2.3
"""Box height over width where no floor was taught: seated 1.0-1.6, standing 2.4-3.6 on the samples."""
MEMORY_S = 1.5
"""Time constant of the votes: a detector's odd box is over sooner."""
DECIDED = 0.7
CHILD_M, GROWN_M = 1.32, 1.45
"""Below: a child of up to about ten years; above: nobody's child for this purpose; between: not to be told [P]."""
HEIGHTS = 8
"""Whole sightings while walking before a stature is judged: whoever sits looks small, nobody walks seated."""


@dataclass(frozen=True, slots=True)
class Crown:
    """One sighting. share: crown height over the own standing height, None without a floor; height_m: the same in
    metres; shape: box height over width; whole: neither soles nor crown are cut."""

    share: float | None
    height_m: float | None
    shape: float
    whole: bool


class Posture:
    """The evidence of one presence, in order of time."""

    def __init__(self) -> None:
        self._seated = 0.5
        self._weight = 0.0
        self._last_us: int | None = None
        self._heights: deque[float] = deque(maxlen=40)

    @property
    def seated(self) -> Truth:
        """HOLDS or FAILS after about a second of votes that agree."""
        if self._weight < 0.5:
            return Truth.UNKNOWN
        return Truth.of(True if self._seated > DECIDED else False if self._seated < 1 - DECIDED else None)

    @property
    def child(self) -> Truth:
        if len(self._heights) < HEIGHTS:
            return Truth.UNKNOWN
        own_m = median(self._heights)
        return Truth.of(True if own_m < CHILD_M else False if own_m > GROWN_M else None)

    def see(self, crown: Crown, utc_us: int, *, walking: bool) -> None:
        """One sighting. Who walks does not sit, and shows the own height."""
        step_s = 0.2 if self._last_us is None else min(1.0, (utc_us - self._last_us) / US)
        self._last_us = utc_us
        if walking and crown.whole and crown.height_m is not None:
            self._heights.append(crown.height_m)
        vote = False if walking else _vote(crown)
        if vote is None:
            return
        share = min(1.0, step_s / MEMORY_S)
        self._seated += share * (float(vote) - self._seated)
        self._weight = min(1.0, self._weight + share)


def _vote(crown: Crown) -> bool | None:
    if crown.share is not None:
        seated = SEATED_SHARE[0] <= crown.share <= SEATED_SHARE[1]
        return True if seated else False if crown.share >= STANDING_SHARE else None
    if not crown.whole:
        return None
    return True if crown.shape <= SEATED_SHAPE else False if crown.shape >= STANDING_SHAPE else None
