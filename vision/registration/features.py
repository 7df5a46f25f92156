"""What is compared between two pictures: gradients of lightness and colour, softly normalised so that light cancels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Floats
from models.domain.media import Image

Map = NDArray[np.float32]
CHANNELS = 3
BINS = (6, 12, 12)
RANGES = ((0, 256), (78, 178), (78, 178))
CELL_LAB = math.prod((high - low) / bins for bins, (low, high) in zip(BINS, RANGES, strict=True))
"""Colour cells of L, a, b (a and b shifted by 128), and how large one is."""
SOFT = 3.0
"""Gradients much below this (8-bit steps a pixel, at sigma 1) count as nothing: noise and compression."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a picture: where its first pixel lies in the whole."""

    left: int
    top: int
    width: int
    height: int

    def of(self, image: Image | Map) -> Image | Map:
        return image[self.top : self.top + self.height, self.left : self.left + self.width]

    def cut(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return mask[self.top : self.top + self.height, self.left : self.left + self.width]


def lab_of(image: Image | Map) -> Map:
    """(h, w, 3) BGR uint8 or float32 of 0..255 -> L, a, b on the scale of 0..255."""
    scaled = np.asarray(image, np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB) * np.float32(2.55), np.float32)


def gradients(lab: Map, sigma_px: float) -> Map:
    """(h, w, 6): d/dx and d/dy of L, a, b after a Gaussian, scaled so that an edge keeps its strength at any sigma."""
    smooth = cv2.GaussianBlur(lab, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE)
    across = cv2.sepFilter2D(smooth, cv2.CV_32F, np.array([-0.5, 0, 0.5]), np.array([1.0]))
    down = cv2.sepFilter2D(smooth, cv2.CV_32F, np.array([1.0]), np.array([-0.5, 0, 0.5]))
    return np.asarray(np.stack([across, down], -1).reshape(*lab.shape[:2], 2 * CHANNELS) * sigma_px, np.float32)


def softened(raw: Floats | Map) -> Map:
    """g / sqrt(|g|^2 + k^2) for each of L, a, b; (..., 6)."""
    pairs = np.asarray(raw, np.float32).reshape(*raw.shape[:-1], CHANNELS, 2)
    length = np.sqrt((pairs**2).sum(-1, keepdims=True) + SOFT**2)
    return np.asarray((pairs / length).reshape(raw.shape), np.float32)


def sampled(map_: Map, points: Floats) -> Map:
    """(n, c) by bilinear interpolation; 0 outside."""
    height, width = map_.shape[:2]
    with np.errstate(invalid="ignore"):
        inside = (points[:, 0] >= 0) & (points[:, 1] >= 0) & (points[:, 0] < width - 1) & (points[:, 1] < height - 1)
    x, y = np.where(inside, points[:, 0], 0.0), np.where(inside, points[:, 1], 0.0)
    column, row = x.astype(np.intp), y.astype(np.intp)
    u, v = (x - column).astype(np.float32)[:, None], (y - row).astype(np.float32)[:, None]
    flat, at = map_.reshape(-1, map_.shape[2]), row * width + column
    upper = flat[at] * (1 - u) + flat[at + 1] * u
    lower = flat[at + width] * (1 - u) + flat[at + width + 1] * u
    return np.asarray((upper * (1 - v) + lower * v) * inside[:, None], np.float32)


def slopes(map_: Map, points: Floats) -> Map:
    """(n, c, 2): d/dx and d/dy by central differences over +-1 px.

    Central, because a one-sided step compares values of unequal smoothing (a whole pixel is not interpolated, half a
    pixel is) and so pulls every answer by tenths of a pixel in the direction of the step (measured: 0.25 px).
    """
    right, below = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    across = sampled(map_, points + right) - sampled(map_, points - right)
    down = sampled(map_, points + below) - sampled(map_, points - below)
    return np.asarray(np.stack([across, down], -1) / 2, np.float32)


def histogram(lab: Map, mask: NDArray[np.uint8] | None = None) -> Map:
    """Counts per colour cell of an L a b picture (0..255 scale, a and b about 0)."""
    shifted = np.ascontiguousarray(lab + np.array([0, 128, 128], np.float32))
    ranges = [bound for pair in RANGES for bound in pair]
    return np.asarray(cv2.calcHist([shifted], [0, 1, 2], mask, list(BINS), ranges), np.float32)


def looked_up(shares: Map, lab: Map) -> Map:
    """(h, w) of a histogram, the value of each pixel's cell; colours beyond its ends count for the last cell."""
    shifted = lab + np.array([0, 128, 128], np.float32)
    at = [
        np.clip((shifted[..., k] - low) * (BINS[k] / (high - low)), 0, BINS[k] - 1).astype(np.intp)
        for k, (low, high) in enumerate(RANGES)
    ]
    return np.asarray(shares[at[0], at[1], at[2]], np.float32)
