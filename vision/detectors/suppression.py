"""Overlap of boxes, and keeping one box of several that mean the same thing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
"""(n, 4) float32: x0 y0 x1 y1 in pixels."""


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """(n, 4) -> (n,) px²; a turned-over box has none."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def shared(a: Boxes, b: Boxes) -> NDArray[np.float32]:
    """(n, 4), (m, 4) -> (n, m) px² that two boxes have in common."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def iou(a: Boxes, b: Boxes) -> NDArray[np.float32]:
    """(n, 4), (m, 4) -> (n, m) intersection over union, 0..1."""
    common = shared(a, b)
    union = areas(a)[:, None] + areas(b)[None] - common
    return np.asarray(common / np.maximum(union, 1e-9), np.float32)


def strongest(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Indices by falling score; equal scores keep their order, so that a run can be repeated byte for byte."""
    return np.argsort(-scores, kind="stable")


def keep_one_of_each(boxes: Boxes, scores: NDArray[np.float32], at_iou: float) -> NDArray[np.intp]:
    """Greedy non-maximum suppression: indices of the kept boxes by falling score.

    boxes (n, 4), scores (n,); a box goes when it overlaps a stronger kept one by more than `at_iou`.
    """
    order = strongest(scores)
    kept: list[int] = []
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(int(first))
        order = rest[iou(boxes[first : first + 1], boxes[rest])[0] <= at_iou]
    return np.array(kept, np.intp)
