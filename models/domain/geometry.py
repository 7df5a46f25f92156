"""Camera geometry: from a pixel to a place on the floor.

Floor coordinates are metres in the site frame (x, y, floor z = 0); image coordinates are pixels of the camera's
declared `size_px`, origin top left. Checked against OpenCV in tests/models/test_geometry.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

PERSON_HEIGHT_M = 1.7
"""Assumed stature where a person's own height is the only scale (mean of adults; +-0.1 m one sigma)."""

UNDISTORT_ROUNDS = 5

XY = tuple[float, float]
Polygon = tuple[XY, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lens:
    """OpenCV pinhole model with radial-tangential distortion (k1 k2 p1 p2 k3)."""

    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def matrix(self) -> Floats:
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], np.float64)

    def ray(self, pixel: XY) -> XY:
        """Direction (x, y, 1) of a pixel: five rounds of the fixed point that cv2.undistortPoints uses too."""
        x0, y0 = (pixel[0] - self.cx) / self.fx, (pixel[1] - self.cy) / self.fy
        x, y = x0, y0
        if not any(self.distortion):
            return x0, y0
        for _ in range(UNDISTORT_ROUNDS):
            spread, dx, dy = self._bent(x, y)
            if spread <= 0:
                return x0, y0
            x, y = (x0 - dx) / spread, (y0 - dy) / spread
        return x, y

    def pixel(self, ray: XY) -> XY:
        """Where the direction (x, y, 1) is seen, as cv2.projectPoints."""
        if not any(self.distortion):
            return ray[0] * self.fx + self.cx, ray[1] * self.fy + self.cy
        spread, dx, dy = self._bent(*ray)
        return (ray[0] * spread + dx) * self.fx + self.cx, (ray[1] * spread + dy) * self.fy + self.cy

    def _bent(self, x: float, y: float) -> tuple[float, float, float]:
        """Radial factor and tangential shift of a direction."""
        k1, k2, p1, p2, k3 = (*self.distortion, 0.0, 0.0, 0.0, 0.0, 0.0)[:5]
        r2 = x * x + y * y
        spread = 1 + ((k3 * r2 + k2) * r2 + k1) * r2
        return spread, 2 * p1 * x * y + p2 * (r2 + 2 * x * x), p1 * (r2 + 2 * y * y) + 2 * p2 * x * y


@dataclass(frozen=True, slots=True)
class FloorPoint:
    """A mark on the floor: where it is in the picture (px) and on the floor (m)."""

    image: XY
    floor: XY


class GroundPlane:
    """Pixel <-> floor of one camera. Build with `from_points`.

    to_floor((n, 2) px) -> (n, 2) m; to_image((n, 2) m) -> (n, 2) px; sigma_m((n, 2) px) -> (n,) m: one sigma of the
    floor position when the pixel is off by `foot_sigma_px` (3 px: detector foot points, measured on the samples).
    """

    foot_sigma_px = 3.0

    def __init__(self, image_to_floor: Floats, lens: Lens | None, residual_m: float) -> None:
        self._to_floor, self._lens, self.residual_m = image_to_floor, lens, residual_m
        self._rows: list[list[float]] = image_to_floor.tolist()
        self._to_image: Floats = np.asarray(np.linalg.inv(image_to_floor), np.float64)

    @classmethod
    def from_points(cls, points: Sequence[FloorPoint], lens: Lens | None = None) -> GroundPlane:
        """Least-squares homography of >= 4 floor points, no three in line.

        Raises ValueError when there are fewer than four or they do not span the floor.
        """
        if len(points) < 4:
            raise ValueError(f"a ground plane needs at least 4 floor points, got {len(points)}")
        image = np.array([p.image for p in points], np.float64)
        floor = np.array([p.floor for p in points], np.float64)
        found, _ = cv2.findHomography(_undistorted(image, lens), floor, 0)
        if found is None or not np.isfinite(found).all() or abs(np.linalg.det(found)) < 1e-15:
            raise ValueError("the floor points lie on one line or repeat: no ground plane can be computed")
        plane = cls(np.asarray(found, np.float64), lens, 0.0)
        error = np.linalg.norm(plane.to_floor(image) - floor, axis=1)
        plane.residual_m = float(np.sqrt(np.mean(error**2)))
        return plane

    def to_floor(self, points_px: ArrayLike) -> Floats:
        image = np.asarray(points_px, np.float64).reshape(-1, 2)
        return _apply(self._to_floor, _undistorted(image, self._lens))

    def to_image(self, points_m: ArrayLike) -> Floats:
        floor = np.asarray(points_m, np.float64).reshape(-1, 2)
        return _distorted(_apply(self._to_image, floor), self._lens)

    def sigma_m(self, points_px: ArrayLike) -> Floats:
        image = np.asarray(points_px, np.float64).reshape(-1, 2)
        right = self.to_floor(image + np.array([1.0, 0.0])) - self.to_floor(image)
        down = self.to_floor(image + np.array([0.0, 1.0])) - self.to_floor(image)
        moved = np.sqrt((right**2).sum(1) + (down**2).sum(1))
        return np.asarray(np.hypot(moved * self.foot_sigma_px, self.residual_m), np.float64)

    def spot(self, pixel: XY) -> tuple[XY, float]:
        """Floor metres and sigma (m) of one pixel: as to_floor and sigma_m, a tenth of their time. Not finite for a
        pixel on the horizon."""
        x, y = self._one(*pixel)
        right, down = self._one(pixel[0] + 1.0, pixel[1]), self._one(pixel[0], pixel[1] + 1.0)
        moved = math.sqrt((right[0] - x) ** 2 + (right[1] - y) ** 2 + (down[0] - x) ** 2 + (down[1] - y) ** 2)
        return (x, y), math.hypot(moved * self.foot_sigma_px, self.residual_m)

    def _one(self, x: float, y: float) -> XY:
        if self._lens is not None:
            flat = self._lens.ray((x, y))
            x, y = flat[0] * self._lens.fx + self._lens.cx, flat[1] * self._lens.fy + self._lens.cy
        a, b, c = self._rows
        ahead = c[0] * x + c[1] * y + c[2]
        if ahead == 0:
            return math.nan, math.nan
        return (a[0] * x + a[1] * y + a[2]) / ahead, (b[0] * x + b[1] * y + b[2]) / ahead


