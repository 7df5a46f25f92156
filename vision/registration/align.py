"""Which floor motion aligns an item with a picture: coarse search with rotation, then robust Gauss-Newton.

Every point asks two questions: does the item explain this pixel after the motion g, and does something that stood still
(g = 0) explain it? A pixel that stands still does not vote for a motion; that is what keeps the floor inside an item's
outline from pulling every answer to zero (measured: p95 151 mm without, domain note on registration).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Floats
from models.domain.media import Image
from vision.registration.features import Map, Window, gradients, lab_of, sampled, slopes, softened
from vision.registration.landmarks import STILL, Drift
from vision.registration.motion import FloorMotion, Warp, moved, warp
from vision.registration.taught import COARSE_PX, FINEST_PX, LEVELS_PX, REACH_M, Look, Stand

MISFIT = 0.3
"""Scale of the relative misfit |f - f'|^2 / (|f|^2 + 0.2) of a point that fits."""
OUTLIER = 0.15
"""Likelihood that anything at all explains a pixel."""
PREFERRED = 6.0
"""Power of the likelihoods of two explanations of a pixel, the item moved and the item still, that are weighed against
each other once it is known that it did move: the better one has the pixel. At the true places of the samples' pushes
(turns), points that the still item explains to less than 0.2, to 0.2-0.6 and better pull 0, 5 and 15 % (2, 8 and 15 %)
short; with up to half a vote each they read pushes 6 % short, without 2 %."""
FEW = 250
"""Points enough to compare basins by."""
BASINS = 4
APART_PX, APART_DEG = 6.0, 5.0
SPREAD = 0.012
"""Mean squared error of a softened finest gradient between two pictures of an unmoved item (measured: 0.005-0.018 in
one light, 0.008-0.028 in two): a picture compared with itself would know no error."""
SETTLED = 0.5
"""Of a basin's width: what goes farther in its last fit has left its place for another, and is left as it was."""


