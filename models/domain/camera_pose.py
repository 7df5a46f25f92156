"""The whole pose of a camera from marks on the floor: any point of the room to its pixel, any pixel to its ray.

World: metres of the site frame, z up from the floor on the camera's side. Pixels as OpenCV counts them (the centre of
the first pixel is 0, 0). Checked against OpenCV in tests/models/test_camera_pose.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import ArrayLike

from models.domain.geometry import Floats, FloorPoint, GroundPlane, Lens

FOCAL_PER_WIDTH = (0.25, 6.0)
"""Focal length as a share of the width: 127 degrees (a wide ceiling camera) to 10 (a long lens). Outside, the floor
points cannot tell the focal length (a camera looking straight down sees no perspective)."""
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class CameraPose:
    """pixel = lens(rotation @ point + shift).

    residual_px: root mean square over the floor points. sigma_px: what one floor point's pixel is worth, from the
    residual and the number of points left over; nan where there are none left over.
    """

    lens: Lens
    rotation: Floats
    """(3, 3)"""
    shift: Floats
    """(3,) metres"""
    residual_px: float = 0.0

    @property
    def centre(self) -> Floats:
        """(3,) metres: where the camera is."""
        return np.asarray(-self.rotation.T @ self.shift, np.float64)

    def project(self, points_m: ArrayLike) -> Floats:
        """(n, 3) metres -> (n, 2) pixels. nan for points behind the camera."""
        ahead = np.asarray(points_m, np.float64).reshape(-1, 3) @ self.rotation.T + self.shift
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = ahead[:, :2] / ahead[:, 2:]
        flat[ahead[:, 2] <= 0] = np.nan
        return self._bent(flat)

    def rays(self, pixels: ArrayLike) -> Floats:
        """(n, 2) pixels -> (n, 3) directions in the world, of length one."""
        lens, image = self.lens, np.asarray(pixels, np.float64).reshape(-1, 1, 2)
        if any(lens.distortion):
            flat = cv2.undistortPoints(image, lens.matrix, np.array(lens.distortion)).reshape(-1, 2)
        else:
            flat = (image.reshape(-1, 2) - (lens.cx, lens.cy)) / (lens.fx, lens.fy)
        world = np.column_stack([flat, np.ones(len(flat))]) @ self.rotation
        return np.asarray(world / np.linalg.norm(world, axis=1, keepdims=True), np.float64)

    def at_height(self, pixels: ArrayLike, height_m: float = 0.0) -> Floats:
        """(n, 2) pixels -> (n, 2) metres where their rays meet the plane; nan above the horizon."""
        rays = self.rays(pixels)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = (height_m - self.centre[2]) / rays[:, 2]
        reach[~(reach > 0)] = np.nan
        return np.asarray(self.centre[:2] + rays[:, :2] * reach[:, None], np.float64)

    def _bent(self, flat: Floats) -> Floats:
        lens, (k1, k2, p1, p2, k3) = self.lens, (*self.lens.distortion, 0.0, 0.0, 0.0, 0.0, 0.0)[:5]
        x, y = flat[:, 0], flat[:, 1]
        r2 = x * x + y * y
        spread = 1 + ((k3 * r2 + k2) * r2 + k1) * r2
        u = x * spread + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
        v = y * spread + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
        return np.column_stack([u * lens.fx + lens.cx, v * lens.fy + lens.cy])


def pose_from_floor(points: Sequence[FloorPoint], size_px: tuple[int, int], lens: Lens | None = None) -> CameraPose:
    """Least squares over the pixels of >= 4 floor points; the focal length too when the lens is unknown.

    Square pixels and a centred principal point are then assumed (Zhang 2000, the two constraints of one plane give the
    start). Raises ValueError: fewer than four points, all on a line, above the horizon, or no perspective to tell the
    focal length from.
    """
    GroundPlane.from_points(points, lens)
    image = np.array([p.image for p in points], np.float64)
    floor = np.array([(*p.floor, 0.0) for p in points], np.float64)
    known = lens is not None
    start = lens or _lens_of(image, floor, size_px)
    found, turn, shift = cv2.solvePnP(
        floor, image, start.matrix, np.array(start.distortion, np.float64), flags=cv2.SOLVEPNP_IPPE
    )
    if not found:
        raise ValueError("no place of a camera explains the floor points")
    guess = np.concatenate([turn.ravel(), shift.ravel(), [math.log(start.fx)]])
    best = _least_squares(guess, floor, image, start, len(guess) - known)
    pose = _pose(best, start)
    error = pose.project(floor) - image
    if not np.isfinite(error).all():
        raise ValueError("a floor point lies above the horizon")
    return _upright(replace(pose, residual_px=float(np.sqrt((error**2).sum(1).mean()))))


def floor_errors_mm(pose: CameraPose, points: Sequence[FloorPoint]) -> Floats:
    """(n,) millimetres between where each point's pixel falls on the floor and where it was measured."""
    seen = pose.at_height([p.image for p in points])
    return np.asarray(1000 * np.linalg.norm(seen - np.array([p.floor for p in points]), axis=1), np.float64)


