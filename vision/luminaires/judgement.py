"""On, off or unknown from positions over time. Pure: no pictures, no clock, durations in µs.

A lamp that is switched steps; daylight ramps. So a new state needs a step of several regions within a second, or has to
hold for a minute before it is believed without one. What nobody can see for long is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.domain.media import US
from models.domain.truth import Truth
from vision.luminaires.region import Reading

ON, OFF = 0.7, 0.3
"""Positions from which regions speak for on / off; between them they speak for neither."""
STILL = 0.15
"""Once they speak they go on as far as this beyond: noise around a bound is no change of mind."""
SETTLE_US = round(0.4 * US)
"""A new state has to last this long: exposure has converged, a passer-by has moved on."""
FIRST_US = US
"""The first state of a run, or after blindness."""
STEP_LN = 0.14
"""ln 1.15: a switch changes a region by 15 % or more (domain.md section 4.1)."""
STEP_US = round(1.2 * US)
"""Within one second, and the frame interval; or between two frames further apart (some were lost)."""
DRIFT_US = 60 * US
"""Without a step a changed state has to hold this long (domain.md section 2.2)."""
HOLD_US = 10 * US
"""Somebody passes before the lamps: the state before holds; for longer it is unknown."""
GAP_US = 5 * US
NIGHT_US = 30 * US
"""domain.md section 4.1: hold verdicts for 30 s after a change of mode."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of one group so far. weights: one a region. Times UTC µs."""

    weights: tuple[float, ...]
    truth: Truth = Truth.UNKNOWN
    since_us: int = 0
    stepped: bool = False
    """The state began with a step that was seen."""
    drifted: bool = False
    """It was believed without one."""
    position: float | None = None
    last_us: int | None = None
    voted_us: int | None = None
    """When regions last spoke clearly."""
    wanted: Truth = Truth.UNKNOWN
    """The state that the regions speak for now, since `wanted_us`."""
    wanted_us: int = 0
    step_seen: bool = False
    recent: tuple[tuple[int, tuple[float | None, ...]], ...] = ()
    """(UTC µs, ln ratios) of the last second and a half."""

    def blind(self, utc_us: int) -> Judgement:
        """The picture says nothing at all."""
        if self.truth is Truth.UNKNOWN:
            return replace(self, last_us=utc_us, wanted=Truth.UNKNOWN, recent=())
        return Judgement(self.weights, Truth.UNKNOWN, utc_us, last_us=utc_us)

    def after(self, readings: Sequence[Reading], utc_us: int) -> Judgement:
        """The judgement after one more frame."""
        now = self
        if now.last_us is not None and utc_us - now.last_us > GAP_US:
            now = replace(now.blind(utc_us), truth=Truth.UNKNOWN)
        ratios = tuple(ratio if position is not None else None for ratio, position in readings)
        recent = tuple(r for r in now.recent if utc_us - r[0] <= STEP_US) or now.recent[-1:]
        now = replace(now, last_us=utc_us, recent=(*recent, (utc_us, ratios)))
        where = _median([(p, w) for (_, p), w in zip(readings, self.weights, strict=True) if p is not None])
        wanted = Truth.UNKNOWN if where is None else _spoken(where, now.wanted)
        if wanted is Truth.UNKNOWN:
            since_us = now.voted_us if now.voted_us is not None else utc_us
            if now.truth is not Truth.UNKNOWN and utc_us - since_us > HOLD_US:
                return replace(now.blind(utc_us), recent=now.recent, position=where)
            wanted_us = now.wanted_us if now.wanted is Truth.UNKNOWN else utc_us
            now = replace(now, wanted=Truth.UNKNOWN, wanted_us=wanted_us, position=where)
            return now._stepped()
        now = replace(now, position=where, voted_us=utc_us)
        if wanted is not now.wanted:
            now = replace(now, wanted=wanted, wanted_us=utc_us)
        return now._stepped()._decided(utc_us)

    def _decided(self, utc_us: int) -> Judgement:
        lasted_us = utc_us - self.wanted_us
        if self.wanted is self.truth:
            return replace(self, step_seen=False) if lasted_us >= SETTLE_US else self
        if self.truth is Truth.UNKNOWN:
            return self._believed(stepped=False, drifted=False) if lasted_us >= FIRST_US else self
        if self.step_seen and lasted_us >= SETTLE_US:
            return self._believed(stepped=True, drifted=False)
        if not self.step_seen and lasted_us >= DRIFT_US:
            return self._believed(stepped=False, drifted=True)
        return self

    def _believed(self, *, stepped: bool, drifted: bool) -> Judgement:
        return replace(
            self, truth=self.wanted, since_us=self.wanted_us, stepped=stepped, drifted=drifted, step_seen=False
        )

    def _stepped(self) -> Judgement:
        """Asked only while the regions do not speak for the state: otherwise there is nothing to explain."""
        if self.step_seen or self.wanted is self.truth or not self._steps():
            return self
        return replace(self, step_seen=True)

    def _steps(self) -> bool:
        """Whether most of the weight has stepped by 15 % or more within the last second, all the same way."""
        if len(self.recent) < 2:
            return False
        now = self.recent[-1][1]
        for _, then in self.recent[:-1]:
            up = down = voting = 0.0
            for a, b, weight in zip(then, now, self.weights, strict=True):
                if a is not None and b is not None:
                    voting += weight
                    up += weight * (b - a >= STEP_LN)
                    down += weight * (a - b >= STEP_LN)
            if voting and max(up, down) > 0.5 * voting and min(up, down) == 0:
                return True
        return False

    @property
    def doubtful(self) -> bool:
        """The regions have spoken against the state, or stepped and are unclear, for longer than a switch takes."""
        against = self.wanted is not self.truth and (self.wanted is not Truth.UNKNOWN or self.step_seen)
        if self.step_seen and against:
            return True  # from the first frame of a switching on: better unknown for a moment than wrong
        return against and self.last_us is not None and self.last_us - self.wanted_us > 2 * SETTLE_US

    @property
    def told(self) -> Truth:
        """What may be stated: the state, or unknown while the regions contradict it."""
        return Truth.UNKNOWN if self.doubtful else self.truth

    @property
    def confidence(self) -> float:
        """0..1: a seen step is best, a state believed without one the least (it still has to be >= 0.8 to count)."""
        if self.told is Truth.UNKNOWN:
            return 0.0
        base = 0.97 if self.stepped else 0.8 if self.drifted else 0.9
        alone = sum(weight > 0 for weight in self.weights) < 2
        return round(base - (0.05 if alone and not self.drifted else 0.0), 2)


def _spoken(where: float, before: Truth) -> Truth:
    on = ON - STILL if before is Truth.HOLDS else ON
    off = OFF + STILL if before is Truth.FAILS else OFF
    return Truth.HOLDS if where >= on else Truth.FAILS if where <= off else Truth.UNKNOWN


def _median(values: Sequence[tuple[float, float]]) -> float | None:
    """Weighted median; of an even split the mean of the two middle ones. None for nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    half, passed = sum(w for _, w in ordered) / 2, 0.0
    for (value, weight), following in pairwise([*ordered, ordered[-1]]):
        passed += weight
        if passed > half:
            return value
        if passed == half:
            return (value + following[0]) / 2
    return ordered[-1][0]
