"""What a close-up shows: a leg (an upright cone) on a floor and a round label beside or under it.

Eight numbers say it all: where the foot's centre is seen (u, v px), how large (log px per mm), how the floor is tilted
and rolled, the leg's taper, and the label's centre from the leg's (x, y mm in the floor). The known diameters of leg
and label give the scale; the camera is a pinhole. Floor frame: origin under the leg's axis, third axis up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Floats

U, V, SCALE, TILT, ROLL, TAPER, X, Y = range(8)
SIDE_HEIGHT = 3.0
"""How far up the leg's sides are looked at, in diameters."""
ARC, SIDE = 48, 20
"""Points on each circle and on each side."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole. size_px: width and height; focal_px."""

    size_px: tuple[int, int]
    focal_px: float

    @property
    def middle(self) -> Floats:
        return np.array([(self.size_px[0] - 1) / 2, (self.size_px[1] - 1) / 2])


@dataclass(frozen=True, slots=True)
class Contour:
    """Points (n, 2) px of an outline with unit normals (n, 2) pointing outwards, and which can be seen (n,)."""

    at: Floats
    normal: Floats
    seen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Closeup:
    """One hypothesis about a photograph. values: the eight numbers."""

    lens: Lens
    leg_mm: float
    label_mm: float
    values: Floats

    @property
    def offset_mm(self) -> float:
        return math.hypot(self.values[X], self.values[Y])

    def frame(self) -> tuple[Floats, Floats]:
        """(3,) the foot's centre in mm before the camera and (3, 3) the floor's axes as rows."""
        u, v, scale, tilt, roll = self.values[:5]
        depth = self.lens.focal_px / math.exp(scale)
        ray = np.array([*((np.array([u, v]) - self.lens.middle) / self.lens.focal_px), 1.0])
        up = np.array([math.sin(tilt) * math.sin(roll), -math.sin(tilt) * math.cos(roll), -math.cos(tilt)])
        first = np.array([math.cos(roll), math.sin(roll), 0.0])
        return ray * depth, np.stack([first, np.cross(up, first), up])

    def project(self, points: Floats) -> Floats:
        """(n, 3) mm of the floor frame -> (n, 2) px."""
        centre, axes = self.frame()
        ahead = points @ axes + centre
        return np.asarray(self.lens.focal_px * ahead[:, :2] / ahead[:, 2:] + self.lens.middle, np.float64)

    def eye(self) -> Floats:
        """(3,) the camera in the floor frame."""
        centre, axes = self.frame()
        return -axes @ centre

    def foot(self) -> Contour:
        """Where the leg meets the floor: the half that faces the camera."""
        ring, out = _ring(self.leg_mm / 2, (0.0, 0.0))
        eye = self.eye()
        facing = ((eye[:2] - ring[:, :2]) * out).sum(1) > 0
        return self._outlined(ring, out, facing)

    def sides(self) -> Contour:
        """The two edges of the leg against whatever is behind it, from just above the floor."""
        eye, radius, taper = self.eye(), self.leg_mm / 2, float(self.values[TAPER])
        toward, reach = math.atan2(eye[1], eye[0]), math.hypot(eye[0], eye[1])
        half = math.acos(min(1.0, radius / max(reach, radius * 1.001)))
        heights = np.linspace(0.12, SIDE_HEIGHT, SIDE) * self.leg_mm
        points, outs = [], []
        for angle in (toward + half, toward - half):
            way = np.array([math.cos(angle), math.sin(angle)])
            wide = radius * (1 + taper * heights / self.leg_mm)
            points.append(np.column_stack([wide[:, None] * way, heights]))
            outs.append(np.tile(way, (SIDE, 1)))
        stacked = np.concatenate(points)
        return self._outlined(stacked, np.concatenate(outs), np.ones(len(stacked), np.bool_), upright=True)

    def label(self) -> Contour:
        """The label's rim, as far as the leg does not hide it."""
        ring, out = _ring(self.label_mm / 2, (float(self.values[X]), float(self.values[Y])))
        return self._outlined(ring, out, ~self._hidden(ring))

    def rims(self, centres: Floats) -> Contour:
        """The label's rim for many centres (m, 2) mm at once: m * ARC points."""
        circle, out = _ring(self.label_mm / 2, (0.0, 0.0))
        ring = (circle[None] + np.column_stack([centres, np.zeros(len(centres))])[:, None]).reshape(-1, 3)
        return self._outlined(ring, np.tile(out, (len(centres), 1)), ~self._hidden(ring))

    def _hidden(self, ring: Floats) -> NDArray[np.bool_]:
        """Whether the leg stands over or before points of the floor."""
        eye, radius = self.eye(), self.leg_mm / 2
        ahead = eye - ring
        flat = (ahead[:, :2] ** 2).sum(1)
        nearest = np.clip(-(ring[:, :2] * ahead[:, :2]).sum(1) / np.maximum(flat, 1e-9), 0.0, 1.0)
        closest = ring + ahead * nearest[:, None]
        wide = radius * (1 + self.values[TAPER] * closest[:, 2] / self.leg_mm)
        return np.asarray(np.linalg.norm(closest[:, :2], axis=1) < wide, np.bool_)

    def _outlined(self, points: Floats, out: Floats, seen: NDArray[np.bool_], *, upright: bool = False) -> Contour:
        n = len(points)
        outward = points + np.column_stack([out, np.zeros(n)])
        along = points + np.column_stack([-out[:, 1], out[:, 0], np.zeros(n)])
        if upright:
            along = points + np.array([0.0, 0.0, 1.0])
        pixels = self.project(np.concatenate([points, outward, along]))
        at, beside, tangent = pixels[:n], pixels[n : 2 * n] - pixels[:n], pixels[2 * n :] - pixels[:n]
        normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
        normal *= np.sign((normal * beside).sum(1, keepdims=True)) + 1e-12
        length = np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        width, height = self.lens.size_px
        framed = (at[:, 0] > 3) & (at[:, 1] > 3) & (at[:, 0] < width - 4) & (at[:, 1] < height - 4)
        return Contour(at, normal / length, seen & framed)


def _ring(radius: float, centre: tuple[float, float], points: int = ARC) -> tuple[Floats, Floats]:
    angles = np.linspace(0, 2 * math.pi, points, endpoint=False)
    out = np.column_stack([np.cos(angles), np.sin(angles)])
    return np.column_stack([radius * out + np.array(centre), np.zeros(points)]), out
