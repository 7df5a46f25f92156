"""The form of a shot: what is played, seen and spoilt. Unknown keys are refused at every depth, types are strict.

Metres in the hall (`hall.py`), degrees counter-clockwise from +x, seconds from the first frame; docs/studio.md explains
each part. What cannot happen in a room is refused by `feasible.py`.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.domain.errors import UsageError

Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$", max_length=64)]
Metres = Annotated[float, Field(ge=-50, le=50, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-720, le=720, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Gain = Annotated[float, Field(ge=0, le=4, allow_inf_nan=False)]
Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Place = tuple[Metres, Metres]
Colour = tuple[Unit, Unit, Unit]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AboutPart(_Part):
    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]


class ItemPart(_Part):
    """A thing beyond the hall's plan. `belongs: false`: an extra thing, without label or reference."""

    id: Id
    kind: Id
    style: str = ""
    at: tuple[Metres, Metres, Degrees]
    present: bool = True
    belongs: bool = True
    seed: Annotated[int, Field(ge=0)] = 0


class RoomPart(_Part):
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    floor: Literal["tile", "wood", "paving"] = "tile"
    chairs: Literal["shell", "wood", "arm"] = "arm"
    plants: Literal["thin", "lush"] = "thin"
    door_open: bool = False
    labels: Literal["none", "contrast", "transparent"] = "contrast"
    label_diameter_m: Annotated[float, Field(gt=0.005, le=0.2)] | None = None
    """Of every label; left out: three quarters of the leg above it (domain.md 0.2), at most 60 mm."""
    label_colour: Colour | None = None
    """Linear red, green, blue of contrast labels; left out: one of three, by the room's seed."""
    lighting: Literal["scheduled", "vacancy"] = "scheduled"
    """Policy of the hall (domain.md 0.3): on in the window whoever is there, or off when empty."""
    aircon: bool = True
    aircon_at: tuple[Metres, Metres, Metres] | None = None
    rooms: tuple[Literal["vip", "showflat"], ...] = ()
    """Rooms of their own behind partition walls; the zone of each is there by its name (`rooms.py`)."""
    without: tuple[Id, ...] = ()
    """Items of the hall's plan that are not in this room at all."""
    things: tuple[ItemPart, ...] = ()


class CameraPart(_Part):
    position_m: tuple[Metres, Metres, Metres] = (0.28, 0.28, 2.8)
    yaw_deg: Degrees = 36.0
    pitch_deg: Annotated[float, Field(ge=-10, le=90)] = 26.0
    roll_deg: Annotated[float, Field(ge=-30, le=30)] = 0.0
    hfov_deg: Annotated[float, Field(ge=10, le=130)] = 90.0
    k1: Annotated[float, Field(ge=-0.4, le=0.4)] = -0.06
    k2: Annotated[float, Field(ge=-0.2, le=0.2)] = 0.004
    size: tuple[Annotated[int, Field(ge=160, le=3840)], Annotated[int, Field(ge=120, le=2160)]] = (1280, 720)


class DaylightPart(_Part):
    """A point of the daylight curve; between points it changes evenly. 1 is noon through the panes, dusk 0.035."""

    at_s: Seconds
    sky: Gain
    sun: Gain = 0.0


class LampPart(_Part):
    at_s: Seconds
    lamp: Id
    lit: bool


class AirconPart(_Part):
    """What the unit shows from then on."""

    at_s: Seconds
    runs: bool
    display_c: Annotated[int, Field(ge=0, le=99)] | None = None
    led: bool = True
    louver_deg: Annotated[float, Field(ge=0, le=80)] = 35.0
    ribbon: bool = True


class MovePart(_Part):
    """Something happens to an item: it is moved, tipped, lifted, removed, put back, swapped, or appears (by by_mm)."""

    at_s: Seconds
    item: Id
    by_mm: Annotated[float, Field(ge=0, le=5000)] = 0.0
    direction_deg: Degrees = 0.0
    turn_deg: Annotated[float, Field(ge=-180, le=180)] = 0.0
    tip_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0
    """Laid over: 90 on its back, -90 on its face."""
    lift_mm: Annotated[float, Field(ge=0, le=2000)] = 0.0
    """Stacked: so high above the floor; what is below is not asked for."""
    over_s: Annotated[float, Field(ge=0, le=10)] = 0.0
    remove: bool = False
    put_back: bool = False
    swap_with: Id | None = None
    appear: bool = False

    @model_validator(mode="after")
    def _one(self) -> MovePart:
        told = [
            bool(self.by_mm or self.turn_deg or self.tip_deg or self.lift_mm) and not self.appear,
            self.remove,
            self.put_back,
            self.swap_with is not None,
            self.appear,
        ]
        if sum(told) != 1:
            raise ValueError("exactly one of by_mm/turn_deg/tip_deg/lift_mm, remove, put_back, swap_with, appear")
        return self


