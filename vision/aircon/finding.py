"""Finds the parts of a unit by what changes between standing and running: digits and light come on, the louver opens, a
ribbon moves. Coarse on purpose: what is found is shown to a person, and may be stated in the site file instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.energy import AirconPart
from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.aircon.digits import read_number

Stack = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 of pixels, the last ones outside."""
LIT_LN, LIT_LEVEL = 0.45, 140
"""A light that comes on: by how much, and to at least which grey level."""
CHANGED_LN = 0.12
PAD_PX = 4
TINTED = 15.0
"""Levels between its strongest and weakest colour by which a light of its own has to grow (a clock in the picture is
white)."""
LEAST_LIGHT_PX, MOST_LIGHT_PX = 4, 400
MOVES, STIRS_MORE = 4.0, 3.0
"""Mean change from frame to frame, levels, and by how many times more than while standing: a ribbon."""
LEAST_RIBBON_PX = 40
FLAT = 3.0
"""A louver is at least so many times as wide as it is high."""
LEAST_LOUVER_PX = 60
DIGITS_APART, ALIKE = 0.7, 0.6
"""Lit shapes nearer to each other than this share of their height, and of like heights, belong to one display."""


def found_parts(standing: Stack, running: Stack, within: Rectangle | None = None) -> dict[AirconPart, Polygon]:
    """Polygons in px of the pictures. standing, running: (n, h, w, 3) BGR; within: where the unit is, if known."""
    off, on = (np.median(stack, 0).astype(np.uint8) for stack in (standing, running))
    region = np.zeros(off.shape[:2], np.bool_)
    x0, y0, x1, y1 = within or (0, 0, off.shape[1], off.shape[0])
    region[y0:y1, x0:x1] = True
    found: dict[AirconPart, Rectangle] = {}
    moving = _moving(standing, running) & region
    ribbon = _ribbon(moving)
    if ribbon is not None:
        found[AirconPart.RIBBON] = ribbon
        region &= ~_filled(ribbon, off.shape[:2], 3)
    lights = _lights(off, on, region)
    display = next((box for box in lights if _legible(running, box)), None)
    if display is not None:
        found[AirconPart.DISPLAY] = _panel(off, display)
        lights = [box for box in lights if not _overlap(box, found[AirconPart.DISPLAY])]
        region &= ~_filled(found[AirconPart.DISPLAY], off.shape[:2], 3)
    led = _led(off, on, lights, found)
    if led is not None:
        found[AirconPart.LED] = led
        region &= ~_filled(led, off.shape[:2], 3)
    louver = _louver(off, on, region, found)
    if louver is not None:
        found[AirconPart.LOUVER] = louver
    return {part: _corners(box) for part, box in found.items()}


def _legible(running: Stack, box: Rectangle) -> bool:
    """Whether a number can be read there in most of a few pictures; it may have been set to another in between."""
    few = running[:: max(1, len(running) // 9)]
    padded = max(0, box[0] - PAD_PX), max(0, box[1] - PAD_PX), box[2] + PAD_PX, box[3] + PAD_PX
    return sum(read_number(_cut(picture, padded)) is not None for picture in few) > len(few) / 2


def _moving(standing: Stack, running: Stack) -> NDArray[np.bool_]:
    stir = [np.abs(np.diff(s.astype(np.int16), axis=0)).max(3).mean(0) for s in (standing, running)]
    return np.asarray((stir[1] >= MOVES) & (stir[1] >= STIRS_MORE * (stir[0] + 0.5)), np.bool_)


def _ribbon(moving: NDArray[np.bool_]) -> Rectangle | None:
    """The largest thing that moves while the unit runs, with room for where it hangs and blows."""
    near = cv2.dilate(moving.astype(np.uint8), np.ones((5, 5), np.uint8))
    boxes = [(int(moving[y0:y1, x0:x1].sum()), (x0, y0, x1, y1)) for x0, y0, x1, y1 in _boxes(near)]
    size, box = max(boxes, default=(0, (0, 0, 0, 0)))
    if size < LEAST_RIBBON_PX:
        return None
    x0, y0, x1, y1 = box
    wider, height = (x1 - x0) // 4, y1 - y0
    bottom = min(moving.shape[0], y1 + height // 4)
    return max(0, x0 - wider), y0, min(moving.shape[1], x1 + wider), bottom


def _lights(off: Image, on: Image, region: NDArray[np.bool_]) -> list[Rectangle]:
    """Places that come on, neighbours joined into one, the widest first."""
    before, after = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) for picture in (off, on))
    lit = (np.log((after + 2) / (before + 2)) >= LIT_LN) & (after >= LIT_LEVEL) & region
    whole = cv2.morphologyEx(lit.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))  # segments of a digit
    boxes = [box for box in _boxes(whole) if box[2] - box[0] >= 2]
    joined: list[Rectangle] = []
    for box in sorted(boxes):
        mate = next((i for i, other in enumerate(joined) if _beside(other, box)), None)
        if mate is None:
            joined.append(box)
        else:
            joined[mate] = _hull(joined[mate], box)
    return sorted(joined, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]), reverse=True)


