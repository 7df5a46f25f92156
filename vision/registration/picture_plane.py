"""An item without a calibrated floor: its outline in the picture, moved and turned within the picture, in pixels.

The picture is taken for a floor that a camera looks straight down on, a metre to every PX_PER_M pixels; all of
registration then holds as it is. What comes closer or turns away in the room is only seen as a shift and a turn in the
picture: this tells *that* something stands off and by how many pixels, never by how many millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, ItemClass, Pose
from models.domain.geometry import Floats, Lens
from vision.registration.motion import Surface
from vision.registration.taught import LEAST_PIXELS, REACH_M, Stand, stand_of, window_about

PX_PER_M = 100.0
"""What a showroom camera gives at six metres: limits written in millimetres then mean a tenth of it in pixels."""
ABOVE_M = 10.0
FLAT_M = 0.002


def in_pixels(metres: float) -> float:
    """Of the picture plane."""
    return metres * PX_PER_M


def stand_in_view(
    pose: CameraPose | None, item: FurnitureItem, standing: Sequence[FurnitureItem], size_px: tuple[int, int]
) -> Stand | None:
    """The item in the picture plane where it is given by its outline, else on the floor; None where this camera, or one
    without a pose, does not see it. standing: what may hide it on the floor."""
    if item.outline:
        return picture_stand(item, size_px)
    return None if pose is None else stand_of(pose, item, standing, size_px)


def picture_stand(item: FurnitureItem, size_px: tuple[int, int]) -> Stand | None:
    """item: with an outline in this picture. None where too little of it lies inside."""
    width, height = size_px
    outline = np.array(item.outline, np.float64)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    row, column = np.nonzero(mask)
    reach = REACH_M * PX_PER_M
    window = window_about(np.concatenate([outline - reach, outline + reach]), size_px)
    if len(row) < LEAST_PIXELS or window is None:
        return None
    camera = _overhead()
    pixels = np.column_stack([column, row]).astype(np.float64)
    rays = camera.rays(pixels)
    upright = np.tile((0.0, 0.0, 1.0), (len(pixels), 1))
    surface = Surface.of(camera, pixels, -ABOVE_M / rays[:, 2], upright)
    screen: Floats = np.full((-(-window.height // 4), -(-window.width // 4)), np.inf)
    return Stand(_flat(item, outline), camera, window, pixels, surface, screen, PX_PER_M)


def _flat(item: FurnitureItem, outline: Floats) -> FurnitureItem:
    """The item as a sheet that lies on the plane, about the middle of its outline."""
    low, high = outline.min(0), outline.max(0)
    middle, size = (low + high) / 2 / PX_PER_M, (high - low) / PX_PER_M
    return replace(
        item,
        cls=ItemClass.CABINET,
        size_m=(float(size[0]), float(size[1]), FLAT_M),
        pose=Pose(float(middle[0]), -float(middle[1])),
    )


def _overhead() -> CameraPose:
    """x to the right of the picture, y up in it, as a plan is drawn."""
    lens = Lens(ABOVE_M * PX_PER_M, ABOVE_M * PX_PER_M, 0.0, 0.0)
    return CameraPose(lens, np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, ABOVE_M]))
