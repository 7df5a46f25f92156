"""Which parts of a picture a network looks at, in whole pixels: tiles of a sweep, and crops that hold people.

Measured on the sample clips (PicoDet-S 416, people 110-165 px tall in 1280x720): squeezed whole picture, median score
0.4; 640x460 crops 0.7; 416x320 crops 0.8; 240x240 crops 0.9; smaller ones gain nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vision.detectors.suppression import Boxes

Region = tuple[int, int, int, int]
"""x0 y0 x1 y1 in whole pixels of the picture, end exclusive."""

Size = tuple[int, int]
"""Width, height in pixels."""

COARSEST = 1.25
"""Picture pixels a pixel of network input: a 140 px person is then 112 px at the input, where scores are near 0.8."""

WELL_SEEN_PX = 100
"""A person of at least this height at the network's input is found reliably, whatever the scale."""

ENOUGH = 2.0
"""A picture not larger than this many inputs is looked at whole: no tiles (the 768x432 clip: 0.92-0.97 throughout)."""

_OVERLAP = 0.2
_FAR_TILE = 0.4
"""Tiles of large pictures, as a share of the width: people grow with the picture, so the tiles may too."""
_CROP_HEIGHTS = 2.4
"""A crop around one person, in heights of that person."""
_FINEST = 0.5
"""Never enlarge more than twofold: nothing is gained."""


def whole(size: Size) -> Region:
    return 0, 0, size[0], size[1]


def is_small(size: Size, input_px: int) -> bool:
    """Whether the whole picture shows people well enough by itself."""
    return max(size) <= ENOUGH * input_px


def tiles(size: Size, input_px: int) -> tuple[Region, ...]:
    """The regions of one full sweep: the whole picture first, then overlapping tiles (none for a small picture)."""
    if is_small(size, input_px):
        return (whole(size),)
    side = max(COARSEST * input_px, _FAR_TILE * size[0])
    across, down = _cuts(size[0], side), _cuts(size[1], side)
    return whole(size), *((x0, y0, x1, y1) for y0, y1 in down for x0, x1 in across)


def pack(people: Boxes, size: Size, input_px: int) -> list[tuple[Region, list[int]]]:
    """Crops that hold the people (n, 4), neighbours sharing one, with the indices of those in each.

    People are taken in the order given, so the first crop holds the first person. A crop grows only while each one in
    it stays at `COARSEST` or is `WELL_SEEN_PX` tall at the input.
    """
    left = list(range(len(people)))
    crops: list[tuple[Region, list[int]]] = []
    while left:
        members = [left.pop(0)]
        box = _with_margin(people[members[0]], size)
        for other in list(left):
            wider = _around([box, _with_margin(people[other], size)])
            if max(wider[2] - wider[0], wider[3] - wider[1]) <= _reach(people[[*members, other]], input_px):
                box = wider
                members.append(other)
                left.remove(other)
        tallest = float((people[members, 3] - people[members, 1]).max())
        crops.append((_grown(box, max(_CROP_HEIGHTS * tallest, _FINEST * input_px), size), members))
    return crops


def margin_of(person: Sequence[float], size: Size) -> Region:
    """The room around a person that must be in the crop for a sound look, whole pixels inside the picture."""
    x0, y0, x1, y1 = _with_margin(np.asarray(person, np.float32), size)
    return math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)


def _reach(people: Boxes, input_px: int) -> float:
    """The longest side in px of a crop that still shows the smallest of them well."""
    smallest = float((people[:, 3] - people[:, 1]).min())
    return input_px * max(COARSEST, smallest / WELL_SEEN_PX)


def _with_margin(person: Boxes, size: Size) -> tuple[float, float, float, float]:
    """A third of the height to the sides (half a metre of walking either way), a quarter above and below."""
    x0, y0, x1, y1 = (float(value) for value in person)
    tall = max(y1 - y0, x1 - x0)
    wide, high = 0.35 * tall, 0.25 * tall
    return max(0.0, x0 - wide), max(0.0, y0 - high), min(float(size[0]), x1 + wide), min(float(size[1]), y1 + high)


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    lows, highs = zip(*((box[:2], box[2:]) for box in boxes), strict=True)
    return min(x for x, _ in lows), min(y for _, y in lows), max(x for x, _ in highs), max(y for _, y in highs)


def _grown(box: tuple[float, float, float, float], side: float, size: Size) -> Region:
    """The box widened to at least `side` and to a shape near square (squeezing distorts), kept inside the picture."""
    width, height = box[2] - box[0], box[3] - box[1]
    width, height = max(width, side, height / 1.3), max(height, side, width / 1.3)
    x0, x1 = _slid((box[0] + box[2]) / 2, width, size[0])
    y0, y1 = _slid((box[1] + box[3]) / 2, height, size[1])
    return x0, y0, x1, y1


def _slid(middle: float, length: float, limit: int) -> tuple[int, int]:
    whole_px = min(limit, math.ceil(length))
    start = min(max(0, round(middle - whole_px / 2)), limit - whole_px)
    return start, start + whole_px


def _cuts(length: int, side: float) -> list[tuple[int, int]]:
    """Evenly spread pieces of at most `side` that cover `length` and overlap by a fifth of it at least."""
    overlap = _OVERLAP * side
    n = max(1, math.ceil((length - overlap) / (side - overlap)))
    piece = min(length, math.ceil((length + (n - 1) * overlap) / n))
    starts = [round(i * (length - piece) / (n - 1)) if n > 1 else 0 for i in range(n)]
    return [(start, start + piece) for start in starts]
