"""How strongly and where a picture changes across an outline: lightness and colour, against the picture's own noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.patrol.closeup import Contour
from models.domain.geometry import Floats
from models.domain.media import Image

Map = NDArray[np.float32]

SMOOTH_PX = 1.3
COLOUR = 1.6
"""Weight of a and b: a label is told by its colour more than by its lightness."""
REACH_STEP_PX = 0.75
ALONG = 5
"""Points of an outline that are taken together: the grain of a floor has no sign, an edge has."""


@dataclass(frozen=True, slots=True)
class Edges:
    """slope: (h, w, 3, 2) of L, a, b a pixel; lab: (h, w, 3); noise: median length of a slope."""

    slope: Map
    lab: Map
    noise: float
    planes: tuple[Map, Map]
    """(h, w, 3) each: slopes across and down."""

    @classmethod
    def of(cls, image: Image, smooth_px: float = SMOOTH_PX) -> Edges:
        """image: (h, w, 3) BGR uint8. Slopes are those of edges: a blurred one keeps its strength."""
        lab = np.asarray(cv2.cvtColor(np.asarray(image, np.float32) / 255, cv2.COLOR_BGR2LAB), np.float32)
        lab *= np.array((1.0, COLOUR, COLOUR), np.float32)
        smooth = np.asarray(cv2.GaussianBlur(lab, (0, 0), smooth_px), np.float32)
        across = cv2.sepFilter2D(smooth, cv2.CV_32F, np.array([-0.5, 0, 0.5]), np.array([1.0]))
        down = cv2.sepFilter2D(smooth, cv2.CV_32F, np.array([1.0]), np.array([-0.5, 0, 0.5]))
        slope = np.asarray(np.stack([across, down], -1) * (smooth_px / SMOOTH_PX), np.float32)
        noise = float(np.median(np.sqrt((slope[::3, ::3] ** 2).sum((2, 3)))))
        planes = (np.ascontiguousarray(slope[..., 0]), np.ascontiguousarray(slope[..., 1]))
        return cls(slope, smooth, max(0.15, noise), planes)

    def across(self, at: Floats, normal: Floats) -> Floats:
        """(..., 2) px and unit normals -> (..., 3) slopes of L, a, b along the normal; nearest pixel."""
        height, width = self.lab.shape[:2]
        column = np.clip(np.rint(at[..., 0]).astype(np.intp), 0, width - 1)
        row = np.clip(np.rint(at[..., 1]).astype(np.intp), 0, height - 1)
        return np.asarray((self.slope[row, column] * normal[..., None, :]).sum(-1), np.float64)

    def across_smoothly(self, at: Floats, normal: Floats) -> Floats:
        """(..., n, 2) px and (n, 2) normals -> (..., n, 3), bilinear."""
        flat = at.reshape(-1, 2)
        ways = np.broadcast_to(normal, at.shape).reshape(-1, 2)
        height, width = self.lab.shape[:2]
        x, y = np.clip(flat[:, 0], 0, width - 1.01), np.clip(flat[:, 1], 0, height - 1.01)
        column, row = x.astype(np.intp), y.astype(np.intp)
        u, v = (x - column)[:, None, None], (y - row)[:, None, None]
        slope = self.slope
        upper = slope[row, column] * (1 - u) + slope[row, column + 1] * u
        lower = slope[row + 1, column] * (1 - u) + slope[row + 1, column + 1] * u
        found = ((upper * (1 - v) + lower * v) * ways[:, None, :]).sum(-1)
        return np.asarray(found.reshape(*at.shape[:-1], 3), np.float64)

    def colour(self, at: Floats) -> Floats:
        """(3,) mean L, a, b at points (n, 2) px."""
        height, width = self.lab.shape[:2]
        column, row = (np.clip(np.rint(at[:, i]).astype(np.intp), 0, n - 1) for i, n in ((0, width), (1, height)))
        return np.asarray(self.lab[row, column].mean(0), np.float64)

    def strength(self, contour: Contour) -> Floats:
        """(n,) 0..1 how much of an edge of one sign lies along the outline around each point; 0 for hidden ones."""
        slope = self.across(contour.at, contour.normal) * contour.seen[:, None]
        near = np.ones(ALONG)
        total = np.stack([np.convolve(channel, near, "same") for channel in slope.T], -1)
        count = np.maximum(np.convolve(contour.seen.astype(float), near, "same"), 1.0)
        size = np.linalg.norm(total, axis=1) / count
        return np.asarray(size / (size + 2 * self.noise) * contour.seen, np.float64)

    def nearest(self, contour: Contour, reach_px: float) -> tuple[Floats, Floats]:
        """(n,) px along the normal to the clearest edge within reach, to a fraction of a pixel; (n,) its weight."""
        steps = np.arange(-reach_px, reach_px + 1e-6, REACH_STEP_PX)
        at = contour.at[:, None, :] + steps[None, :, None] * contour.normal[:, None, :]
        slope = np.sqrt((self._sampled(at, contour.normal) ** 2).sum(-1))
        rated = slope * np.exp(-0.5 * (steps / (0.7 * reach_px)) ** 2)
        best = np.clip(np.argmax(rated, 1), 1, len(steps) - 2)
        rows = np.arange(len(best))
        low, peak, high = slope[rows, best - 1], slope[rows, best], slope[rows, best + 1]
        bend = np.minimum(low - 2 * peak + high, -1e-9)
        shift = np.clip(0.5 * (low - high) / bend, -1, 1)
        inner = (best > 1) & (best < len(steps) - 2)
        weight = peak / (peak + 4 * self.noise) * contour.seen * inner
        return steps[best] + REACH_STEP_PX * shift, np.asarray(weight, np.float64)

    def _sampled(self, at: Floats, normal: Floats) -> Floats:
        """(n, k, 2) px -> (n, k, 3) slopes along each point's normal, bilinear."""
        across, down = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
        ways = normal[:, None, None, :]
        found = [
            cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for plane in self.planes
        ]
        return np.asarray(found[0] * ways[..., 0] + found[1] * ways[..., 1], np.float64)
