"""A picture of what was taught: coarse blocks in which nobody can be recognised, and the regions outlined in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from models.domain.energy import LampPart, LampRegion
from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.blocked_out import blocked_out

LEAST_WIDTH_PX = 960
COLOURS = ((40, 40, 220), (60, 160, 40), (200, 120, 30), (160, 40, 160), (30, 150, 230), (120, 120, 20))


def taught_picture(
    image: Image, declared_px: tuple[int, int], groups: Mapping[str, Sequence[LampRegion]], masks: Sequence[Polygon]
) -> Image:
    """A new (H, W, 3) BGR picture at least 960 px wide: lamps in full lines, lit surfaces in thin ones, steady grey."""
    ground = blocked_out(image, declared_px, masks, LEAST_WIDTH_PX)
    picture = ground.picture
    for number, (name, regions) in enumerate(groups.items()):
        switched = any(region.off for region in regions)
        colour = COLOURS[number % len(COLOURS)] if switched else (128, 128, 128)
        for region in regions:
            corners = ground.corners(region.polygon)
            cv2.polylines(picture, [corners], True, colour, 3 if region.part is LampPart.LAMP else 1, cv2.LINE_AA)
            _label(picture, f"{name}{_ratios(region)}", corners, colour)
    return picture


def _ratios(region: LampRegion) -> str:
    """exp of the middle references: how many times as bright as its surround, on and off."""
    told = [f"{np.exp(np.median(taught)):.2f}" for taught in (region.on, region.off) if taught]
    return f" {'/'.join(told)}"


def _label(picture: Image, words: str, corners: np.ndarray, colour: tuple[int, int, int]) -> None:
    (width, height), below = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    x = int(np.clip(corners[:, 0].min(), 2, picture.shape[1] - width - 2))
    y = int(min(corners[:, 1].max() + height + 6, picture.shape[0] - 4))
    cv2.rectangle(picture, (x - 2, y - height - 2), (x + width + 2, y + below), (250, 250, 250), -1)
    cv2.putText(picture, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
