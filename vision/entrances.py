"""Which side of a door somebody is on, and when the line was crossed."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.domain.geometry import XY, contains, nearest_on_border, nearest_on_side, side
from models.domain.media import US
from models.domain.presence import Place
from models.domain.site import EntranceLine, Region, Site

MARGIN_M = 0.25
"""Depth beyond the line that makes a crossing: one sigma of a foot point 9 m away (3 px)."""
LEAP_MPS, LEAP_M = 2.5, 0.6
"""A hurried step and the error of the foot point. Who is beyond the line by more than that was put there by a box that
is somebody else's for a moment, or cut: believed when it stays so."""
LEAP_S = 0.7
"""For so long [P]: a track changes hands for a frame or two where people pass each other before the door."""
TURN_M = 2.5
"""Tracks that change hands between one who goes out and one who comes in do so this near to the line."""
TURN_S, TURN_AWAY_S, TURN_WALK_MPS = 1.3, 0.2, 0.7
"""How long somebody walks out before, and in after, a turn; what of it lies too near to the turn; what is walking."""
TURN_SLOWLY_M, TURN_SLOWLY_S = 0.3, 0.65
"""Whoever turns round slows down: at 3 m/s2 they are within 0.3 m of where they turn for 0.9 s. A track that goes over
to somebody who walks the other way is there for 0.5 s at 1.2 m/s, and less where the two are apart."""
BY_THE_DOOR_M = 1.2
"""Somebody lost this near to the line on the way out has gone out: door frames hide the last step."""


class Entrances:
    """The entrance lines a camera can judge: those on the floor where it has one, and those drawn in its picture."""

    def __init__(self, site: Site, camera: str, *, has_floor: bool) -> None:
        self._camera = camera
        self._lines = [e for e in site.entrances if e.camera == camera or (e.camera is None and has_floor)]
        self._zones = [r for zone in site.zones.values() for r in zone.regions]

    def depth_m(self, place: Place) -> float | None:
        """Metres to the nearest line, > 0 inside, < 0 outside; None where no line is known.

        The distance is to the line's nearest point, so that walking along the wall beside a door is not being at it.
        A place within a zone is never outside: lines end at the door frame, rooms do not.
        """
        if not self._lines:
            return None
        line = min(self._lines, key=lambda e: self._away(e, place))
        depth = math.copysign(self._away(line, place), self._side(line, place))
        if depth < -MARGIN_M and any(within(region, place, self._camera) for region in self._zones):
            return 0.0
        return depth

    def _side(self, line: EntranceLine, place: Place) -> float:
        spot, _ = self._spot(line, place)
        return side(line.a, line.b, spot) * side(line.a, line.b, line.inside)

    def _away(self, line: EntranceLine, place: Place) -> float:
        spot, unit = self._spot(line, place)
        return math.dist(nearest_on_side(line.a, line.b, spot), spot) / unit

    def _spot(self, line: EntranceLine, place: Place) -> tuple[XY, float]:
        """The place in the line's own plane, and how many of its units make a metre."""
        if line.camera is None and place.floor is not None:
            return place.floor, 1.0
        return place.image, place.px_per_m


def within(region: Region, place: Place, camera: str, slack_m: float = 0.0) -> bool:
    """Whether a place lies in a region: by its foot point in the camera's picture, by its position on the floor.

    slack_m: how far outside still counts (m), for places read by the head.
    """
    spot, slack = (place.floor, slack_m) if region.camera is None else (place.image, slack_m * place.px_per_m)
    if spot is None or region.camera not in (None, camera):
        return False
    if contains(region.polygon, spot):
        return True
    return slack > 0 and math.dist(nearest_on_border(region.polygon, spot), spot) <= slack


