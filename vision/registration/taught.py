"""What was taught of an item in one view: its pixels with the points of the room they show, and how they look.

`stand_of` needs the site alone (where the item and its neighbours stand); `look_of` adds a still picture. The first is
made once, the second once for each reference light.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, Part
from models.domain.geometry import Floats
from models.domain.media import Image
from vision.registration.features import Map, Window, gradients, histogram, lab_of, sampled, softened
from vision.registration.motion import FloorMotion, Surface, warp
from vision.registration.outline import Outlines, cells_of
from vision.registration.solids import cast, hull

LEVELS_PX = (1.0, 2.0, 4.0)
"""Gaussians of the gradients, sharp to blurred."""
COARSE_PX = 6.0
FINEST_PX = 0.5
"""Of what has surely moved: the wider a Gaussian, the more of what stands still behind an edge is in it (measured at
true places, Gaussians of 1, 2 and 4 px: turns of 5 degrees read 9, 15 and 28 % short)."""
RIM_M = 0.015
"""Rays that just miss an item's parts still count as its own, as if they were this much thicker: an outline tells most,
and the parts are only roughly right. What meets a part keeps its own depth (measured: depth of the thicker parts alone
costs a chair turned by 20 degrees 6 mm)."""
POINTS = 600
CELL_PX = 3
REACH_M = 0.30
"""How far from its label an item is looked for at first."""
ROOM_PX, LEAST_PIXELS = 12, 30
"""Room about what an item may cover within its reach; fewer of its pixels than this say nothing."""
LEAST_FEATURE = 0.08
PRIOR = 0.5
COARSE_POINTS = 120
STEP_PX = 7.0
"""Of the coarse grid: one Gaussian of COARSE_PX apart."""
TURN_STEP_DEG = 9.0
WIDEST_TURN_DEG = 45.0


@dataclass(frozen=True, slots=True)
class Stand:
    """An item at its label, in one view: candidate points and the window that is looked at."""

    item: FurnitureItem
    camera: CameraPose
    window: Window
    pixels: Floats
    """(n, 2), of the whole picture"""
    surface: Surface
    screen: Floats
    """(h/4, w/4) depth of the nearest other item in each pixel of the window, inf where there is none."""
    px_per_m: float

    @property
    def distance_m(self) -> float:
        pose, (x, y, z) = self.item.pose, self.camera.centre
        return math.dist((pose.x_m, pose.y_m, self.item.size_m[2] / 2), (x, y, z))


@dataclass(frozen=True, slots=True)
class Look:
    """A stand under one light. raw: level -> (n, 6) gradients of its points; weight: (n,) what a point can tell."""

    stand: Stand
    light: str
    pixels: Floats
    surface: Surface
    raw: dict[float, Map] = field(repr=False)
    weight: Map = field(repr=False)
    prior: Map = field(repr=False)
    """(n,) how likely a point belongs to the item."""
    tone: Map = field(repr=False)
    """(3,) mean L, a, b of the window: which light this is."""
    palette: tuple[Map, Map, Map] = field(repr=False)
    """Colour histograms: shares on the item, shares around it, counts in the whole window."""
    item_pixels: int
    outlines: Outlines = field(repr=False)
    _grids: dict[float, Grid] = field(default_factory=dict, repr=False)

    def grid(self, reach_m: float) -> Grid:
        """The coarse grid of motions, made once."""
        if reach_m not in self._grids:
            self._grids[reach_m] = _grid_of(self, reach_m)
        return self._grids[reach_m]


@dataclass(frozen=True, slots=True)
class Grid:
    """Floor motions (m, 3) and where each takes some of the points: index of the window's pixel (m, k), h * w for
    outside; facing (m, k); expected (turns, k, 6) softened gradients; chosen (k,) of the look's points."""

    motions: Floats
    index: NDArray[np.int32]
    facing: NDArray[np.bool_]
    expected: Map
    chosen: NDArray[np.intp]

    def batches(self) -> Iterator[tuple[slice, Map]]:
        """Motions of one turn at a time, with what is expected of their points."""
        each = len(self.motions) // len(self.expected)
        for i, expected in enumerate(self.expected):
            yield slice(i * each, (i + 1) * each), expected