def _beside(one: Rectangle, other: Rectangle) -> bool:
    heights = sorted((one[3] - one[1], other[3] - other[1]))
    if heights[0] < ALIKE * heights[1]:
        return False  # the light beside a display is no digit
    height = heights[1]
    apart_x = max(other[0] - one[2], one[0] - other[2], 0)
    apart_y = max(other[1] - one[3], one[1] - other[3], 0)
    return apart_x <= max(3.0, DIGITS_APART * height) and apart_y <= max(3.0, 0.3 * height)


def _panel(off: Image, digits: Rectangle) -> Rectangle:
    """The digits with as much of the panel around them as is dark."""
    height = digits[3] - digits[1]
    grey = cv2.cvtColor(off, cv2.COLOR_BGR2GRAY).astype(np.float32)
    x0, y0, x1, y1 = digits
    panel = float(np.median(grey[y0:y1, x0:x1]))
    for _ in range(max(2, height // 2)):
        for grown in ((x0 - 1, y0, x1, y1), (x0, y0 - 1, x1, y1), (x0, y0, x1 + 1, y1), (x0, y0, x1, y1 + 1)):
            gx0, gy0, gx1, gy1 = grown
            if gx0 < 0 or gy0 < 0 or gx1 > grey.shape[1] or gy1 > grey.shape[0]:
                continue
            edge = {
                gx0 < x0: grey[gy0:gy1, gx0],
                gy0 < y0: grey[gy0, gx0:gx1],
                gx1 > x1: grey[gy0:gy1, gx1 - 1],
                gy1 > y1: grey[gy1 - 1, gx0:gx1],
            }[True]
            if float(edge.mean()) <= 1.4 * panel + 6:
                x0, y0, x1, y1 = grown
    return x0, y0, x1, y1


def _led(off: Image, on: Image, lights: list[Rectangle], found: dict[AirconPart, Rectangle]) -> Rectangle | None:
    """The small light nearest to the display; it may change colour more than level."""
    small = [b for b in lights if LEAST_LIGHT_PX <= (b[2] - b[0]) * (b[3] - b[1]) <= MOST_LIGHT_PX]
    square = [b for b in small if 0.4 <= (b[2] - b[0]) / (b[3] - b[1]) <= 2.5]
    anchor = found.get(AirconPart.DISPLAY)
    if anchor is None:
        tinted = [b for b in square if _tinted(off, on, b) >= TINTED]
        return max(tinted, key=lambda b: _tinted(off, on, b), default=None)
    reach = 4 * (anchor[2] - anchor[0])
    near = [b for b in square if _between(anchor, b) <= reach]
    return min(near, key=lambda b: _between(anchor, b), default=None)


def _tinted(off: Image, on: Image, box: Rectangle) -> float:
    tints = [np.ptp(_cut(picture, box).reshape(-1, 3).mean(0)) for picture in (off, on)]
    return float(tints[1] - tints[0])


def _louver(off: Image, on: Image, region: NDArray[np.bool_], found: dict[AirconPart, Rectangle]) -> Rectangle | None:
    """The widest flat place that looks different while the unit runs."""
    before, after = (picture.astype(np.float32) for picture in (off, on))
    changed = (np.abs(np.log((after + 2) / (before + 2))).max(2) >= CHANGED_LN) & region
    joined = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    flat = [b for b in _boxes(joined) if b[2] - b[0] >= max(LEAST_LOUVER_PX, FLAT * (b[3] - b[1]))]
    if not flat:
        return None
    widest = max(flat, key=lambda b: b[2] - b[0])
    level = [b for b in flat if abs((b[1] + b[3]) - (widest[1] + widest[3])) <= 2 * (widest[3] - widest[1])]
    box = level[0]
    for other in level[1:]:
        box = _hull(box, other)
    return box if box[2] - box[0] >= LEAST_LOUVER_PX and found is not None else None


def _boxes(mask: NDArray[Any]) -> Iterator[Rectangle]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for label in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[label])
        if area >= LEAST_LIGHT_PX:
            yield x, y, x + w, y + h


def _filled(box: Rectangle, shape: tuple[int, ...], margin: int) -> NDArray[np.bool_]:
    filled = np.zeros(shape[:2], np.bool_)
    filled[max(0, box[1] - margin) : box[3] + margin, max(0, box[0] - margin) : box[2] + margin] = True
    return filled


def _cut(picture: Image, box: Rectangle) -> Image:
    return np.ascontiguousarray(picture[box[1] : box[3], box[0] : box[2]])


def _hull(one: Rectangle, other: Rectangle) -> Rectangle:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _between(one: Rectangle, other: Rectangle) -> float:
    return float(np.hypot((one[0] + one[2] - other[0] - other[2]) / 2, (one[1] + one[3] - other[1] - other[3]) / 2))


def _corners(box: Rectangle) -> Polygon:
    x0, y0, x1, y1 = map(float, box)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