class ActionPart(_Part):
    """Exactly one of walk, stand_s, sit_s."""

    walk: tuple[Place, ...] | None = None
    speed_mps: Annotated[float, Field(gt=0.1, le=3)] = 1.1
    stand_s: Annotated[float, Field(gt=0, le=3600)] | None = None
    yaw_deg: Degrees | None = None
    talk: Unit = 0.0
    sit_s: Annotated[float, Field(gt=2, le=3600)] | None = None
    seat: Id | None = None
    desk: bool = False
    phone: Literal["ear", "look"] | None = None
    """In the right hand: held to the ear, or before the chest and looked at."""
    aside_m: Annotated[float, Field(ge=-1, le=1)] = 0.0

    @model_validator(mode="after")
    def _one(self) -> ActionPart:
        if sum(v is not None for v in (self.walk, self.stand_s, self.sit_s)) != 1:
            raise ValueError("exactly one of walk, stand_s, sit_s")
        if (self.sit_s is None) != (self.seat is None):
            raise ValueError("sit_s names the item with `seat`")
        return self


class PersonPart(_Part):
    role: Literal["staff", "visitor", "cleaner", "guard"]
    seed: Annotated[int, Field(ge=0)] = 1
    gender: Literal["male", "female"] | None = None
    race: Literal["asian", "caucasian", "african"] | None = None
    child: bool = False
    outfit: Literal["casual", "shirt", "jacket", "dress"] | None = None
    top: Colour | None = None
    leg: Colour | None = None
    carries: Literal["bag", "handbag", "backpack"] | None = None
    """`bag`: across the body on the left hip."""
    post: Id | None = None
    party: Id | None = None
    from_s: Annotated[float, Field(ge=-600, le=3600)] = 0.0
    """Negative: already under way when the recording begins."""
    at: Place
    yaw_deg: Degrees = 0.0
    actions: Annotated[tuple[ActionPart, ...], Field(min_length=1, max_length=100)]


class CartPart(_Part):
    """A shuttle cart that drives up along `comes`, stands at its end, and leaves along `goes`; all outside the hall."""

    comes: Annotated[tuple[Place, ...], Field(min_length=2, max_length=20)]
    arrives_s: Annotated[float, Field(ge=-600, le=3600)]
    """When it stands still."""
    departs_s: Annotated[float, Field(ge=-600, le=3600)]
    goes: Annotated[tuple[Place, ...], Field(min_length=1, max_length=20)]
    speed_mps: Annotated[float, Field(gt=0.3, le=8)] = 2.5
    boards: Annotated[tuple[Id, ...], Field(max_length=4)] = ()
    """Who gets on when their actions end, and is gone with it."""


class DisturbancePart(_Part):
    """One way a picture or a stream goes wrong, from from_s to to_s (to the end when left out)."""

    kind: Literal[
        "night", "black", "frozen", "blurred", "covered", "nudged", "exposure_swing", "flicker", "dropped", "jitter",
        "stamps", "lost", "resolution",
    ]  # fmt: skip
    camera: Id | None = None
    from_s: Seconds = 0.0
    to_s: Seconds | None = None
    sigma_px: Annotated[float, Field(gt=0, le=50)] = 6.0
    """blurred"""
    by: Literal["hand", "banner"] = "hand"
    """covered"""
    share: Annotated[float, Field(gt=0, le=1)] = 0.9
    """covered: part of the picture; dropped: part of the frames"""
    px: tuple[Annotated[float, Field(ge=-400, le=400)], Annotated[float, Field(ge=-400, le=400)]] = (0.0, 0.0)
    roll_deg: Annotated[float, Field(ge=-45, le=45)] = 0.0
    """nudged"""
    strength: Annotated[float, Field(ge=0, le=8)] = 1.5
    """exposure_swing: factor of the gain; flicker: share of the brightness"""
    period_s: Annotated[float, Field(gt=0.05, le=600)] = 4.0
    shift_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
    """jitter: largest shift of a stamp; stamps: constant error"""
    scale: Annotated[float, Field(gt=0.05, le=1)] = 0.5
    """resolution: the stream falls back to this part of its size"""


class SensorPart(_Part):
    noise: Annotated[float, Field(ge=0, le=5)] = 0.8
    sharp: Annotated[float, Field(ge=0, le=3)] = 0.7
    settles_s: Annotated[float, Field(gt=0.01, le=30)] = 0.9
    """Time constant of the automatic exposure."""
    brightest: Annotated[float, Field(gt=0, le=64)] = 6.0
    """Largest gain of the automatic exposure; what is darker than that stays dark."""
    veil: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Part of the picture's mean light that the lens spreads over all of it (veiling glare, ISO 9358)."""
    overlay: bool = True


