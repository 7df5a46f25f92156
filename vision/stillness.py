"""Whether a picture has frozen: its noise stops from one moment to the next, and nothing in the room says why.

Noise moves some pixels in every picture that a camera makes. A picture that stands before the encoder still stirs when
a key frame draws it anew, one that stands behind it does not. Measured, as the share of changed pixels between frames
(the median of two seconds, 3 to 15 frames a second, H.264 at crf 20 to 32, a key frame every 1 to 10 s): healthy
samples and recordings 0.0032 and more, the same ones frozen 0.0010 and less. One strongly compressed clip has 0.00006
while it is well: cameras that smooth the noise away are quiet always, or from the moment when the lamps go out. So
quiet is called frozen only where it falls at once on a lively picture without a step of light, and lasts longer than
such spells do with this camera. A picture without one changed pixel for half a minute is frozen anyhow.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Image

ROWS = 8
"""Every eighth row is looked at."""
QUIET, LIVELY = 0.0015, 0.0025
"""Shares of changed pixels: below the first a picture is quiet, from the second on it lives."""
WINDOW_US = 2 * US
"""Between two key frames a frozen picture is quiet at least once: it lives again when no frame of a window was."""
STEP_LEVELS, STEP_SHARE, FIELD_PX = 6, 0.1, 16
"""So many levels on so many of the fields at once are a lamp, not somebody who walks by: after it a camera may well be
quiet. A field is 16 pixels of a row: the noise of single pixels and key frames change fields by less."""
LEAST_US = 2 * US
"""No picture is called frozen sooner."""
MOST_US = 30 * US
ALIVE_US = 10 * US
"""A camera is known to live after so much time with noise."""
TIMES, OFTEN, MEMORY_US = 2, 3, 3600 * US
"""Frozen is what lasts twice as long as what came this often within the last hour: one freeze makes no other usual."""


@dataclass(frozen=True, slots=True)
class Change:
    utc_us: int
    share: float


class Stillness:
    """Feed every frame of a camera in time order."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._window: deque[Change] = deque()
        self._spells: deque[tuple[int, int]] = deque()
        self._changed_us = self._seen_us = self._alive_us = 0
        self._lively_us: int | None = None
        self._stepped_us: int | None = None
        self._still_us: int | None = None
        self._sudden = False

    def reset(self) -> None:
        """What was seen before freezes nothing from here on; what is usual for the camera stays."""
        self._before = self._lively_us = self._stepped_us = self._still_us = None
        self._sudden = False
        self._window.clear()

    def frozen(self, image: Image, utc_us: int) -> bool:
        """image: H x W x 3 BGR. Frames that do not come freeze nothing."""
        rows, before = image[ROWS // 2 :: ROWS, :, 1].copy(), self._before
        self._before, step_us, self._seen_us = rows, utc_us - self._seen_us, utc_us
        if before is None or before.shape != rows.shape:
            self._changed_us = utc_us
            self._window.clear()
            return False
        share = float(np.count_nonzero(rows != before)) / rows.size
        self._changed_us = utc_us if share else self._changed_us
        if share >= STEP_SHARE and _stepped(rows, before):
            self._stepped_us = utc_us
        self._window.append(Change(utc_us, share))
        while utc_us - self._window[0].utc_us > WINDOW_US:
            self._window.popleft()
        self._tell([change.share for change in self._window], utc_us, min(step_us, WINDOW_US))
        sudden = self._sudden and self._still_us is not None and utc_us - self._still_us >= self._bound_us(utc_us)
        return sudden or utc_us - self._changed_us >= MOST_US

    def _tell(self, shares: list[float], utc_us: int, step_us: int) -> None:
        now = float(np.median(shares))
        if self._still_us is None and now < QUIET:
            self._still_us = next(change.utc_us for change in self._window if change.share < QUIET)
            self._sudden = _lately(self._lively_us, utc_us, WINDOW_US) and not _lately(
                self._stepped_us, utc_us, 2 * WINDOW_US
            )
        elif self._still_us is not None and min(shares) >= QUIET:
            if self._sudden:
                self._remember(utc_us - self._still_us, utc_us)
            self._still_us, self._sudden = None, False
        if now >= LIVELY and self._still_us is None:
            self._lively_us, self._alive_us = utc_us, self._alive_us + step_us

    def _remember(self, still_us: int, utc_us: int) -> None:
        """Shorter ones cannot move the bound."""
        if LEAST_US // TIMES <= still_us < MOST_US:
            self._spells.append((utc_us, still_us))

    def _bound_us(self, utc_us: int) -> int:
        if self._alive_us < ALIVE_US:
            return MOST_US
        while self._spells and utc_us - self._spells[0][0] > MEMORY_US:
            self._spells.popleft()
        if len(self._spells) < OFTEN:
            return LEAST_US
        return min(MOST_US, max(LEAST_US, TIMES * sorted(still_us for _, still_us in self._spells)[-OFTEN]))


def _lately(at_us: int | None, utc_us: int, within_us: int) -> bool:
    return at_us is not None and utc_us - at_us <= within_us


def _stepped(rows: NDArray[np.uint8], before: NDArray[np.uint8]) -> bool:
    far = cv2.absdiff(_fields(rows), _fields(before)) > STEP_LEVELS
    return bool(np.count_nonzero(far) >= STEP_SHARE * far.size)


def _fields(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (max(1, rows.shape[1] // FIELD_PX), rows.shape[0])
    return np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), np.uint8)
