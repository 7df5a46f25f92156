"""Photographs of ArUco and ChArUco boards that others took (OpenCV's tutorials): all that is there is found."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.floor_marks import find_tags
from calibration.lens_board import Board, board_corners
from models.domain.errors import UsageError

MATERIAL = Path(__file__).parents[3] / "shared" / "material" / "fiducial"
PHOTOS = {
    name: MATERIAL / part / "images" / name
    for part, name in (
        ("aruco_detection", "singlemarkersoriginal.jpg"),
        ("charuco_detection", "choriginal.jpg"),
        ("charuco_detection", "chocclusion_original.jpg"),
    )
}
pytestmark = pytest.mark.skipif(
    not MATERIAL.exists(), reason="needs the recordings beside the checkout (shared/material)"
)


def photo(name: str) -> np.ndarray:
    found = cv2.imread(str(PHOTOS[name]))
    assert found is not None
    return found


def test_all_six_tags_of_the_single_marker_photograph():
    assert len(find_tags(photo("singlemarkersoriginal.jpg"), "DICT_6X6_250")) == 6


@pytest.mark.parametrize(
    ("name", "tags", "corners"), [("choriginal.jpg", 17, 24), ("chocclusion_original.jpg", 13, 16)]
)
def test_the_tags_and_corners_of_the_boards(name: str, tags: int, corners: int):
    board = Board((5, 7), 40, 20, "DICT_6X6_250", old=True)
    pixels, places = board_corners(photo(name), board)
    assert len(find_tags(photo(name), "DICT_6X6_250")) == tags
    assert len(pixels) == len(places) == corners


def test_another_dictionary_finds_no_board():
    with pytest.raises(UsageError):
        board_corners(np.full((400, 400, 3), 255, np.uint8), Board((5, 7), 40, 20, "DICT_4X4_50"))
