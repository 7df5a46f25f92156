"""A picture of what was taught of a unit: its own surround sharp, the rest in coarse blocks, its parts outlined."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.domain.energy import AirconPart, AirconRegion
from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.blocked_out import blocked_out

LEAST_WIDTH_PX = 1280
COLOURS = {
    AirconPart.DISPLAY: (40, 40, 220),
    AirconPart.LED: (60, 160, 40),
    AirconPart.LOUVER: (200, 120, 30),
    AirconPart.RIBBON: (160, 40, 160),
}


def taught_picture(
    image: Image, declared_px: tuple[int, int], regions: Sequence[AirconRegion], masks: Sequence[Polygon]
) -> Image:
    """A new (H, W, 3) BGR picture at least 1280 px wide. Only the parts themselves are shown sharp."""
    ground = blocked_out(image, declared_px, masks, LEAST_WIDTH_PX)
    picture = ground.picture
    for region in regions:
        corners = ground.corners(region.polygon)
        inside = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillPoly(inside, [corners], (255,))
        picture[inside > 0] = ground.plain[inside > 0]
    for number, region in enumerate(regions):
        corners = ground.corners(region.polygon)
        colour = COLOURS[region.part]
        cv2.polylines(picture, [corners], True, colour, 1, cv2.LINE_AA)
        x, y = int(corners[:, 0].max()) + 4, int(corners[:, 1].min()) + 12 + 2 * number
        cv2.putText(picture, str(region.part), (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 3, cv2.LINE_AA)
        cv2.putText(picture, str(region.part), (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
    return picture