class EncoderPart(_Part):
    codec: Literal["h264", "mjpeg"] = "h264"
    crf: Annotated[int, Field(ge=1, le=51)] = 25
    kbps: Annotated[int, Field(ge=32, le=20000)] = 1500
    gop_s: Annotated[float, Field(gt=0, le=60)] = 2.0


class QualityPart(_Part):
    samples: Annotated[int, Field(ge=1, le=512)] = 16
    person_samples: Annotated[int, Field(ge=1, le=256)] = 8
    step_s: Annotated[float, Field(ge=0.04, le=2)] = 0.2
    """People take a new pose this often while they move."""
    idle_s: Annotated[float, Field(ge=0.2, le=30)] = 0.8
    """And this often while they stand or sit."""


class ZonePart(_Part):
    """A zone of the hall beside the hall itself: a shuttle stop, the showflat's door."""

    kind: Literal["shuttle_stop", "showflat_door", "showflat", "vip_room", "negotiation", "water_bar"]
    floor: Annotated[tuple[Place, ...], Field(min_length=3, max_length=20)]


class MeterPart(_Part):
    """From then on the relay of a lamp group says so."""

    at_s: Seconds
    lamp: Id
    lit: bool


class VisitPart(_Part):
    """A VIP visit in the managers' calendar; it may last beyond the clip."""

    arrives_s: Seconds
    leaves_s: Seconds


class HeadPart(_Part):
    id: Id
    about: AboutPart
    start: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")]
    duration_s: Annotated[float, Field(gt=0.1, le=3600)]
    fps: Annotated[float, Field(ge=1, le=60)] = 10.0


class Shot(_Part):
    """The whole of a shot file. `set` names files of `sets/` beside it: parts that several shots share."""

    shot: HeadPart
    set: tuple[Id, ...] = ()
    room: RoomPart = RoomPart()
    cameras: Annotated[dict[Id, CameraPart], Field(min_length=1, max_length=4)] = {"hall": CameraPart()}
    daylight: Annotated[tuple[DaylightPart, ...], Field(min_length=1)] = (DaylightPart(at_s=0, sky=1.0, sun=0.6),)
    lamps: tuple[LampPart, ...] = ()
    """All groups are on at the beginning unless a change at 0 says otherwise."""
    aircon: tuple[AirconPart, ...] = ()
    furniture: tuple[MovePart, ...] = ()
    people: dict[Id, PersonPart] = {}
    carts: dict[Id, CartPart] = {}
    disturbances: tuple[DisturbancePart, ...] = ()
    sensor: SensorPart = SensorPart()
    encoder: EncoderPart = EncoderPart()
    quality: QualityPart = QualityPart()
    duty: tuple[str, ...] = ("08:30-17:30",)
    zones: dict[Id, ZonePart] = {}
    meters: tuple[MeterPart, ...] = ()
    """What relays report, right or wrong; a group that is not named has none."""
    visits: dict[Id, VisitPart] = {}
    """VIP visits that are due."""
    switched_off: tuple[str, ...] = ()
    """Codes that this clip's site has switched off."""
    rules: dict[str, dict[str, float]] = {}
    """Limits scaled to the length of the clip; they go into the site file and into `expected`."""
    judged: tuple[str, ...] = ()
    """The codes this clip is about."""


def read_shot(file: Path) -> Shot:
    """The shot in `file`. Raises UsageError: missing, not YAML, not of the form; impossible ones too (`feasible`)."""
    told = _yaml(file)
    shared = told.get("set", []) if isinstance(told, dict) else []
    for name in reversed(shared if isinstance(shared, list) else []):
        if isinstance(name, str) and re.fullmatch(r"[a-z0-9_-]{1,64}", name):
            told = {**_yaml(file.parent / "sets" / f"{name}.yaml"), **told}
    return shot_of(told, where=str(file))


def _yaml(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("This shot cannot be read.", where=str(file), got=str(error)) from error
    except yaml.YAMLError as error:
        raise UsageError("This shot is not YAML.", where=str(file), got=str(error).replace("\n", " ")) from error


def shot_of(told: Any, *, where: str) -> Shot:
    """The shot of parsed YAML."""
    try:
        return Shot.model_validate(tupled(told))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            "This shot is not of the form a studio can play.",
            where=f"{where}: {'/'.join(map(str, first['loc']))}",
            got=str(first["input"])[:80],
            expected=first["msg"],
            next_step="docs/studio.md lists every key",
        ) from error


def tupled(told: Any) -> Any:
    """YAML has lists where strict types are tuples, and reads a time where its text is meant."""
    if isinstance(told, dict):
        return {k: tupled(v) for k, v in told.items()}
    if isinstance(told, list):
        return tuple(tupled(v) for v in told)
    if isinstance(told, datetime):
        return told.isoformat()
    return told
