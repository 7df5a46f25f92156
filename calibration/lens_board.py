"""A lens from pictures of a ChArUco board: focal lengths, centre, distortion, and how well they explain the corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from calibration.floor_marks import dictionary_of, find_tags
from models.domain.errors import UsageError
from models.domain.geometry import Floats, Lens
from models.domain.media import Image
from models.texts import both

LEAST_CORNERS = 6
LEAST_VIEWS = 4
LARGEST_PX = 1.5


@dataclass(frozen=True, slots=True)
class Board:
    """Squares across and down; sizes in millimetres; old: boards printed by OpenCV before 4.6 (even rows)."""

    squares: tuple[int, int]
    square_mm: float
    marker_mm: float
    dictionary: str
    old: bool = False

    def made(self) -> cv2.aruco.CharucoBoard:
        known = dictionary_of(self.dictionary)
        board = cv2.aruco.CharucoBoard(self.squares, self.square_mm / 1000, self.marker_mm / 1000, known)
        board.setLegacyPattern(self.old)
        return board


@dataclass(frozen=True, slots=True)
class LensFit:
    """residual_px: root mean square over all corners. views: pictures in which the board was found."""

    lens: Lens
    residual_px: float
    views: int


def board_corners(picture: Image, board: Board) -> tuple[Floats, Floats]:
    """(n, 2) pixels and (n, 3) metres on the board. Raises UsageError when the tags are of another dictionary."""
    made = board.made()
    tags = find_tags(picture, board.dictionary)
    if not tags:
        raise UsageError(both("calibrate.no_board"), got="0", expected=board.dictionary)
    found, ids, _, _ = cv2.aruco.CharucoDetector(made).detectBoard(picture)
    numbers = [] if ids is None else [int(i) for i in np.asarray(ids).ravel()]  # OpenCV gives None for no corner
    if not numbers:
        return np.zeros((0, 2)), np.zeros((0, 3))
    places = np.asarray(made.getChessboardCorners(), np.float64)[numbers]
    return np.asarray(found, np.float64).reshape(-1, 2), places


def lens_from_board(pictures: Sequence[Image], board: Board) -> LensFit:
    """Raises UsageError: no board in any picture, too few views, or corners that no lens explains."""
    dictionary_of(board.dictionary)
    views = []
    for picture in pictures:
        try:
            pixels, places = board_corners(picture, board)
        except UsageError:
            continue
        if len(pixels) >= LEAST_CORNERS:
            views.append((pixels.astype(np.float32), places.astype(np.float32)))
    if not views:
        raise UsageError(both("calibrate.no_board"), got="0", expected=board.dictionary)
    if len(views) < LEAST_VIEWS:
        raise UsageError(
            both("calibrate.few_views"),
            got=str(len(views)),
            expected=f">= {LEAST_VIEWS}",
            next_step=both("calibrate.few_views.next"),
        )
    height, width = pictures[0].shape[:2]
    residual, matrix, dist, _, _ = cv2.calibrateCamera(
        [places for _, places in views], [pixels for pixels, _ in views], (width, height), np.eye(3), np.zeros(5)
    )
    if residual > LARGEST_PX:
        raise UsageError(both("calibrate.lens_disagrees"), got=f"{residual:.2f} px", expected=f"<= {LARGEST_PX:g} px")
    k = [float(v) for v in np.asarray(dist).ravel()[:5]]
    lens = Lens(matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2], (k[0], k[1], k[2], k[3], k[4]))
    return LensFit(lens, float(residual), len(views))
