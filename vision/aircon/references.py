"""Where a reading lies between what was taught off and what was taught on, and whether it is like either at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.domain.energy import AirconPart, AirconRegion
from models.domain.truth import Truth
from vision.aircon.features import Features

OFF, ON = 0.3, 0.7
"""Positions up to which it is off, from which it is on."""
ASIDE = 0.7
"""Shares of the way from off to on by which a reading may lie aside of it; further aside something else is seen."""
SHORT = 0.6
"""How far before off a reading may lie, in shares of the way."""
BEYOND = {AirconPart.DISPLAY: 2.5, AirconPart.LED: 3.0, AirconPart.LOUVER: 2.0, AirconPart.RIBBON: 20.0}
"""How far a reading may lie along the way: lights stand out more at night, a louver may open wider than was taught."""
LEAST_WAY = {AirconPart.DISPLAY: 0.25, AirconPart.LED: 0.1, AirconPart.LOUVER: 0.06, AirconPart.RIBBON: 0.7}
"""ln (root mean square over the features): references nearer to each other than this cannot be told apart."""


class Way:
    """The references of one region; `position` of a reading on the way from off to on."""

    def __init__(self, region: AirconRegion) -> None:
        self._part = region.part
        self._pairs = [
            (off, on - off)
            for off in (np.array(reference) for reference in region.off)
            for on in (np.array(reference) for reference in region.on)
            if len(on) == len(off) and apart(on, off) >= LEAST_WAY[region.part]
        ]

    @property
    def open(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self._pairs)

    def position(self, features: Features | None) -> float | None:
        """0 as taught off, 1 as taught on, beyond either end too; None for what is like neither."""
        if features is None:
            return None
        best: tuple[float, float] | None = None
        for off, way in self._pairs:
            if len(way) != len(features):
                continue
            length2 = float(way @ way)
            along = float((features - off) @ way) / length2
            aside = float(np.linalg.norm(features - off - along * way)) / length2**0.5
            if best is None or aside < best[0]:
                best = aside, along
        if best is None or best[0] > ASIDE or not -SHORT <= best[1] <= BEYOND[self._part]:
            return None
        return best[1]


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Root mean square of the differences."""
    return float(np.sqrt(np.mean((one - other) ** 2)))


def spoken(position: float | None, before: Truth = Truth.UNKNOWN) -> Truth:
    """What a position says; once it speaks it goes on a little beyond the bound."""
    if position is None:
        return Truth.UNKNOWN
    slack = 0.15
    if position >= ON - (slack if before is Truth.HOLDS else 0.0):
        return Truth.HOLDS
    return Truth.FAILS if position <= OFF + (slack if before is Truth.FAILS else 0.0) else Truth.UNKNOWN


def spread(readings: Sequence[Features], most: int = 8) -> tuple[tuple[float, ...], ...]:
    """A few readings that stand for all: the middle one, then each time the one farthest from those taken."""
    stack = np.array(readings)
    taken = [np.median(stack, 0)]
    full = max((apart(one, taken[0]) for one in stack), default=0.0)
    while len(taken) < most:
        distances = np.min([np.sqrt(np.mean((stack - one) ** 2, 1)) for one in taken], 0)
        farthest = int(distances.argmax())
        if distances[farthest] < 0.35 * full or distances[farthest] < 0.05:
            break
        taken.append(stack[farthest])
    return tuple(tuple(round(float(v), 3) for v in one) for one in taken)
