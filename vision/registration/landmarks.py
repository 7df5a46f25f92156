"""Has the camera itself moved? Fixed landmarks outside all furniture, compared as the furniture is.

A picture drifts by tenths of a pixel (compression, heat, wind on a bracket) and jumps when somebody knocks the camera.
Small drifts are measured and taken out before any item is looked at; beyond `FARTHEST_PX` the geometry is void.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Floats
from models.domain.media import Image
from vision.registration.features import Map, gradients, lab_of, sampled, slopes, softened

PATCH_PX = 64
CORE_PX = 20
"""Points are taken from the middle of a patch: the rest is room for a drift and for the Gaussian's skirt."""
PATCHES = 100
POINTS_EACH = 6
FARTHEST_PX = 12.0
"""Issue: 2-8 px are re-registered. Beyond twelve a patch no longer holds its landmark."""
LEAST_AGREEMENT = 0.35
SURE_AGREEMENT = 0.6
"""Enough to do without the blurred levels (measured: 0.76-0.9 where nothing but the light changed, 0.2 when lost)."""
LEVELS_PX = (8.0, 4.0, 2.0, 1.0)
MISFIT = 0.45


@dataclass(frozen=True, slots=True)
class Drift:
    """Where the picture went: p -> centre + (1 + grown) * turn(p - centre) + shift, pixels.

    agreement: share of the landmarks that agree on it, weighted. seen: share that nobody hid.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    turn_deg: float = 0.0
    grown: float = 0.0
    centre: tuple[float, float] = (0.0, 0.0)
    agreement: float = 1.0
    seen: float = 1.0

    @property
    def matrix(self) -> Floats:
        """(2, 3): of the picture taught to the picture now."""
        angle = math.radians(self.turn_deg)
        turn = (1 + self.grown) * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        centre = np.array(self.centre)
        return np.column_stack([turn, centre + self.shift - turn @ centre])

    def largest_px(self, size_px: tuple[int, int]) -> float:
        """The longest way a pixel went."""
        width, height = size_px
        corners = np.array([(0, 0), (width, 0), (0, height), (width, height), (width / 2, height / 2)], np.float64)
        return float(np.linalg.norm(corners @ self.matrix[:, :2].T + self.matrix[:, 2] - corners, axis=1).max())


STILL = Drift()


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Points of a taught picture. corners: (m, 2) of the patches; own: (n,) patch of each point."""

    size_px: tuple[int, int]
    corners: NDArray[np.intp]
    own: NDArray[np.intp]
    pixels: Floats
    raw: dict[float, Map] = field(repr=False)
    weight: Map = field(repr=False)

    @classmethod
    def of(cls, image: Image | Map, outlines: Sequence[Floats], reach_px: float = 24.0) -> Landmarks | None:
        """outlines: (k, 2) pixels around each item and whatever else may move. None: too little to hold on to."""
        height, width = image.shape[:2]
        level = gradients(lab_of(image), 1.0)
        strength = (softened(level) ** 2).sum(2)
        free = np.full((height, width), 255, np.uint8)
        for outline in outlines:
            if len(outline) > 2:
                cv2.fillConvexPoly(free, np.round(outline).astype(np.int32), 0)
        free = np.asarray(cv2.erode(free, np.ones((int(2 * reach_px) | 1,) * 2, np.uint8)), np.uint8)
        margin = PATCH_PX // 2
        strength[free == 0] = 0
        score = np.zeros_like(strength)
        inner = (slice(margin, height - margin), slice(margin, width - margin))
        score[inner] = cv2.boxFilter(strength, -1, (CORE_PX, CORE_PX))[inner]
        corners = []
        for _ in range(PATCHES):
            row, column = np.unravel_index(int(np.argmax(score)), score.shape)
            if score[row, column] < 0.02:
                break
            corners.append((int(column) - margin, int(row) - margin))
            score[
                max(0, row - CORE_PX * 2) : row + CORE_PX * 2, max(0, column - CORE_PX * 2) : column + CORE_PX * 2
            ] = 0
        if len(corners) < 8:
            return None
        at, own = [], []
        for index, (left, top) in enumerate(corners):
            core = strength[top + margin - CORE_PX // 2 :, left + margin - CORE_PX // 2 :][:CORE_PX, :CORE_PX].copy()
            for _ in range(POINTS_EACH):
                row, column = np.unravel_index(int(np.argmax(core)), core.shape)
                at.append((left + margin - CORE_PX // 2 + column, top + margin - CORE_PX // 2 + row))
                own.append(index)
                core[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
        pixels = np.array(at, np.float64)
        mosaic = _mosaic(image, np.array(corners))
        local = _local(pixels, np.array(corners), np.array(own))
        raw = {sigma: sampled(gradients(mosaic, sigma), local) for sigma in LEVELS_PX}
        weight = np.asarray((softened(raw[1.0]) ** 2).sum(1), np.float32)
        return cls((width, height), np.array(corners), np.array(own), pixels, raw, weight)

    def drift(self, image: Image | Map, hidden: NDArray[np.bool_] | None = None) -> Drift:
        """How the picture went since it was taught. hidden: (h, w), True where people are."""
        mosaic = _mosaic(image, self.corners)
        seen = np.ones(len(self.pixels))
        if hidden is not None:
            middles = self.corners + PATCH_PX // 2
            blocked = np.array([hidden[y - 12 : y + 12, x - 12 : x + 12].any() for x, y in middles])
            seen = (~blocked[self.own]).astype(np.float64)
        found = self._followed(mosaic, seen, LEVELS_PX[-1:])
        return found if found.agreement >= SURE_AGREEMENT else self._followed(mosaic, seen, LEVELS_PX)

    def _followed(self, mosaic: Map, seen: Floats, levels: Sequence[float]) -> Drift:
        centre = np.array([self.size_px[0] / 2, self.size_px[1] / 2])
        arm = (self.pixels - centre) / centre[0]
        ways = np.stack(
            [np.tile((1.0, 0.0), (len(arm), 1)), np.tile((0.0, 1.0), (len(arm), 1)), arm[:, ::-1] * (-1, 1), arm], -1
        )
        at = np.zeros(4)  # shift x, shift y, turn and growth, each in pixels at the picture's edge
        likely = np.zeros(len(self.pixels), np.float32)
        for sigma in levels:
            map_, expected = softened(gradients(mosaic, sigma)), softened(self.raw[sigma])

            for _ in range(8):
                moved = self.pixels + at[:2] + at[2] * arm[:, ::-1] * (-1, 1) + at[3] * arm
                local = _local(moved, self.corners, self.own)
                error = sampled(map_, local) - expected
                likely = np.exp(-(error**2).sum(1) / ((expected**2).sum(1) + 0.2) / MISFIT)
                weight = seen * likely / (likely + 0.1)
                slope = slopes(map_, local) @ ways
                flat = (slope * weight[:, None, None]).reshape(-1, 4).T
                move = -np.linalg.solve(flat @ slope.reshape(-1, 4) + 1e-3 * np.eye(4), flat @ error.ravel())
                at += move / max(1.0, np.abs(move).max() / (2 * sigma))
                if np.abs(move).max() < 0.01:
                    break
        counted = seen * self.weight
        share = float((counted * likely).sum() / max(1e-6, counted.sum()))
        x, y, turned, grown = (float(v) for v in at)
        half = float(centre[0])
        return Drift(
            (x, y), math.degrees(turned / half), grown / half, (half, float(centre[1])), share, float(seen.mean())
        )


def holds(drift: Drift, size_px: tuple[int, int]) -> bool:
    """Whether the geometry, corrected by the drift, may still be used."""
    return drift.agreement >= LEAST_AGREEMENT and drift.largest_px(size_px) <= FARTHEST_PX


def _mosaic(image: Image | Map, corners: NDArray[np.intp]) -> Map:
    """The patches side by side in one picture, L a b."""
    columns = math.ceil(math.sqrt(len(corners)))
    rows = math.ceil(len(corners) / columns)
    out = np.zeros((rows * PATCH_PX, columns * PATCH_PX, 3), np.asarray(image).dtype)
    for i, (left, top) in enumerate(corners):
        row, column = divmod(i, columns)
        piece = image[top : top + PATCH_PX, left : left + PATCH_PX]
        out[row * PATCH_PX : row * PATCH_PX + PATCH_PX, column * PATCH_PX : column * PATCH_PX + PATCH_PX] = piece
    return lab_of(out)


def _local(pixels: Floats, corners: NDArray[np.intp], own: NDArray[np.intp]) -> Floats:
    columns = math.ceil(math.sqrt(len(corners)))
    place = np.column_stack([own % columns, own // columns]) * PATCH_PX
    inside = np.clip(pixels - corners[own], 0, PATCH_PX - 1.01)
    return np.asarray(place + inside, np.float64)
