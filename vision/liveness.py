"""Persons and pictures of persons: a poster never moves, not even by a little.

Somebody who was first seen in mid-room (no arrival was watched) is taken for a person as soon as a few of the pixels in
the box move by more than the noise, or the box itself travels. People who sit or stand do so within seconds; a printed
figure never does. Until then the box is kept back. Whoever was seen arriving or walking is a person once and for all,
and so is whoever stands at a post. Screens move: they need a static-person mask.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Image
from vision.place import Box

MOVED_SHARE = 0.015
"""Share of a box's pixels that must move. Measured on the samples: a printed figure stays below 0.004 in 90 s of
compressed video, a receptionist who sways by 2 px reaches 0.03 within 2 s."""
NOISE_FACTOR = 6.0
FLOOR_LEVELS = 14.0
"""Grey levels; compression alone moves blocks of a still figure by up to 10."""
RENEW_S = 2.0
"""A lamp that is switched moves everything once; what lives moves again and again."""


class StillLife:
    """Watches one box, always at the same pixels, against how it looked a moment ago (RENEW_S)."""

    def __init__(self, image: Image, box: Box, utc_us: int) -> None:
        self._window = _window(image, box)
        self._before, self._taken_us = _smooth(image, self._window), utc_us

    def stirs(self, image: Image, utc_us: int) -> bool:
        """Whether more than noise has moved. A picture of another size counts as moved."""
        now = _smooth(image, self._window)
        if not now.size or now.shape != self._before.shape:
            return True
        gain = (float(np.median(self._before)) + 1) / (float(np.median(now)) + 1)
        apart = np.abs(now * gain - self._before)
        noise = 1.48 * float(np.median(apart))
        moved = float((apart > max(FLOOR_LEVELS, NOISE_FACTOR * noise)).mean()) > MOVED_SHARE
        if utc_us - self._taken_us >= RENEW_S * US:
            self._before, self._taken_us = now, utc_us
        return moved


def _window(image: Image, box: Box) -> tuple[slice, slice]:
    height, width = image.shape[:2]
    x0, x1 = (int(np.clip(v, 0, width)) for v in (box[0], box[2]))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (box[1], box[3]))
    return slice(y0, y1), slice(x0, x1)


def _smooth(image: Image, window: tuple[slice, slice]) -> NDArray[np.float32]:
    crop = image[window]
    if not crop.size:
        return np.zeros((0, 0), np.float32)
    grey = cv2.cvtColor(np.ascontiguousarray(crop), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.float32)
