"""One part of a unit in one frame, as numbers that automatic exposure leaves alone: logarithms of ratios to a surround.

display: ln(dark segments / surround), ln(bright segments / surround). A cover before it changes the first one too.
led: ln(blue, green, red / surround). louver: ln(each of 32 x 6 fields / surround). ribbon: ln(each of 6 x 10 fields in
blue, green, red / the region's mean); its movement is what counts (motion.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.energy import AirconPart, AirconRegion
from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.luminaires.region import COVERED, DARK_LEVEL, OFFSET, masks

Features = NDArray[np.float64]
Box = tuple[float, float, float, float]
FIELDS = {
    AirconPart.DISPLAY: (48, 32),
    AirconPart.LED: (6, 6),
    AirconPart.LOUVER: (32, 6),
    AirconPart.RIBBON: (6, 10),
}
"""Width and height into which a part is brought, whatever its size in the picture."""
RIM = 4
DARK_SHARE, BRIGHT_SHARE = 20, 98
"""Percentiles of a display: its panel, and its segments (two thin digits fill a tenth of it)."""


class PartEye:
    """Measures one region in frames of one size. others: further regions of the camera, which are no surround."""

    def __init__(
        self,
        region: AirconRegion,
        declared_px: tuple[int, int],
        frame_px: tuple[int, int],
        others: Iterable[Polygon] = (),
    ) -> None:
        self.part = region.part
        scale = np.array([frame_px[0] / declared_px[0], frame_px[1] / declared_px[1]])
        polygon = np.array(region.polygon) * scale
        inner, ring = masks(polygon, frame_px, [np.array(o) * scale for o in others])
        rows, columns = np.nonzero(inner | ring)
        self._window = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        self._ring = ring[self._window].copy()
        corners = np.array(region.polygon)
        self._box: Box = (*map(float, corners.min(0)), *map(float, corners.max(0)))  # type: ignore[assignment]
        quad = _quad(polygon)
        self._size = max(2, round(_side(quad, 0, 1))), max(2, round(_side(quad, 1, 2)))
        origin = np.array([columns.min(), rows.min()], np.float32)
        width, height = self._size
        target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        self._to_patch = cv2.getPerspectiveTransform((quad - origin).astype(np.float32), target)

    @property
    def height_px(self) -> int:
        return self._size[1]

    def patch(self, image: Image) -> Image:
        """The region upright and by itself, (h, w, 3) BGR at about its size in the frame."""
        near = image[self._window]
        turned = cv2.warpPerspective(near, self._to_patch, self._size, flags=cv2.INTER_LINEAR)
        return np.asarray(turned, np.uint8)

    def features(self, image: Image) -> Features | None:
        """The part's numbers; None where it is too dark to say anything."""
        small = cv2.resize(self.patch(image), FIELDS[self.part], interpolation=cv2.INTER_AREA)
        patch = small.astype(np.float64)
        around = cv2.mean(cv2.cvtColor(image[self._window], cv2.COLOR_BGR2GRAY), self._ring)[0]
        if around < DARK_LEVEL:
            return None
        if self.part is AirconPart.RIBBON:
            return _ln(patch.ravel(), float(patch.mean()))
        if self.part is AirconPart.LED:
            return _ln(patch.mean((0, 1)), around)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float64)
        if self.part is AirconPart.DISPLAY:  # without the rim: a region drawn by hand has some housing in it
            grey = np.percentile(grey[RIM:-RIM, RIM:-RIM], (DARK_SHARE, BRIGHT_SHARE))
        return _ln(grey.ravel(), around)

    def covered(self, boxes: Iterable[Box]) -> bool:
        """Whether a person stands before it. boxes: declared px."""
        x0, y0, x1, y1 = self._box
        size = max((x1 - x0) * (y1 - y0), 1.0)
        return any(
            max(0.0, min(x1, b[2]) - max(x0, b[0])) * max(0.0, min(y1, b[3]) - max(y0, b[1])) > COVERED * size
            for b in boxes
        )


def _ln(levels: Features, around: float) -> Features:
    return np.asarray(np.log((levels + OFFSET) / (around + OFFSET)), np.float64)


def _quad(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Top left, top right, bottom right, bottom left; of what has not four corners the upright rectangle around it."""
    if len(polygon) != 4:
        (x0, y0), (x1, y1) = polygon.min(0), polygon.max(0)
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    by_height = polygon[np.argsort(polygon[:, 1], kind="stable")]
    top, bottom = (pair[np.argsort(pair[:, 0])] for pair in (by_height[:2], by_height[2:]))
    return np.array([top[0], top[1], bottom[1], bottom[0]])


def _side(quad: NDArray[np.float64], a: int, b: int) -> float:
    return float(max(np.hypot(*(quad[a] - quad[b])), np.hypot(*(quad[(a + 2) % 4] - quad[(b + 2) % 4]))))
