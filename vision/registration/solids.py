"""Which point of an item a pixel shows: rays against its upright boxes and cylinders."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, Part, Pose
from models.domain.geometry import Floats

RIM = 24
"""Corners of the polygon that stands for a cylinder where an outline is wanted."""


def to_room(points: Floats, pose: Pose) -> Floats:
    """(n, 3) of the item frame -> (n, 3) of the room."""
    angle = math.radians(pose.heading_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.column_stack([points[:, :2] @ turn.T + (pose.x_m, pose.y_m), points[:, 2]])


def hull(camera: CameraPose, item: FurnitureItem, pose: Pose | None = None) -> Floats:
    """(n, 2) pixels around all that the item covers; empty where a corner of it lies behind the camera."""
    corners = np.concatenate([to_room(_corners(part), pose or item.pose) for part in item.parts])
    seen = camera.project(corners)
    if not np.isfinite(seen).all():
        return np.zeros((0, 2))
    return np.asarray(cv2.convexHull(seen.astype(np.float32)), np.float64).reshape(-1, 2)


def cast(parts: Sequence[Part], pose: Pose, centre: Floats, rays: Floats) -> tuple[Floats, Floats]:
    """Depth (n,) along each ray to the first part it meets (inf: none) and the outward normal (n, 3) there."""
    angle = math.radians(pose.heading_deg)
    turn = np.array([[math.cos(angle), math.sin(angle), 0], [-math.sin(angle), math.cos(angle), 0], [0, 0, 1.0]])
    origin, ahead = turn @ (centre - (pose.x_m, pose.y_m, 0.0)), rays @ turn.T
    nearest, normals = np.full(len(rays), np.inf), np.zeros((len(rays), 3))
    for part in parts:
        depth, normal = (_cylinder if part.round else _box)(part, origin, ahead)
        closer = depth < nearest
        nearest[closer], normals[closer] = depth[closer], normal[closer]
    return nearest, normals @ turn


def _box(part: Part, origin: Floats, ahead: Floats) -> tuple[Floats, Floats]:
    """Slabs: the last of the three entries, if it comes before the first exit."""
    half, start = np.array(part.size) / 2, origin - part.centre
    with np.errstate(divide="ignore", invalid="ignore"):
        across = ahead.T.copy()
        inverse, sign = 1 / across, np.where(across < 0, -1.0, 1.0)
        far = sign * half[:, None]
        enter, leave = (-far - start[:, None]) * inverse, (far - start[:, None]) * inverse
    depth = np.fmax(np.fmax(enter[0], enter[1]), enter[2])
    hit = (depth > 0) & (depth <= np.fmin(np.fmin(leave[0], leave[1]), leave[2]))
    normal = np.zeros_like(ahead)
    free = hit
    for axis in range(3):
        here = free & (enter[axis] == depth)
        normal[here, axis] = -sign[axis, here]
        free = free & ~here
    return np.where(hit, depth, np.inf), normal


def _cylinder(part: Part, origin: Floats, ahead: Floats) -> tuple[Floats, Floats]:
    radii, start = np.array(part.size[:2]) / 2, origin - part.centre
    p, d = start[:2] / radii, ahead[:, :2] / radii
    a, b, c = (d**2).sum(1), d @ p, float(p @ p) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        side = (-b - np.sqrt(b * b - a * c)) / a
        lid = (np.sign(start[2]) * part.size[2] / 2 - start[2]) / ahead[:, 2]
        across = p + d * lid[:, None]
        on_side = (side > 0) & (np.abs(start[2] + ahead[:, 2] * side) <= part.size[2] / 2)
        on_lid = (lid > 0) & ((across**2).sum(1) <= 1) & (abs(start[2]) > part.size[2] / 2)
    depth = np.minimum(np.where(on_side, side, np.inf), np.where(on_lid, lid, np.inf))
    normal = np.zeros_like(ahead)
    flat = on_lid & (depth == lid)
    at = np.where(np.isfinite(depth), depth, 0.0)
    normal[:, :2] = (p + d * at[:, None]) / radii
    normal[flat] = (0.0, 0.0, np.sign(start[2]))
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    return depth, normal


def _corners(part: Part) -> Floats:
    x, y, z = (size / 2 for size in part.size)
    if part.round:
        angles = np.linspace(0, 2 * math.pi, RIM, endpoint=False)
        ring = np.column_stack([x * np.cos(angles), y * np.sin(angles)])
    else:
        ring = np.array([(x, y), (-x, y), (-x, -y), (x, -y)])
    return np.concatenate([np.column_stack([ring, np.full(len(ring), s * z)]) for s in (-1, 1)]) + part.centre