def _pose(values: Floats, lens: Lens) -> CameraPose:
    rotation, _ = cv2.Rodrigues(values[:3])
    focal = math.exp(values[6])
    free = replace(lens, fx=focal, fy=focal * lens.fy / lens.fx)
    return CameraPose(free, np.asarray(rotation, np.float64), np.asarray(values[3:6], np.float64))


def _least_squares(values: Floats, floor: Floats, image: Floats, lens: Lens, free: int) -> Floats:
    """Levenberg-Marquardt on the first `free` of (turn, shift, log focal)."""

    def missed(at: Floats) -> Floats:
        return (_pose(at, lens).project(floor) - image).ravel()

    damping, error = 1e-3, missed(values)
    for _ in range(ROUNDS):
        slope = np.column_stack([(missed(values + step) - error) / 1e-6 for step in 1e-6 * np.eye(7)[:free]])
        square = slope.T @ slope
        move = np.linalg.solve(square + damping * np.diag(np.diag(square) + 1e-12), -slope.T @ error)
        tried = values + np.concatenate([move, np.zeros(7 - free)])
        after = missed(tried)
        if np.isfinite(after).all() and after @ after < error @ error:
            done = float(np.abs(move).max()) < 1e-10
            values, error, damping = tried, after, max(1e-12, damping / 10)
            if done:
                break
        elif damping > 1e8:
            break
        else:
            damping *= 10
    return values


def _lens_of(image: Floats, floor: Floats, size_px: tuple[int, int]) -> Lens:
    width, height = size_px
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    plane, _ = cv2.findHomography(floor[:, :2], image - centre, 0)
    if plane is None:
        raise ValueError("the floor points span no plane")
    a, b = plane[:, 0], plane[:, 1]
    # a' w b = 0 and a' w a = b' w b with w = diag(1/f2, 1/f2, 1): two equations for 1/f2, least squares.
    rows = np.array([a[0] * b[0] + a[1] * b[1], a[0] ** 2 + a[1] ** 2 - b[0] ** 2 - b[1] ** 2])
    right = -np.array([a[2] * b[2], a[2] ** 2 - b[2] ** 2])
    inverse = float(rows @ right / (rows @ rows))
    least, most = (share * width for share in FOCAL_PER_WIDTH)
    if not 1 / most**2 <= inverse <= 1 / least**2:
        raise ValueError("the floor points do not tell the focal length: measure the lens, or spread them in depth")
    focal = 1 / math.sqrt(inverse)
    return Lens(focal, focal, float(centre[0]), float(centre[1]))


def _upright(pose: CameraPose) -> CameraPose:
    """A floor measured left-handed puts the camera below it: turn z, so that up is on the camera's side.

    Heights then count upwards and a turn that is positive on the tape measure's axes stays positive.
    """
    if pose.centre[2] > 0:
        return pose
    return replace(pose, rotation=pose.rotation * np.array([1.0, 1.0, -1.0]))
