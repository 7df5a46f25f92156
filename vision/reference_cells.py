"""Small pictures of taught regions, off and on, kept beside the site file so that evidence can show them beside now.

Only the region and a little around it are sharp, taken as the median of many frames: who walked by is not in them; the
rest of a cell is kept in blocks, since somebody may have stood there all the time, with the remote control in his hand.
What stands in a privacy mask is painted out before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Polygon
from models.domain.media import Image
from vision.privacy import paint_out

CELL_PX = (240, 135)
MOST_REGIONS = 3
MOST_PICTURES = 15
LEAST_WIDTH_SHARE = 0.03
"""A cell shows at least this share of the picture's width: a spot two pixels high needs its surround."""
COARSE_PX = (12, 7)
"""Walls and floors that lamps light are shown in so many blocks: somebody may have sat there all the time."""
LEAST_MARGIN_PX = 8
FOLDER = "taught"


def reference_file(folder: Path, subject: str, camera: str) -> Path:
    """Where the cells of a subject in a camera stand. Both are ids of the site file."""
    return folder / FOLDER / f"{subject}--{camera}.png"


def shown(polygons: Iterable[Polygon]) -> list[Polygon]:
    """The regions that are shown: the largest three."""
    return sorted(polygons, key=lambda p: float(np.prod(np.ptp(np.array(p), axis=0))), reverse=True)[:MOST_REGIONS]


def window(polygon: Polygon, declared_px: tuple[int, int]) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 in declared px: the region with a margin, as wide and high as a cell, within the picture."""
    corners = np.array(polygon)
    (x0, y0), (x1, y1) = corners.min(0), corners.max(0)
    wide = max(2.2 * (x1 - x0), 2.2 * (y1 - y0) * CELL_PX[0] / CELL_PX[1], LEAST_WIDTH_SHARE * declared_px[0])
    wide = min(wide, float(declared_px[0]), declared_px[1] * CELL_PX[0] / CELL_PX[1])
    high = wide * CELL_PX[1] / CELL_PX[0]
    left = float(np.clip((x0 + x1 - wide) / 2, 0, declared_px[0] - wide))
    top = float(np.clip((y0 + y1 - high) / 2, 0, declared_px[1] - high))
    return left, top, left + wide, top + high


def cell(image: Image, polygon: Polygon, declared_px: tuple[int, int]) -> Image:
    """The region's cell of a picture, (135, 240, 3) BGR."""
    scale = np.array([image.shape[1] / declared_px[0], image.shape[0] / declared_px[1]] * 2)
    x0, y0, x1, y1 = np.array(window(polygon, declared_px)) * scale
    left, top = int(x0), int(y0)
    part = image[top : max(top + 1, int(np.ceil(y1))), left : max(left + 1, int(np.ceil(x1)))]
    return np.asarray(cv2.resize(part, CELL_PX, interpolation=cv2.INTER_LINEAR), np.uint8)


def outline(polygon: Polygon, declared_px: tuple[int, int]) -> NDArray[np.int32]:
    """The region's corners in its cell."""
    x0, y0, x1, y1 = window(polygon, declared_px)
    at = (np.array(polygon) - (x0, y0)) * (CELL_PX[0] / (x1 - x0), CELL_PX[1] / (y1 - y0))
    return np.round(at).astype(np.int32)


class CellBook:
    """Collects cells of both states of any number of subjects in one camera."""

    def __init__(self, declared_px: tuple[int, int], privacy_masks: Sequence[Polygon] = ()) -> None:
        self._declared_px, self._masks = declared_px, tuple(privacy_masks)
        self._cells: dict[tuple[Polygon, bool], list[Image]] = {}
        self._seen: dict[tuple[Polygon, bool], int] = {}

    def add(self, image: Image, states: Mapping[Polygon, bool]) -> None:
        """A frame in which the regions are on (True) or off; a few of the frames of each state are kept."""
        scale = np.array([image.shape[1] / self._declared_px[0], image.shape[0] / self._declared_px[1]])
        image = paint_out(image, [tuple(map(tuple, np.array(mask) * scale)) for mask in self._masks])
        for polygon, on in states.items():
            key = polygon, on
            seen = self._seen[key] = self._seen.get(key, 0) + 1
            kept = self._cells.setdefault(key, [])
            if len(kept) < MOST_PICTURES:
                kept.append(cell(image, polygon, self._declared_px))
            elif seen % 7 == 0:
                kept[(seen // 7) % MOST_PICTURES] = cell(image, polygon, self._declared_px)

    def sheet(self, polygons: Sequence[Polygon], coarse: Sequence[Polygon] = ()) -> Image | None:
        """A row a shown region, off left and on right; None where a state of none was seen. coarse: shown in blocks."""
        rows = []
        for polygon in shown(polygons):
            states = [self._cells.get((polygon, on), []) for on in (False, True)]
            blank = np.full((CELL_PX[1], CELL_PX[0], 3), 96, np.uint8)
            pair = [np.median(s, 0).astype(np.uint8) if s else blank for s in states]
            sharp = None if polygon in coarse else outline(polygon, self._declared_px)
            rows.append(np.hstack([_blocks(one, sharp) for one in pair]))
        return np.vstack(rows) if rows and self._cells else None


def _blocks(image: Image, sharp: NDArray[np.int32] | None) -> Image:
    """A cell in blocks, but for the corners' rectangle and a quarter of its size around it."""
    few = cv2.resize(image, COARSE_PX, interpolation=cv2.INTER_AREA)
    blocks = np.asarray(cv2.resize(few, CELL_PX, interpolation=cv2.INTER_NEAREST), np.uint8)
    if sharp is not None:
        margin = np.maximum(LEAST_MARGIN_PX, np.ptp(sharp, axis=0) // 4)
        (x0, y0), (x1, y1) = np.maximum(sharp.min(0) - margin, 0), sharp.max(0) + margin + 1
        blocks[y0:y1, x0:x1] = image[y0:y1, x0:x1]
    return blocks


def read_cells(file: Path, rows: int) -> list[tuple[Image, Image]] | None:
    """(off, on) of each shown region; None where there is no such file or it is of another form."""
    raw = np.fromfile(file, np.uint8) if file.is_file() else None
    sheet = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw is not None and len(raw) else None
    width, height = CELL_PX
    if sheet is None or sheet.shape[:2] != (rows * height, 2 * width):
        return None
    image = np.asarray(sheet, np.uint8)
    cuts = [image[row * height : (row + 1) * height] for row in range(rows)]
    return [(cut[:, :width], cut[:, width:]) for cut in cuts]


def write_cells(book: CellBook, file: Path, polygons: Sequence[Polygon], coarse: Sequence[Polygon] = ()) -> None:
    """Write a subject's sheet whole or not at all. Raises OSError."""
    sheet = book.sheet(polygons, coarse)
    if sheet is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())
    temporary.replace(file)
