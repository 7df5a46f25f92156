"""Furniture and its place: what an item is made of, where it belongs, how far it may be off (domain.md 2.1).

Item frame: origin on the floor under the centre, x forward (the way it faces), y to its left, z up; metres. A pose is
(x, y, heading) in the site frame, heading counter-clockwise from x.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from models.domain.geometry import XY, Polygon
from models.domain.truth import Truth

if TYPE_CHECKING:
    from models.domain.site import Name

XYZ = tuple[float, float, float]


class ItemClass(StrEnum):
    CHAIR = "chair"
    ARMCHAIR = "armchair"
    TABLE = "table"
    ROUND_TABLE = "round_table"
    SOFA = "sofa"
    PLANT = "plant"
    BIN = "bin"
    CABINET = "cabinet"
    SIGN = "sign"
    COUNTER_ITEM = "counter_item"
    SCENT_DEVICE = "scent_device"


CENTRED = frozenset({ItemClass.PLANT, ItemClass.BIN, ItemClass.COUNTER_ITEM, ItemClass.SCENT_DEVICE})
"""One label under the centre; all others two under diagonal legs (rule P3-08)."""
TOLERANCE_MM = {
    ItemClass.CHAIR: 100.0,
    ItemClass.ARMCHAIR: 100.0,
    ItemClass.CABINET: 50.0,
    ItemClass.COUNTER_ITEM: 30.0,
}
OTHER_TOLERANCE_MM = 80.0
"""domain.md 2.1: table, sofa, plant, bin."""
TURN_TOLERANCE_DEG = 10.0
CLEAR_M = 1.5
"""domain.md 2.1: nobody on the item or within 1.5 m."""
SYMMETRY = {ItemClass.TABLE: 2}
"""Turns that look alike: 1 none, 2 half a turn, 0 any (round)."""
ROUND = frozenset({ItemClass.ROUND_TABLE, ItemClass.PLANT, ItemClass.BIN, ItemClass.SCENT_DEVICE})


@dataclass(frozen=True, slots=True)
class Pose:
    x_m: float
    y_m: float
    heading_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """An upright box, or cylinder of the same size, in the item frame."""

    centre: XYZ
    size: XYZ
    round: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One label on the floor and the leg that covers it, when the item stands right."""

    at: XY
    """Item frame, metres."""
    label_mm: float = 0.0
    leg_mm: float = 0.0
    contrast: bool = False
    """Visible to a camera when uncovered; the usual labels are transparent (rule P3-09)."""
    bgr: tuple[int, int, int] | None = None
    """Colour of a contrast label; without it a camera does not know what to look for."""

    @property
    def play_mm(self) -> float:
        """How far the leg may be off before the label shows: (D - d) / 2 (domain.md 0.2)."""
        return max(0.0, (self.leg_mm - self.label_mm) / 2)


@dataclass(frozen=True, slots=True)
class FurnitureItem:
    """Something with a place. `size_m`: length along x, width along y, height."""

    id: str
    name: Name
    zone: str
    cls: ItemClass
    size_m: XYZ
    pose: Pose
    tolerance_mm: float
    turn_tolerance_deg: float
    symmetry: int
    labels: tuple[Label, ...] = ()
    camera: str = ""
    """Only this camera measures it; "" any that sees it."""
    outline: Polygon = ()
    """In that camera's picture (px), for an item without a calibrated floor: offsets are then pixels."""

    @property
    def unit(self) -> str:
        return "px" if self.outline else "mm"

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.cls, self.size_m)


class BaselineState(StrEnum):
    """trial: measured, no incidents (30 days, rule P3-14); frozen: approved by a person; superseded: by a later one."""

    TRIAL = "trial"
    FROZEN = "frozen"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Baseline:
    """One version of where everything belongs. since_us: UTC, from when it holds."""

    version: int
    state: BaselineState
    since_us: int
    approved_by: str = ""


