"""Printed and seen pictures: the street outside, prints on the walls, calibration boards. (h, w, 3) in 0..1, sRGB."""

from __future__ import annotations

import cv2
import numpy as np

from sample_videos.studio.furnishing import CHARUCO_DICTIONARY, CHARUCO_SQUARE_M, CHARUCO_SQUARES

TAG_DICTIONARY = "DICT_4X4_50"


def street(rng, wide=512, high=192):
    """Houses, trees and a road under a bright sky."""
    picture = np.zeros((high, wide, 3), np.float32)
    down = np.linspace(0, 1, high)[:, None]
    picture[:] = np.stack([0.62 + 0.25 * down, 0.75 + 0.17 * down, 0.92 + 0.03 * down], -1)
    x = 0
    while x < wide:
        across, tall = rng.randrange(30, 80), rng.randrange(int(0.25 * high), int(0.75 * high))
        grey = rng.uniform(0.35, 0.75)
        wall = np.array([grey, grey * rng.uniform(0.9, 1), grey * rng.uniform(0.8, 1)])
        picture[high - tall - 20 : high, x : x + across] = wall
        for top in range(high - tall - 14, high - 30, 11):
            for left in range(x + 4, min(wide, x + across - 5), 9):
                picture[top : top + 6, left : left + 5] = wall * 0.5
        x += across + rng.randrange(0, 25)
    ys, xs = np.ogrid[:high, :wide]
    for _ in range(14):
        cx, cy, r = rng.randrange(wide), high - rng.randrange(28, 60), rng.randrange(9, 20)
        picture[((xs - cx) ** 2 + (ys - cy) ** 2) < r * r] = np.array([0.16, 0.3, 0.12]) * rng.uniform(0.7, 1.3)
    picture[high - 24 :] = [0.45, 0.45, 0.44]
    picture[high - 8 :] = [0.55, 0.54, 0.5]
    grain = np.random.default_rng(1).normal(0, 0.03, picture.shape)
    return np.clip(picture + grain, 0, 1).astype(np.float32)


def poster(rng, wide=240, high=320, *, title=True):
    """Coloured fields with a few lines of print."""
    g = np.random.default_rng(rng.randrange(1 << 30))
    picture = np.ones((high, wide, 3), np.float32) * g.uniform(0.5, 0.95, 3)
    for _ in range(7):
        x, y = g.integers(0, wide), g.integers(0, high)
        picture[y : y + g.integers(15, 110), x : x + g.integers(15, 110)] = g.uniform(0, 1, 3)
    if title:
        for y in range(int(0.8 * high), int(0.95 * high), 9):
            picture[y : y + 4, 20 : 20 + g.integers(90, wide - 30)] = 0.1
    return picture


def charuco():
    """The board of `furnishing`, printed to its very edge."""
    words = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, CHARUCO_DICTIONARY))
    board = cv2.aruco.CharucoBoard(CHARUCO_SQUARES, CHARUCO_SQUARE_M, CHARUCO_SQUARE_M * 0.75, words)
    cell = 120
    grey = board.generateImage((CHARUCO_SQUARES[0] * cell, CHARUCO_SQUARES[1] * cell), marginSize=0, borderBits=1)
    return np.repeat(grey[..., None].astype(np.float32) / 255, 3, 2)


def tag(number):
    """One ArUco marker with a quiet zone of an eighth around it."""
    words = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    marker = cv2.aruco.generateImageMarker(words, number, 240)
    page = np.full((320, 320), 255, np.uint8)
    page[40:280, 40:280] = marker
    return np.repeat(page[..., None].astype(np.float32) / 255, 3, 2)
