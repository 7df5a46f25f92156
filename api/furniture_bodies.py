"""Furniture as boxes tell it over HTTP: where everything belongs, and what each check measured."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from api.bodies import Body, Moment
from api.energy_bodies import NameBody
from api.examples_furniture import BASELINE, CHECKS, LAYOUT
from models.domain.furniture import ItemClass
from models.domain.furniture_check import Check, CheckState
from models.domain.instants import us_of_datetime

MOST_ITEMS, MOST_CHECKS, MOST_CORNERS = 500, 1000, 400
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{0,100}$")]
_Metre = Annotated[float, Field(ge=-1e4, le=1e4, allow_inf_nan=False)]
_Pixel = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]
_Size = Annotated[float, Field(ge=0, le=1e5, allow_inf_nan=False)]
_Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
_Corners = Annotated[tuple[tuple[_Metre, _Metre], ...], Field(max_length=MOST_CORNERS)]
_Line = Annotated[tuple[tuple[_Pixel, _Pixel], ...], Field(max_length=MOST_CORNERS)]


class LabelBody(Body):
    at_mm: tuple[_Number, _Number]
    label_mm: _Size
    leg_mm: _Size
    contrast: bool


class ItemBody(Body):
    id: _Id
    name: NameBody
    zone: _Id
    item_class: Annotated[ItemClass, Field(alias="class")]
    size_mm: tuple[_Size, _Size, _Size]
    at: tuple[_Metre, _Metre] | None
    heading_deg: _Number
    symmetry: Annotated[int, Field(ge=0, le=12)]
    tolerance: _Size
    turn_tolerance_deg: _Size
    unit: Literal["mm", "px"]
    labels: Annotated[tuple[LabelBody, ...], Field(max_length=8)]


class ZoneBody(Body):
    id: _Id
    name: NameBody
    outline: _Corners


class ViewBody(Body):
    """What calibration says of one camera's picture, in its pixels: lines of the floor's grid, item -> outline."""

    camera: _Id
    size_px: tuple[Annotated[int, Field(gt=0, le=20_000)], Annotated[int, Field(gt=0, le=20_000)]]
    grid: Annotated[tuple[_Line, ...], Field(max_length=80)]
    items: Annotated[dict[_Id, _Line], Field(max_length=MOST_ITEMS)]


class ToldBaselineBody(Body):
    version: Annotated[int, Field(ge=1, lt=2**31)]
    state: Literal["trial", "frozen", "superseded"]
    since: Moment
    approved_by: Annotated[str, StringConstraints(max_length=120)]


class LayoutBody(Body):
    """Where everything of the site belongs."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [LAYOUT]})

    site_version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    items: Annotated[tuple[ItemBody, ...], Field(max_length=MOST_ITEMS)]
    zones: Annotated[tuple[ZoneBody, ...], Field(max_length=200)]
    views: Annotated[tuple[ViewBody, ...], Field(max_length=64)]
    baselines: Annotated[tuple[ToldBaselineBody, ...], Field(max_length=1000)]

    def content(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class CheckBody(Body):
    at: Moment
    item: _Id
    camera: _Id
    state: CheckState
    why: _Key
    baseline: Annotated[int, Field(ge=0, lt=2**31)]
    unit: Literal["mm", "px"]
    dx: _Number | None
    dy: _Number | None
    turn_deg: _Number | None
    sigma: _Size | None
    sigma_deg: _Size | None

    def check(self) -> Check:
        return Check(
            us_of_datetime(self.at),
            self.item,
            self.camera,
            self.state,
            self.why,
            self.baseline,
            self.unit,
            self.dx,
            self.dy,
            self.turn_deg,
            self.sigma,
            self.sigma_deg,
        )


class ChecksBody(Body):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CHECKS]})

    checks: Annotated[tuple[CheckBody, ...], Field(max_length=MOST_CHECKS)]


class BaselineBody(Body):
    """A proposal: from when the layout in force is to be the baseline."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [BASELINE]})

    site_id: _Id
    since: Moment | None = None
    note: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""


class DecisionBody(Body):
    """An approval or a withdrawal."""

    site_id: _Id
    note: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""
