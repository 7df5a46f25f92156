"""What is true of a recording: the form of `truth.json` (docs/design/truth.md, docs/schema/truth.schema.json).

Times are seconds from the first frame (`t_s`), lengths metres in the site frame (floor z = 0), angles degrees
counter-clockwise from +x, image coordinates pixels of the delivered picture with pixel centres at +0.5. A *state list*
holds one entry per change: an entry is in force from its `t_s` until the next one's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from models.domain.errors import SourceError

SCHEMA_VERSION = 1
TRUTH_FILE, SITE_FILE, READINGS_FILE = "truth.json", "site.yaml", "readings.jsonl"

Box = tuple[int, int, int, int]
Pair = tuple[float, float]
Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]
Seconds = Annotated[float, Field(description="seconds from the first frame")]
Share = Annotated[float, Field(ge=0, le=1)]
ViewState = Literal["black", "frozen", "blurred", "covered", "night", "nudged", "lost"]
"""`nudged`: the camera was pushed, `CameraMove` says how far; `lost`: no frames came."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _sparing(told: dict[str, Any], *names: str) -> dict[str, Any]:
    """Without those of the named fields that tell nothing."""
    return {k: v for k, v in told.items() if v or k not in names}


class LensTruth(_Part):
    """OpenCV pinhole lens in pixels, distortion k1 k2 p1 p2 k3."""

    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, float, float, float, float]


class CameraMove(_Part):
    """From `t_s` on the camera looks elsewhere: it turned about its own place, so that what was in the middle of the
    picture is now (dx, dy) px from there, and rolled. All zero: it was put back."""

    t_s: Seconds
    dx_px: float
    dy_px: float
    roll_deg: float = 0.0
    rotation: Matrix | None = Field(
        default=None, description="world to camera from then on, in place of the camera's own"
    )


class CameraTruth(_Part):
    """u = K * distort(R * X + t), X in metres. Valid for the picture as rendered; `moves` come on top."""

    file: str = Field(description="the recording, beside this file")
    size_px: tuple[int, int]
    lens: LensTruth
    rotation: Matrix = Field(description="world to camera, rows; camera looks along +z, x right, y down")
    translation_m: Triple = Field(description="world to camera")
    position_m: Triple
    floor_to_image: Matrix = Field(
        description="homography: floor metres -> undistorted picture; the lens then bends it"
    )
    moves: tuple[CameraMove, ...] = ()
    frame_times_s: tuple[float, ...] | None = Field(
        default=None, description="true time of every frame where the file's own stamps are uneven or wrong"
    )


