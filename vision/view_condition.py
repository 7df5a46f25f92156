"""What is wrong with a view that gives pictures: out of focus, or in infrared night mode. Feed every frame.

Both are told against what is usual for this camera, so a camera that is always grey or soft is not sick.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from models.domain.media import US, Image
from vision.usual import Usual

ROWS = 8
"""Every eighth row is looked at, at full resolution: blur lives in single pixels."""
NEAR_PX, FAR_PX = 1, 6
SMOOTH = NEAR_PX / FAR_PX
"""The ratio of fine to coarse steps in a picture that is all gradients, however soft: fineness counts from here."""
BLURRED_SHARE = 0.35
"""Left of the usual fineness. Measured: a Gaussian of 6 px leaves 0.11 on the rendered samples, a covered lens 0.63 and
more, everything healthy (lamps switched, clouds, people, infrared) 0.94 and more."""
LEAST_FINENESS = 0.02
"""A camera that usually has less is always soft: nothing can be said of its focus."""
BLURRED_US = 5 * US
LEAST_DETAIL = 0.5
"""Levels; in a picture without coarse detail nothing can be said of focus."""
GREY_CHROMA, COLOURED = 3.0, 6.0
"""Mean |R-G| + |G-B|: below 3 the picture is grey (IR); a camera that was above 6 is a colour camera. Measured: 19 on
the lobby clip, 0 to 1.5 on grey frames after H.264."""
LEAST_CONTRAST = 6.0
"""Levels: what is flat and grey is a cover or blackness, no infrared view."""
COLOURED_US = 3 * US
NIGHT_US = 2 * US


class Condition(StrEnum):
    """Why a view may not be judged by."""

    BLACK = "black"
    FROZEN = "frozen"
    COVERED = "covered"
    BLURRED = "blurred"
    NIGHT = "night"


class Focus:
    """Whether the picture is much softer than usual."""

    def __init__(self) -> None:
        self._usual = Usual(BLURRED_SHARE, LEAST_FINENESS)

    def blurred(self, image: Image, utc_us: int) -> bool:
        detail = fineness(image)
        if detail is None:
            self._usual.untold(utc_us)
            return False
        soft_us = self._usual.fallen_us(detail, utc_us)
        return soft_us is not None and soft_us >= BLURRED_US


class NightMode:
    """Whether a colour camera has gone grey: it lights the room with infrared."""

    def __init__(self) -> None:
        self._coloured_us: int | None = None
        self._colour = False
        self._grey_us: int | None = None

    def night(self, image: Image, utc_us: int) -> bool:
        few = image[::16, ::16].astype(np.int16)
        chroma = float(np.abs(few[..., 2] - few[..., 1]).mean() + np.abs(few[..., 1] - few[..., 0]).mean())
        if chroma >= COLOURED:
            self._coloured_us = utc_us if self._coloured_us is None else self._coloured_us
            self._colour = self._colour or utc_us - self._coloured_us >= COLOURED_US
        if chroma >= GREY_CHROMA or few[..., 1].std() < LEAST_CONTRAST:
            self._grey_us = None
            return False
        self._grey_us = utc_us if self._grey_us is None else self._grey_us
        return self._colour and utc_us - self._grey_us >= NIGHT_US


def fineness(image: Image) -> float | None:
    """Mean step between neighbours over mean step between pixels 6 apart, beyond that of mere gradients; None in a
    picture without detail."""
    rows = image[::ROWS, :, 1].astype(np.int16)
    fine = float(np.abs(rows[:, NEAR_PX:] - rows[:, :-NEAR_PX]).mean())
    coarse = float(np.abs(rows[:, FAR_PX:] - rows[:, :-FAR_PX]).mean())
    return max(0.0, fine / coarse - SMOOTH) if coarse >= LEAST_DETAIL else None
