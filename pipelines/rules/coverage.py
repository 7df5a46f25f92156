"""Which cameras can tell about a region, and how far a place lies from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from models.domain.geometry import XY, Floats, GroundPlane, Polygon, contains, nearest_on_border
from models.domain.presence import Place
from models.domain.site import Camera, Region, Site

MOSTLY = 0.5
"""Share of a region's floor that must lie in a camera's picture for the camera to judge it."""
NEAREST_REACH_M = 5.0
"""A taught floor is believed this far beyond its marks, or as far as they span if that is more."""
GRID = 12
STEP_M = 0.01


def cameras_of(regions: Iterable[Region], site: Site) -> tuple[str, ...]:
    """Ids of the cameras that look at one of the regions, the one with the largest picture of them first.

    A region in a picture belongs to its camera; one on the floor to each camera in whose picture most of it lies. Where
    none holds most of it, all that hold some of it count; where none holds any, every camera with floor points.
    """
    pixels: dict[str, float] = {}
    for region in regions:
        for camera, area_px in _views(region, site).items():
            pixels[camera] = pixels.get(camera, 0.0) + area_px
    return tuple(sorted(pixels, key=lambda camera: (-pixels[camera], camera)))


def distance_m(regions: Iterable[Region], camera: str, place: Place) -> float:
    """Metres from the place to the nearest border of the regions, 0 inside, infinite where they cannot be compared."""
    return min((_one_distance_m(region, camera, place) for region in regions), default=math.inf)


@dataclass(frozen=True, slots=True)
class View:
    """A floor region in one camera's picture: the share of it that is in the picture, and how many pixels it covers."""

    share: float
    area_px: float


def view_of(polygon: Polygon, camera: Camera) -> View:
    """How a camera shows a region of the floor; nothing of it where the camera has no floor points.

    Beyond the marks the floor was taught by, a plane is extrapolated through walls and, behind the camera, turned
    around: such parts are not in view.
    """
    plane = camera.ground_plane()
    spots = _grid(polygon)
    if plane is None or not len(spots):
        return View(0.0, 0.0)
    marks = np.array([point.floor for point in camera.floor_points], np.float64)
    image = plane.to_image(spots)
    width, height = camera.size_px
    areas = _signed_px(plane, spots)
    seen = (image[:, 0] >= 0) & (image[:, 0] <= width) & (image[:, 1] >= 0) & (image[:, 1] <= height)
    seen &= np.sign(areas) == np.sign(_signed_px(plane, marks).mean())
    seen &= _within_reach(spots, marks)
    cell_m2 = float(cv2.contourArea(np.array(polygon, np.float32))) / len(spots)
    return View(float(seen.mean()), float(np.abs(areas[seen]).sum()) * cell_m2)


def _views(region: Region, site: Site) -> dict[str, float]:
    """Camera -> pixels the region covers in its picture."""
    if region.camera is not None:
        return {region.camera: float(cv2.contourArea(np.array(region.polygon, np.float32)))}
    views = {c.id: view_of(region.polygon, c) for c in site.cameras.values() if c.floor_points}
    for least in (MOSTLY, 1e-9, 0.0):
        found = {camera: view.area_px for camera, view in views.items() if view.share >= least}
        if found:
            return found
    return {}


def _grid(polygon: Polygon) -> Floats:
    """Places spread evenly over the polygon, metres, (n, 2)."""
    corners = np.array(polygon, np.float64)
    low, high = corners.min(0), corners.max(0)
    steps = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(*(low[i] + steps * (high[i] - low[i]) for i in (0, 1)))
    inside = [spot for spot in np.column_stack([x.ravel(), y.ravel()]) if contains(polygon, (spot[0], spot[1]))]
    return np.array(inside, np.float64).reshape(-1, 2)


def _signed_px(plane: GroundPlane, spots: Floats) -> Floats:
    """Pixels that a square metre covers at each spot; the sign tells which way round the floor is seen."""
    here = plane.to_image(spots)
    along, across = (plane.to_image(spots + step) - here for step in np.eye(2) * STEP_M)
    signed: Floats = (along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]) / STEP_M**2
    return signed


def _within_reach(spots: Floats, marks: Floats) -> np.ndarray:
    span = max(math.dist(a, b) for a, b in combinations(marks.tolist(), 2))
    hull = cv2.convexHull(marks.astype(np.float32))
    reach = -max(NEAREST_REACH_M, span)
    return np.array([cv2.pointPolygonTest(hull, (float(x), float(y)), True) >= reach for x, y in spots], bool)


def _one_distance_m(region: Region, camera: str, place: Place) -> float:
    if region.camera is None:
        return math.inf if place.floor is None else _from_polygon(region.polygon, place.floor)
    if region.camera != camera:
        return math.inf
    return _from_polygon(region.polygon, place.image) / place.px_per_m


def _from_polygon(polygon: Polygon, point: XY) -> float:
    return 0.0 if contains(polygon, point) else math.dist(nearest_on_border(polygon, point), point)