def stand_of(
    camera: CameraPose, item: FurnitureItem, others: Sequence[FurnitureItem], size_px: tuple[int, int]
) -> Stand | None:
    """None where the item lies outside the picture or behind the camera."""
    outline = hull(camera, item)
    window = _window(camera, item, size_px)
    if not len(outline) or window is None:
        return None
    grid = _grid(outline, size_px)
    if not len(grid):
        return None
    rays = camera.rays(grid)
    depth, normals = _met(item, camera, rays)
    seen = np.isfinite(depth)
    for other in others:
        if other.id != item.id:
            seen &= depth <= cast(_thick(other.parts), other.pose, camera.centre, rays)[0]
    if seen.sum() < LEAST_PIXELS:
        return None
    pixels = grid[seen]
    surface = Surface.of(camera, pixels, depth[seen], normals[seen])
    centre = np.array([[item.pose.x_m, item.pose.y_m, item.size_m[2] / 2]])
    across = np.linalg.norm(camera.project(centre + np.array([0.1, 0, 0])) - camera.project(centre), axis=1)
    along = np.linalg.norm(camera.project(centre + np.array([0, 0.1, 0])) - camera.project(centre), axis=1)
    px_per_m = float(np.hypot(across, along)[0] / 0.1 / math.sqrt(2))
    return Stand(item, camera, window, pixels, surface, _screen(camera, item, others, window), px_per_m)


def look_of(stand: Stand, image: Image | Map, light: str = "") -> Look:
    """image: (h, w, 3) BGR, uint8 or the float mean of several still frames, nobody before the item."""
    lab = lab_of(stand.window.of(image))
    local = stand.pixels - (stand.window.left, stand.window.top)
    raw = {level: sampled(gradients(lab, level), local) for level in (FINEST_PX, *LEVELS_PX, COARSE_PX)}
    strength = (softened(raw[LEVELS_PX[0]]) ** 2).sum(1) + 0.5 * (softened(raw[LEVELS_PX[1]]) ** 2).sum(1)
    chosen = _spread(stand.pixels, strength)
    return Look(
        stand,
        light,
        stand.pixels[chosen],
        stand.surface[chosen],
        {level: part[chosen] for level, part in raw.items()},
        np.asarray(strength[chosen], np.float32),
        np.full(len(chosen), PRIOR, np.float32),
        np.asarray(lab.reshape(-1, 3).mean(0), np.float32),
        _palette(lab, local),
        len(stand.pixels),
        _outlines(stand, lab),
    )


def _palette(lab: Map, local: Floats) -> tuple[Map, Map, Map]:
    own = np.zeros(lab.shape[:2], np.uint8)
    column, row = np.rint(local).astype(int).T
    own[np.clip(row, 0, lab.shape[0] - 1), np.clip(column, 0, lab.shape[1] - 1)] = 1
    around = np.asarray(1 - cv2.dilate(own, np.ones((5, 5), np.uint8)), np.uint8)
    inside, outside = histogram(lab, own), histogram(lab, around)
    return inside / max(1.0, float(inside.sum())), outside / max(1.0, float(outside.sum())), histogram(lab)


def _outlines(stand: Stand, lab: Map) -> Outlines:
    size, window = cells_of(stand.window), stand.window
    own = np.zeros(lab.shape[:2], np.float32)
    column, row = np.rint(stand.pixels - (window.left, window.top)).astype(int).T
    own[np.clip(row, 0, window.height - 1), np.clip(column, 0, window.width - 1)] = 1.0
    small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (lab, own)]
    taught, mine = np.asarray(small[0], np.float32), np.asarray(small[1] > 0.2, np.bool_)
    return Outlines(stand.item, stand.camera, window, stand.screen, taught, mine)


