"""Where things of the site frame appear in a camera's picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import XY, Floats, GroundPlane, Polygon
from models.domain.site import Camera, Region

Mask = NDArray[np.uint8]


class CameraView:
    """Where regions and lines of a site appear in one camera.

    Floor regions are found by asking each `step_px`-th pixel where on the floor it lies.
    """

    def __init__(self, camera: Camera, step_px: int = 2) -> None:
        self.id, self.size, self.step_px, self.plane = camera.id, camera.size_px, step_px, camera.ground_plane()
        self._floor: Floats | None = None
        self._facing = 0.0
        if self.plane is not None:
            taught = np.array([p.image for p in camera.floor_points], np.float64)
            self._facing = float(np.sign(np.median(_turn(self.plane, taught))))

    def mask(self, region: Region) -> Mask:
        """255 where the region is seen; (h, w)."""
        if region.camera is not None:
            return self.of_picture(region.polygon) if region.camera == self.id else self._nothing()
        return self._of_floor(region.polygon) if self.plane is not None else self._nothing()

    def of_picture(self, polygon: Polygon) -> Mask:
        mask = self._nothing()
        cv2.fillPoly(mask, [np.round(np.array(polygon)).astype(np.int32)], (255,))
        return mask

    def path(self, a: XY, b: XY, *, on_floor: bool) -> list[XY]:
        """Points of a -> b in the picture, as far as it lies before the camera."""
        steps = np.linspace(0, 1, 101)[:, None]
        points = np.array(a) + steps * (np.array(b) - np.array(a))
        if not on_floor:
            return [(float(x), float(y)) for x, y in points]
        if self.plane is None:
            return []
        image = self.plane.to_image(points)
        ahead = np.sign(_turn(self.plane, image)) == self._facing
        return [
            (float(x), float(y)) for (x, y), kept in zip(image, ahead, strict=True) if kept and _near(x, y, self.size)
        ]

    def _nothing(self) -> Mask:
        return np.zeros((self.size[1], self.size[0]), np.uint8)

    def _of_floor(self, polygon: Polygon) -> Mask:
        """Ask each pixel where it lies; above the horizon (where the mapping turns over) it lies nowhere."""
        width, height = self.size
        columns, rows = np.arange(0, width, self.step_px), np.arange(0, height, self.step_px)
        if self._floor is None:
            self._floor = self._floor_of_pixels(columns, rows)
        inside = _within(self._floor, polygon).reshape(len(rows), len(columns)).astype(np.uint8) * 255
        return np.asarray(cv2.resize(inside, self.size, interpolation=cv2.INTER_NEAREST), np.uint8)

    def _floor_of_pixels(self, columns: NDArray[np.int_], rows: NDArray[np.int_]) -> Floats:
        assert self.plane is not None
        grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2).astype(np.float64)
        floor = self.plane.to_floor(grid)
        floor[np.sign(_turn(self.plane, grid)) != self._facing] = np.nan
        return floor


def _turn(plane: GroundPlane, image: Floats) -> Floats:
    """Sign of the mapping's orientation at pixels (n, 2): it flips across the horizon."""
    at = plane.to_floor(image)
    right, down = (plane.to_floor(image + step) - at for step in np.eye(2))
    return np.asarray(right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0], np.float64)


def _within(points: Floats, polygon: Polygon) -> NDArray[np.bool_]:
    """Even-odd rule for many points at once; NaN lies outside."""
    x, y = points.T
    inside = np.zeros(len(points), np.bool_)
    for (x0, y0), (x1, y1) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def _near(x: float, y: float, size: tuple[int, int]) -> bool:
    return -size[0] < x < 2 * size[0] and -size[1] < y < 2 * size[1]
