"""One taught region of a group: its brightness over its surround's, and where that lies between off and on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.energy import LampPart, LampRegion
from models.domain.geometry import Polygon
from models.domain.media import Image

Mask = NDArray[np.uint8]
Reading = tuple[float | None, float | None]
"""One region in one frame: (ln ratio, position); None where it says nothing."""
Box = tuple[float, float, float, float]

DARK_LEVEL = 8.0
"""Grey levels below which a ratio is noise: nothing can be said of a lamp in blackness."""
OFFSET = 2.0
"""Added to both sides of a ratio: a level of noise in the dark is no change of light."""
HIDDEN = 0.4
"""ln: a region this far below its darkest taught level has something dark before it."""
BEYOND = 0.15
"""ln: a reading this far below every taught one is of a daylight that was not taught: it says nothing."""
ONE_SIDED = 0.15
"""ln: with references of one state only, how near a reading must be to be that state."""
LEAST_GAP = 0.08
"""ln: references of on and off nearer than this cannot be told apart."""
COVERED = 0.15
"""Share of a region behind a person from which it has no say."""
RING_PX = 4


class RegionMeter:
    """Measures one region in frames of one size. others: lamps of the camera, which are no surround."""

    def __init__(
        self, region: LampRegion, declared_px: tuple[int, int], frame_px: tuple[int, int], others: Iterable[Polygon]
    ) -> None:
        self.region = region
        scale = np.array([frame_px[0] / declared_px[0], frame_px[1] / declared_px[1]])
        mask, ring = masks(np.array(region.polygon) * scale, frame_px, [np.array(o) * scale for o in others])
        rows, columns = np.nonzero(mask | ring)
        self._window = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        self._inner, self._ring = mask[self._window].copy(), ring[self._window].copy()
        corners = np.array(region.polygon)
        self._box: Box = (*map(float, corners.min(0)), *map(float, corners.max(0)))  # type: ignore[assignment]

    def ratio(self, image: Image, usual: float) -> float | None:
        """ln(region / surround); the surround of a lit surface is the picture's median `usual`. None in the dark."""
        grey = cv2.cvtColor(image[self._window], cv2.COLOR_BGR2GRAY)
        inner = cv2.mean(grey, self._inner)[0]
        around = usual if self.region.part is LampPart.SURFACE else cv2.mean(grey, self._ring)[0]
        if inner < DARK_LEVEL and around < DARK_LEVEL:
            return None
        least = self.region.least_level
        if least is not None and math.log((inner + OFFSET) / (usual + OFFSET)) < least - HIDDEN:
            return None  # something dark stands before lamp and surround
        return math.log((inner + OFFSET) / (around + OFFSET))

    def level(self, image: Image, usual: float) -> float:
        """ln(region / the picture's median level `usual`)."""
        grey = cv2.cvtColor(image[self._window], cv2.COLOR_BGR2GRAY)
        return math.log((cv2.mean(grey, self._inner)[0] + OFFSET) / (usual + OFFSET))

    def covered(self, boxes: Sequence[Box]) -> bool:
        """Whether a person stands before it. boxes: declared px."""
        x0, y0, x1, y1 = self._box
        size = max((x1 - x0) * (y1 - y0), 1.0)
        return any(
            max(0.0, min(x1, b[2]) - max(x0, b[0])) * max(0.0, min(y1, b[3]) - max(y0, b[1])) > COVERED * size
            for b in boxes
        )


def usual_level(image: Image) -> float:
    """The picture's median level: what lit surfaces are measured against. image: (H, W, 3) BGR."""
    return float(np.median(image[::16, ::16, 1]))


def masks(
    polygon: NDArray[np.float64], size_px: tuple[int, int], others: Sequence[NDArray[np.float64]]
) -> tuple[Mask, Mask]:
    """255 in the region, and 255 in its surround: a ring about as wide as the region is high, without other lamps."""
    width, height = size_px
    inner = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inner, [np.round(polygon).astype(np.int32)], (255,))
    if not inner.any():
        x, y = np.clip(np.round(polygon.mean(0)).astype(int), 0, (width - 1, height - 1))
        inner[y, x] = 255
    lamps = np.zeros_like(inner)
    for other in others:
        cv2.fillPoly(lamps, [np.round(other).astype(np.int32)], (255,))
    lamps = cv2.dilate(lamps | inner, np.ones((3, 3), np.uint8)).astype(np.uint8)
    reach = max(RING_PX, round(float(min(np.ptp(polygon[:, 0]), np.ptp(polygon[:, 1])))))
    ring = cv2.dilate(inner, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)).astype(np.uint8) & ~lamps
    return inner, ring if ring.any() else (~lamps)


def position(region: LampRegion, ratio: float | None) -> float | None:
    """Where a reading lies: 0 as taught off, 1 as taught on; None where it says nothing.

    Between the daylight levels that were taught every reading is that state. With references of one state only, a
    reading near them is that state and any other says nothing.
    """
    if ratio is None:
        return None
    if not region.on or not region.off:
        taught, value = (region.on, 1.0) if region.on else (region.off, 0.0)
        near = taught and min(taught) - ONE_SIDED <= ratio and (value == 1.0 or ratio <= max(taught) + ONE_SIDED)
        return value if near else None
    if ratio < min(region.off) - BEYOND:
        return None
    low, high = max(region.off), min(region.on)
    if high - low < LEAST_GAP:
        return None
    return min(1.0, max(0.0, (ratio - low) / (high - low)))


def readings_of(meters: Sequence[RegionMeter], image: Image, usual: float, boxes: Sequence[Box]) -> tuple[Reading, ...]:
    """One reading a region; usual: the picture's median level; boxes: persons, declared px."""
    found: list[Reading] = []
    for meter in meters:
        ratio = None if meter.covered(boxes) else meter.ratio(image, usual)
        found.append((ratio, position(meter.region, ratio)))
    return tuple(found)
