"""Which way an item faces, by its outline: the one question that faces never taught cannot spoil.

Of each cell of the window it is asked how much likelier it shows the item than what is behind it: by colour where the
item stood when it was taught, by what changed everywhere else. Each turn of the item has an outline (its boxes seen
from the camera); the outline is laid wherever the item may have gone, and what lies in it is summed. Region-based
tracking (Prisacariu and Reid 2012, "PWP3D") with a known background, on three degrees of freedom. Turns are compared
with each other, never a sum with a limit: where nothing of the kind is left, no outline has more for it than against
it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem, Part, Pose
from models.domain.geometry import Floats
from vision.registration.features import CELL_LAB, Map, Window, histogram, looked_up
from vision.registration.lying import unstanding
from vision.registration.motion import FloorMotion
from vision.registration.solids import cast

CELLS = 3000
"""About so many cells in a window: a chair at 5 m covers some 300 of them."""
TURN_STEP_DEG, LAID_STEP_DEG = 15.0, 30.0
"""Of what stands, of what lies."""
TRUST = 3.0
"""Largest log odds of one cell: an odd pixel must not outvote an outline."""
LIGHTNESS, CHROMA = 8.0, 4.0
"""Sigmas of L, a, b (0..255 scale) of a place that nobody touched, light corrected: compression, soft shadows."""
STILL, SHADED, ANY = 0.75, 0.15, 0.10
"""What a place beside the item is: as taught, in a shadow that is new, anything at all."""
BLUR = ((0.25, 0.5, 0.25), (0.15, 0.7, 0.15), (0.15, 0.7, 0.15))
"""Of a colour histogram: faces turned to another light are lighter or darker, hardly of another colour."""
UNSEEN_COLOUR = 0.05
TEMPERATURE = 0.02
"""Of the largest sum an outline could have: neighbouring cells share their errors, and boxes are only roughly the item
(measured on 80 chairs, armchairs and sofas turned by 30 to 180 degrees)."""


FILLED, EMPTY = 0.05, -0.10
"""Least that must speak for an outline before it is believed, and what is told as an empty place (measured: 0.15-0.9
where the item stands, 0.07-0.96 turned by 30-180 degrees, -0.17 to -1.0 when it was taken away)."""
UNLIKELY = 0.05
KNOWN_AS_TAUGHT = 0.10
"""A box looks alike from behind, and of what is half covered many turns do; but not every turn does."""


Laid = tuple[float, slice, slice, Map]
"""A turn, the rows and columns of the window's cells about the item, which of them its outline covers."""


@dataclass(frozen=True, slots=True)
class Facing:
    """Turns (n,) in degrees with the sum of each at its best place, (n, 2) metres; largest: the sum if all of the
    outline were surely the item. seen: share of the item's outline that nothing hides."""

    turns: Floats
    sums: Floats
    places: Floats
    largest: float
    seen: float

    @property
    def filled(self) -> float:
        """What speaks for the best outline, as a share of the most that could; below 0 nothing like it is there."""
        return float(self.sums.max()) / self.largest

    @property
    def odds(self) -> Floats:
        """(n,) how likely each turn is against all others."""
        odds = np.exp((self.sums - self.sums.max()) / (TEMPERATURE * self.largest))
        return np.asarray(odds / odds.sum(), np.float64)

    def within(self, turn_deg: float, degrees: float, symmetry: int) -> float:
        """How likely the turn lies within so many degrees of one."""
        if symmetry == 0:
            return 1.0
        apart = np.abs(np.remainder(self.turns - turn_deg + 180 / symmetry, 360 / symmetry) - 180 / symmetry)
        return float(self.odds[apart <= degrees].sum())

    def motion(self, symmetry: int) -> tuple[FloorMotion, float, float, float]:
        """The likeliest motion, sigma of its turn and of its place (metres), the least that the turn is (degrees)."""
        odds, best = self.odds, int(np.argmax(self.sums))
        span = 360 / symmetry
        aside = np.remainder(self.turns - self.turns[best] + span / 2, span) - span / 2
        near = np.abs(aside) <= 1.5 * TURN_STEP_DEG
        middle = float((odds * aside)[near].sum() / odds[near].sum())
        sigma = math.sqrt(float((odds * (aside - middle) ** 2).sum()) + TURN_STEP_DEG**2 / 3)
        place = self.places[best]
        spread = math.sqrt(float((odds * ((self.places - place) ** 2).sum(1)).sum()))
        sizes = np.unique(np.abs(self.turns))
        unlikely = [size for size in sizes if odds[np.abs(self.turns) <= size].sum() <= UNLIKELY]
        least = float(max(unlikely, default=0.0))
        return FloorMotion(float(place[0]), float(place[1]), float(self.turns[best]) + middle), sigma, spread, least