NO_BASELINE = Baseline(0, BaselineState.TRIAL, 0)
"""Nothing was approved yet: all is measured, nothing is raised."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """All items of a site with their baselines, oldest first."""

    items: Mapping[str, FurnitureItem] = field(default_factory=dict)
    baselines: tuple[Baseline, ...] = ()
    check_every_s: float = 60.0
    suspended: tuple[tuple[int, int], ...] = ()
    """Cleaning and events: UTC µs, half-open; nothing is raised in them."""

    def suspended_at(self, utc_us: int) -> bool:
        return any(start <= utc_us < end for start, end in self.suspended)

    def baseline_at(self, utc_us: int) -> Baseline:
        """The last one that has begun. Taken out of force (superseded), it raises nothing until a later one begins."""
        begun = [one for one in self.baselines if one.since_us <= utc_us]
        return max(begun, key=lambda one: (one.since_us, one.version), default=NO_BASELINE)


VERIFIABLE = 3.0
"""domain.md 2.1: a tolerance below three sigma of the measurement cannot be judged."""


EXCESS, FAINT_EXCESS = 1.0, 2.0
"""Sigmas by which a size must exceed its tolerance to be raised; the second where a sigma is more than the tolerance
(it then comes from rival places, and its tails are longer than a normal error's). Counted on the checks of
bench.registration, each against tolerances of 20-100 mm and 3-15 degrees (7,872 comparisons): these raise 1 falsely and
176 of 222 rightly; 0 sigma everywhere 54 and 220, 1 sigma 5 and 181, 1.5 none and 152; the rule before ("verifiable, or
2 sigma") 10 and 174. What is beyond by less is unknown: never raised, never in place."""


def beyond(value: float, sigma: float, tolerance: float) -> Truth:
    """Whether a measured size is within its tolerance: FAILS when it is not, UNKNOWN when that cannot be told.

    It fails when surely beyond; it holds when within and the tolerance can be told from noise.
    """
    excess = EXCESS if sigma <= tolerance else FAINT_EXCESS
    if value - excess * sigma > tolerance:
        return Truth.FAILS
    return Truth.HOLDS if value <= tolerance and VERIFIABLE * sigma <= tolerance else Truth.UNKNOWN


def turn_of(degrees: float, symmetry: int) -> float:
    """The smallest turn that looks the same: in (-180/n, 180/n]; 0 for something round."""
    if symmetry == 0:
        return 0.0
    step = 360.0 / symmetry
    reduced = math.remainder(degrees, step)
    return step / 2 if reduced == -step / 2 else reduced


def parts_of(cls: ItemClass, size_m: XYZ) -> tuple[Part, ...]:
    """Of what upright boxes and cylinders something of a class and size consists, as far as its depth matters.

    Proportions from common pieces (seat at 52 % of a chair's height, table-top 5 cm); an error of them costs little,
    since they only say how deep in the room a pixel lies (shared measurement: turns of 10 degrees within 2).
    """
    length, width, height = size_m
    if cls in _BUILT:
        return _BUILT[cls](length, width, height)
    return (Part((0.0, 0.0, height / 2), size_m, cls in ROUND),)


def _legs(length: float, width: float, height: float, thick: float) -> tuple[Part, ...]:
    x, y = (length - thick) / 2, (width - thick) / 2
    return tuple(Part((sx * x, sy * y, height / 2), (thick, thick, height)) for sx in (-1, 1) for sy in (-1, 1))


def _chair(length: float, width: float, height: float) -> tuple[Part, ...]:
    seat = 0.52 * height
    third = (height - seat) / 3
    back = tuple(
        Part((-(0.41 + 0.045 * k) * length, 0.0, seat + (k + 0.5) * third), (0.06 * length, 0.92 * width, third))
        for k in range(3)
    )
    top = Part((0.02 * length, 0.0, seat - 0.03), (0.92 * length, 0.94 * width, 0.06))
    return (top, *back, *_legs(0.86 * length, 0.86 * width, seat, 0.045))


def _upholstered(part: Part, round_m: float = 0.05) -> tuple[Part, ...]:
    """A cushion's rounded upper edge in three steps (a quarter circle's mean inset of each): what a camera takes for
    the edge lies 2-4 cm inside the box, and a turn about the centre carries that along."""
    length, width, height = part.size
    x, y, z = part.centre
    steps = (
        (0.0, height - round_m, 0.0),
        (height - round_m, 0.6 * round_m, 0.11),
        (height - 0.4 * round_m, 0.4 * round_m, 0.5),
    )
    return tuple(
        Part(
            (x, y, z - height / 2 + start + tall / 2), (length - 2 * inset * round_m, width - 2 * inset * round_m, tall)
        )
        for start, tall, inset in steps
    )


def _armchair(length: float, width: float, height: float) -> tuple[Part, ...]:
    seat = 0.52 * height
    back = Part((-0.40 * length, 0.0, 0.5 * (0.4 * height + height)), (0.22 * length, 0.92 * width, 0.6 * height))
    top = Part((0.04 * length, 0.0, seat - 0.08), (0.82 * length, 0.76 * width, 0.16))
    arms = tuple(
        Part((-0.03 * length, s * 0.43 * width, 0.58 * height), (0.78 * length, 0.14 * width, 0.33 * height))
        for s in (-1, 1)
    )
    padded = [step for part in (top, back, *arms) for step in _upholstered(part)]
    return (*padded, *_legs(0.8 * length, 0.8 * width, 0.38 * height, 0.045))


def _table(length: float, width: float, height: float) -> tuple[Part, ...]:
    top = Part((0.0, 0.0, height - 0.025), (length, width, 0.05))
    return (top, *_legs(0.94 * length, 0.9 * width, height, 0.06))


def _round_table(length: float, width: float, height: float) -> tuple[Part, ...]:
    top = Part((0.0, 0.0, height - 0.02), (length, width, 0.04), round=True)
    column = Part((0.0, 0.0, height / 2), (0.09, 0.09, height), round=True)
    return (top, column, Part((0.0, 0.0, 0.01), (0.6 * length, 0.6 * width, 0.02), round=True))


def _sofa(length: float, width: float, height: float) -> tuple[Part, ...]:
    base = Part((0.06 * length, 0.0, 0.32 * height), (0.86 * length, 0.96 * width, 0.5 * height))
    back = Part((-0.35 * length, 0.0, 0.58 * height), (0.30 * length, width, 0.84 * height))
    arms = tuple(
        Part((0.0, s * (width / 2 - 0.09), 0.42 * height), (0.95 * length, 0.18, 0.62 * height)) for s in (-1, 1)
    )
    return tuple(step for part in (base, back, *arms) for step in _upholstered(part))


def _plant(length: float, width: float, height: float) -> tuple[Part, ...]:
    pot = Part((0.0, 0.0, 0.19), (min(0.4, length), min(0.4, width), 0.38), round=True)
    return (pot, Part((0.0, 0.0, 0.5 * (0.38 + height)), (length, width, height - 0.38), round=True))


_BUILT = {
    ItemClass.CHAIR: _chair,
    ItemClass.ARMCHAIR: _armchair,
    ItemClass.TABLE: _table,
    ItemClass.ROUND_TABLE: _round_table,
    ItemClass.SOFA: _sofa,
    ItemClass.PLANT: _plant,
}
