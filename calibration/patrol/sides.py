"""The two edges of a leg as straight lines in the picture: found for themselves, before anything else is fitted.

A line is asked for by what changes across it, with its sign, all along it: grain and joints of a floor have no sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.patrol.closeup import SIDE, Closeup, Contour
from calibration.patrol.edges import Edges
from models.domain.geometry import Floats

REACH_PX = 16.0
STEP_PX = 1.0


@dataclass(frozen=True, slots=True)
class Sides:
    """Point (2, 2) on each line and unit normal (2, 2) out of the leg. clear: 0..1, of the fainter one."""

    at: Floats
    normal: Floats
    clear: float

    def errors(self, contour: Contour) -> Floats:
        """(2 * SIDE,) px by which the points of a close-up's sides should move outwards."""
        lines = np.repeat([0, 1], SIDE)
        return np.asarray(((self.at[lines] - contour.at) * self.normal[lines]).sum(1), np.float64)

    def moves(self, before: Contour, after: Contour) -> Floats:
        lines = np.repeat([0, 1], SIDE)
        return np.asarray(((after.at - before.at) * self.normal[lines]).sum(1), np.float64)


def sides_of(leg: Closeup, edges: Edges) -> Sides:
    """The lines nearest to a rough hypothesis."""
    contour = leg.sides()
    found = [_line(contour, half, edges) for half in (slice(0, SIDE), slice(SIDE, 2 * SIDE))]
    return Sides(np.array([f[0] for f in found]), np.array([f[1] for f in found]), min(f[2] for f in found))


def _line(contour: Contour, half: slice, edges: Edges) -> tuple[Floats, Floats, float]:
    seen = contour.seen[half]
    at, normal = contour.at[half][seen], contour.normal[half][seen]
    if len(at) < 5:
        return contour.at[half][0], contour.normal[half][0], 0.0
    best = (0.0, 0.0)
    share = np.linspace(0, 1, len(at))
    mean = 0.0
    for reach, step in ((REACH_PX, STEP_PX), (1.0, 0.25)):
        ends = np.arange(-reach, reach + 1e-6, step)
        low, high = np.meshgrid(best[0] + ends, best[1] + ends, indexing="ij")
        shift = low[..., None] * (1 - share) + high[..., None] * share
        places = at + shift[..., None] * normal
        slope = edges.across_smoothly(places, normal)
        size = np.linalg.norm(slope.mean(-2), axis=-1)
        index = np.unravel_index(int(np.argmax(size)), size.shape)
        best, mean = (float(low[index]), float(high[index])), float(size[index])
    ends = at[[0, -1]] + np.array(best)[:, None] * normal[[0, -1]]
    way = (ends[1] - ends[0]) / max(1e-6, float(np.linalg.norm(ends[1] - ends[0])))
    out = np.array([-way[1], way[0]])
    return ends[0], out * np.sign(out @ normal.mean(0)), mean / (mean + 2 * edges.noise)
