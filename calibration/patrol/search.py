"""Where in a photograph the leg stands, and where beside it the label lies: coarse, many hypotheses, best few kept."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import cv2
import numpy as np

from calibration.patrol.closeup import SIDE, Closeup, Contour, Lens, U, V, X, Y
from calibration.patrol.edges import Edges, Map
from models.domain.geometry import Floats
from models.domain.media import Image

COARSE_PX = 240
"""Longer side of the picture in which the leg is looked for."""
STEP_PX = 3
WIDTHS = np.geomspace(0.045, 0.42, 11)
"""How wide the foot may be, as a share of the picture's longer side."""
TILTS_DEG, ROLLS_DEG, TAPERS = (28.0, 45.0, 60.0), (-12.0, 0.0, 12.0), (0.0, 0.25)
KEPT, LABELS = 3, 3
SPACING = 0.08
"""Between two places of the label that are tried, in diameters of the leg."""
FARTHEST = 1.15
"""How far the label's centre is looked for, in diameters of the leg."""
OWN_EDGE_PX = 2.5
"""A rim nearer than this to the leg's own edge says nothing of the label."""
LEAST_ARC = 4
"""Points of the rim (of 48) that must be seen."""


def legs(image: Image, lens: Lens, leg_mm: float, label_mm: float) -> list[Closeup]:
    """The best few places of a leg, best first, in pixels of the whole picture."""
    shrink = COARSE_PX / max(lens.size_px)
    small = np.asarray(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = small.shape[:2]
    edges = Edges.of(small)
    slope = edges.slope.reshape(-1, 3, 2)
    rows, columns = np.arange(0.15 * height, 0.97 * height, STEP_PX), np.arange(0.08 * width, 0.92 * width, STEP_PX)
    across, down = np.meshgrid(columns, rows)
    place = (np.rint(down).astype(np.intp) * width + np.rint(across).astype(np.intp)).ravel()
    whole = Lens((width, height), lens.focal_px * shrink)
    found = []
    for share, tilt, roll, taper in product(WIDTHS, TILTS_DEG, ROLLS_DEG, TAPERS):
        scale = math.log(share * COARSE_PX / leg_mm)
        middle = whole.middle
        values = np.array([*middle, scale, math.radians(tilt), math.radians(roll), taper, 0.0, 0.0])
        score = _scored(Closeup(whole, leg_mm, label_mm, values), slope, edges.noise, place, (width, height))
        for at in np.argsort(score)[-3:]:
            u, v = place[at] % width, place[at] // width
            moved = np.array(
                [(u + 0.5) / shrink - 0.5, (v + 0.5) / shrink - 0.5, scale - math.log(shrink), *values[3:]]
            )
            found.append((float(score[at]), Closeup(lens, leg_mm, label_mm, moved)))
    found.sort(key=lambda pair: -pair[0])
    kept: list[Closeup] = []
    for _, one in found:
        wide = leg_mm * math.exp(one.values[2])
        if len(kept) < KEPT and all(_apart(one, other, wide) for other in kept):
            kept.append(one)
    return kept


def labels(leg: Closeup, edges: Edges) -> list[Closeup]:
    """The best places of the label beside one leg, best first."""
    reach, spacing = FARTHEST * leg.leg_mm, SPACING * leg.leg_mm
    steps = np.arange(-reach, reach + 1e-6, spacing)
    centres = np.array([(x, y) for x, y in product(steps, steps) if math.hypot(x, y) <= reach])
    scores = rim_scores(leg, centres, edges)
    best: list[int] = []
    for i in np.argsort(-scores):
        if len(best) < LABELS and all(math.dist(centres[i], centres[j]) > 2 * spacing for j in best):
            best.append(int(i))
    found = []
    for i in best:
        values = leg.values.copy()
        values[X], values[Y] = centres[i]
        found.append(replace(leg, values=values))
    return found


def rim_scores(leg: Closeup, centres: Floats, edges: Edges) -> Floats:
    """(m,) how clearly the label's rim is there for each centre (m, 2) mm; 0 where too little of it would show."""
    contour = leg.rims(centres)
    seen = contour.seen & (from_leg(leg, contour.at) > OWN_EDGE_PX)
    slope = (edges.across(contour.at, contour.normal) * seen[:, None]).reshape(len(centres), -1, 3)
    count = seen.reshape(len(centres), -1).sum(1)
    size = np.linalg.norm(slope, axis=2).sum(1) / np.maximum(count, 1)
    mean = np.linalg.norm(slope.sum(1), axis=1) / np.maximum(count, 1)
    shared = mean / np.maximum(size, 1e-6)
    # A long arc that shows is worth more than a short one that happens to lie on some edge.
    score = mean / (mean + 2 * edges.noise) * shared * np.sqrt(np.minimum(1.0, count / 16))
    return np.where(count >= LEAST_ARC, score, 0.0)


def together(contour: Contour, edges: Edges) -> float:
    """How much of an edge of one sign an outline lies on, 0..1."""
    slope = edges.across(contour.at[contour.seen], contour.normal[contour.seen])
    if len(slope) < LEAST_ARC:
        return 0.0
    mean = float(np.linalg.norm(slope.mean(0)))
    return mean / (mean + 2 * edges.noise)


def from_leg(one: Closeup, at: Floats) -> Floats:
    """(n,) px to the nearest point of the leg's own outline."""
    foot, sides = one.foot(), one.sides()
    own = np.concatenate([foot.at[foot.seen], sides.at[::2]])
    return np.asarray(np.sqrt(((at[:, None] - own[None]) ** 2).sum(-1)).min(1), np.float64)


def _scored(one: Closeup, slope: Map, noise: float, place: np.ndarray, size: tuple[int, int]) -> Floats:
    """(n,) how much of a leg stands at each place: its foot and the fainter one of its two sides."""
    width, height = size
    sums = []
    sides = one.sides()
    halves = (slice(0, SIDE, 2), slice(SIDE, 2 * SIDE, 2))
    foot = one.foot()
    shown = np.flatnonzero(foot.seen)[::2]
    for at, normal in ((foot.at[shown], foot.normal[shown]), *((sides.at[h], sides.normal[h]) for h in halves)):
        shift = np.rint(at - one.values[[U, V]]).astype(np.intp)
        total, count = np.zeros((len(place), 3), np.float32), np.zeros(len(place), np.float32)
        for (dx, dy), way in zip(shift, normal.astype(np.float32), strict=True):
            column, row = place % width + dx, place // width + dy
            inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
            found = slope[np.where(inside, row * width + column, 0)] @ way
            total += found * inside[:, None]
            count += inside
        size_of = np.sqrt((total**2).sum(1)) / np.maximum(count, 4)
        sums.append(size_of / (size_of + noise))
    return np.asarray(sums[0] * np.minimum(sums[1], sums[2]), np.float64)


def _apart(one: Closeup, other: Closeup, wide_px: float) -> bool:
    return bool(
        math.dist(one.values[[U, V]], other.values[[U, V]]) > 0.35 * wide_px
        or abs(one.values[2] - other.values[2]) > 0.25
    )
