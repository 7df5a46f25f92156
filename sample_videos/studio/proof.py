"""Whether a clip shows things where its truth says: labels, ChArUco corners, corners of table tops; soles on the floor.

Compared in pixels of the delivered picture after encoding, averaged over the frames in which a thing stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.corners import corners as item_corners
from sample_videos.studio.furnishing import (
    CHARUCO_BOTTOM_M,
    CHARUCO_DICTIONARY,
    CHARUCO_SQUARE_M,
    CHARUCO_SQUARES,
    turned,
)
from sample_videos.studio.spoil import camera_seen, decoded
from sample_videos.studio.truth import TRUTH_FILE, LabelTruth, Pose, Truth, read_truth

SETTLE_S = 0.4
"""The first moments after a change are left out: the encoder still carries the old picture."""
LABEL_REACH_PX, ALONE_PX, CONTRAST = 6, 13.0, 6.0
"""How far from its place a disc is looked for; how far the next dark thing must be; grey levels that make a spot."""
ENLARGE = 3
"""A marker module is one or two pixels wide from 3 m off; enlarged, OpenCV reads it."""
SOLE_M = 0.012
"""Soles may hover or sink by as much as a shoe's edge is thick."""


@dataclass(frozen=True)
class Proof:
    """Errors found in one clip; px, and metres for soles."""

    clip: str
    labels_px: tuple[float, ...]
    corners_px: tuple[float, ...]
    tops_px: tuple[float, ...]
    soles_m: tuple[float, ...]

    @staticmethod
    def p95(values: Sequence[float]) -> float | None:
        return float(np.percentile(np.abs(values), 95)) if len(values) else None


def prove(folder: Path) -> Proof:
    """Measure one clip. Raises SourceError where truth or recording cannot be read."""
    truth = read_truth(folder / TRUTH_FILE)
    labels: list[float] = []
    corners: list[float] = []
    tops: list[float] = []
    for name, seen in truth.cameras.items():
        camera = camera_seen(seen)
        for began, ended, mean in _still_spells(truth, folder / seen.file):
            labels += _labels(truth, camera, name, (began, ended), mean)
            corners += _corners(truth, camera, (began, ended), mean)
            tops += item_corners(truth, camera, began, mean)
    soles = tuple(p.sole_m for f in truth.frames for p in f.persons if p.sole_m is not None and p.activity != "rising")
    return Proof(truth.clip, tuple(labels), tuple(corners), tuple(tops), soles)


def _still_spells(truth: Truth, file: Path) -> Iterator[tuple[float, float, NDArray[np.float32]]]:
    """(from, until, mean picture in grey) of every spell in which no furniture moves and the view is healthy."""
    changes = sorted({0.0, truth.duration_s, *(p.t_s for item in truth.items for p in item.poses)})
    for view in truth.views:
        changes = sorted({*changes, view.t_start_s, view.t_end_s})
    total: NDArray[np.float32] | None = None
    count, spell = 0, 0
    for t, picture in decoded(file, None, truth.duration_s)[1]:
        while t >= changes[spell + 1]:
            if total is not None and count:
                yield changes[spell], changes[spell + 1], np.asarray(total / count, np.float32)
            spell, total, count = spell + 1, None, 0
        if t >= changes[spell] + SETTLE_S and not any(v.t_start_s <= t < v.t_end_s for v in truth.views):
            grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
            total, count = grey if total is None else total + grey, count + 1
    if total is not None and count:
        yield changes[spell], truth.duration_s, np.asarray(total / count, np.float32)


