"""From marks measured on the floor to a camera's pose, with residuals in millimetres and the worst mark by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from calibration.floor import spread_of
from models.domain.camera_pose import CameraPose, floor_errors_mm, pose_from_floor
from models.domain.errors import UsageError
from models.domain.geometry import Floats, FloorPoint, Lens
from models.domain.media import Image
from models.texts import both

LARGEST_MM = 60.0
"""Root mean square. A mark clicked to 2 px lies within 40 mm at 8 m of a 90 degree camera; more: a slip of the tape."""
_MARK = re.compile(r"\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*=\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*")
_TAG = re.compile(r"\s*(\d+)\s*=\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*")
DICTIONARY = "DICT_4X4_50"


@dataclass(frozen=True, slots=True)
class FloorFit:
    """What the marks say. errors_mm: (n,), of each mark, in their order."""

    points: tuple[FloorPoint, ...]
    pose: CameraPose
    errors_mm: Floats

    @property
    def rms_mm(self) -> float:
        return float(np.sqrt((self.errors_mm**2).mean()))

    @property
    def worst(self) -> int:
        """Number of the worst mark, from 1."""
        return int(np.argmax(self.errors_mm)) + 1


def marks_of(words: Sequence[str]) -> tuple[FloorPoint, ...]:
    """From "u,v=x,y": pixel and metres. Raises UsageError."""
    found = []
    for word in words:
        match = _MARK.fullmatch(word)
        try:
            u, v, x, y = (float(part) for part in (match.groups() if match else "?"))
        except ValueError:
            raise UsageError(both("calibrate.mark_form"), got=word, expected="u,v=x,y") from None
        found.append(FloorPoint((u, v), (x, y)))
    return tuple(found)


def tags_of(words: Sequence[str], picture: Image, dictionary: str = DICTIONARY) -> tuple[FloorPoint, ...]:
    """From "id=x,y": the centre of each ArUco tag lying on the floor. Raises UsageError naming the tags not found."""
    wanted = {}
    for word in words:
        match = _TAG.fullmatch(word)
        if match is None:
            raise UsageError(both("calibrate.tag_form"), got=word, expected="id=x,y")
        wanted[int(match[1])] = (float(match[2]), float(match[3]))
    seen = find_tags(picture, dictionary)
    lost = sorted(wanted.keys() - seen.keys())
    if lost:
        raise UsageError(
            both("calibrate.tags_lost"),
            got=", ".join(map(str, sorted(seen))) or "-",
            expected=", ".join(map(str, lost)),
            next_step=both("calibrate.tags_lost.next", dictionary=dictionary),
        )
    return tuple(FloorPoint(_centre(seen[tag]), place) for tag, place in sorted(wanted.items()))


def dictionary_of(name: str) -> cv2.aruco.Dictionary:
    """Raises UsageError for a dictionary that OpenCV does not know."""
    if not re.fullmatch(r"DICT_[A-Z0-9_]{1,40}", name) or not hasattr(cv2.aruco, name):
        raise UsageError(both("calibrate.dictionary"), got=name, expected="DICT_4X4_50, DICT_6X6_250, ...")
    return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, name))


def find_tags(picture: Image, dictionary: str = DICTIONARY) -> dict[int, Floats]:
    """Tag -> (4, 2) corners, pixels. Raises UsageError for a dictionary that OpenCV does not know."""
    known = dictionary_of(dictionary)
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, found, _ = cv2.aruco.ArucoDetector(known, settings).detectMarkers(picture)
    ids = [] if found is None else [int(i) for i in np.asarray(found).ravel()]  # OpenCV gives None for no tag
    return {i: np.asarray(c, np.float64).reshape(4, 2) for i, c in zip(ids, corners, strict=False)}


def fitted(points: Sequence[FloorPoint], size_px: tuple[int, int], lens: Lens | None) -> FloorFit:
    """The pose that explains the marks best.

    Raises UsageError: fewer than four, on a line, above the horizon, or contradicting each other by more than
    LARGEST_MM; the message names the worst mark and its residual.
    """
    width, height = size_px
    outside = [p.image for p in points if not (0 <= p.image[0] <= width and 0 <= p.image[1] <= height)]
    if outside:
        raise UsageError(both("site.problem.outside"), got=str(outside[:4]), expected=f"{width}x{height}")
    if len(points) < 4 or spread_of(tuple(points)) < 1e-6:
        raise UsageError(both("calibrate.too_few"), got=str(len(points)), next_step=both("site.next.spread_points"))
    try:
        pose = pose_from_floor(points, size_px, lens)
    except ValueError as error:
        raise UsageError(both("calibrate.no_pose"), got=str(error), next_step=both("calibrate.no_pose.next")) from None
    fit = FloorFit(tuple(points), pose, floor_errors_mm(pose, points))
    if not np.isfinite(fit.errors_mm).all():
        number = int(np.flatnonzero(~np.isfinite(fit.errors_mm))[0]) + 1
        raise UsageError(both("calibrate.above_horizon", number=number), got=str(points[number - 1].image))
    if fit.rms_mm > LARGEST_MM:
        number = _suspect(points, size_px, lens) or fit.worst
        raise UsageError(
            both("calibrate.contradict", number=number),
            got=f"{fit.rms_mm:.0f} mm; #{number}: {fit.errors_mm[number - 1]:.0f} mm",
            expected=f"<= {LARGEST_MM:g} mm",
            next_step=both("site.next.check_point", number=number),
        )
    return fit


def _suspect(points: Sequence[FloorPoint], size_px: tuple[int, int], lens: Lens | None) -> int:
    """Number (from 1) of the mark without which the others agree best; 0 when too few are left to tell."""
    if len(points) < (6 if lens is None else 5):
        return 0
    left: list[float] = []
    for i in range(len(points)):
        rest = [*points[:i], *points[i + 1 :]]
        try:
            left.append(pose_from_floor(rest, size_px, lens).residual_px)
        except ValueError:
            left.append(np.inf)
    return int(np.argmin(left)) + 1


def _centre(corners: Floats) -> tuple[float, float]:
    """Where the diagonals cross: the centre under perspective."""
    a, b, c, d = (np.append(corner, 1.0) for corner in corners)
    x, y, w = np.cross(np.cross(a, c), np.cross(b, d))
    return float(x / w), float(y / w)