class Pose(_Part):
    """Where an item stands from `t_s` on. `present` false: it is gone, and the place is where it was last."""

    t_s: Seconds
    x_m: float
    y_m: float
    yaw_deg: float
    present: bool = True
    offset_mm: float = Field(default=0.0, description="distance of the item's origin from its reference")
    turn_deg: float = Field(
        default=0.0, description="yaw minus the reference's, in (-180, 180], not reduced by symmetry"
    )
    tip_deg: float = Field(default=0.0, description="laid over: 90 on its back, -90 on its face; told where it is so")
    lift_m: float = Field(default=0.0, description="stacked, so high above the floor; told where it is so")

    @model_serializer(mode="wrap")
    def _told(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _sparing(write(self), "tip_deg", "lift_m")


class ItemTruth(_Part):
    """A piece of furniture. Its origin is the middle of its footprint on the floor, +x of the item is its front."""

    id: str
    kind: str = Field(description="chair, table, sofa, coffee_table, plant, bin, bench, reception_desk, box, ...")
    style: str = ""
    size_m: Triple = Field(description="along its own x, along its own y, height")
    legs_m: tuple[Pair, ...] = Field(default=(), description="leg centres in its own frame")
    leg_diameter_m: float | None = None
    symmetry_order: int = Field(
        default=1, description="turns that look the same per full turn; 0: any turn looks the same"
    )
    reference: tuple[float, float, float] | None = Field(
        description="x m, y m, yaw degrees where it belongs; null: it belongs nowhere here (an extra thing)"
    )
    poses: tuple[Pose, ...]


class LabelSight(_Part):
    """How one label is seen from `t_s` on; ray-cast against furniture, people not counted."""

    t_s: Seconds
    camera: str
    image_px: Pair
    size_px: Pair = Field(description="width and height of the disc in the picture")
    visible_share: Share


class LabelTruth(_Part):
    id: str
    item: str
    kind: Literal["contrast", "transparent"]
    x_m: float
    y_m: float
    diameter_m: float
    seen: tuple[LabelSight, ...] = ()


class PersonTruth(_Part):
    id: str
    role: Literal["staff", "visitor", "cleaner", "guard"]
    post: str | None = Field(default=None, description="the post a staff member belongs to")
    party: str | None = None
    child: bool = False
    carries: Literal["bag", "handbag", "backpack"] | None = Field(default=None, description="told where it is so")
    stature_m: float
    outfit: str = ""
    colours: dict[str, Triple] = Field(default={}, description="linear RGB of skin, top, leg, shoe, hair, ...")

    @model_serializer(mode="wrap")
    def _told(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _sparing(write(self), "carries")


class PersonSight(_Part):
    """A person at the moment of a frame entry."""

    id: str
    x_m: float
    y_m: float
    yaw_deg: float
    posture: Literal["standing", "sitting", "rising"]
    activity: Literal["standing", "walking", "sitting", "talking", "rising", "riding"]
    phone: Literal["ear", "look"] | None = Field(default=None, description="told where one is held")
    inside: bool = Field(description="on the room's floor, not outside the door")
    box_px: Box | None = Field(
        description="x0 y0 x1 y1 of the whole silhouette with what they carry, clipped to the picture"
    )
    visible_box_px: Box | None = Field(description="of the pixels that can be seen; null: fewer than 20")
    visible_share: Share = Field(description="visible / whole silhouette; what the frame cuts off counts as hidden")
    pixels: int
    sole_m: float | None = Field(default=None, description="height of the lowest point of the shoes above the floor")

    @model_serializer(mode="wrap")
    def _told(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _sparing(write(self), "phone")


class FrameTruth(_Part):
    """True from `t_s` for `dt_s`: people move in steps of 0.1 to 0.4 s, several recorded frames show the same step."""

    t_s: Seconds
    dt_s: float
    camera: str
    exposure: float = Field(description="the camera's own gain at that moment, relative")
    persons: tuple[PersonSight, ...]


class LampState(_Part):
    t_s: Seconds
    on: bool
    level: float = 1.0


class LampTruth(_Part):
    """A group of luminaires on one switch."""

    id: str
    zone: str
    overnight: bool = False
    spots_m: tuple[Triple, ...] = Field(description="centre of each luminaire")
    states: tuple[LampState, ...]


class DaylightState(_Part):
    """Linear gains; 1 is a bright overcast noon through the windows, dusk 0.035."""

    t_s: Seconds
    sky: float
    sun: float


class AirconState(_Part):
    t_s: Seconds
    on: bool
    display_c: int | None = Field(description="digits shown; null: dark display")
    led: bool
    louver_deg: float
    ribbon: bool = Field(description="the ribbon at the outlet flutters")


class AirconTruth(_Part):
    id: str
    zone: str
    position_m: Triple
    display_box_px: dict[str, Box] = Field(default={}, description="camera -> where its display is in the picture")
    ribbon_box_px: dict[str, Box] = {}
    states: tuple[AirconState, ...]


class WaitTruth(_Part):
    """`t_end_s` null: it lasts beyond the recording. `wait_s` is the part inside the recording."""

    kind: Literal["reception", "seated", "shuttle", "showflat"]
    t_start_s: Seconds
    t_end_s: Seconds | None
    end: Literal["served", "abandoned", "boarded", "recording_ends"]
    wait_s: float


class PartyTruth(_Part):
    id: str
    members: tuple[str, ...]
    t_enters_s: Seconds | None = Field(description="first member's foot over the entrance line; null: never enters")
    t_leaves_s: Seconds | None
    waits: tuple[WaitTruth, ...] = ()


class PostState(_Part):
    t_s: Seconds
    staff: int = Field(description="staff members standing or sitting in the post's region")
    served_nearby: bool = Field(description="a holder serves a visitor within cover_m of the post")


class ZoneTruth(_Part):
    """A zone of the hall beside the hall itself."""

    id: str
    kind: str
    floor_m: tuple[Pair, ...]


class PostTruth(_Part):
    id: str
    zone: str
    region_m: tuple[Pair, ...]
    required: int
    duty: tuple[str, ...] = Field(default=(), description="windows of local time, HH:MM-HH:MM")
    states: tuple[PostState, ...]


class CartTruth(_Part):
    """A shuttle cart; where it is from when on, its item of the same id tells."""

    id: str
    t_arrives_s: Seconds = Field(description="it stands still")
    t_departs_s: Seconds
    boards: dict[str, float] = Field(default={}, description="person -> when they are on it, seconds")


class MeterTruth(_Part):
    """A relay that tells of a lamp group, and what it says from `t_s` on; it may be wrong."""

    lamp: str
    says: tuple[LampState, ...]


class VisitTruth(_Part):
    """A VIP visit as the managers entered it; lamps are owed while it lasts (domain.md P3-36)."""

    id: str
    t_arrives_s: Seconds
    t_leaves_s: Seconds


class ViewTruth(_Part):
    """A spell in which the picture does not show the room as it is. Rules that need this view cannot know."""

    camera: str
    state: ViewState
    t_start_s: Seconds
    t_end_s: Seconds


class Expected(_Part):
    """What a right monitor says of this recording. Computed from the story alone.

    fires: an incident with this code and subject. must_not: none with this code (and subject, where one is named).
    blind: as must_not, and the thing is *unknown* while the view is.
    """

    code: str
    verdict: Literal["fires", "must_not", "blind"]
    subject: str | None = Field(
        default=None, description="item, lamp, aircon, post, camera or (waits) the party's id here; null: any"
    )
    camera: str | None = None
    t_first_s: Seconds | None = Field(default=None, description="when the cause began")
    t_confirmed_s: Pair | None = Field(default=None, description="earliest and latest right moment of the incident")
    measured: float | None = Field(default=None, description="the true value where there is one: mm, deg or s, by code")
    why: str = Field(description="one sentence for the report")


class Truth(_Part):
    """The whole of `truth.json`."""

    schema_version: Literal[1] = Field(description="raised when a field changes its meaning")
    clip: str
    shot: str = Field(description="file name of the shot it was rendered from, or the older generator's name")
    seed: int
    start: str = Field(description="local wall time of t_s = 0, ISO 8601")
    time_zone: str
    duration_s: float
    room_m: Triple
    floor: Literal["tile", "wood", "paving"]
    lighting: Literal["scheduled", "vacancy"] = Field(
        default="scheduled", description="policy of zone `hall` (domain.md 0.3)"
    )
    entrances: dict[str, tuple[Pair, Pair]] = Field(default={}, description="id -> line on the floor, metres")
    cameras: dict[str, CameraTruth]
    items: tuple[ItemTruth, ...]
    labels: tuple[LabelTruth, ...] = ()
    persons: tuple[PersonTruth, ...] = ()
    frames: tuple[FrameTruth, ...]
    lamps: tuple[LampTruth, ...] = ()
    daylight: tuple[DaylightState, ...] = ()
    aircons: tuple[AirconTruth, ...] = ()
    parties: tuple[PartyTruth, ...] = ()
    posts: tuple[PostTruth, ...] = ()
    zones: tuple[ZoneTruth, ...] = ()
    views: tuple[ViewTruth, ...] = ()
    visits: tuple[VisitTruth, ...] = ()
    meters: tuple[MeterTruth, ...] = ()
    carts: tuple[CartTruth, ...] = ()
    expected: tuple[Expected, ...] = ()
    limits: dict[str, dict[str, float]] = Field(
        default={}, description="rule -> parameter: the limits `expected` was computed with"
    )


def truth_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of truth.json."""
    schema = Truth.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "truth.json"}


def read_truth(file: Path) -> Truth:
    """The truth in `file`. Raises SourceError: missing, not JSON, another schema version, or not of the form."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceError(
            "There is no truth beside this recording.",
            where=str(file),
            next_step="render it with `guiwei studio render`, or leave it out",
        ) from error
    except (OSError, ValueError) as error:
        raise SourceError("This truth cannot be read.", where=str(file), got=str(error), expected="JSON") from error
    version = told.get("schema_version") if isinstance(told, dict) else None
    if version != SCHEMA_VERSION:
        raise SourceError(
            "This truth is of another schema version.",
            where=str(file),
            got=str(version),
            expected=str(SCHEMA_VERSION),
            next_step="render the clip anew with this version of the studio",
        )
    try:
        return Truth.model_validate_json(json.dumps(told))
    except ValidationError as error:
        first = error.errors()[0]
        raise SourceError(
            "This truth is not of the published form.",
            where=f"{file}: {'/'.join(map(str, first['loc']))}",
            got=str(first["input"])[:80],
            expected=first["msg"],
            next_step="see docs/schema/truth.schema.json",
        ) from error


def written(truth: Truth) -> str:
    """The bytes of truth.json: the same truth gives the same text. Visits, meters, carts are told where there are."""
    told = truth.model_dump(
        mode="json", exclude={name for name in ("visits", "meters", "carts") if not getattr(truth, name)}
    )
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"
