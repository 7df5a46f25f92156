"""Contrast labels seen from a ceiling camera: how much of each disc shows its own colour.

A disc is where its item's place says, on the floor. Its colour is told by its direction in a, b against the floor
around it, so that the light's strength cancels; a pixel counts by how far it goes from the floor's colour towards the
label's. What looks like the label in the references, where all labels are covered, is the leg's own colour and is
taken off. A disc of fewer than LEAST_PX pixels, or one behind a person, is not spoken of.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, Label
from models.domain.geometry import Floats
from models.domain.media import Image
from vision.registration.features import Map, lab_of
from vision.registration.landmarks import STILL, Drift
from vision.registration.solids import to_room

LEAST_PX = 12.0
"""Area of a disc, below which a tenth of it is one pixel."""
CORNERS, FINE, AROUND = 24, 4, 3.0
"""Corners of the polygon that stands for a disc; sub-pixels a side; the floor's colour comes from a ring this wide."""
LARGEST_ANGLE_DEG = 35.0
"""Between a pixel's way from the floor's colour and the label's: a chair's leg or a shadow goes elsewhere."""
LEAST_CHROMA = 12.0
NOISE_SHARE, MOST_TAUGHT = 0.03, 0.5


@dataclass(frozen=True, slots=True)
class Disc:
    """One label in one camera. outline: (CORNERS, 2) px; area_px; towards: (2,) its a, b from grey."""

    item: str
    outline: Floats
    area_px: float
    towards: Floats
    taught: float = 0.0
    """Share that the references show, the largest of all lights."""


def discs_of(
    camera: CameraPose,
    items: Iterable[FurnitureItem],
    size_px: tuple[int, int],
    references: Iterable[Image | Map] = (),
) -> tuple[Disc, ...]:
    """The contrast labels whose colour is known and whose disc lies wholly in the picture."""
    found = [
        _disc(camera, item, label)
        for item in items
        for label in item.labels
        if label.contrast and label.bgr is not None and label.label_mm > 0
    ]
    width, height = size_px
    low, high = np.array([2.0, 2.0]), np.array([width - 3.0, height - 3.0])
    whole = [one for one in found if ((one.outline > low) & (one.outline < high)).all()]
    nobody, known = np.zeros((height, width), np.bool_), list(references)
    looks = [[share_of(one, picture, nobody) or 0.0 for picture in known] for one in whole]
    return tuple(replace(one, taught=max(seen, default=0.0)) for one, seen in zip(whole, looks, strict=True))


def share_of(disc: Disc, picture: Image | Map, hidden: NDArray[np.bool_], drift: Drift = STILL) -> float | None:
    """0..1 how much of the disc shows its colour. None: too small, of the leg's own colour, or behind somebody."""
    if disc.area_px < LEAST_PX or disc.taught > MOST_TAUGHT:
        return None
    outline = disc.outline @ drift.matrix[:, :2].T + drift.matrix[:, 2]
    reach = math.ceil(AROUND * math.sqrt(disc.area_px)) + 2
    left, top = np.maximum(0, np.floor(outline.min(0)).astype(int) - reach)
    right, bottom = np.ceil(outline.max(0)).astype(int) + reach + 1
    window = np.asarray(picture, np.float32)[top:bottom, left:right]
    inside = _covered(outline - (left, top), (window.shape[1], window.shape[0]))
    if window.size == 0 or hidden[top:bottom, left:right][inside > 0].any():
        return None
    lab = lab_of(window)
    floor = np.median(lab[(inside == 0) & ~hidden[top:bottom, left:right]], axis=0)
    away = lab[..., 1:] - floor[1:]
    light = max(0.2, float(floor[0]) / 200)
    along = away @ (disc.towards / np.linalg.norm(disc.towards))
    aside = np.abs(away @ (np.array([-disc.towards[1], disc.towards[0]]) / np.linalg.norm(disc.towards)))
    full = max(LEAST_CHROMA, FULL_SHARE * float(np.linalg.norm(disc.towards)) * light)
    like = (along > 0) & (aside <= along * math.tan(math.radians(LARGEST_ANGLE_DEG)))
    # The label's own pixels and those at its rim, which are part floor: together they are its area.
    near = cv2.dilate(np.asarray(inside > 0, np.uint8), np.ones((3, 3), np.uint8)) > 0
    shown = float((np.clip(along / full, 0, 1) * like)[near].sum()) / max(1e-6, float(inside.sum()))
    return min(1.0, max(0.0, shown - disc.taught - NOISE_SHARE))


FULL_SHARE = 0.7
"""Of its colour a label keeps through lens, compression and the camera's own white balance, at least."""


def _disc(camera: CameraPose, item: FurnitureItem, label: Label) -> Disc:
    angles = np.linspace(0, 2 * math.pi, CORNERS, endpoint=False)
    radius = label.label_mm / 2000
    ring = np.column_stack(
        [label.at[0] + radius * np.cos(angles), label.at[1] + radius * np.sin(angles), np.zeros(CORNERS)]
    )
    outline = camera.project(to_room(ring, item.pose))
    finite = np.isfinite(outline).all()
    area = float(cv2.contourArea(outline.astype(np.float32))) if finite else 0.0
    colour = lab_of(np.full((1, 1, 3), label.bgr, np.uint8))[0, 0, 1:]
    return Disc(item.id, outline if finite else np.full((CORNERS, 2), -1.0), area, np.asarray(colour, np.float64))


def _covered(outline: Floats, size_px: tuple[int, int]) -> Map:
    """(h, w) 0..1 how much of each pixel the disc covers."""
    fine = np.zeros((size_px[1] * FINE, size_px[0] * FINE), np.uint8)
    points = np.round(((outline + 0.5) * FINE - 0.5) * 16).astype(np.int32)
    cv2.fillConvexPoly(fine, points, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.resize(fine.astype(np.float32), size_px, interpolation=cv2.INTER_AREA), np.float32)
