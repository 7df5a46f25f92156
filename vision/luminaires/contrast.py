"""Whether a picture has just lost its structure: a hand before the lens, or blur, steps like a lamp, and is none.

The scene's health takes three seconds to call a lens covered and six to call a view blurred, a switch is believed after
0.4 s: what lies between would be told as off. Lamps that are switched change a picture's relative contrast little:
measured on the rendered clips 0.92 to 1.39 of the usual, infrared 0.69, a covered lens 0.39 to 0.41. Fineness:
vision/view_condition.py.
"""

from __future__ import annotations

import numpy as np

from models.domain.media import US, Image
from vision.usual import Usual
from vision.view_condition import BLURRED_SHARE, BLURRED_US, LEAST_FINENESS, fineness

LEAST_SHARE = 0.55
COVER_PATIENCE_US = 4 * US
BLUR_PATIENCE_US = BLURRED_US + 2 * US
"""By then the scene's health has spoken; what it does not call sick is how the room looks now."""


class Contrast:
    """Feed every frame in time order."""

    def __init__(self) -> None:
        self._contrast, self._fineness = Usual(LEAST_SHARE), Usual(BLURRED_SHARE, LEAST_FINENESS)

    def lost(self, image: Image, utc_us: int) -> bool:
        """True from the first frame without structure, for seven seconds at most. image: (H, W, 3) BGR."""
        detail = fineness(image[::2])  # half of its rows are enough for a fall by two thirds
        blurred = detail is not None and _just_fell(self._fineness, detail, utc_us, BLUR_PATIENCE_US)
        return _just_fell(self._contrast, _contrast(image), utc_us, COVER_PATIENCE_US) or blurred


def _just_fell(usual: Usual, value: float, utc_us: int, patience_us: int) -> bool:
    """Whether it is below the usual, and not for longer than the patience: then that is what is usual now."""
    fallen_us = usual.fallen_us(value, utc_us)
    if fallen_us is not None and fallen_us > patience_us:
        usual.settle(value)
        return False
    return fallen_us is not None


def _contrast(image: Image) -> float:
    """Mean step between neighbours of every eighth pixel over the mean level."""
    few = image[::8, ::8, 1].astype(np.int16)
    steps = np.abs(np.diff(few, axis=0)).mean() + np.abs(np.diff(few, axis=1)).mean()
    return float(steps / (few.mean() + 2.0))
