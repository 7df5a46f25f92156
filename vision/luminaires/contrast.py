"""Whether a picture has just lost its structure: a hand before the lens, or blur, steps like a lamp, and is none.

The scene's health takes three seconds to call a lens covered and six to call a view blurred, a switch is believed after
0.4 s: what lies between would be told as off. Lamps that are switched change a picture's relative contrast little:
measured on the rendered clips 0.92 to 1.39 of the usual, infrared 0.69, a covered lens 0.39 to 0.41. Fineness:
vision/view_condition.py.
"""

from __future__ import annotations

import numpy as np

from models.domain.media import US, Image
from vision.view_condition import BLURRED_SHARE, BLURRED_US, LEAST_FINENESS, fineness

LEAST_SHARE = 0.55
USUAL_US = 60 * US
COVER_PATIENCE_US = 4 * US
BLUR_PATIENCE_US = BLURRED_US + 2 * US
"""By then the scene's health has spoken; what it does not call sick is how the room looks now."""


class Contrast:
    """Feed every frame in time order."""

    def __init__(self) -> None:
        self._contrast = _Usual(LEAST_SHARE, COVER_PATIENCE_US)
        self._fineness = _Usual(BLURRED_SHARE, BLUR_PATIENCE_US, LEAST_FINENESS)

    def lost(self, image: Image, utc_us: int) -> bool:
        """True from the first frame without structure, for seven seconds at most. image: (H, W, 3) BGR."""
        detail = fineness(image[::2])  # half of its rows are enough for a fall by two thirds
        blurred = detail is not None and self._fineness.lost(detail, utc_us)
        return self._contrast.lost(_contrast(image), utc_us) or blurred


class _Usual:
    """What a number usually is, and whether it has just fallen below a share of that. least: a usual that tells."""

    def __init__(self, share: float, patience_us: int, least: float = 0.0) -> None:
        self._share, self._patience_us, self._least = share, patience_us, least
        self._usual: float | None = None
        self._lost_us: int | None = None
        self._last_us = 0

    def lost(self, value: float, utc_us: int) -> bool:
        step_us, self._last_us = utc_us - self._last_us, utc_us
        if self._usual is None:
            self._usual = value
        if self._usual < self._least or value >= self._share * self._usual:
            self._lost_us = None
            self._usual += (value - self._usual) * min(1.0, max(0, step_us) / USUAL_US)
            return False
        if self._lost_us is None:
            self._lost_us = utc_us
        if utc_us - self._lost_us <= self._patience_us:
            return True
        self._usual, self._lost_us = value, None
        return False


def _contrast(image: Image) -> float:
    """Mean step between neighbours of every eighth pixel over the mean level."""
    few = image[::8, ::8, 1].astype(np.int16)
    steps = np.abs(np.diff(few, axis=0)).mean() + np.abs(np.diff(few, axis=1)).mean()
    return float(steps / (few.mean() + 2.0))
