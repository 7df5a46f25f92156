"""The colours a person wears, in CIE L*a*b*, seen under the scene's own white.

White balance: among the pixels of the small picture that are light (L* > 55) and nearly grey (chroma < 22) — walls,
ceilings, tiles — the median chroma is what the lamps add; the gains that make it grey are applied in linear RGB. So a
uniform keeps its colour under warm and cool lamps. A scene without such pixels is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.clothing import Colour, Lab
from models.domain.media import US, Image
from vision.place import Box

Floats = NDArray[np.float32]

TOP_M = (0.32, 0.62)
"""Where the torso is, metres below the crown (head and neck take 0.30 m of a 1.7 m person)."""
BOTTOM_M = (0.95, 1.35)
"""Where thighs and knees are."""
HALF_WIDTH_M = 0.15
SMALLEST_PX = 24
"""Fewer pixels of cloth than this tell nothing."""
BALANCE_S = 5.0
"""The white is measured anew this often."""


@dataclass(frozen=True, slots=True)
class Clothing:
    """Cloth of one sighting: (n, 3) Lab pixels of a part, None where it is hidden or too small."""

    top: Floats | None
    bottom: Floats | None

    def colour(self) -> Colour:
        """Median of each part."""
        return _median(self.top), _median(self.bottom)


class Wardrobe:
    """Reads clothing out of frames of one camera."""

    def __init__(self) -> None:
        self._gains: Floats = np.ones(3, np.float32)
        self._measured_us: int | None = None

    def look(self, image: Image, utc_us: int) -> None:
        """Measure the scene's white when it is due."""
        if self._measured_us is None or utc_us - self._measured_us >= BALANCE_S * US:
            # Some thousand single pixels: medians are taken of them, which noise does not move.
            step = max(1, image.shape[1] // 80)
            self._gains, self._measured_us = white_gains(np.ascontiguousarray(image[::step, ::step])), utc_us

    def of(self, image: Image, box: Box, px_per_m: float) -> Clothing:
        """box in pixels of the image. Parts below the box's lower end are hidden."""
        return Clothing(self._part(image, box, px_per_m, TOP_M), self._part(image, box, px_per_m, BOTTOM_M))

    def _part(self, image: Image, box: Box, px_per_m: float, below_m: tuple[float, float]) -> Floats | None:
        x0, y0, x1, y1 = part_of(box, px_per_m, below_m)
        if y1 - y0 < 0.5 * (below_m[1] - below_m[0]) * px_per_m:
            return None
        height, width = image.shape[:2]
        rows = slice(max(0, round(y0)), min(height, round(y1)))
        columns = slice(max(0, round(x0)), min(width, round(x1)))
        crop = image[rows, columns]
        if crop.shape[0] * crop.shape[1] < SMALLEST_PX:
            return None
        step = max(1, min(crop.shape[:2]) // 12)
        return lab_of(crop[::step, ::step], self._gains).reshape(-1, 3)


def part_of(box: Box, px_per_m: float, below_m: tuple[float, float]) -> Box:
    """Where a garment is in a box, pixels; a strip of no height where the box ends above it."""
    y0 = min(box[1] + below_m[0] * px_per_m, box[3])
    y1 = min(box[1] + below_m[1] * px_per_m, box[3])
    middle, half = (box[0] + box[2]) / 2, min(HALF_WIDTH_M * px_per_m, 0.3 * (box[2] - box[0]))
    return middle - half, y0, middle + half, y1


def white_gains(image: Image) -> Floats:
    """(3,) BGR gains in linear light that turn the scene's light greys grey; ones where there are too few."""
    lab = lab_of(image, np.ones(3, np.float32)).reshape(-1, 3)
    grey = (lab[:, 0] > 55) & (lab[:, 0] < 97) & (np.hypot(lab[:, 1], lab[:, 2]) < 22)
    if grey.mean() < 0.03:
        return np.ones(3, np.float32)
    light = np.median(_linear(image).reshape(-1, 3)[grey], axis=0)
    gains = light.mean() / np.maximum(light, 1e-3)
    return np.asarray(np.clip(gains, 0.5, 2.0), np.float32)


def lab_of(image: Image, gains: Floats) -> Floats:
    """H x W x 3 float32 CIE L*a*b* (D65; L 0..100) of a BGR picture after the gains."""
    balanced = np.minimum(_linear(image) * gains, np.float32(1))
    return np.asarray(cv2.cvtColor(balanced, cv2.COLOR_LBGR2LAB), np.float32)


def _median(pixels: Floats | None) -> Lab | None:
    if pixels is None:
        return None
    ordered, n = np.sort(pixels, axis=0), len(pixels)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return float(middle[0]), float(middle[1]), float(middle[2])


_SRGB: Floats = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255], np.float32
)


def _linear(image: Image) -> Floats:
    """sRGB bytes to linear light 0..1 (IEC 61966-2-1)."""
    return np.asarray(_SRGB[image], np.float32)
