"""What stands in a showroom: each model's size, legs, seat and symmetry. Known without Blender; the stage builds to it.

An item's own frame: origin on the floor under the middle of its footprint, +x its front (the way a sitter looks).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

XY = tuple[float, float]


@dataclass(frozen=True)
class Model:
    size_m: tuple[float, float, float]
    """Along its own x, along its own y, height."""
    legs_m: tuple[XY, ...] = ()
    leg_diameter_m: float | None = None
    symmetry_order: int = 1
    """Turns that look the same in a full turn; 0: every turn does."""
    seat_m: float | None = None
    """Height of the seat, where one can sit."""
    seat_back_m: float = 0.0
    """How far a sitter's pelvis is in front of the origin."""
    on_wall: bool = False


def _square(x: float, y: float) -> tuple[XY, ...]:
    return ((x, y), (x, -y), (-x, y), (-x, -y))


def _sofa(width: float) -> Model:
    return Model((0.88, width, 0.8), _square(0.36, width / 2 - 0.08), 0.045, seat_m=0.44, seat_back_m=0.02)


_STAR = tuple((0.28 * math.cos(a), 0.28 * math.sin(a)) for a in (math.tau * k / 5 for k in range(5)))

MODELS: dict[tuple[str, str], Model] = {
    ("chair", "shell"): Model((0.5, 0.48, 0.86), _square(0.19, 0.19), 0.022, seat_m=0.46, seat_back_m=-0.07),
    ("chair", "wood"): Model((0.5, 0.48, 0.86), _square(0.19, 0.19), 0.034, seat_m=0.46, seat_back_m=-0.07),
    ("chair", "arm"): Model((0.62, 0.62, 0.86), _square(0.24, 0.24), 0.024, seat_m=0.46, seat_back_m=-0.07),
    ("chair", "office"): Model((0.62, 0.62, 1.05), _STAR, 0.06, seat_m=0.5, seat_back_m=-0.07),
    ("table", "round"): Model((0.9, 0.9, 0.74), ((0.22, 0), (-0.22, 0), (0, 0.22), (0, -0.22)), None, 0),
    ("table", "rect"): Model((1.3, 0.75, 0.74), _square(0.58, 0.31), 0.045, 2),
    ("sofa", "long"): _sofa(1.9),
    ("sofa", "single"): _sofa(1.1),
    ("coffee_table", ""): Model((0.6, 1.1, 0.4), _square(0.25, 0.48), 0.04, 2),
    ("plant", "thin"): Model((0.4, 0.4, 1.5), ((0, 0),), 0.3, 0),
    ("plant", "lush"): Model((0.4, 0.4, 1.5), ((0, 0),), 0.3, 0),
    ("bin", ""): Model((0.3, 0.3, 0.62), ((0, 0),), 0.28, 0),
    ("bench", ""): Model((0.45, 1.5, 0.45), _square(0.16, 0.62), 0.05, 2, seat_m=0.45, seat_back_m=-0.02),
    ("reception_desk", ""): Model((0.8, 2.6, 1.1)),
    ("water_bar", ""): Model((0.6, 1.6, 1.0)),
    ("model_table", ""): Model((1.2, 1.8, 0.8), (), None, 2),
    ("cabinet", ""): Model((0.45, 0.9, 1.8), _square(0.18, 0.4), 0.05),
    ("box", ""): Model((0.4, 0.5, 0.38)),
    ("suitcase", ""): Model((0.26, 0.42, 0.62)),
    ("cart", ""): Model((2.6, 1.2, 1.9)),
    ("charuco", ""): Model((0.04, 0.84, 1.55)),
    ("tag", ""): Model((0.3, 0.3, 0.002), (), None, 1),
}
LABELLED = ("chair", "table", "sofa", "coffee_table", "plant", "bin", "bench", "cabinet")
"""Kinds that have labels under their legs (domain.md 2.1: diagonal or centre)."""

LARGEST_LABEL_M = 0.06


def label_diameter(model: Model, asked_m: float | None) -> float:
    """Of the label under a leg: what was asked for, else three quarters of the leg's (domain.md 0.2)."""
    return asked_m or min(LARGEST_LABEL_M, round(0.75 * (model.leg_diameter_m or 0.034), 4))


CHARUCO_SQUARES = (6, 8)
CHARUCO_SQUARE_M = 0.13
CHARUCO_DICTIONARY = "DICT_5X5_100"
CHARUCO_BOTTOM_M = 0.45
"""The board stands upright in the item's y-z plane, facing +x, its lower edge at this height."""


@dataclass(frozen=True)
class Placed:
    """One item: `at` is x m, y m, yaw degrees; `seed` decides its leaves, its clutter, its tag number."""

    id: str
    kind: str
    style: str
    at: tuple[float, float, float]
    seed: int = 0

    @property
    def model(self) -> Model:
        return MODELS[self.kind, self.style]


def turned(point: XY, at: tuple[float, ...]) -> XY:
    """A point of the item's own frame on the floor."""
    c, s = math.cos(math.radians(at[2])), math.sin(math.radians(at[2]))
    return at[0] + c * point[0] - s * point[1], at[1] + s * point[0] + c * point[1]


def footprint(model: Model, at: tuple[float, ...], grow_m: float = 0.0) -> tuple[XY, XY, XY, XY]:
    """Corners on the floor, counter-clockwise."""
    x, y = model.size_m[0] / 2 + grow_m, model.size_m[1] / 2 + grow_m
    a, b, c, d = (turned(p, at) for p in ((x, y), (-x, y), (-x, -y), (x, -y)))
    return a, b, c, d
