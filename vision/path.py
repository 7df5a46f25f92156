"""The way a person takes: speed over the last second, walking or standing, and when the present walk set off."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from models.domain.geometry import XY
from models.domain.media import US
from models.domain.presence import Place

WINDOW_S = 1.0
WALK_MPS = 0.4
"""Slower is standing or shuffling: strolls are 0.6-1.4 m/s, box noise stays below 0.3 (measured on the samples)."""
PAUSE_S = 1.0
"""A slower second ends a walk."""
KEPT_S = 4.0
TOP_MPS = 4.0
BRIDGED_S = 3.0
"""Out of sight for no longer, and as far on as somebody walks, a walk has gone on."""


class Path:
    """Times in UTC µs, lengths in metres (by the floor, else by the picture's local scale)."""

    def __init__(self) -> None:
        self._steps: deque[tuple[int, XY]] = deque()
        self._last: Place | None = None
        self._metres: XY = (0.0, 0.0)
        self._stood_at: XY | None = None
        self._stood_us: int | None = None
        self._walk_us: int | None = None
        self._slow_since_us: int | None = None
        self.speed_mps = 0.0
        self.velocity_mps: XY = (0.0, 0.0)
        self.walked_m = 0.0
        """Longest way from where the path began: tells a person from a picture of one."""
        self._origin: XY | None = None
        self._interrupted: tuple[int, XY, int] | None = None
        """A walk that went out of sight: (last seen, where, since when)."""

    def add(self, utc_us: int, place: Place) -> None:
        """The place at a time later than all before."""
        self._advance(place)
        self._walk_us = self._goes_on(utc_us) or self._walk_us
        self._steps.append((utc_us, self._metres))
        while utc_us - self._steps[0][0] > KEPT_S * US:
            self._steps.popleft()
        window = self._window(utc_us)
        self.velocity_mps = self._velocity(window)
        self.speed_mps = min(math.hypot(*self.velocity_mps), TOP_MPS)
        if self._origin is None:
            self._origin = self._metres
        middle = _middle(window)
        self.walked_m = max(self.walked_m, math.dist(self._origin, middle))
        self._pace(utc_us, middle)

    def gap(self) -> None:
        """The person was out of sight: what came before tells nothing of the speed now."""
        if self._walk_us is not None and self._steps:
            self._interrupted = (*self._steps[-1], self._walk_us)
        self._steps.clear()
        self._last, self._stood_at, self._stood_us, self._walk_us = None, None, None, None
        self._slow_since_us, self.speed_mps, self.velocity_mps = None, 0.0, (0.0, 0.0)

    def set_off_us(self, last_seen_us: int) -> int:
        """Begin of the walk that still lasts at the last sighting, else that sighting itself."""
        return last_seen_us if self._walk_us is None else min(self._walk_us, last_seen_us)

    def _goes_on(self, utc_us: int) -> int | None:
        """Since when the walk has lasted that was interrupted, where it has gone on out of sight."""
        if self._interrupted is None:
            return None
        (last_us, where, since_us), self._interrupted = self._interrupted, None
        unseen_s = (utc_us - last_us) / US
        walked_mps = math.dist(where, self._metres) / max(unseen_s, 1e-3)
        return since_us if unseen_s <= BRIDGED_S and WALK_MPS < walked_mps < TOP_MPS else None

    def _advance(self, place: Place) -> None:
        if self._last is None:
            self._metres = place.floor or self._metres
        elif place.floor is not None and self._last.floor is not None:
            self._metres = place.floor
        else:
            scale = (place.px_per_m + self._last.px_per_m) / 2
            dx, dy = place.image[0] - self._last.image[0], place.image[1] - self._last.image[1]
            self._metres = self._metres[0] + dx / scale, self._metres[1] + dy / scale
        self._last = place

    def _window(self, utc_us: int) -> list[tuple[int, XY]]:
        return [step for step in self._steps if utc_us - step[0] <= WINDOW_S * US]

    def _velocity(self, window: list[tuple[int, XY]]) -> XY:
        """Slope of the straight line through the window's positions (least squares), m/s."""
        if len(window) < 2 or window[-1][0] - window[0][0] < 0.3 * WINDOW_S * US:
            return 0.0, 0.0
        n = len(window)
        # From the window's end, so that the sums stay small against the microseconds of a date.
        times = [(t - window[-1][0]) / US for t, _ in window]
        middle_t = sum(times) / n
        middle_x, middle_y = sum(x for _, (x, _) in window) / n, sum(y for _, (_, y) in window) / n
        spread = sum((t - middle_t) ** 2 for t in times)
        across = sum((t - middle_t) * (x - middle_x) for t, (_, (x, _)) in zip(times, window, strict=True))
        along = sum((t - middle_t) * (y - middle_y) for t, (_, (_, y)) in zip(times, window, strict=True))
        return across / spread, along / spread

    def _pace(self, utc_us: int, middle: XY) -> None:
        if self.speed_mps > WALK_MPS:
            self._slow_since_us = None
            if self._walk_us is None:
                self._walk_us = self._began(utc_us)
            return
        if self._slow_since_us is None:
            self._slow_since_us = utc_us
        if utc_us - self._slow_since_us >= PAUSE_S * US or self._walk_us is None:
            self._walk_us = None
            self._stood_at, self._stood_us = middle, utc_us

    def _began(self, utc_us: int) -> int:
        """The last moment at the place where the person stood: the speed lags by half a window, the place does not."""
        if self._stood_at is None:
            return self._steps[0][0]
        near = [t for t, xy in self._steps if math.dist(xy, self._stood_at) <= 0.25]
        return max(near, default=self._stood_us or utc_us)


def _middle(window: list[tuple[int, XY]]) -> XY:
    return median([x for _, (x, _) in window]), median([y for _, (_, y) in window])
