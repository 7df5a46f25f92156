"""A zone's day as a box tells it over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from api.bodies import Body, Moment
from api.examples import DAY_SHEET
from models.domain.day_sheet import DaySheet, sheet_of

MOST_THINGS, MOST_SPANS = 700, 4000
DAY_S = 90_000
"""A local day of 25 hours, where summer time ends."""
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
_Words = Annotated[str, StringConstraints(min_length=1, max_length=120)]
_Hours = Annotated[float, Field(ge=0, le=1e5, allow_inf_nan=False)]
_Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
_Second = Annotated[float, Field(ge=0, le=DAY_S, allow_inf_nan=False)]


class NameBody(Body):
    zh: _Words
    en: _Words


class EnergyAmountBody(Body):
    kwh: _Amount
    cost_cny: _Amount


class ThingDayBody(Body):
    subject: _Id
    kind: Literal["luminaire", "aircon"]
    name: NameBody
    on_h: _Hours
    off_h: _Hours
    unknown_h: _Hours
    measured: EnergyAmountBody | None
    estimated: EnergyAmountBody | None


class LaneBody(Body):
    subject: _Id
    kind: Literal["zone", "luminaire", "aircon"]
    name: NameBody
    spans: Annotated[
        tuple[tuple[_Second, _Second, Literal["occupied", "empty", "on", "off", "unknown"]], ...],
        Field(max_length=MOST_SPANS),
    ]
    windows: Annotated[tuple[tuple[_Second, _Second], ...], Field(max_length=48)] = ()


class DaySheetBody(Body):
    """One zone's local day as one run of the box has seen it so far."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DAY_SHEET]})

    zone: _Id
    zone_name: NameBody
    day: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    run_started: Moment
    as_of: Moment
    things: Annotated[tuple[ThingDayBody, ...], Field(max_length=MOST_THINGS)]
    lanes: Annotated[tuple[LaneBody, ...], Field(max_length=MOST_THINGS + 1)]
    owed_h: _Hours
    right_h: _Hours
    lights_on_empty_h: _Hours
    ac_on_empty_h: _Hours
    tariff_cny_per_kwh: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    tariff_is_placeholder: bool

    def content(self) -> dict[str, Any]:
        """What is stored: the sheet without its times."""
        return self.model_dump(mode="json", exclude={"run_started", "as_of"})

    def sheet(self) -> DaySheet:
        return sheet_of(self.content())
