"""The eight numbers of a close-up to a fraction of a pixel: outlines are drawn to the clearest edges near them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from calibration.patrol.closeup import ROLL, SCALE, TAPER, TILT, Closeup, Contour, U, V, X, Y
from calibration.patrol.edges import Edges
from calibration.patrol.search import OWN_EDGE_PX, from_leg
from calibration.patrol.sides import Sides
from models.domain.geometry import Floats

STEPS = np.array([0.5, 0.5, 0.01, 0.01, 0.01, 0.02, 0.2, 0.2])
USUAL = {TILT: (math.radians(48), math.radians(18)), ROLL: (0.0, math.radians(12)), TAPER: (0.05, 0.25)}
"""What a person's photograph is usually like: value and deviation. Weak: one point of an outline weighs as much."""


SIDES_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Fit:
    """closeup, and covariance (8, 8) of its numbers (0 for those held fast); residual_px: of the outline's points."""

    closeup: Closeup
    covariance: Floats
    residual_px: float
    edge: float
    """Mean strength of the edges the outlines ended on, 0..1."""


def refined(start: Closeup, edges: Edges, sides: Sides, reaches_px: tuple[float, ...], *, label: bool) -> Fit:
    """Gauss-Newton; label: the label's rim pulls too. Reach: how far from an outline its edge is looked for."""
    free = [U, V, SCALE, TILT, ROLL, TAPER, *((X, Y) if label else ())]
    one, square, spread, edge = start, np.eye(len(free)), 1.0, 0.0
    for reach in reaches_px:
        for _ in range(4):
            error, slope, weight, edge = _pulled(one, edges, sides, reach, free, label=label)
            robust = weight / (1 + (error / max(0.7, reach / 4)) ** 2)
            square = (slope * robust[:, None]).T @ slope
            right = (slope * robust[:, None]).T @ error
            for row, k in enumerate(free):
                if k in USUAL:
                    usual, deviation = USUAL[k]
                    square[row, row] += (STEPS[k] / deviation) ** 2
                    right[row] += (STEPS[k] / deviation) ** 2 * (usual - one.values[k]) / STEPS[k]
            move = np.linalg.solve(square + 1e-6 * np.eye(len(free)), right)
            values = one.values.copy()
            values[free] += np.clip(move, -12, 12) * STEPS[free]
            values[TILT] = np.clip(values[TILT], 0.05, 1.4)
            values[TAPER] = np.clip(values[TAPER], -0.3, 1.0)
            one = replace(one, values=values)
            spread = float((robust * error**2).sum() / max(1e-6, robust.sum()))
            if np.abs(move).max() < 0.02:
                break
    covariance = np.zeros((8, 8))
    scaled = STEPS[free][:, None] * np.linalg.inv(square + 1e-6 * np.eye(len(free))) * STEPS[free][None]
    covariance[np.ix_(free, free)] = max(0.05, spread) * scaled
    return Fit(one, covariance, math.sqrt(spread), edge)


def stood(leg: Closeup, sides: Sides, v_px: float, tilt: float) -> Closeup:
    """The leg between two lines whose foot's centre is seen in row v_px of a floor tilted so."""
    free = [U, SCALE, ROLL, TAPER]
    values = leg.values.copy()
    values[V], values[TILT] = v_px, tilt
    one = replace(leg, values=values)
    for _ in range(3):
        contour = one.sides()
        error = sides.errors(contour)
        slope = np.empty((len(error), len(free)))
        for column, k in enumerate(free):
            moved = one.values.copy()
            moved[k] += STEPS[k]
            slope[:, column] = sides.moves(contour, replace(one, values=moved).sides())
        move = np.linalg.lstsq(slope, error, rcond=None)[0]
        values = one.values.copy()
        values[free] += np.clip(move, -60, 60) * STEPS[free]
        values[TAPER] = np.clip(values[TAPER], -0.5, 1.5)
        one = replace(one, values=values)
    return one


def _pulled(
    one: Closeup, edges: Edges, sides: Sides, reach: float, free: list[int], *, label: bool
) -> tuple[Floats, Floats, Floats, float]:
    """(m,) px by which each outline point should move outwards, (m, k) what one step of each number moves it by."""
    contours = outlines(one, label=label)
    found = [edges.nearest(contour, reach) for contour in contours]
    found[1] = sides.errors(contours[1]), np.full(len(contours[1].at), SIDES_SHARE)
    error, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    slope = np.empty((len(error), len(free)))
    for column, k in enumerate(free):
        values = one.values.copy()
        values[k] += STEPS[k]
        moved = outlines(replace(one, values=values), label=label)
        slope[:, column] = np.concatenate(
            [
                sides.moves(c, m) if i == 1 else ((m.at - c.at) * c.normal).sum(1)
                for i, (m, c) in enumerate(zip(moved, contours, strict=True))
            ]
        )
    seen = np.concatenate([c.seen for c in contours])
    return error, slope, weight, float(weight[seen].mean()) if seen.any() else 0.0


def outlines(one: Closeup, *, label: bool) -> list[Contour]:
    found = [one.foot(), one.sides()]
    if label:
        rim = one.label()
        found.append(replace(rim, seen=rim.seen & (from_leg(one, rim.at) > OWN_EDGE_PX)))
    return found