def _grid_of(look: Look, reach_m: float) -> Grid:
    stand, window = look.stand, look.stand.window
    chosen = np.arange(0, len(look.weight), max(1, len(look.weight) // COARSE_POINTS))[:COARSE_POINTS]
    surface, raw = look.surface[chosen], look.raw[COARSE_PX][chosen]
    spacing = float(np.clip(STEP_PX / stand.px_per_m, 0.02, reach_m / 3))
    count = math.ceil(reach_m / spacing)
    shifts = np.arange(-count, count + 1) * spacing
    round_ = stand.item.symmetry == 0
    turns = np.zeros(1) if round_ else np.arange(-WIDEST_TURN_DEG, WIDEST_TURN_DEG + 1, TURN_STEP_DEG)
    motions = np.array([(dx, dy, turn) for turn in turns for dx in shifts for dy in shifts])
    index = np.empty((len(motions), len(chosen)), np.int32)
    facing = np.empty(index.shape, np.bool_)
    for i, (dx, dy, turn) in enumerate(motions):
        at = warp(stand.camera, surface, stand.item.pose, FloorMotion(dx, dy, turn))
        column, row = np.rint(at.pixels.T - [[window.left], [window.top]]).astype(np.int32)
        inside = (column >= 1) & (row >= 1) & (column < window.width - 1) & (row < window.height - 1)
        index[i] = np.where(inside, row * window.width + column, window.width * window.height)
        facing[i] = at.facing & inside
        facing[i] &= (
            stand.screen[np.clip(row, 0, window.height - 1) // 4, np.clip(column, 0, window.width - 1) // 4]
            > at.depth - 0.02
        )
    unmoved = [warp(stand.camera, surface, stand.item.pose, FloorMotion(0.0, 0.0, turn)) for turn in turns]
    return Grid(motions, index, facing, np.stack([softened(at.turned(raw)) for at in unmoved]), chosen)


def _spread(pixels: Floats, strength: Map) -> NDArray[np.intp]:
    """The strongest of each cell, then the strongest of these."""
    cell = (pixels // CELL_PX).astype(np.int64)
    key = cell[:, 0] * 100_003 + cell[:, 1]
    best = np.lexsort((-strength, key))
    first = best[np.concatenate([[True], np.diff(key[best]) != 0])]
    first = first[strength[first] > LEAST_FEATURE]
    return np.asarray(first[np.argsort(-strength[first])][:POINTS], np.intp)


def _grid(outline: Floats, size_px: tuple[int, int]) -> Floats:
    low = np.maximum(np.floor(outline.min(0)) - 2, 0)
    high = np.minimum(np.ceil(outline.max(0)) + 3, size_px)
    step = 1.0 if (high - low).prod() < 60_000 else 2.0
    across, down = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step))
    return np.column_stack([across.ravel(), down.ravel()])


def _window(camera: CameraPose, item: FurnitureItem, size_px: tuple[int, int]) -> Window | None:
    x, y, reach = item.pose.x_m, item.pose.y_m, (-REACH_M, REACH_M)
    moved = [replace(item.pose, x_m=x + dx, y_m=y + dy) for dx in reach for dy in reach]
    outlines = [hull(camera, item, pose) for pose in moved]
    if not all(len(outline) for outline in outlines):
        return None
    return window_about(np.concatenate(outlines), size_px)


def window_about(points: Floats, size_px: tuple[int, int]) -> Window | None:
    """The part of the picture that holds all of the points (n, 2) with some room; None where hardly any of it does."""
    low = np.maximum(np.floor(points.min(0)).astype(int) - ROOM_PX, 0)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + ROOM_PX, size_px)
    if (high - low).min() < 2 * ROOM_PX:
        return None
    return Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _met(item: FurnitureItem, camera: CameraPose, rays: Floats) -> tuple[Floats, Floats]:
    """Depth and normal of an item along each ray; those that miss it by less than the rim meet the rim."""
    depth, normals = cast(item.parts, item.pose, camera.centre, rays)
    missed = ~np.isfinite(depth)
    depth[missed], normals[missed] = cast(_thick(item.parts), item.pose, camera.centre, rays[missed])
    return depth, normals


def _thick(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(replace(p, size=(p.size[0] + 2 * RIM_M, p.size[1] + 2 * RIM_M, p.size[2] + 2 * RIM_M)) for p in parts)


def _screen(camera: CameraPose, item: FurnitureItem, others: Sequence[FurnitureItem], window: Window) -> Floats:
    across, down = np.meshgrid(np.arange(0, window.width, 4), np.arange(0, window.height, 4))
    rays = camera.rays(np.column_stack([across.ravel() + window.left, down.ravel() + window.top]))
    depth = np.full(len(rays), np.inf)
    for other in others:
        if other.id != item.id:
            depth = np.minimum(depth, cast(other.parts, other.pose, camera.centre, rays)[0])
    return depth.reshape(across.shape)
