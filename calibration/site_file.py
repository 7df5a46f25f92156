"""The form of `site.yaml`: what may stand where. Unknown keys are refused at every depth, types are strict.

Image coordinates are pixels of the camera's `size` (x right, y down), floor coordinates metres. What one entry says of
another (camera, zone) and of the rules is checked in `calibration.references` once the whole file is read.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from calibration.energy_file import EnergyPart
from calibration.field_checks import (
    duty_windows,
    fault,
    file_address,
    line_with_inside,
    month_day,
    rota_place,
    rtsp_address,
    seen_kind,
    seen_name,
    shape,
    time_zone,
    user_name,
)
from calibration.field_types import LARGEST_PX, Coordinate, Corners, Id, Line, Metres, Point
from calibration.furniture_file import FurniturePart
from models.domain.site import LightingPolicy, ZoneKind

SITE_FILE = "site.yaml"

PostKind = Literal[
    "greeter",
    "reception",
    "door_concierge",
    "carpark_concierge",
    "guide",
    "water_bar",
    "showflat_butler",
    "sales_consultant",
    "client_butler",
    "safety_officer",
    "shuttle_driver",
]

FloorPlace = tuple[Metres, Metres]
FloorCorners = Annotated[tuple[FloorPlace, ...], Field(min_length=3, max_length=200), AfterValidator(shape)]
SecretName = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NamePart(_Part):
    zh: Line
    en: Line


class SeenNamePart(_Part):
    """The name of something a camera looks at."""

    zh: Annotated[Line, AfterValidator(seen_name)]
    en: Annotated[Line, AfterValidator(seen_name)]


class SeasonPart(_Part):
    id: Id
    starts: Annotated[str, AfterValidator(month_day)]
    open_shift_min: Annotated[int, Field(ge=-720, le=720)] = 0


def _each_season_once(seasons: tuple[SeasonPart, ...]) -> tuple[SeasonPart, ...]:
    for what in ("id", "starts"):
        if len({getattr(season, what) for season in seasons}) < len(seasons):
            raise fault("site.problem.season_repeated", what=what)
    return seasons


DEFAULT_SEASONS = (
    SeasonPart(id="winter", starts="10-15"),
    SeasonPart(id="spring", starts="03-01", open_shift_min=60),
    SeasonPart(id="summer", starts="06-01", open_shift_min=120),
)
"""domain.md sections 0.5 and 1.1: the latest start <= date; spring opens one hour later, summer two."""


class SitePart(_Part):
    id: Id
    name: NamePart
    time_zone: Annotated[str, AfterValidator(time_zone)]
    seasons: Annotated[
        tuple[SeasonPart, ...], Field(min_length=1, max_length=12), AfterValidator(_each_season_once)
    ] = DEFAULT_SEASONS


class SourcePart(_Part):
    """Exactly one of `file` and `rtsp`."""

    file: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(file_address)] | None = None
    start: Annotated[str, Field(max_length=40)] | None = None
    rtsp: Annotated[str, Field(max_length=1000), AfterValidator(rtsp_address)] | None = None
    user: Annotated[Line, AfterValidator(user_name)] | None = None
    secret: SecretName | None = None
    transport: Literal["tcp", "udp"] = "tcp"

    @model_validator(mode="after")
    def _one_kind(self) -> SourcePart:
        if (self.file is None) == (self.rtsp is None):
            raise fault("site.problem.one_source")
        if self.file is not None and (self.user is not None or self.secret is not None):
            raise fault("site.problem.file_with_login")
        if self.rtsp is not None and self.start is not None:
            raise fault("site.problem.live_with_start")
        if (self.user is None) != (self.secret is None):
            raise fault("site.problem.user_and_secret")
        return self


class LensPart(_Part):
    """OpenCV pinhole lens: focal lengths and centre in pixels, distortion k1 k2 p1 p2 k3."""

    fx: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
    fy: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
    cx: Coordinate
    cy: Coordinate
    distortion: tuple[Coordinate, Coordinate, Coordinate, Coordinate, Coordinate] = (0.0, 0.0, 0.0, 0.0, 0.0)


class FloorPointPart(_Part):
    image: Point
    floor: FloorPlace


class CameraPart(_Part):
    name: SeenNamePart
    source: SourcePart
    sub_source: SourcePart | None = None
    size: tuple[Annotated[int, Field(ge=16, le=LARGEST_PX)], Annotated[int, Field(ge=16, le=LARGEST_PX)]]
    analysis_fps: Annotated[float, Field(ge=0.2, le=60, allow_inf_nan=False)] = 5.0
    lens: LensPart | None = None
    floor_points: Annotated[tuple[FloorPointPart, ...], Field(max_length=500)] = ()
    privacy_masks: Annotated[tuple[Corners, ...], Field(max_length=100)] = ()
    static_person_masks: Annotated[tuple[Corners, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _both_live_or_both_recorded(self) -> CameraPart:
        if self.sub_source is not None and (self.source.file is None) != (self.sub_source.file is None):
            raise fault("site.problem.mixed_sources")
        return self


class RegionPart(_Part):
    """A polygon on the floor (`floor`, metres), or in the picture of `camera` (`image`, pixels)."""

    floor: FloorCorners | None = None
    camera: Id | None = None
    image: Corners | None = None

    @model_validator(mode="after")
    def _floor_or_picture(self) -> RegionPart:
        if (self.floor is None) == (self.image is None):
            raise fault("site.problem.one_region")
        if (self.camera is None) != (self.image is None):
            raise fault("site.problem.region_camera")
        return self


Regions = Annotated[tuple[RegionPart, ...], Field(min_length=1, max_length=100)]


class ZonePart(_Part):
    name: SeenNamePart
    kind: Annotated[ZoneKind, Field(strict=False), BeforeValidator(seen_kind)]
    lighting: LightingPolicy = LightingPolicy.SCHEDULED
    regions: Regions


class EntrancePart(_Part):
    """A line people cross; floor metres, or pixels of `camera`. `inside` is any point on the inner side."""

    zone: Id
    camera: Id | None = None
    line: tuple[Point, Point]
    inside: Point

    @model_validator(mode="after")
    def _two_sides(self) -> EntrancePart:
        line_with_inside(*self.line, self.inside)
        return self


class PostPart(_Part):
    name: SeenNamePart
    kind: PostKind
    zone: Id
    regions: Regions
    required_count: Annotated[int, Field(ge=1, le=5)] = 1
    duty: Annotated[list[str], Field(max_length=24), AfterValidator(duty_windows)] = []
    behind_counter: bool = False
    rota_position: Annotated[str, AfterValidator(rota_place)] = ""


class UniformPart(_Part):
    """One garment: `hex` (sRGB) or `lab` (CIE L*a*b*, D65)."""

    name: Id
    hex: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    lab: tuple[Annotated[float, Field(ge=0, le=100)], Coordinate, Coordinate] | None = None
    tolerance: Annotated[float, Field(gt=0, le=100)] = 18.0
    part: Literal["top", "bottom"] = "top"

    @model_validator(mode="after")
    def _one_colour(self) -> UniformPart:
        if (self.hex is None) == (self.lab is None):
            raise fault("site.problem.one_colour")
        return self


class StaffPart(_Part):
    uniform: Annotated[tuple[UniformPart, ...], Field(max_length=20)] = ()


class RolesPart(_Part):
    staff: StaffPart = StaffPart()


RuleSetting = Annotated[float, Field(allow_inf_nan=False)] | bool


class SiteFile(_Part):
    """The whole of `site.yaml`."""

    site: SitePart
    cameras: Annotated[dict[Id, CameraPart], Field(min_length=1, max_length=64)]
    zones: Annotated[dict[Id, ZonePart], Field(min_length=1, max_length=500)]
    entrances: Annotated[dict[Id, EntrancePart], Field(max_length=200)] = {}
    posts: Annotated[dict[Id, PostPart], Field(max_length=200)] = {}
    roles: RolesPart = RolesPart()
    rules: dict[str, dict[str, RuleSetting]] = {}
    energy: EnergyPart = EnergyPart()
    furniture: FurniturePart = FurniturePart()
