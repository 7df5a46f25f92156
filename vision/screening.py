"""Which things may stand before an item in the picture: the others need no rays cast at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem
from models.domain.geometry import Floats
from vision.registration.solids import hull
from vision.registration.taught import REACH_M, ROOM_PX

SLACK_PX, SLACK_SHARE = 16.0, 0.1
"""Room about a thing's corners in the picture, in pixels and in its own sizes: a lens bends edges outwards, a cylinder
has no corners, and rims count (vision/registration/taught.py, RIM_M: 4 % of a chair)."""


def screening(camera: CameraPose, item: FurnitureItem, others: Sequence[FurnitureItem]) -> list[FurnitureItem]:
    """Of the others those that come near where the item may be seen within its reach. With a corner behind the camera
    nobody knows what a thing covers: it stays. The room has 28 items, an item has 3 of them about it."""
    reach = (-REACH_M, REACH_M)
    moved = [replace(item.pose, x_m=item.pose.x_m + dx, y_m=item.pose.y_m + dy) for dx in reach for dy in reach]
    outlines = [hull(camera, item, pose) for pose in (item.pose, *moved)]
    if not all(len(outline) for outline in outlines):
        return list(others)
    low, high = _box(np.concatenate(outlines), float(ROOM_PX))
    return [other for other in others if _meets(hull(camera, other), low, high)]


def _meets(outline: Floats, low: Floats, high: Floats) -> bool:
    if not len(outline):
        return True
    least, most = _box(outline, SLACK_PX + SLACK_SHARE * float(np.ptp(outline, axis=0).max()))
    return bool((least <= high).all() and (most >= low).all())


def _box(outline: Floats, room_px: float) -> tuple[Floats, Floats]:
    return outline.min(0) - room_px, outline.max(0) + room_px
