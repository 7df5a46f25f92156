"""Where a camera stands and looks: one point of the world to its pixel, one pixel to a height above the floor.

Plain arithmetic on single points: a call into a matrix library costs ten times the sum it would do here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import XY, Lens
from models.domain.site import Camera

XYZ = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """World to camera: image = lens(rotation x point + shift). up: sign of the floor normal on the camera's side."""

    lens: Lens
    rotation: tuple[XYZ, XYZ, XYZ]
    shift: XYZ
    centre: XYZ
    up: float

    @classmethod
    def of(cls, lens: Lens, rotation: NDArray[np.float64], shift: NDArray[np.float64]) -> Pose:
        """rotation: (3, 3); shift: (3,) metres."""
        centre = _xyz(-rotation.T @ shift)
        return cls(
            lens,
            (_xyz(rotation[0]), _xyz(rotation[1]), _xyz(rotation[2])),
            _xyz(shift),
            centre,
            1.0 if centre[2] >= 0 else -1.0,
        )

    def seen_from_camera(self, point_m: XYZ) -> XYZ:
        """Metres to the right, down and ahead of the camera."""
        x, y, z = point_m
        a, b, c = self.rotation
        right, down, ahead = self.shift
        return (
            a[0] * x + a[1] * y + a[2] * z + right,
            b[0] * x + b[1] * y + b[2] * z + down,
            c[0] * x + c[1] * y + c[2] * z + ahead,
        )

    def project(self, point_m: XYZ) -> XY:
        """The pixel of a point. One behind the camera gets a pixel too: ask `seen_from_camera` where that matters."""
        x, y, z = self.seen_from_camera(point_m)
        return self.lens.pixel((x / z, y / z) if z else (x, y))

    def at_height(self, pixel: XY, height_m: float) -> XY | None:
        """Where the ray of a pixel meets the plane `height_m` above the floor; None when it does not."""
        x, y = self.lens.ray(pixel)
        a, b, c = self.rotation
        across, along, down = (a[i] * x + b[i] * y + c[i] for i in range(3))
        drop = self.up * height_m - self.centre[2]
        if abs(down) < 1e-9 or drop / down <= 0:
            return None
        return self.centre[0] + across * (drop / down), self.centre[1] + along * (drop / down)


def pose_of(camera: Camera) -> Pose:
    """From the camera's floor points. Raises ValueError when no pose explains them."""
    lens = camera.lens or _lens_from_floor(camera)
    floor = np.array([(*p.floor, 0.0) for p in camera.floor_points], np.float64)
    image = np.array([p.image for p in camera.floor_points], np.float64)
    dist = np.array(lens.distortion, np.float64)
    found, turn, shift = cv2.solvePnP(floor, image, lens.matrix, dist, flags=cv2.SOLVEPNP_IPPE)
    if not found:
        raise ValueError(f"camera {camera.id}: no pose explains its floor points")
    rotation, _ = cv2.Rodrigues(turn)
    return Pose.of(lens, np.asarray(rotation, np.float64), np.asarray(shift, np.float64).reshape(3))


def _lens_from_floor(camera: Camera) -> Lens:
    """Focal length from the floor's homography (square pixels, centred principal point; Zhang's two constraints)."""
    width, height = camera.size_px
    centre = np.array([width / 2, height / 2])
    floor = np.array([p.floor for p in camera.floor_points], np.float64)
    image = np.array([p.image for p in camera.floor_points], np.float64) - centre
    homography, _ = cv2.findHomography(floor, image, 0)
    a, b = np.asarray(homography, np.float64)[:, 0], np.asarray(homography, np.float64)[:, 1]
    # f^2 from each constraint, weighted by how well its denominator is conditioned.
    tops = np.array([-(a[:2] @ b[:2]), a[:2] @ a[:2] - b[:2] @ b[:2]])
    unders = np.array([a[2] * b[2], b[2] ** 2 - a[2] ** 2])
    squared = float((tops * unders).sum() / max((unders**2).sum(), 1e-30))
    # A camera straight above tells nothing of f: 60 degrees of view is then assumed.
    focal = math.sqrt(squared) if squared > (0.2 * width) ** 2 else width / (2 * math.tan(math.radians(30)))
    return Lens(focal, focal, width / 2, height / 2)


def _xyz(values: NDArray[np.float64]) -> XYZ:
    return float(values[0]), float(values[1]), float(values[2])
