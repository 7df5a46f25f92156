"""A picture with what calibration knows drawn on it: a grid in metres, marks with residuals, items, labels, sigma."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from calibration.floor_marks import FloorFit
from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, Pose
from models.domain.geometry import Floats
from models.domain.media import Image

_GRID, _MARK, _BOX, _LABEL, _INK = (170, 200, 120), (40, 40, 230), (230, 150, 40), (40, 190, 240), (255, 255, 255)
ENLARGED = 20.0
"""Residuals and sigma ellipses are drawn this much larger than they are."""


def drawn(
    picture: Image, pose: CameraPose | None, items: Sequence[FurnitureItem], fit: FloorFit | None = None
) -> Image:
    """(h, w, 3) BGR. A grid every metre, items as boxes with their direction, labels as discs, marks with arrows.
    Items given as an outline in the picture are drawn as that; without a pose they are all there is."""
    out = picture.copy()
    for item in items:
        if item.outline:
            corners = np.round(np.array(item.outline)).astype(np.int32)
            cv2.polylines(out, [corners], True, _BOX, 2, cv2.LINE_AA)
            _write(out, item.id, np.array(item.outline[0]))
    if pose is None:
        return out
    _grid(out, pose)
    for item in items:
        if not item.outline:
            _box(out, pose, item)
    for number, point in enumerate(fit.points if fit else (), 1):
        at = np.array(point.image)
        where = pose.project([(*point.floor, 0.0)])[0]
        cv2.drawMarker(out, _pixel(at), _MARK, cv2.MARKER_CROSS, 14, 2)
        if fit is not None and np.isfinite(where).all():
            cv2.arrowedLine(out, _pixel(at), _pixel(at + ENLARGED * (where - at)), _MARK, 1, cv2.LINE_AA)
            _write(out, f"#{number} {fit.errors_mm[number - 1]:.0f} mm", at)
    return out


def box_lines(pose: CameraPose, item: FurnitureItem, at: Pose | None = None) -> list[Floats]:
    """The twelve edges of the item's box, each (k, 2) pixels (bent by the lens); empty behind the camera."""
    here = at or item.pose
    length, width, height = item.size_m
    ring = [(length / 2, width / 2), (-length / 2, width / 2), (-length / 2, -width / 2), (length / 2, -width / 2)]
    corners = [_room(here, x, y, z) for z in (0.0, height) for x, y in ring]
    edges = [(i, (i + 1) % 4) for i in range(4)] + [(i + 4, (i + 1) % 4 + 4) for i in range(4)]
    edges += [(i, i + 4) for i in range(4)]
    steps = np.linspace(0, 1, 9)[:, None]
    lines = [pose.project(np.array(corners[a]) * (1 - steps) + np.array(corners[b]) * steps) for a, b in edges]
    return lines if all(np.isfinite(line).all() for line in lines) else []


def _grid(out: Image, pose: CameraPose) -> None:
    height, width = out.shape[:2]
    middle = pose.at_height([(width / 2, height * 0.75)])[0]
    if not np.isfinite(middle).all():
        return
    steps = np.linspace(-8, 8, 120)
    for k in range(-8, 9):
        for along in (0, 1):
            fixed = round(float(middle[1 - along])) + k
            line = np.zeros((len(steps), 3))
            line[:, along], line[:, 1 - along] = middle[along] + steps, fixed
            seen = pose.project(line)
            inside = np.isfinite(seen).all(1) & (np.abs(seen) < 4 * max(width, height)).all(1)
            for i in np.flatnonzero(inside[:-1] & inside[1:]):
                cv2.line(out, _pixel(seen[i]), _pixel(seen[i + 1]), _GRID, 1, cv2.LINE_AA)
            if inside.any():
                middle_of = seen[np.flatnonzero(inside)[inside.sum() // 2]]
                if 0 < middle_of[0] < width and 0 < middle_of[1] < height:
                    _write(out, f"{'xy'[1 - along]}={fixed}", middle_of, 0.35)


def _box(out: Image, pose: CameraPose, item: FurnitureItem) -> None:
    if item.outline:
        cv2.polylines(out, [np.array(item.outline, np.int32)], True, _BOX, 1, cv2.LINE_AA)
        _write(out, item.id, np.array(item.outline).mean(0))
        return
    for line in box_lines(pose, item):
        cv2.polylines(out, [np.round(line).astype(np.int32)], False, _BOX, 1, cv2.LINE_AA)
    foot, ahead = pose.project([_room(item.pose, 0, 0, 0), _room(item.pose, item.size_m[0] * 0.8, 0, 0)])
    if not np.isfinite([foot, ahead]).all():
        return
    if item.symmetry != 0:
        cv2.arrowedLine(out, _pixel(foot), _pixel(ahead), _BOX, 2, cv2.LINE_AA)
    for label in item.labels:
        radius_m = max(label.label_mm, 20.0) / 2000
        x, y = label.at
        ring = [
            _room(item.pose, x + radius_m * math.cos(a), y + radius_m * math.sin(a), 0.0)
            for a in np.linspace(0, 2 * math.pi, 24)
        ]
        seen = pose.project(ring)
        if np.isfinite(seen).all():
            cv2.polylines(out, [np.round(seen).astype(np.int32)], True, _LABEL, 2, cv2.LINE_AA)
    _write(out, item.id, foot)


def _room(pose: Pose, x: float, y: float, z: float) -> tuple[float, float, float]:
    c, s = math.cos(math.radians(pose.heading_deg)), math.sin(math.radians(pose.heading_deg))
    return pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, z


def _write(out: Image, words: str, at: Floats, scale: float = 0.45) -> None:
    x, y = _pixel(at + np.array([5.0, -5.0]))
    cv2.putText(out, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(out, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, _INK, 1, cv2.LINE_AA)


def _pixel(at: Floats) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))
