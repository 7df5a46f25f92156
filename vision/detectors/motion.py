"""Where something moved, told cheaply from a small grey copy of the picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Image
from vision.detectors.suppression import Boxes

_WIDE = 160
"""Cells across: 8 px each at 1280, where a head is one cell and a person is 4 x 14."""
_STEP = 14.0
"""Grey levels that count as change; the coding noise of the clips stays under 6 a cell."""
_MEMORY_S = 20.0
"""Time constant of the background: who stops for longer has long been found, or is met by the sweep."""
_LIGHTS = 0.4
"""A change over this share of the picture is light or a new view, not people."""
_LEAST_CELLS = 3


class MotionWatch:
    """Compares each picture with the one before and with a slow background; one instance a camera."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._background: NDArray[np.float32] | None = None
        self._t_us = 0

    @property
    def grey(self) -> NDArray[np.float32]:
        """(rows, columns) the small copy of the last picture; empty before the first."""
        return np.zeros((0, 0), np.float32) if self._before is None else self._before

    def look(self, image: Image, t_us: int) -> Boxes:
        """(n, 4) px boxes of what changed, largest first; none on the first picture and when the light changed."""
        height = max(1, round(_WIDE * image.shape[0] / image.shape[1]))
        small = cv2.resize(image, (_WIDE, height), interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
        before, background = self._before, self._background
        elapsed_s = max(0.0, (t_us - self._t_us) / US)
        self._before, self._t_us = grey, t_us
        if before is None or background is None or before.shape != grey.shape:
            self._background = grey.copy()
            return np.zeros((0, 4), np.float32)
        changed = np.maximum(_change(grey, before), _change(grey, background)) > _STEP
        if changed.mean() > _LIGHTS:
            self._background = grey.copy()
            return np.zeros((0, 4), np.float32)
        self._background = background + (grey - background) * np.float32(1 - math.exp(-elapsed_s / _MEMORY_S))
        return _blobs(changed, image)


def _change(grey: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Absolute difference less the median one: automatic exposure moves the whole picture a little."""
    difference = grey - other
    return np.asarray(np.abs(difference - np.median(difference)), np.float32)


def _blobs(changed: NDArray[np.bool_], image: Image) -> Boxes:
    joined = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    cells = np.bincount(labels.ravel(), weights=changed.ravel().astype(np.float64), minlength=len(stats))
    found = [n for n in range(1, len(stats)) if cells[n] >= _LEAST_CELLS]
    found.sort(key=lambda n: (-cells[n], n))
    corners = np.array([[x, y, x + w, y + h] for x, y, w, h, _ in stats[found]], np.float32).reshape(-1, 4)
    across, down = image.shape[1] / changed.shape[1], image.shape[0] / changed.shape[0]
    return np.asarray(corners * np.array([across, down, across, down]), np.float32)