def contains(polygon: Polygon, point: XY) -> bool:
    """Whether the point lies in the polygon or on its border."""
    return cv2.pointPolygonTest(corners(polygon), (float(point[0]), float(point[1])), False) >= 0


@lru_cache(maxsize=4096)
def corners(polygon: Polygon) -> NDArray[np.float32]:
    """(n, 1, 2), as OpenCV takes a polygon; a site's polygons are asked about in every frame."""
    shape = np.array(polygon, np.float32).reshape(-1, 1, 2)
    shape.flags.writeable = False
    return shape


def side(a: XY, b: XY, point: XY) -> float:
    """> 0 when the point lies left of a -> b in a right-handed (floor) frame, right of it in the picture (y down)."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def nearest_on_side(a: XY, b: XY, point: XY) -> XY:
    """The point of the side a-b that lies nearest; plain numbers, since arrays of two cost ten times as much."""
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    length2 = along_x * along_x + along_y * along_y
    if length2 == 0:
        return a
    share = ((point[0] - a[0]) * along_x + (point[1] - a[1]) * along_y) / length2
    share = min(1.0, max(0.0, share))
    return a[0] + share * along_x, a[1] + share * along_y


def nearest_on_border(polygon: Polygon, point: XY) -> XY:
    """The polygon's border point nearest to a point."""
    sides = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    return min((nearest_on_side(a, b, point) for a, b in sides), key=lambda spot: math.dist(spot, point))


def crosses_itself(polygon: Polygon) -> bool:
    """Whether two sides that do not share a corner meet."""
    n = len(polygon)
    sides = [(polygon[i], polygon[(i + 1) % n]) for i in range(n)]
    return any(
        _meet(*sides[i], *sides[j])
        for i in range(n)
        for j in range(i + 1, n)
        if j - i > 1 and not (i == 0 and j == n - 1)
    )


def area(polygon: Polygon) -> float:
    """Area, unsigned, in the square of the polygon's unit."""
    return float(cv2.contourArea(np.array(polygon, np.float32)))


def _meet(a: XY, b: XY, c: XY, d: XY) -> bool:
    """Whether two segments touch. The extents decide for segments on one line, where every `side` is 0."""
    apart = any(max(a[i], b[i]) < min(c[i], d[i]) or max(c[i], d[i]) < min(a[i], b[i]) for i in (0, 1))
    return not apart and side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def _apply(matrix: Floats, points: Floats) -> Floats:
    ahead = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    result: Floats = ahead[:, :2] / ahead[:, 2:]
    return result


def _undistorted(points: Floats, lens: Lens | None) -> Floats:
    if lens is None or not len(points):
        return points
    dist = np.array(lens.distortion, np.float64)
    flat = cv2.undistortPoints(points.reshape(-1, 1, 2), lens.matrix, dist, P=lens.matrix)
    return np.asarray(flat, np.float64).reshape(-1, 2)


def _distorted(points: Floats, lens: Lens | None) -> Floats:
    if lens is None or not len(points):
        return points
    rays = np.column_stack([(points - (lens.cx, lens.cy)) / (lens.fx, lens.fy), np.ones(len(points))])
    dist = np.array(lens.distortion, np.float64)
    image, _ = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), lens.matrix, dist)
    return np.asarray(image, np.float64).reshape(-1, 2)
