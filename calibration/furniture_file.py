"""The `furniture` part of `site.yaml`: items with their labels; and what `furniture.json` holds.

Self-contained: `calibration.site_file` imports it, so it may not import that.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from calibration.field_checks import fault, seen_name
from calibration.field_types import Coordinate, Corners, Id, Line, Metres
from models.domain.furniture import BaselineState, ItemClass

FURNITURE_FILE = "furniture.json"
"""Beside the site file: what `guiwei calibrate` found out: lenses, floor points, baselines."""
REFERENCES = "references"
"""Folder beside the site file: references/<camera>/<light>.png, still pictures with nobody in them."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


LEAST_COLOUR = 60
"""Largest less smallest of R, G, B: a grey label looks like a shadow."""
SizeMm = Annotated[float, Field(ge=20, le=10_000, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]


class ItemNamePart(_Part):
    zh: Annotated[Line, AfterValidator(seen_name)]
    en: Annotated[Line, AfterValidator(seen_name)]


class LabelPart(_Part):
    """One label: where under the item (mm from its centre: forward, left), and the leg that covers it."""

    at_mm: tuple[Annotated[float, Field(ge=-5000, le=5000)], Annotated[float, Field(ge=-5000, le=5000)]]
    label_mm: Annotated[float, Field(ge=0, le=500)] = 0.0
    leg_mm: Annotated[float, Field(ge=0, le=1000)] = 0.0
    contrast: bool = False
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None

    @model_validator(mode="after")
    def _coloured(self) -> LabelPart:
        if self.bgr is not None and max(self.bgr) - min(self.bgr) < LEAST_COLOUR:
            raise fault("furniture.problem.colour")
        return self

    @property
    def bgr(self) -> tuple[int, int, int] | None:
        if self.colour is None:
            return None
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return blue, green, red

    @model_validator(mode="after")
    def _under_its_leg(self) -> LabelPart:
        if self.label_mm > self.leg_mm:
            raise fault("furniture.problem.label_wider", label=f"{self.label_mm:g}", leg=f"{self.leg_mm:g}")
        return self


class ItemPart(_Part):
    """A piece of furniture: on the floor (`at`, `size_mm`), or in one picture (`camera`, `outline`)."""

    name: ItemNamePart
    zone: Id
    item_class: Annotated[ItemClass, Field(strict=False, alias="class")]
    size_mm: tuple[SizeMm, SizeMm, SizeMm] | None = None
    at: tuple[Metres, Metres] | None = None
    heading_deg: Degrees = 0.0
    symmetry: Annotated[int, Field(ge=0, le=12)] | None = None
    tolerance: Annotated[float, Field(gt=0, le=5000)] | None = None
    turn_tolerance_deg: Annotated[float, Field(gt=0, le=180)] | None = None
    labels: Annotated[tuple[LabelPart, ...], Field(max_length=8)] = ()
    camera: Id | None = None
    outline: Corners | None = None

    @model_validator(mode="after")
    def _floor_or_picture(self) -> ItemPart:
        if (self.at is None) == (self.outline is None) or (self.at is None) != (self.size_mm is None):
            raise fault("furniture.problem.floor_or_picture")
        if self.outline is not None and self.camera is None:
            raise fault("furniture.problem.outline_camera")
        return self


class SuspensionPart(_Part):
    """Cleaning or an event: nothing is raised from `start` to `end` (ISO-8601, local unless with an offset)."""

    start: Annotated[str, Field(max_length=40)]
    end: Annotated[str, Field(max_length=40)]
    reason: Literal["cleaning", "event"] = "event"


class FurniturePart(_Part):
    items: Annotated[dict[Id, ItemPart], Field(max_length=500)] = {}
    check_every_s: Annotated[float, Field(ge=0.2, le=86400)] = 60.0
    suspended: Annotated[tuple[SuspensionPart, ...], Field(max_length=1000)] = ()


class TaughtLens(_Part):
    fx: Annotated[float, Field(gt=0, le=100_000)]
    fy: Annotated[float, Field(gt=0, le=100_000)]
    cx: Coordinate
    cy: Coordinate
    distortion: tuple[Coordinate, Coordinate, Coordinate, Coordinate, Coordinate] = (0.0, 0.0, 0.0, 0.0, 0.0)


class TaughtPoint(_Part):
    image: tuple[Coordinate, Coordinate]
    floor: tuple[Metres, Metres]


class TaughtCamera(_Part):
    lens: TaughtLens | None = None
    floor_points: Annotated[tuple[TaughtPoint, ...], Field(max_length=500)] = ()


class BaselinePart(_Part):
    version: Annotated[int, Field(ge=1)]
    state: Annotated[BaselineState, Field(strict=False)]
    since: Annotated[str, Field(max_length=40)]
    approved_by: Annotated[str, Field(max_length=120)] = ""


class FurnitureFile(_Part):
    """The whole of `furniture.json`."""

    version: Literal[1] = 1
    cameras: Annotated[dict[Id, TaughtCamera], Field(max_length=64)] = {}
    baselines: Annotated[tuple[BaselinePart, ...], Field(max_length=1000)] = ()