def _labels(
    truth: Truth, camera: StudioCamera, name: str, spell: tuple[float, float], mean: NDArray[np.float32]
) -> list[float]:
    """Distance of each bare disc from where the truth puts it: the strongest spot within reach, to a part of a pixel.

    Only discs that stand alone: a leg or another disc within reach would be taken for it.
    """
    relief = np.abs(cv2.GaussianBlur(mean, (0, 0), 0.7) - cv2.GaussianBlur(mean, (0, 0), 4.0))
    taken = _legs_px(truth, camera, spell[0])
    found = []
    for label in truth.labels:
        if _share(label, name, spell[0]) < 1.0:
            continue
        (u, v), _ = camera.project(np.array([label.x_m, label.y_m, 0.0]))
        own = np.array([u, v])
        others = [camera.project(np.array([o.x_m, o.y_m, 0.0]))[0] for o in truth.labels if o.id != label.id]
        if min((float(np.linalg.norm(own - o)) for o in [*taken, *others]), default=99.0) < ALONE_PX:
            continue
        x, y, r = int(u), int(v), LABEL_REACH_PX
        patch = relief[y - r : y + r + 1, x - r : x + r + 1]
        if patch.shape != (2 * r + 1, 2 * r + 1) or patch.max() < CONTRAST:
            continue
        top, left = np.unravel_index(int(patch.argmax()), patch.shape)
        if {int(top), int(left)} & {0, 1, 2 * r - 1, 2 * r}:
            continue  # only the rim of something larger: this disc is too faint to be found
        y0, x0 = y - r + int(top), x - r + int(left)
        near = relief[y0 - 2 : y0 + 3, x0 - 2 : x0 + 3]
        ys, xs = np.mgrid[-2:3, -2:3]
        centre = np.array([(xs * near).sum() / near.sum() + x0 + 0.5, (ys * near).sum() / near.sum() + y0 + 0.5])
        found.append(float(np.linalg.norm(centre - own)))
    return found


def _legs_px(truth: Truth, camera: StudioCamera, t: float) -> list[NDArray[np.float64]]:
    """Feet of everything that stands in the room."""
    found = []
    for item in truth.items:
        pose = [p for p in item.poses if p.t_s <= t + 1e-6][-1]
        if pose.present:
            for leg in item.legs_m:
                at = turned(leg, (pose.x_m, pose.y_m, pose.yaw_deg))
                found.append(camera.project(np.array([*at, 0.0]))[0])
    return found


def _share(label: LabelTruth, camera: str, t: float) -> float:
    past = [s for s in label.seen if s.camera == camera and s.t_s <= t + 1e-6]
    return past[-1].visible_share if past else 0.0


def _corners(truth: Truth, camera: StudioCamera, spell: tuple[float, float], mean: NDArray[np.float32]) -> list[float]:
    """Distances of the ChArUco corners that OpenCV finds from their projections."""
    found: list[float] = []
    for item in truth.items:
        if item.kind == "charuco":
            pose = [p for p in item.poses if p.t_s <= spell[0] + 1e-6][-1]
            if pose.present:
                found += _board(pose, camera, mean)
    return found


def _board(pose: Pose, camera: StudioCamera, mean: NDArray[np.float32]) -> list[float]:
    words = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, CHARUCO_DICTIONARY))
    board = cv2.aruco.CharucoBoard(CHARUCO_SQUARES, CHARUCO_SQUARE_M, CHARUCO_SQUARE_M * 0.75, words)
    detector: Any = cv2.aruco.CharucoDetector(board)
    large = cv2.resize(mean, None, fx=ENLARGE, fy=ENLARGE, interpolation=cv2.INTER_CUBIC)
    corners, ids, _, _ = detector.detectBoard(np.clip(large, 0, 255).astype(np.uint8))
    if ids is None:
        return []
    found = []
    for corner, number in zip(corners.reshape(-1, 2), ids.ravel(), strict=True):
        u, v = charuco_corner(int(number), pose, camera)
        x, y = (corner + 0.5) / ENLARGE
        found.append(float(np.hypot(x - u, y - v)))
    return found


def charuco_corner(number: int, pose: Pose, camera: StudioCamera) -> tuple[float, float]:
    """Where inner corner `number` of the board is in the picture."""
    wide, high = CHARUCO_SQUARES
    column, row = number % (wide - 1) + 1, number // (wide - 1) + 1
    y = (column - wide / 2) * CHARUCO_SQUARE_M
    z = CHARUCO_BOTTOM_M + (high - row) * CHARUCO_SQUARE_M
    at = turned((0.011, y), (pose.x_m, pose.y_m, pose.yaw_deg))
    (u, v), _ = camera.project(np.array([*at, z]))
    return float(u), float(v)