@dataclass(slots=True)
class Outlines:
    """The outlines of one item at its label in one view, and the colours it was taught with.

    taught: (h, w, 3) L, a, b of the window's cells. own: (h, w) cells that showed the item.
    """

    item: FurnitureItem
    camera: CameraPose
    window: Window
    screen: Floats = field(repr=False)
    taught: Map = field(repr=False)
    own: NDArray[np.bool_] = field(repr=False)
    _inside: Map = field(init=False, repr=False)
    _around: Map = field(init=False, repr=False)
    _turned: list[Laid] = field(default_factory=list, repr=False)
    _lying: list[Laid] = field(default_factory=list, repr=False)
    _lying_ahead: float | None = None
    _trusted: bool | None = None
    _ahead: Floats | None = None

    def __post_init__(self) -> None:
        core = cv2.erode(self.own.astype(np.uint8), np.ones((3, 3), np.uint8))
        core = core if core.sum() >= 20 else self.own.astype(np.uint8)
        beyond = np.asarray(1 - cv2.dilate(self.own.astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
        self._inside, self._around = _shares(self.taught, core), _shares(self.taught, beyond)

    def trusted(self, reach_m: float) -> bool:
        """Whether the taught picture itself is recognised: there, and as it stands. What is mostly covered or of its
        surroundings' colour is not, and must not be asked of another picture. A turn that wins even there has that much
        of a start, which it loses (`_ahead`)."""
        if self._trusted is None:
            large = cv2.resize(self.taught, (self.window.width, self.window.height), interpolation=cv2.INTER_LINEAR)
            known = self.facing(np.asarray(large, np.float32), None, reach_m)
            if known is not None:
                self._ahead = np.maximum(0.0, known.sums - known.sums[np.argmin(np.abs(known.turns))])
                known = replace(known, sums=known.sums - self._ahead)
            turned = known is None or known.within(0.0, 1.5 * TURN_STEP_DEG, self.item.symmetry) < KNOWN_AS_TAUGHT
            self._trusted = known is not None and known.filled >= FILLED and not turned
        return self._trusted

    def evidence(self, lab: Map, hidden: NDArray[np.bool_] | None) -> Map:
        """(h, w) log odds of each cell that it shows the item. lab, hidden: of the window, whole."""
        now, apart, lighter = self._apart(lab)
        other = ~self.own
        chroma = np.exp(-0.5 * ((apart[..., 1:] / CHROMA) ** 2).sum(-1)) / (2 * math.pi * CHROMA**2)
        same = chroma * np.exp(-0.5 * (apart[..., 0] / LIGHTNESS) ** 2) / (math.sqrt(2 * math.pi) * LIGHTNESS)
        light = np.maximum(self.taught[..., 0] + lighter[0], 40.0)
        shaded = chroma * ((now[..., 0] < light) & (now[..., 0] > 0.5 * light)) / (0.5 * light)
        flat = UNSEEN_COLOUR / self._inside.size
        item = (1 - UNSEEN_COLOUR) * looked_up(self._inside, now) + flat
        around = (1 - UNSEEN_COLOUR) * looked_up(self._around, now) + flat
        beside = CELL_LAB * (STILL * same + SHADED * shaded) + ANY * around
        odds = np.clip(np.log(item / np.where(other, beside, around)), -TRUST, TRUST)
        if hidden is not None:
            odds[cv2.resize(hidden.astype(np.float32), self.own.shape[::-1], interpolation=cv2.INTER_AREA) > 0] = 0.0
        return np.asarray(odds, np.float32)

    def strange(self, lab: Map) -> float:
        """How far the surroundings are from those taught (median L a b distance): which light this is not."""
        return float(np.median(np.abs(self._apart(lab)[1][~self.own])))

    def _apart(self, lab: Map) -> tuple[Map, Map, Map]:
        """(h, w, 3) of the cells now, and less those taught in the light of now; (3,) by how much that is another."""
        now = np.asarray(cv2.resize(lab, self.own.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
        lighter = np.asarray(np.median((now - self.taught)[~self.own], 0), np.float32)
        return now, now - self.taught - lighter, lighter

    def facing(self, lab: Map, hidden: NDArray[np.bool_] | None, reach_m: float) -> Facing | None:
        """How much speaks for each turn, wherever within reach. None where the outline lies outside the picture."""
        if not self._turned:
            self._turned = list(self._outlines(self.item.parts, TURN_STEP_DEG))
        if not self._turned:
            return None
        odds = self.evidence(lab, hidden)
        sums, places = self._best(self._turned, odds, reach_m)
        areas = [float(outline.sum()) for *_, outline in self._turned]
        known = 1.0 if hidden is None else float((odds != 0)[self.own].mean())
        turns = np.array([turn for turn, *_ in self._turned])
        ahead = 0.0 if self._ahead is None else self._ahead
        return Facing(turns, sums - ahead, places, TRUST * float(np.mean(areas)), known)

    def unstanding(self, lab: Map, hidden: NDArray[np.bool_] | None, reach_m: float) -> float:
        """How much speaks for the item lying or stacked (`unstanding`), whichever most; comparable with the sums of
        `facing`. What it would be even in the taught picture, where the item stands, is taken off."""
        if not self._lying:
            ways = unstanding(self.item, self.camera)
            self._lying = [one for parts, pose in ways for one in self._outlines(parts, LAID_STEP_DEG, pose)]
        if not self._lying:
            return -math.inf
        if self._lying_ahead is None:
            large = cv2.resize(self.taught, (self.window.width, self.window.height), interpolation=cv2.INTER_LINEAR)
            odds = self.evidence(np.asarray(large, np.float32), None)
            standing = self._best(self._turned, odds, reach_m)[0].max()
            self._lying_ahead = max(0.0, float(self._best(self._lying, odds, reach_m)[0].max() - standing))
        return float(self._best(self._lying, self.evidence(lab, hidden), reach_m)[0].max()) - self._lying_ahead

    def _best(self, outlines: Sequence[Laid], odds: Map, reach_m: float) -> tuple[Floats, Floats]:
        """Of each outline its largest sum within reach (n,), and where that is (n, 2), metres."""
        step = self._cells_per_m()
        room = int(np.ceil(np.abs(step).sum(1).max() * reach_m))
        wide = cv2.copyMakeBorder(odds, room, room, room, room, cv2.BORDER_CONSTANT, value=0.0)
        down, across = np.mgrid[-room : room + 1, -room : room + 1]
        ways = np.stack([across, down], -1) @ np.linalg.inv(step).T
        far = np.linalg.norm(ways, axis=-1) > reach_m
        sums, places = [], []
        for _, rows, columns, outline in outlines:
            piece = wide[rows.start : rows.stop + 2 * room, columns.start : columns.stop + 2 * room]
            found = cv2.matchTemplate(piece, outline, cv2.TM_CCORR)
            found[far] = -np.inf
            at = np.unravel_index(int(np.argmax(found)), found.shape)
            sums.append(float(found[at]))
            places.append(ways[at])
        return np.array(sums), np.array(places)

    def _outlines(self, parts: Sequence[Part], step_deg: float, at: Pose | None = None) -> Iterator[Laid]:
        """Of each turn: the cells its outline covers at the label (at: or where else), cut out."""
        height, width = self.own.shape
        cell = (self.window.width / width, self.window.height / height)
        lies = parts != self.item.parts
        symmetry = max(1, self.item.symmetry) if lies else self.item.symmetry
        turns = np.arange(-180 / symmetry, 180 / symmetry, step_deg) if symmetry else np.zeros(1)
        reach = 1.4 * max(self.item.size_m) if lies else max(self.item.size_m[:2]) * math.sqrt(0.5)
        rows, columns = self._about(reach, cell)
        across, down = np.meshgrid(np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop))
        if not across.size:
            return
        pixels = np.column_stack([(across.ravel() + 0.5) * cell[0] - 0.5, (down.ravel() + 0.5) * cell[1] - 0.5])
        rays = self.camera.rays(pixels + np.array([self.window.left, self.window.top]))
        row, column = (pixels[:, ::-1] // 4).astype(int).T
        behind = self.screen[np.clip(row, 0, len(self.screen) - 1), np.clip(column, 0, self.screen.shape[1] - 1)]
        pose = at or self.item.pose
        for turn in turns:
            turned = Pose(pose.x_m, pose.y_m, pose.heading_deg + float(turn))
            depth, _ = cast(parts, turned, self.camera.centre, rays)
            covered = (np.isfinite(depth) & (depth < behind + 0.02)).reshape(across.shape)
            if covered.any():
                yield float(turn), rows, columns, covered.astype(np.float32)

    def _about(self, reach_m: float, cell: tuple[float, float]) -> tuple[slice, slice]:
        pose, height = self.item.pose, self.item.size_m[2]
        ring = np.linspace(0, 2 * math.pi, 24, endpoint=False)
        circle = np.column_stack([pose.x_m + reach_m * np.cos(ring), pose.y_m + reach_m * np.sin(ring)])
        seen = self.camera.project(np.concatenate([np.column_stack([circle, np.full(24, z)]) for z in (0.0, height)]))
        local = (seen - (self.window.left, self.window.top)) / cell
        low = np.maximum(np.floor(np.nanmin(local, 0)).astype(int), 0)
        high = np.minimum(np.ceil(np.nanmax(local, 0)).astype(int) + 1, self.own.shape[::-1])
        return slice(int(low[1]), int(max(low[1], high[1]))), slice(int(low[0]), int(max(low[0], high[0])))

    def _cells_per_m(self) -> Floats:
        """(2, 2): cells across and down for a metre along x and y, half-way up the item."""
        pose = self.item.pose
        at = np.array([(pose.x_m, pose.y_m, self.item.size_m[2] / 2)])
        ways = [(self.camera.project(at + step) - self.camera.project(at))[0] / 0.05 for step in 0.05 * np.eye(3)[:2]]
        cells = np.array(self.own.shape[::-1]) / (self.window.width, self.window.height)
        return np.asarray(np.stack(ways, -1) * cells[:, None], np.float64)


def cells_of(window: Window) -> tuple[int, int]:
    """(width, height) of a window in cells; never finer than two pixels."""
    side = max(2.0, math.sqrt(window.width * window.height / CELLS))
    return max(1, round(window.width / side)), max(1, round(window.height / side))


def _shares(lab: Map, own: NDArray[Any]) -> Map:
    """Share of each colour cell within a mask, blurred."""
    mask = np.asarray(own, np.uint8)
    found = histogram(np.ascontiguousarray(lab), mask) / max(1.0, float(mask.sum()))
    for axis, (before, here, after) in enumerate(BLUR):
        wide = np.pad(found, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
        first, second, third = (np.take(wide, np.arange(found.shape[axis]) + k, axis=axis) for k in range(3))
        found = before * first + here * second + after * third
    return np.asarray(found, np.float32)
