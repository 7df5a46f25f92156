"""A meter's readings: what may come in, from HTTP or MQTT alike, and why a reading is set aside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from models.domain.energy import LIMITS, SignalKind
from models.domain.media import US

FUTURE_US = 60 * US
"""A sender's clock may be a minute fast; more is a fault."""


class Aside(StrEnum):
    """Why a reading is not used. Counted, never silently dropped."""

    UNKNOWN_METER = "unknown_meter"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    FUTURE = "future"
    OLD = "old"
    """Not later than one of the same kind that was used: sent twice, or out of order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure of one meter at a moment (UTC µs)."""

    meter: str
    kind: SignalKind
    value: float
    at_us: int


def wrong_with(reading: Reading, now_us: int) -> Aside | None:
    """What is wrong with a reading by itself."""
    if not math.isfinite(reading.value):
        return Aside.NOT_A_NUMBER
    low, high = LIMITS[reading.kind]
    if not low <= reading.value <= high:
        return Aside.OUT_OF_RANGE
    return Aside.FUTURE if reading.at_us > now_us + FUTURE_US else None
