"""Reads the number on a lit seven-segment display (domain.md section 4.2, E2), from 10 px of height on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import Image

HEIGHT_PX = 64
"""A display is brought to this height before it is read."""
LEAST_HEIGHT_PX = 10
LIT = 0.5
"""Share of the way from the panel to the brightest segment from which a pixel is lit."""
LEAST_CONTRAST = 40.0
"""Levels between the panel and its brightest segment: less is no lit display."""
SEGMENTS = {
    "abcdef": 0, "abdeg": 2, "abcdg": 3, "bcfg": 4, "acdfg": 5, "acdefg": 6, "cdefg": 6, "abc": 7, "abcf": 7,
    "abcdefg": 8, "abcdfg": 9, "abcfg": 9,
}  # fmt: skip
"""Lit segments -> digit, with the forms that makers differ in; a one is told by its width."""
LYING = {"a": 0.0, "g": 0.5, "d": 1.0}
STANDING = {"f": (0.0, 0.25), "b": (1.0, 0.25), "e": (0.0, 0.75), "c": (1.0, 0.75)}
"""Where segments lie in a digit's rectangle, shares of its height; of its width and height."""
REACH = 0.17
"""How far from its place a stroke may lie, in shares of the height."""
PRESENT = 0.6
"""Share of the columns (rows) of a segment in which something has to be lit."""
SLIM = 0.34
"""A digit narrower than this share of its height is a one."""
WIDE = 0.85
"""A run of lit columns wider than this share of its height is two digits whose light runs together."""
MOST_DIGITS = 3


def read_number(patch: Image) -> int | None:
    """The number that a lit display shows, 0..999; None for what is no number or not clear. patch: (h, w, 3) BGR."""
    if patch.shape[0] < LEAST_HEIGHT_PX:
        return None
    scale = HEIGHT_PX / patch.shape[0]
    grey = cv2.cvtColor(cv2.resize(patch, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), cv2.COLOR_BGR2GRAY)
    panel, brightest = np.percentile(grey, (20, 99.5))
    if brightest - panel < LEAST_CONTRAST:
        return None
    lit = grey > panel + LIT * (brightest - panel)
    shapes = _shapes(lit)
    if not 1 <= len(shapes) <= MOST_DIGITS:
        return None
    digits = [_digit(shape) for shape in shapes]
    if any(digit is None for digit in digits):
        return None
    return int("".join(map(str, digits)))


def _shapes(lit: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Lit runs of columns, each cut to its rows; dots, degree signs and the panel's rim are left out."""
    lit = lit.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lit.astype(np.uint8), connectivity=8)
    height, width = lit.shape
    for label in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[label])
        beside, across = x <= 0 or x + w >= width, y <= 0 or y + h >= height
        if (beside and h > 0.8 * height) or (across and w > 0.8 * width):
            lit[labels == label] = False  # the bright housing beside a region drawn too wide
    runs = [lit[:, a:b] for a, b in _runs(np.asarray(lit.any(0))) if b - a >= 2]
    cut = [(run[rows[0] : rows[-1] + 1], rows) for run in runs if len(rows := np.flatnonzero(run.any(1)))]
    tallest = max((len(shape) for shape, _ in cut), default=0)
    found: list[NDArray[np.bool_]] = []
    for shape, _ in cut:
        if len(shape) < 0.6 * tallest or tallest < 0.3 * height:
            continue
        found += _parted(shape)
    return found


def _parted(shape: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Two digits that touch are parted where fewest pixels are lit."""
    height, width = shape.shape
    if width <= WIDE * height:
        return [shape]
    third = width // 3
    at = third + int(shape[:, third : width - third].sum(0).argmin())
    return [half for half in (shape[:, :at], shape[:, at:]) if half.any()]


def _runs(columns: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], columns, [False])).astype(np.int8)))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _digit(shape: NDArray[np.bool_]) -> int | None:
    height, width = shape.shape
    if width < SLIM * height:
        return 1 if shape.mean() > 0.5 else None
    lit = "".join(sorted(name for name in "abcdefg" if _present(shape, name)))
    return SEGMENTS.get(lit)


def _present(shape: NDArray[np.bool_], segment: str) -> bool:
    """Whether a segment is lit: whatever its stroke, most columns (rows) across its middle have something lit."""
    height, width = shape.shape
    reach = REACH * height
    if segment in LYING:
        middle = LYING[segment] * (height - 1)
        band = shape[
            max(0, round(middle - reach)) : round(middle + reach) + 1, round(0.35 * width) : round(0.65 * width)
        ]
        return bool(band.any(0).mean() >= PRESENT)
    across, down = STANDING[segment]
    middle, half = across * (width - 1), 0.3 * width
    columns = slice(max(0, round(middle - half)), round(middle + half) + 1)
    rows = slice(round((down - 0.12) * height), round((down + 0.12) * height))
    return bool(shape[rows, columns].any(1).mean() >= PRESENT)


def most_frequent(readings: list[int | None], least: int) -> int | None:
    """The reading that at least this many of them give; None where none does."""
    said = [reading for reading in readings if reading is not None]
    best = max(set(said), key=said.count, default=None)
    return best if best is not None and said.count(best) >= least else None