class Passage(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Crossed:
    passage: Passage
    utc_us: int
    """Interpolated between the last place before and the first behind the line."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A walk towards the line that became one away from it from one frame to the next: two people's.

    out_us, in_us: when the one crosses the line at that pace, and when the other has.
    """

    utc_us: int
    out_us: int
    in_us: int


class Doorway:
    """One person's side of the line, with hysteresis: `inside` changes only when MARGIN_M beyond it."""

    def __init__(self, depth_m: float | None, utc_us: int, *, inside: bool = False) -> None:
        """inside: known to be, whatever a place just beyond the line says."""
        self.inside = inside or depth_m is None or depth_m > 0
        self._depths: deque[tuple[int, float]] = deque()
        self._leapt_us: int | None = None
        if depth_m is not None:
            self._depths.append((utc_us, depth_m))

    def step(self, depth_m: float | None, utc_us: int) -> Crossed | None:
        if depth_m is None:
            return None
        sign = 1 if self.inside else -1
        beyond = sign * depth_m <= -MARGIN_M
        if not beyond:
            self._leapt_us = None
        elif self._leapt_us is None and self._leaps(depth_m, utc_us):
            self._leapt_us = utc_us
        self._depths.append((utc_us, depth_m))
        while utc_us - self._depths[0][0] > 5 * US and len(self._depths) > 2:
            self._depths.popleft()
        if not beyond or (self._leapt_us is not None and utc_us - self._leapt_us < LEAP_S * US):
            return None
        self._leapt_us = None
        crossed = Crossed(Passage.OUT if self.inside else Passage.IN, self._crossing_us(sign))
        self.inside = not self.inside
        return crossed

    def _leaps(self, depth_m: float, utc_us: int) -> bool:
        if not self._depths:
            return False
        last_us, last_m = self._depths[-1]
        return abs(depth_m - last_m) > LEAP_M + LEAP_MPS * (utc_us - last_us) / US

    def going_out(self) -> bool:
        """Near the line and nearer to it than a second ago."""
        if len(self._depths) < 2 or self._depths[-1][1] > BY_THE_DOOR_M:
            return False
        last_us, depth = self._depths[-1]
        earlier = [d for t, d in self._depths if 0.2 * US <= last_us - t <= 1.2 * US]
        return bool(earlier) and max(earlier) - depth > 0.3

    def turned(self, utc_us: int) -> Turn | None:
        """Whether the one who was going out a second ago cannot be the one who is coming in."""
        recent = [(t, d) for t, d in self._depths if utc_us - t <= 2 * TURN_S * US]
        if not self.inside or not recent or recent[-1][0] != utc_us:
            return None
        low_us, low_m = min(recent, key=lambda step: step[1])
        if not 0 <= low_m <= TURN_M or utc_us - low_us < 0.75 * TURN_S * US:
            return None
        near = [t for t, d in recent if d - low_m <= TURN_SLOWLY_M]
        out = [(t, d) for t, d in recent if TURN_AWAY_S * US <= low_us - t <= TURN_S * US]
        back = [(t, d) for t, d in recent if TURN_AWAY_S * US <= t - low_us <= TURN_S * US]
        out_mps, in_mps = _slope(out), _slope(back)
        if max(near) - min(near) > TURN_SLOWLY_S * US or out_mps > -TURN_WALK_MPS or in_mps < TURN_WALK_MPS:
            return None
        return Turn(low_us, low_us - round(low_m / out_mps * US), utc_us - round(recent[-1][1] / in_mps * US))

    def _crossing_us(self, sign: int) -> int:
        steps = list(self._depths)
        for (t0, d0), (t1, d1) in zip(steps[-2::-1], steps[:0:-1], strict=True):
            if sign * d0 >= 0 > sign * d1:
                return t0 + round((t1 - t0) * d0 / (d0 - d1)) if d0 != d1 else t1
        return steps[-1][0]


def _slope(steps: Sequence[tuple[int, float]]) -> float:
    """Metres a second of the straight line through (UTC µs, m); 0 where a walk of half a second cannot be read."""
    if len(steps) < 3 or steps[-1][0] - steps[0][0] < 0.5 * US:
        return 0.0
    return statistics.linear_regression([(t - steps[0][0]) / US for t, _ in steps], [d for _, d in steps]).slope
