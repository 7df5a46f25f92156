"""A motion of an item on the floor, and where it takes each of its points in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.camera_pose import CameraPose
from models.domain.furniture import Pose
from models.domain.geometry import Floats
from vision.registration.features import Map

EDGE_ON = 0.08
"""Cosine below which a face is seen too flatly to be compared."""


@dataclass(frozen=True, slots=True)
class FloorMotion:
    """Metres along the room's x and y, degrees counter-clockwise about the item's own centre."""

    dx_m: float = 0.0
    dy_m: float = 0.0
    turn_deg: float = 0.0

    @property
    def offset_mm(self) -> float:
        return 1000 * math.hypot(self.dx_m, self.dy_m)


@dataclass(frozen=True, slots=True)
class Surface:
    """Points of an item in the room (n, 3), where the pixels to the right and below lie on the same face, and the
    outward normal of that face."""

    at: Floats
    right: Floats
    below: Floats
    normal: Floats

    def __getitem__(self, chosen: NDArray[np.intp] | slice) -> Surface:
        return Surface(self.at[chosen], self.right[chosen], self.below[chosen], self.normal[chosen])

    @classmethod
    def of(cls, camera: CameraPose, pixels: Floats, depth: Floats, normal: Floats) -> Surface:
        """The neighbouring rays meet the plane of the face; seen edge-on, the face is taken to look at the camera."""
        rays, centre = camera.rays(pixels), camera.centre
        at = centre + rays * depth[:, None]
        flat = np.abs((normal * rays).sum(1)) < 0.12
        plane = np.where(flat[:, None], -rays, normal)
        height = ((at - centre) * plane).sum(1)

        def beside(step: tuple[float, float]) -> Floats:
            aside = camera.rays(pixels + step)
            return np.asarray(centre + aside * (height / (aside * plane).sum(1))[:, None], np.float64)

        return cls(at, beside((1.0, 0.0)), beside((0.0, 1.0)), plane)


@dataclass(frozen=True, slots=True)
class Warp:
    """Where points go: pixels (n, 2), inverse transpose of the local Jacobian (n, 2, 2), depth (n,) and which are
    seen from the front."""

    pixels: Floats
    turn: Floats
    depth: Floats
    facing: NDArray[np.bool_]

    def turned(self, raw: Map) -> Map:
        """(n, 6) gradients as the moved item would show them."""
        pairs = raw.reshape(len(raw), 3, 2)
        return np.asarray(np.einsum("nij,ncj->nci", self.turn, pairs).reshape(len(raw), 6), np.float32)


def moved(points: Floats, pose: Pose, motion: FloorMotion) -> Floats:
    """(n, 3) -> (n, 3): the item's points after the motion."""
    angle = math.radians(motion.turn_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    about = np.array([pose.x_m, pose.y_m])
    flat = (points[:, :2] - about) @ turn.T + about + (motion.dx_m, motion.dy_m)
    return np.column_stack([flat, points[:, 2]])


def warp(camera: CameraPose, surface: Surface, pose: Pose, motion: FloorMotion) -> Warp:
    """Where the item's points are seen after the motion."""
    n = len(surface.at)
    after = moved(np.concatenate([surface.at, surface.right, surface.below]), pose, motion)
    pixels = camera.project(after)
    at, right, below = pixels[:n], pixels[n : 2 * n] - pixels[:n], pixels[2 * n :] - pixels[:n]
    # columns (right, below) are the Jacobian J; its inverse transpose turns gradients.
    det = right[:, 0] * below[:, 1] - right[:, 1] * below[:, 0]
    safe = np.where(np.abs(det) < 0.05, 1.0, det)
    turn = np.empty((n, 2, 2))
    turn[:, 0, 0], turn[:, 0, 1] = below[:, 1] / safe, -right[:, 1] / safe
    turn[:, 1, 0], turn[:, 1, 1] = -below[:, 0] / safe, right[:, 0] / safe
    towards = camera.centre - after[:n]
    depth = np.linalg.norm(towards, axis=1)
    angle = math.radians(motion.turn_deg)
    normal = surface.normal @ np.array(
        [[math.cos(angle), math.sin(angle), 0], [-math.sin(angle), math.cos(angle), 0], [0, 0, 1.0]]
    )
    facing = ((normal * towards).sum(1) > EDGE_ON * depth) & (np.abs(det) >= 0.05) & np.isfinite(at).all(1)
    return Warp(np.where(np.isfinite(at), at, -1.0), turn, depth, facing)
