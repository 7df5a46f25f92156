"""Makes people unrecognisable, for good, before a picture is kept anywhere.

A whole person is replaced by the means of square blocks, each at least 1/8 of the box's longer side, with soft edges. A
head is about 1/7 of a standing person, so a head is left with one or two blocks: the numbers that told a face apart are
gone from the picture, not hidden in it, and no filter brings them back. A close-up whose box is mostly head keeps at
most 8 x 8 blocks of it, below the 16 or so that people need to recognise a face they know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.domain.geometry import Polygon
from models.domain.media import Image

BLOCKS = 8
"""Blocks along the longer side of a box, at most."""
LEAST_BLOCK_PX = 6
MARGIN = 0.12
"""Of the box's longer side, added all around: hair, hands and the detector's own error at the border."""
PAINT = (96, 96, 96)
"""BGR grey of a privacy mask."""

Boxes = NDArray[np.float32]


def mask_persons(image: Image, boxes: ArrayLike, *, margin: float = MARGIN) -> Image:
    """A copy in which nobody inside a box can be recognised.

    image: (H, W, 3) uint8. boxes: (n, 4), x0 y0 x1 y1 in pixels of that image; parts outside are ignored. margin: share
    of the longer side added on every side. Raises ValueError when the boxes are no such table or not finite.
    """
    table = np.asarray(boxes, np.float64).reshape(-1, 4)
    if not np.isfinite(table).all():
        raise ValueError("mask_persons: a box has a coordinate that is no number")
    masked = image.copy()
    for row in table.tolist():
        _obscure(masked, row, margin)
    return masked


def paint_out(image: Image, polygons: Iterable[Polygon]) -> Image:
    """A copy with the polygons (pixels of that image) filled in one grey; the image itself where there are none."""
    polygons = list(polygons)
    if not polygons:
        return image
    painted = image.copy()
    for polygon in polygons:
        cv2.fillPoly(painted, [np.round(np.array(polygon)).astype(np.int32)], PAINT)
    return painted


def _obscure(image: Image, box: Sequence[float], margin: float) -> None:
    height, width = image.shape[:2]
    wide = margin * max(box[2] - box[0], box[3] - box[1])
    x0, y0 = max(0, floor(box[0] - wide)), max(0, floor(box[1] - wide))
    x1, y1 = min(width, ceil(box[2] + wide)), min(height, ceil(box[3] + wide))
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0:y1, x0:x1]
    block = max(LEAST_BLOCK_PX, ceil(max(part.shape[:2]) / BLOCKS))
    columns, rows = max(1, part.shape[1] // block), max(1, part.shape[0] // block)
    means = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    # From the means alone, without the blocks' edges, which the eye would follow.
    image[y0:y1, x0:x1] = cv2.resize(means, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
