"""Whether the air at a supply grille is that of a running unit (evidence level E5, domain.md section 4.2).

A probe in the grille or a thermal camera that sees it tells `supply_temperature`; `temperature` is the room's, or the
wall's beside the grille. More than 4 degrees between them, colder or warmer, is a sign that the unit runs. No
difference says nothing against it: a fan may run without cooling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.domain.energy import SignalKind
from models.domain.media import US
from models.domain.truth import Truth

TELL_US = 60 * US
"""An unchanged state is told again this often."""
ON_C = 4.0
"""domain.md section 4.2, E5."""
OFF_C = 3.0
"""[P] below this the sign is over; between the two it holds."""


@dataclass(slots=True)
class Warmth:
    """The sign of one unit. said_us: when it was last told."""

    truth: Truth = Truth.UNKNOWN
    told: Truth | None = None
    told_us: int = 0

    def said(
        self, latest: Mapping[SignalKind, tuple[int, float]], utc_us: int, max_gap_us: int
    ) -> tuple[Truth, float | None] | None:
        """What is to be told now, with the difference in degrees; None while there is nothing new to tell.

        latest: (UTC µs, °C) of each kind. One that has been silent for longer than `max_gap_us` is unknown.
        """
        if SignalKind.SUPPLY_TEMPERATURE not in latest:
            return None
        difference_c = _difference(latest, utc_us, max_gap_us)
        if difference_c is None:
            self.truth = Truth.UNKNOWN
        elif abs(difference_c) > ON_C:
            self.truth = Truth.HOLDS
        elif abs(difference_c) < OFF_C or self.truth is Truth.UNKNOWN:
            self.truth = Truth.FAILS
        if self.truth is self.told and utc_us - self.told_us < TELL_US:
            return None
        self.told, self.told_us = self.truth, utc_us
        return self.truth, difference_c


def _difference(latest: Mapping[SignalKind, tuple[int, float]], utc_us: int, max_gap_us: int) -> float | None:
    supply, room = latest.get(SignalKind.SUPPLY_TEMPERATURE), latest.get(SignalKind.TEMPERATURE)
    if supply is None or room is None or utc_us - min(supply[0], room[0]) > max_gap_us:
        return None
    return supply[1] - room[1]
