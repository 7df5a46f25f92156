"""The `energy` part of `site.yaml`: hours, lamp groups, air-conditioners, meters, broker; and what `lights.json` holds.

Self-contained: `calibration.site_file` imports it, so it may not import that.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from calibration.field_checks import fault, printable, user_name
from calibration.field_types import Corners, Id, Line
from models.domain.calendar import DAY_MIN, Window, overlapping

LIGHTS_FILE = "lights.json"
"""Beside the site file: what `guiwei calibrate lights` taught."""
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_WINDOW = re.compile(rf"{_TIME}-({_TIME}|24:00)")
_UNTIL = re.compile(rf"{_TIME}|24:00")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,45}\]")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Watts = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]


def minutes_of(value: str) -> int:
    """HH:MM as minutes; 24:00 is 1440."""
    return int(value[:2]) * 60 + int(value[3:])


def window_of(value: str) -> Window:
    """`HH:MM-HH:MM`; one that does not close later than it opens closes on the next day."""
    opens, closes = map(minutes_of, value.split("-"))
    return Window(opens, closes if closes > opens else closes + DAY_MIN)


def _windows(values: list[str]) -> list[str]:
    for value in values:
        if not _WINDOW.fullmatch(value):
            raise fault("site.problem.window_form", value=repr(value))
        if value[:5] == value[6:]:
            raise fault("site.problem.window_empty", value=value)
    if pair := overlapping(tuple(map(window_of, values))):
        raise fault("site.problem.window_overlap", first=str(pair[0]), second=str(pair[1]))
    return values


def _until(value: str) -> str:
    if not _UNTIL.fullmatch(value):
        raise fault("site.problem.until_form", value=repr(value))
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise fault("site.problem.day_form", value=repr(value)) from None
    return value


def _topic(value: str) -> str:
    """An exact MQTT topic: no wildcards, no $SYS."""
    if any(c in value for c in "+#\0") or value.startswith("$"):
        raise fault("site.problem.topic", value=repr(value))
    return printable(value)


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise fault("site.problem.host", value=repr(value))
    return value


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[str, Field(max_length=40)]
WindowName = Literal["interior", "exterior", "ground", "ac", "music"]
WindowList = Annotated[list[str], Field(max_length=12), AfterValidator(_windows)]
WindowTable = dict[WindowName, WindowList]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class GroupNamePart(_Part):
    zh: Line
    en: Line


class ExceptionPart(_Part):
    """Days on which other windows hold; an empty list closes."""

    first: Day
    last: Day
    windows: Annotated[WindowTable, Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> ExceptionPart:
        if self.last < self.first:
            raise fault("site.problem.exception_order", first=self.first, last=self.last)
        return self


class EveningPart(_Part):
    date: Day
    until: Annotated[str, AfterValidator(_until)]


class VisitPart(_Part):
    arrives: Moment
    leaves: Moment


class CalendarPart(_Part):
    location: tuple[Latitude, Degrees] | None = None
    contract: WindowTable = {}
    windows: WindowTable = {}
    exceptions: Annotated[dict[Id, ExceptionPart], Field(max_length=400)] = {}
    evening_openings: Annotated[dict[Id, EveningPart], Field(max_length=400)] = {}
    vip_visits: Annotated[dict[Id, VisitPart], Field(max_length=400)] = {}


class LampRegionPart(_Part):
    """A taught region of a group, as `lights.json` holds it."""

    camera: Id
    part: Literal["lamp", "surface"]
    polygon: Corners
    on: Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], Field(max_length=32)] = ()
    off: Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], Field(max_length=32)] = ()
    least_level: Annotated[float, Field(allow_inf_nan=False)] | None = None
    chroma: Annotated[float, Field(ge=0, le=510, allow_inf_nan=False)] = 0.0


class LightsFile(_Part):
    """The whole of `lights.json`."""

    version: Literal[1]
    groups: Annotated[dict[Id, tuple[LampRegionPart, ...]], Field(max_length=500)]


class LuminairePart(_Part):
    name: GroupNamePart
    zone: Id
    window: Literal["interior", "exterior", "ground", "none"] = "interior"
    tags: Annotated[tuple[Literal["spotlight", "model", "decor"], ...], Field(max_length=3)] = ()
    overnight_exempt: bool = False
    rated_w: Watts | None = None


class AirconRegionPart(_Part):
    """Where a camera sees something of the unit; what it looks like on and off is taught (`aircon.json`)."""

    camera: Id
    part: Literal["display", "led", "louver", "ribbon"]
    polygon: Corners


class AirconPart(_Part):
    name: GroupNamePart
    zone: Id
    rated_w: Watts | None = None
    display_shows: Literal["setpoint", "room_temperature"] | None = None
    regions: Annotated[tuple[AirconRegionPart, ...], Field(max_length=20)] = ()


class MeterPart(_Part):
    subject: Id
    on_w: Watts = 30.0
    off_w: Watts = 15.0
    on_s: Seconds = 60.0
    off_s: Seconds = 300.0
    max_gap_s: Annotated[float, Field(ge=1, le=86400)] = 300.0

    @model_validator(mode="after")
    def _in_order(self) -> MeterPart:
        if self.off_w > self.on_w:
            raise fault("site.problem.meter_order", on_w=f"{self.on_w:g}", off_w=f"{self.off_w:g}")
        return self


class TopicPart(_Part):
    topic: Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_topic)]
    meter: Id
    kind: Literal["power", "relay", "setpoint", "temperature", "supply_temperature"]
    field: Annotated[str, Field(max_length=64), AfterValidator(printable)] = ""


class MqttPart(_Part):
    host: Annotated[str, Field(min_length=1, max_length=253), AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    user: Annotated[Line, AfterValidator(user_name)] | None = None
    secret: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=64)] | None = None
    topics: Annotated[tuple[TopicPart, ...], Field(min_length=1, max_length=1000)]


class EnergyPart(_Part):
    calendar: CalendarPart = CalendarPart()
    luminaires: Annotated[dict[Id, LuminairePart], Field(max_length=500)] = {}
    aircons: Annotated[dict[Id, AirconPart], Field(max_length=200)] = {}
    meters: Annotated[dict[Id, MeterPart], Field(max_length=700)] = {}
    mqtt: MqttPart | None = None
    tariff_cny_per_kwh: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
