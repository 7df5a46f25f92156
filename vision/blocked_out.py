"""A picture in coarse blocks, in which nobody can be recognised: the ground for pictures of what was taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.privacy import paint_out

BLOCKS_ACROSS = 96
"""A person 150 px tall in 1280 is left with 11 blocks in height; a face with one."""


@dataclass(frozen=True, slots=True)
class BlockedOut:
    """picture: (H, W, 3) BGR, in blocks; plain: the same size, sharp, the privacy masks painted out."""

    picture: Image = field(repr=False)
    plain: Image = field(repr=False)
    scale: NDArray[np.float64]
    """(2,) pixels of the picture per declared pixel."""

    def corners(self, polygon: Polygon) -> NDArray[np.int32]:
        """(n, 2) whole pixels of the picture; polygon in declared pixels."""
        return np.round(np.array(polygon) * self.scale).astype(np.int32)


def blocked_out(
    image: Image, declared_px: tuple[int, int], masks: Sequence[Polygon], least_width_px: int
) -> BlockedOut:
    """A new picture, enlarged to at least that width. masks: declared pixels."""
    height, width = image.shape[:2]
    to_frame = np.array([width / declared_px[0], height / declared_px[1]])
    plain = paint_out(image, [tuple(map(tuple, np.array(m) * to_frame)) for m in masks])
    coarse = cv2.resize(plain, (BLOCKS_ACROSS, max(1, BLOCKS_ACROSS * height // width)), interpolation=cv2.INTER_AREA)
    out_width = max(width, least_width_px)
    size = (out_width, out_width * height // width)
    return BlockedOut(
        np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_NEAREST), np.uint8),
        np.asarray(cv2.resize(plain, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.array([size[0] / declared_px[0], size[1] / declared_px[1]]),
    )
