"""From a photograph to the leg's offset from its label in millimetres, with a sigma."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calibration.patrol.closeup import SCALE, TILT, Closeup, Contour, Lens, V, X
from calibration.patrol.edges import Edges
from calibration.patrol.photograph import PhotoError, Photograph
from calibration.patrol.refinement import Fit, outlines, refined, stood
from calibration.patrol.search import OWN_EDGE_PX, from_leg, labels, legs, together
from calibration.patrol.sides import Sides, sides_of
from models.domain.furniture import Label
from models.domain.geometry import Floats
from models.domain.media import Image
from models.domain.truth import Truth

ROUGH_PX = 3.0
"""Gaussian of the edges by which hypotheses are sorted out before any is refined."""
CHANCE = 0.40
"""Strength above which an outline's point speaks for it."""
TRIED, FEET = 8, 5
FOOT_TILTS_DEG = (30.0, 40.0, 50.0, 60.0)


LEAST_FOOT, LEAST_SIDES, LEAST_RIM = 0.60, 0.45, 0.80
"""Mean strengths without which there is no leg, or no label, to speak of."""
LEAST_SEEN = 6
"""Points of the label's rim (of 48, clear of the leg) that must be seen."""
LARGEST_RESIDUAL_PX = 0.5
LEAST_COLOUR = 14.0
"""Difference of a, b (weighted as in `edges`) from the label to the floor and to the leg: neither a shadow under a foot
nor the foot itself is a label."""
BESIDE_PX = 2.5
"""A crescent may be only a few pixels wide."""
INFLATE, LEAST_SIGMA_MM, SHARE = 3.0, 0.3, 0.03
"""Neighbouring points share their errors; the lens's own bend and the diameters' roundness; telephones differ in focal
length. Measured: tests/calibration/test_patrol.py and docs/design/patrol.md."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How far the label's centre lies from the leg's, one sigma, and the explanation it was read from."""

    offset_mm: float
    sigma_mm: float
    closeup: Closeup

    def truth(self, label: Label) -> Truth:
        """Whether the leg covers its label (domain.md 0.2): FAILS when it lies bare beyond two sigma."""
        if self.offset_mm - 2 * self.sigma_mm > label.play_mm:
            return Truth.FAILS
        return Truth.HOLDS if self.offset_mm + 2 * self.sigma_mm <= label.play_mm else Truth.UNKNOWN


def measure(photo: Photograph, label: Label) -> Measured:
    """The leg's offset from its label. Raises PhotoError: no_leg, no_label, unclear."""
    edges = Edges.of(photo.image)
    fits = hypotheses(photo.image, photo.lens, label.leg_mm, label.label_mm)
    if not fits:
        raise PhotoError("no_label")
    fit = fits[0][1]
    one = fit.closeup
    foot, sides, rim = (_mean(edges.strength(contour), contour) for contour in outlines(one, label=True))
    if foot < LEAST_FOOT or sides < LEAST_SIDES:
        raise PhotoError("no_leg", got=f"{foot:.2f}, {sides:.2f}", expected=f">= {LEAST_FOOT:g}, {LEAST_SIDES:g}")
    if rim < LEAST_RIM or not _bare(one, edges):
        raise PhotoError("no_label", got=f"{rim:.2f}", expected=f">= {LEAST_RIM:g}")
    if fit.residual_px > LARGEST_RESIDUAL_PX:
        got, expected = f"{fit.residual_px:.2f} px", f"<= {LARGEST_RESIDUAL_PX:g} px"
        raise PhotoError("unclear", got=got, expected=expected)
    spread = INFLATE * math.sqrt(float(np.trace(fit.covariance[X:, X:])))
    return Measured(one.offset_mm, math.hypot(spread, LEAST_SIGMA_MM, SHARE * one.offset_mm), one)


def _mean(strength: Floats, contour: Contour) -> float:
    return float(strength[contour.seen].mean()) if contour.seen.any() else 0.0


def _bare(one: Closeup, edges: Edges) -> bool:
    """Whether enough of the label shows, in a colour of its own."""
    rim = one.label()
    seen = rim.seen & (from_leg(one, rim.at) > OWN_EDGE_PX)
    if seen.sum() < LEAST_SEEN:
        return False
    within, without = (rim.at[seen] + side * BESIDE_PX * rim.normal[seen] for side in (-1, 1))
    sides = one.sides().at.reshape(2, -1, 2)[:, 2:8]
    leg = np.concatenate([share * sides[0] + (1 - share) * sides[1] for share in (0.3, 0.5, 0.7)])
    own = edges.colour(within)
    others = (edges.colour(without), edges.colour(leg))
    return all(float(np.linalg.norm((own - other)[1:])) >= LEAST_COLOUR for other in others)


def evidence(one: Closeup, edges: Edges) -> float:
    """Pixels of outline that lie on an edge, less those that do not. The sides count a third: they say nothing of the
    foot."""
    total = 0.0
    for share, contour in zip((1.0, 0.3, 1.0), outlines(one, label=True), strict=True):
        if contour.seen.sum() < 2:
            continue
        strength = edges.strength(contour)[contour.seen]
        step = float(np.median(np.linalg.norm(np.diff(contour.at, axis=0), axis=1)))
        total += share * float((strength - CHANCE).sum()) * step
    return total


def feet(leg: Closeup, sides: Sides, edges: Edges) -> list[Closeup]:
    """The leg with its foot at the best few heights: its sides say nothing of where it ends, and what looks like its
    end may be the rim of the label under it."""
    tall_px = leg.leg_mm * math.exp(leg.values[SCALE])
    rated: list[tuple[float, float, Closeup]] = []
    for tilt in np.radians(FOOT_TILTS_DEG):
        for v_px in leg.values[V] + tall_px * np.arange(-0.7, 0.71, 0.1):
            one = stood(leg, sides, float(v_px), float(tilt))
            rated.append((together(one.foot(), edges), float(v_px), one))
    rated.sort(key=lambda found: -found[0])
    kept: list[tuple[float, float, Closeup]] = []
    for found in rated:
        if len(kept) < FEET and all(
            abs(found[1] - k[1]) > 0.1 * tall_px or abs(found[2].values[TILT] - k[2].values[TILT]) > 0.3 for k in kept
        ):
            kept.append(found)
    return [one for _, _, one in kept]


def hypotheses(image: Image, lens: Lens, leg_mm: float, label_mm: float) -> list[tuple[float, Fit]]:
    """(evidence, fit) of the best explanations of the picture, best first."""
    edges, rough = Edges.of(image), Edges.of(image, ROUGH_PX)
    covered = []
    for leg in legs(image, lens, leg_mm, label_mm):
        sides = sides_of(leg, edges)
        for foot in feet(leg, sides, rough):
            covered += [(evidence(one, rough), one, sides) for one in labels(foot, rough)]
    covered.sort(key=lambda found: -found[0])
    fits = [refined(one, edges, sides, (6.0, 3.0), label=True) for _, one, sides in covered[:TRIED]]
    return sorted(((evidence(f.closeup, edges), f) for f in fits), key=lambda pair: -pair[0])
