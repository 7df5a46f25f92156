"""The empty reference: what the picture looks like where nobody stands, and whether a place looks like that again.

Kept small (at most 400 px wide, grey). Pixels under persons are never learnt; all others follow the picture slowly, so
daylight moves with it. A comparison takes the light on the place's own surround into account, so a lamp that is
switched changes nothing; what remains is noise, which is measured, and something standing there.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Image
from models.domain.truth import Truth
from vision.place import Box
from vision.tracking import widened

WIDTH_PX = 400
LEARN_S = 20.0
"""Time constant of the reference: a person whom the detector misses for a second changes it by 5 %."""
EMPTY_SHARE = 0.15
"""At most this share of a place's pixels may differ for it to match (measured: empty 0-0.04, persons 0.35-0.9)."""
FLOOR_LEVELS = 9.0
"""Grey levels that always count as equal: compression of quiet pictures moves blocks by up to 6."""
SLOPE = 0.08
"""Bright places move by this share of their level with exposure and shadow."""
SHIFT_LEVELS = 16.0
KEPT_S = 2.0

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Look:
    utc_us: int
    grey: Grey


class EmptyReference:
    """Boxes are in pixels of the declared size `size_px`; feed every frame to `see`, then ask."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        # A whole divisor of the usual sizes: averaging by whole pixels is several times faster.
        self._scale = 1.0 / max(1, math.ceil(size_px[0] / WIDTH_PX))
        self._shape = (max(1, round(size_px[1] * self._scale)), max(1, round(size_px[0] * self._scale)))
        self._reference: Grey = np.zeros(self._shape, np.float32)
        self._known = np.zeros(self._shape, np.bool_)
        self._complete = False
        self._covered = np.zeros(self._shape, np.bool_)
        self._looks: deque[_Look] = deque()
        self._noise = 1.0

    def see(self, image: Image, utc_us: int, covered: Sequence[Box]) -> None:
        """image: H x W x 3 BGR, any size; covered: where persons are or may be (not learnt, not used as surround)."""
        # From a frame's small picture this takes in two by two of its pixels, one of a larger picture some of them; the
        # noise is measured on the result anyway.
        small = cv2.resize(image, (self._shape[1], self._shape[0]), interpolation=cv2.INTER_LINEAR)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
        before = self._looks[-1] if self._looks else None
        self._looks.append(_Look(utc_us, grey))
        while utc_us - self._looks[0].utc_us > KEPT_S * US:
            self._looks.popleft()
        self._covered = np.zeros(self._shape, np.bool_)
        for box in covered:
            self._covered[self._window(widened(box, 0.15))] = True
        if before is not None:
            moved = np.abs(grey[::4, ::4] - before.grey[::4, ::4]).astype(np.uint8)
            # The upper median of whole levels: counting them is quicker than sorting.
            spread = int(np.searchsorted(np.cumsum(np.bincount(moved.ravel())), moved.size // 2, side="right"))
            self._noise += 0.1 * (spread * 1.05 - self._noise)
        self._learn(grey, 0 if before is None else utc_us - before.utc_us)

    def empty(self, box: Box) -> Truth:
        """HOLDS: the place matches its empty reference; FAILS: something stands there; UNKNOWN: no reference, or part
        of the place is covered by another person."""
        window = self._window(box)
        known = self._known[window]
        if not known.size or known.mean() < 0.7:
            return Truth.UNKNOWN
        share = self._differing(window, box, self._looks[-1].grey)
        return Truth.HOLDS if share <= EMPTY_SHARE else Truth.FAILS

    def first_change_us(self, box: Box, since_us: int) -> int | None:
        """Earliest kept look since which the place has differed without a break; None when it does not differ."""
        first = None
        window = self._window(box)
        if not self._known[window].size or self._known[window].mean() < 0.7:
            return None
        for look in reversed(self._looks):
            if look.utc_us < since_us or self._differing(window, box, look.grey) <= EMPTY_SHARE:
                break
            first = look.utc_us
        return first

    def _differing(self, window: tuple[slice, slice], box: Box, grey: Grey) -> float:
        """Share of a place's known pixels that its reference, under the present light, does not explain."""
        known = self._known[window]
        if not known.any():
            return 1.0
        gain, shift = self._light(box, grey)
        expected = gain * self._reference[window][known] + shift
        limit = np.maximum(max(FLOOR_LEVELS, 6 * self._noise), SLOPE * expected)
        return float((np.abs(grey[window][known] - expected) > limit).mean())

    def _light(self, box: Box, grey: Grey) -> tuple[float, float]:
        """Gain and shift from the reference to the present light, fitted to the place and its surround.

        Two rounds: the surround's median gain first, then a straight line through what that explains within 25 levels.
        A person is not explained and so has no say. The shift is bounded: automatic exposure moves dark places by some
        levels, a dark coat by more.
        """
        around = self._window(widened(box, 0.6))
        usable = self._known[around] & (self._reference[around] > 8)
        free = usable & ~self._covered[around]
        then, now = self._reference[around], grey[around]
        gain, shift = 1.0, 0.0
        if free.sum() >= 40:
            gain = float(np.clip(np.median(now[free] / then[free]), 0.3, 3.0))
        explained = usable & (np.abs(now - gain * then) < 25)
        if explained.sum() >= 40:
            x, y = then[explained], now[explained]
            spread = float(x.var())
            if spread > 25:
                slope = float(((x - x.mean()) * (y - y.mean())).mean()) / spread
                gain = float(np.clip(slope, 0.7 * gain, 1.4 * gain))
            shift = float(np.clip(y.mean() - gain * x.mean(), -SHIFT_LEVELS, SHIFT_LEVELS))
        return gain, shift

    def _learn(self, grey: Grey, step_us: int) -> None:
        free = ~self._covered
        if not self._complete:
            fresh = free & ~self._known
            self._reference[fresh] = grey[fresh]
            self._known |= fresh
            self._complete = bool(self._known.all())
        share = 1 - float(np.exp(-step_us / (LEARN_S * US)))
        cv2.accumulateWeighted(grey, self._reference, share, mask=free.view(np.uint8))

    def _window(self, box: Box) -> tuple[slice, slice]:
        rows, columns = self._shape
        x0, y0 = max(0, int(box[0] * self._scale)), max(0, int(box[1] * self._scale))
        x1 = min(columns, max(x0 + 1, int(np.ceil(box[2] * self._scale))))
        y1 = min(rows, max(y0 + 1, int(np.ceil(box[3] * self._scale))))
        return slice(y0, y1), slice(x0, x1)
