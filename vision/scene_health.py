"""Whether the camera can be believed at all: black, frozen, covered, blurred or infrared pictures say nothing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Image
from models.domain.truth import Truth
from vision.stillness import Stillness
from vision.view_condition import Condition, Focus, NightMode

BLACK_LEVEL = 20
LIGHT_SHARE = 0.01
"""Fewer pixels than this reach the level: no light reaches the sensor (a dark room with IR lamps is far above)."""
COVERED_SHARE = 0.12
"""Left of the usual edge strength: a hand, a box or paint before the lens leaves nothing sharp."""
STRANGE_SHARE, STRANGE_LIKENESS = 0.45, 0.25
"""A printed sheet before the lens keeps edges of its own: with less than this of the usual strength the picture must
also look like the room, or it is covered. Likeness: the correlation of 32 x 18 grey fields with the usual ones. On the
samples: a banner 0.30 and -0.10, infrared 0.55 and 0.38, a nudged camera 0.91 and 0.51, lamps switched 0.97 and
0.82."""
FIELDS_PX = (32, 18)
COVERED_S = 3.0
USUAL_S = 60.0
COVER_EACH_S = 0.35
"""A cover is looked for this often, and in every frame from the first that looks like one."""
LOOK_EACH_S = 1.0
"""Blur and infrared take seconds to be told and half a millisecond to be looked for: not in every frame."""
TILES, SHARPEST = (9, 10), 12
"""The sharpest of the 90 tiles are left out: recorders burn the time and a name into the picture, as sharp before a
covered lens as before the room. On the samples they left 0.14 to 0.15 of the usual strength of the whole picture, and
0.06 to 0.07 of the other tiles'."""


class SceneHealth:
    """Feed every frame of a camera."""

    def __init__(self) -> None:
        self.condition: Condition | None = None
        """What is wrong with the last frame's view; None while it can be believed."""
        self._focus, self._mode, self._stillness = Focus(), NightMode(), Stillness()
        self._usual: float | None = None
        self._usual_fields: NDArray[np.float32] | None = None
        self._flat_since_us: int | None = None
        self._cover_us: int | None = None
        self._is_covered = False
        self._last_us = 0
        self._looked_us: int | None = None
        self._soft_or_grey: Condition | None = None

    def reset(self) -> None:
        """A new run: what was seen before does not freeze it."""
        self._stillness.reset()
        self._flat_since_us = self._cover_us = None
        self._looked_us = self._soft_or_grey = None

    def view(self, image: Image, utc_us: int) -> Truth:
        """HOLDS while the picture can be believed, else UNKNOWN. image: H x W x 3 BGR."""
        small = np.asarray(cv2.resize(image, (160, 90), interpolation=cv2.INTER_NEAREST), np.uint8)
        black = bool(np.count_nonzero(small >= BLACK_LEVEL) < LIGHT_SHARE * small.size)
        if self._looked_us is None or utc_us - self._looked_us >= LOOK_EACH_S * US:
            self._looked_us, self._soft_or_grey = utc_us, self._look(image, utc_us)
        found = {
            Condition.BLACK: black,
            Condition.COVERED: self._covered(small, utc_us, learn=not black),
            Condition.FROZEN: self._frozen(image, utc_us, dim=black),
        }
        self.condition = next((condition for condition, sick in found.items() if sick), self._soft_or_grey)
        return Truth.HOLDS if self.condition is None else Truth.UNKNOWN

    def _look(self, image: Image, utc_us: int) -> Condition | None:
        blurred, night = self._focus.blurred(image, utc_us), self._mode.night(image, utc_us)
        return Condition.BLURRED if blurred else Condition.NIGHT if night else None

    def _frozen(self, image: Image, utc_us: int, *, dim: bool) -> bool:
        """What is black or looks covered has no noise to go by."""
        if dim or self._flat_since_us is not None:
            self._stillness.reset()
            return False
        return self._stillness.frozen(image, utc_us)

    def _covered(self, small: Image, utc_us: int, *, learn: bool) -> bool:
        suspected = self._flat_since_us is not None
        if suspected or self._cover_us is None or utc_us - self._cover_us >= COVER_EACH_S * US:
            self._cover_us, self._is_covered = utc_us, self._hidden(small, utc_us, learn=learn)
        return self._is_covered

    def _hidden(self, small: Image, utc_us: int, *, learn: bool) -> bool:
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        strength, fields = _strength(grey), _fields(grey)
        if self._usual is None or self._usual_fields is None:
            self._usual, self._usual_fields = (strength, fields) if learn else (None, None)
            self._last_us = utc_us
            return False
        step_s, self._last_us = (utc_us - self._last_us) / US, utc_us
        likeness = float(fields.ravel() @ self._usual_fields.ravel()) / fields.size
        strange = strength < STRANGE_SHARE * self._usual and likeness < STRANGE_LIKENESS
        if strength >= COVERED_SHARE * self._usual and not strange:
            self._flat_since_us = None
            if learn:
                share = min(1.0, step_s / USUAL_S)
                self._usual += (strength - self._usual) * share
                self._usual_fields = self._usual_fields + (fields - self._usual_fields) * np.float32(share)
            return False
        if self._flat_since_us is None:
            self._flat_since_us = utc_us
        return utc_us - self._flat_since_us >= COVERED_S * US


def _fields(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(18, 32) grey fields without mean and contrast: exposure does not change them."""
    small = cv2.resize(grey, FIELDS_PX, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray((small - small.mean()) / (small.std() + 1e-3), np.float32)


def _strength(grey: NDArray[np.uint8]) -> float:
    """Mean edge strength of all tiles but the sharpest."""
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    rows, columns = TILES
    height, width = grey.shape
    tiles = edges.reshape(rows, height // rows, columns, width // columns).mean((1, 3)).ravel()
    return float(np.sort(tiles)[:-SHARPEST].mean())