@dataclass(slots=True)
class Seen:
    """The window of one stand in the picture that is judged; maps are made when asked for.

    hidden: (h, w) of the window, True where people (or anything else known to be in front) are.
    """

    stand: Stand
    image: Image | Map
    hidden: NDArray[np.bool_] | None = None
    drift: Drift = STILL
    _maps: dict[float, Map] = field(default_factory=dict)
    _lab: Map | None = None

    @property
    def lab(self) -> Map:
        if self._lab is None:
            self._lab = lab_of(_steadied(self.image, self.stand.window, self.drift))
        return self._lab

    def map(self, level: float) -> Map:
        if level not in self._maps:
            self._maps[level] = softened(gradients(self.lab, level))
        return self._maps[level]

    def visible(self, at: Warp, local: Floats) -> NDArray[np.bool_]:
        """Which points of a warp can be seen: faces the camera, in the window, behind nobody and no other item."""
        window = self.stand.window
        column, row = np.rint(local[:, 0]).astype(int), np.rint(local[:, 1]).astype(int)
        inside = (column >= 1) & (row >= 1) & (column < window.width - 1) & (row < window.height - 1)
        column, row = np.clip(column, 0, window.width - 1), np.clip(row, 0, window.height - 1)
        seen = at.facing & inside & (self.stand.screen[row // 4, column // 4] > at.depth - 0.02)
        if self.hidden is not None:
            seen &= ~self.hidden[row, column]
        return np.asarray(seen, np.bool_)


@dataclass(frozen=True, slots=True)
class Fit:
    """One hypothesis. explained: share of the weight it explains; gained: share of the *vanished* weight (what g = 0
    does not explain) it explains; seen: share of the weight that could be compared."""

    motion: FloorMotion
    explained: float
    gained: float
    seen: float
    covariance: Floats = field(repr=False, default_factory=lambda: np.full((3, 3), np.inf))
    """Of (dx m, dy m, turn degrees)."""


class Alignment:
    """One look compared with one picture."""

    def __init__(self, look: Look, seen: Seen) -> None:
        self.look, self.seen, self.stand = look, seen, look.stand
        self._corner = np.array([look.stand.window.left, look.stand.window.top])
        self._still: dict[float, tuple[Map, NDArray[np.bool_]]] = {}

    def still(self, level: float) -> tuple[Map, NDArray[np.bool_]]:
        """(n,) likelihood of each point at g = 0, and whether it can be seen there."""
        if level not in self._still:
            at = warp(self.stand.camera, self.look.surface, self.stand.item.pose, FloorMotion())
            _, likely, seen = self._compare(at, level)
            self._still[level] = likely, seen
        return self._still[level]

    def rate(self, motion: FloorMotion, level: float = LEVELS_PX[1]) -> Fit:
        """How well a motion explains the picture."""
        at = warp(self.stand.camera, self.look.surface, self.stand.item.pose, motion)
        _, likely, seen = self._compare(at, level)
        weight, (still, known) = self.look.weight * self.look.prior, self.still(level)
        counted = weight * seen
        gone = counted * (1 - still) * known
        explained = float((counted * likely).sum() / max(1e-6, counted.sum()))
        gained = float((gone * likely).sum() / max(1e-6, gone.sum()))
        return Fit(motion, explained, gained, float(counted.sum() / max(1e-6, weight.sum())))

    def refine(
        self,
        start: FloorMotion,
        levels: tuple[float, ...],
        *,
        moves: bool,
        rounds: int = 8,
        points: int | None = None,
        least_spread: float = 0.0,
    ) -> Fit:
        """Gauss-Newton from a start, level by level. moves: pixels that something still explains do not vote."""
        at = np.array([start.dx_m, start.dy_m, start.turn_deg])
        step = np.array([0.5 / self.stand.px_per_m, 0.5 / self.stand.px_per_m, 0.5])
        free = 2 if self.stand.item.symmetry == 0 else 3
        square, spread = np.eye(free), 1.0
        for level in levels:
            for _ in range(rounds):
                error, weight, slope = self._errors(at, step[:free], level, points, moves=moves)
                weighted = slope * weight[:, None, None]
                flat = slope.reshape(-1, free)
                square = weighted.reshape(-1, free).T @ flat
                right = weighted.reshape(-1, free).T @ error.ravel()
                spread = float((weight @ (error**2).sum(1)) / max(1e-6, 6 * weight.sum()))
                move = -np.linalg.solve(square + 1e-3 * np.diag(np.diag(square)) + 1e-6 * np.eye(free), right)
                move /= max(1.0, np.abs(move).max() / (4 * level))
                at[:free] += move * step[:free]
                if np.abs(move).max() < 0.03:
                    break
        covariance, spread = np.zeros((3, 3)), max(spread, least_spread)
        scale = np.diag(step[:free])
        covariance[:free, :free] = spread * scale @ np.linalg.inv(square + 1e-6 * np.eye(free)) @ scale
        fit = self.rate(_motion(at), levels[-1])
        return Fit(fit.motion, fit.explained, fit.gained, fit.seen, covariance)

    def settled(self, fit: Fit) -> Fit | None:
        """The fit of an item that surely moved, once more on the finest gradients and by the pixels alone that the
        motion explains better than standing still does; None where it leaves its place. What it explains stays."""
        last = self.refine(fit.motion, (FINEST_PX,), moves=True)
        if self.apart(last.motion, fit.motion, SETTLED):
            return None
        return replace(fit, motion=last.motion, covariance=last.covariance)

    def unmoved(self) -> Fit:
        """The fit of an item that has not moved, on the finest gradients: what it tells of one that will have."""
        return self.refine(FloorMotion(), (FINEST_PX,), moves=False, least_spread=SPREAD)

    def search(self, reach_m: float = REACH_M) -> tuple[list[Fit], float]:
        """The best few basins of a coarse grid (the best place of each turn), refined, best first; and what a
        motion explains by chance (the median over the grid)."""
        grid = self.look.grid(reach_m)
        still, known = self.still(COARSE_PX)
        gone = (self.look.weight * self.look.prior * (1 - still) * known)[grid.chosen]
        map_ = np.pad(self.seen.map(COARSE_PX).reshape(-1, 6), ((0, 1), (0, 0)))
        free = None if self.seen.hidden is None else np.append(~self.seen.hidden.ravel(), False)
        scores = np.empty(len(grid.motions), np.float32)
        for rows, expected in grid.batches():
            at = grid.index[rows]
            seen = gone * grid.facing[rows]
            if free is not None:
                seen = seen * free[at]
            likely = _likely(expected, map_[at])
            scores[rows] = (seen * likely).sum(1) / np.maximum(1e-6, np.maximum(seen.sum(1), 0.4 * gone.sum()))
        table = scores.reshape(len(grid.expected), -1)
        starts = [grid.motions[i * table.shape[1] + int(np.argmax(row))] for i, row in enumerate(table)]
        rough = [self.refine(_motion(start), (4.0,), moves=True, points=FEW, rounds=3) for start in starts]
        rough.sort(key=lambda fit: -fit.gained)
        fits: list[Fit] = []
        for fit in rough:
            if len(fits) < BASINS and all(self.apart(fit.motion, other.motion) for other in fits):
                fits.append(self.refine(fit.motion, (2.0, 1.0), moves=True))
        return sorted(fits, key=lambda fit: -fit.gained), float(np.median(scores))

    def apart(self, a: FloorMotion, b: FloorMotion, times: float = 1.0) -> bool:
        """Whether two motions are different basins, or so many times a basin's width apart."""
        shift = math.hypot(a.dx_m - b.dx_m, a.dy_m - b.dy_m) * self.stand.px_per_m
        return shift > times * APART_PX or abs(a.turn_deg - b.turn_deg) > times * APART_DEG

    def _compare(self, at: Warp, level: float, points: slice = slice(None)) -> tuple[Map, Map, NDArray[np.bool_]]:
        local = at.pixels - self._corner
        expected, found = softened(at.turned(self.look.raw[level][points])), sampled(self.seen.map(level), local)
        return found - expected, _likely(expected, found), self.seen.visible(at, local)

    def _errors(
        self, at: Floats, step: Floats, level: float, points: int | None, *, moves: bool
    ) -> tuple[Map, Map, Map]:
        """Errors (n, 6), what each point may say (n,), and the errors' slopes for one step of each (n, 6, k)."""
        some, pose, camera = slice(0, points), self.stand.item.pose, self.stand.camera
        surface = self.look.surface if points is None else self.look.surface[some]
        here = warp(camera, surface, pose, _motion(at))
        error, likely, seen = self._compare(here, level, some)
        weight = np.asarray(self._vote(likely, level, some, moves=moves) * seen, np.float32)
        ahead = [
            camera.project(moved(surface.at, pose, _motion(at + s)))
            for s in np.diag(step)[:, : len(step)] @ np.eye(len(step), 3)
        ]
        ways = np.nan_to_num(np.stack([there - here.pixels for there in ahead], -1))  # (n, 2, k)
        slope = slopes(self.seen.map(level), here.pixels - self._corner) @ ways.astype(np.float32)
        if len(step) == 3:
            raw = self.look.raw[level][some]
            turned = warp(camera, surface, pose, _motion(at + np.array([0.0, 0.0, step[2]])))
            slope[:, :, 2] -= softened(turned.turned(raw)) - softened(here.turned(raw))
        return error, weight, np.asarray(slope, np.float32)

    def _vote(self, likely: Map, level: float, some: slice, *, moves: bool) -> Map:
        """(n,) what each point counts, of those that can be seen: how likely it is the item's, and no other thing's."""
        still = self.still(level)[0][some] if moves else np.zeros_like(likely)
        if moves and level == FINEST_PX:
            mine, stands = likely**PREFERRED, still**PREFERRED
            vote = likely / (likely + OUTLIER) * mine / (mine + stands + 1e-9)
        else:
            prior = self.look.prior[some]
            item, other = prior * likely, (1 - prior) * OUTLIER
            vote = item / (item + other + (1 - prior) * still + 1e-9)
        return np.asarray(vote, np.float32)


def _steadied(image: Image | Map, window: Window, drift: Drift) -> Image | Map:
    """The window as it would look had the camera not drifted."""
    if drift is STILL:
        return window.of(image)
    matrix = drift.matrix
    matrix[:, 2] += matrix[:, :2] @ (window.left, window.top)
    size, flags = (window.width, window.height), cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    whole = np.asarray(image, np.float32)
    return np.asarray(cv2.warpAffine(whole, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _likely(expected: Map, found: Map) -> Map:
    misfit = ((found - expected) ** 2).sum(-1) / ((expected**2).sum(-1) + 0.2)
    return np.asarray(np.exp(-misfit / MISFIT), np.float32)


def _motion(values: Floats) -> FloorMotion:
    return FloorMotion(float(values[0]), float(values[1]), float(values[2]))
