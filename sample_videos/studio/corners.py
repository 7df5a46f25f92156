"""Corners of furniture as the picture shows them: where two edges of a top meet, each fitted to its own gradient.

Along the half of an edge that is next to the corner the steepest change across it is looked for within `REACH_PX` of
where the truth puts it; a straight line through most of these places is the edge. Two such edges give the corner, so a
cup that stands on one or a chair before the other costs nothing but that corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.furnishing import turned
from sample_videos.studio.truth import ItemTruth, Pose, Truth

Grey = NDArray[np.float32]
Floats = NDArray[np.float64]

TOPS = {
    ("table", "rect"): ((0.0, 0.0), (0.65, 0.375), 0.7395, 0.035),
    ("coffee_table", ""): ((0.0, 0.0), (0.3, 0.55), 0.4025, 0.035),
    ("reception_desk", ""): ((0.27, 0.0), (0.16, 1.33), 1.10, 0.04),
}
"""Kind and style -> middle, half sizes (x, y), height and thickness of a flat top in metres, as the stage builds it.
Only tops with edges of their own: the sand table's rim is rounded and has another edge beside it, and the carton's
edges are crossed by its tape and no brighter than its walls."""
REACH_PX, STEP_PX = 3.5, 0.05
OWN_SHARE = 0.5
"""A top's lower edge runs along below the upper one: the upper is looked for up to half the way to it."""
ALONG = np.linspace(0.08, 0.55, 28)
"""Shares of the edge's length from the corner; its rounding is left out."""
LEAST_PX = 14.0
"""Shorter in the picture than this is no edge to fit."""
STEEP = 3.0
"""Grey levels a pixel."""
SPREAD_PX, SHARE = 0.35, 0.7
"""An edge is a line if so many of its places lie this near to it."""
APART = 0.6
"""Sine of the angle between two edges: where they meet more sharply, a tenth of a pixel of one moves the corner far."""


def corners(truth: Truth, camera: StudioCamera, at_s: float, mean: Grey) -> list[float]:
    """px between found and projected corners of everything with a flat top that stands in the room at at_s."""
    found: list[float] = []
    for item in truth.items:
        pose = [p for p in item.poses if p.t_s <= at_s + 1e-6][-1]
        if (item.kind, item.style) in TOPS and pose.present:
            found += _of(item, pose, camera, mean)
    return found


def _of(item: ItemTruth, pose: Pose, camera: StudioCamera, mean: Grey) -> Iterator[float]:
    (cx, cy), (hx, hy), z, thick = TOPS[item.kind, item.style]
    at = pose.x_m, pose.y_m, pose.yaw_deg
    tops = [turned((cx + sx * hx, cy + sy * hy), at) for sx, sy in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    ring = [np.array([x, y, z]) for x, y in tops]
    for k, corner in enumerate(ring):
        lines = [corner + ALONG[:, None] * (other - corner) for other in (ring[k - 1], ring[(k + 1) % 4])]
        edges = [_edge(camera, mean, line, thick) for line in lines]
        if all(edge is not None for edge in edges):
            (normal, off), (other, other_off) = (edge for edge in edges if edge is not None)
            both = np.stack([normal, other])
            if abs(np.linalg.det(both)) > APART:
                yield float(np.linalg.norm(np.linalg.solve(both, [off, other_off])))


def _edge(camera: StudioCamera, mean: Grey, line: Floats, thick: float) -> tuple[Floats, float] | None:
    """(unit normal in the picture, px by which the edge is off along it at the corner); None where there is none.

    line: places along the edge in metres, from the corner.
    """
    places, depth = camera.project(line)
    high, wide = mean.shape
    inside = (places > REACH_PX + 1).all() and (places < np.array([wide, high]) - REACH_PX - 1).all()
    along = places[-1] - places[0]
    length_px = float(np.linalg.norm(along))
    if (depth < 0.2).any() or not inside or length_px < LEAST_PX * (ALONG[-1] - ALONG[0]):
        return None
    normal = np.array([-along[1], along[0]]) / length_px
    below, _ = camera.project(line - np.array([0.0, 0.0, thick]))
    gap_px = float(np.abs((below - places) @ normal).mean())
    return _line(_offsets(mean, places, normal, min(REACH_PX, OWN_SHARE * gap_px), gap_px), normal)


def _offsets(mean: Grey, places: Floats, normal: Floats, reach_px: float, gap_px: float) -> Floats:
    """(n,) px along the normal of the steepest change at each place; NaN where nothing is steep within reach, and where
    it goes the other way than along most of the edge: a top that is brighter than the floor is so all along. NaN also
    where the top's lower edge, `gap_px` below, is the steeper one: the encoder blurs the weaker into it."""
    far = max(reach_px, gap_px) + 1
    reach = np.arange(-far, far + STEP_PX / 2, STEP_PX)
    spots = (places[:, None, :] + reach[None, :, None] * normal - 0.5).astype(np.float32)
    rows = cv2.remap(mean, spots[..., 0], spots[..., 1], cv2.INTER_CUBIC)
    signed = np.gradient(cv2.GaussianBlur(rows, (0, 0), 0.5 / STEP_PX, sigmaY=1e-6), STEP_PX, axis=1)
    slope = np.abs(signed)
    near = np.abs(reach) <= reach_px
    best = np.flatnonzero(near)[slope[:, near].argmax(1)]
    rows_at = np.arange(len(best))
    top = slope[rows_at, best]
    peak = (top >= slope[rows_at, best - 1]) & (top >= slope[rows_at, best + 1]) & (top >= STEEP)
    rising = signed[rows_at, best] > 0
    own = top >= slope.max(axis=1)
    usual = rising == (np.count_nonzero(rising & peak) * 2 > np.count_nonzero(peak))
    return np.where(peak & usual & own, reach[best], np.nan)


def _line(offsets: Floats, normal: Floats) -> tuple[Floats, float] | None:
    """The straight line most places lie on, by the pair of places that most others agree with."""
    known = np.flatnonzero(~np.isnan(offsets))
    if len(known) < SHARE * len(offsets):
        return None
    best: Sequence[int] | NDArray[np.int64] = []
    for i in known[::2]:
        for j in known[known > i + len(offsets) // 3]:
            slope = (offsets[j] - offsets[i]) / (ALONG[j] - ALONG[i])
            near = known[np.abs(offsets[known] - offsets[i] - slope * (ALONG[known] - ALONG[i])) <= SPREAD_PX]
            best = near if len(near) > len(best) else best
    if len(best) < SHARE * len(offsets):
        return None
    _, off = np.polyfit(ALONG[best], offsets[best], 1)
    return normal, float(off)
