"""The configured things of a site, frozen. `calibration` builds them from the site file; everything else only reads.

Image coordinates are pixels of the camera's declared `size_px`; floor coordinates are metres in the site frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path

from models.domain.calendar import Calendar, Season
from models.domain.energy import Energy
from models.domain.furniture import Furniture
from models.domain.geometry import XY, FloorPoint, GroundPlane, Lens, Polygon


@dataclass(frozen=True, slots=True)
class Name:
    """What people read, in both languages."""

    zh: str
    en: str


class ZoneKind(StrEnum):
    """Kinds of zone a camera may watch (domain.md section 7). Washrooms and changing rooms are refused."""

    HALL = "hall"
    SAND_TABLE = "sand_table"
    MODEL = "model"
    NEGOTIATION = "negotiation"
    REST = "rest"
    WATER_BAR = "water_bar"
    RECEPTION = "reception"
    DOOR = "door"
    CAR_PARK = "car_park"
    SHUTTLE_STOP = "shuttle_stop"
    VIP_ROOM = "vip_room"
    OFFICE = "office"
    EXTERIOR = "exterior"
    SHOWFLAT = "showflat"
    SHOWFLAT_DOOR = "showflat_door"
    MEETING = "meeting"
    STORE = "store"
    CORRIDOR = "corridor"


class LightingPolicy(StrEnum):
    """What light a zone owes (domain.md section 0.3)."""

    SCHEDULED = "scheduled"
    VACANCY = "vacancy"
    HYBRID = "hybrid"


class SourceKind(StrEnum):
    FILE = "file"
    RTSP = "rtsp"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a camera's pictures come from. `address` never holds a password: `secret` names it."""

    kind: SourceKind
    address: str
    """File: absolute path. RTSP: rtsp://host[:port]/path without user or password."""
    user: str | None = None
    secret: str | None = None
    transport: str = "tcp"
    """tcp or udp (RTSP only)."""
    start_utc_us: int | None = None
    """File: when the recording began, if known."""


@dataclass(frozen=True, slots=True)
class Camera:
    id: str
    name: Name
    source: Source
    size_px: tuple[int, int]
    sub_source: Source | None = None
    """Smaller stream for analysis; `source` then serves evidence."""
    analysis_fps: float = 5.0
    lens: Lens | None = None
    floor_points: tuple[FloorPoint, ...] = ()
    privacy_masks: tuple[Polygon, ...] = ()
    """Painted out before anything is written or shown."""
    static_person_masks: tuple[Polygon, ...] = ()
    """Posters, screens, mirrors: persons found inside are nobody."""

    def ground_plane(self) -> GroundPlane | None:
        """Pixel -> floor, or None where no floor points were taught. Raises ValueError on degenerate points."""
        return GroundPlane.from_points(self.floor_points, self.lens) if self.floor_points else None


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon on the floor (camera None, metres) or in one camera's picture (pixels)."""

    polygon: Polygon
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    id: str
    name: Name
    kind: ZoneKind
    regions: tuple[Region, ...]
    lighting: LightingPolicy = LightingPolicy.SCHEDULED


@dataclass(frozen=True, slots=True)
class EntranceLine:
    """Where people come in. Crossing to the side on which `inside` lies is an arrival, back is a departure."""

    id: str
    zone: str
    a: XY
    b: XY
    inside: XY
    camera: str | None = None
    """None: a, b and inside are floor metres; else pixels of that camera."""

    @property
    def region(self) -> Region:
        """The line as a region without area, to measure distances to."""
        return Region((self.a, self.b, self.b), self.camera)


@dataclass(frozen=True, slots=True)
class DutyWindow:
    """Local time of day, half-open [opens, closes). closes 00:00 means midnight at the end of the day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    name: Name
    kind: str
    zone: str
    regions: tuple[Region, ...]
    required_count: int = 1
    duty: tuple[DutyWindow, ...] = ()
    """Empty: always on duty."""
    behind_counter: bool = False
    """Only staff can stand here: having stood here makes a person staff for the day."""
    rota_position: str = ""
    """Place in the rota ("A": the next to receive a visitor) that is told when something is to be done here."""


@dataclass(frozen=True, slots=True)
class UniformColour:
    """A staff garment: CIE L*a*b* (D65) of the cloth and the distance that still counts (CIE76)."""

    name: str
    lab: tuple[float, float, float]
    tolerance: float = 18.0
    part: str = "top"
    """top or bottom."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site as configured; `version` is the hash of what is in force."""

    id: str
    name: Name
    time_zone: str
    folder: Path
    version: str
    cameras: Mapping[str, Camera]
    zones: Mapping[str, Zone]
    entrances: tuple[EntranceLine, ...] = ()
    posts: Mapping[str, Post] = field(default_factory=dict)
    uniforms: tuple[UniformColour, ...] = ()
    seasons: tuple[Season, ...] = ()
    rules: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Overridden thresholds: incident code -> parameter -> value (all others from models.domain.rules)."""
    switched_off: frozenset[str] = frozenset()
    """Codes of rules that do not run."""
    energy: Energy = field(default_factory=Energy)
    furniture: Furniture = field(default_factory=Furniture)
    """Lamp groups, air-conditioners, meters and hours."""

    @property
    def calendar(self) -> Calendar:
        """When lights and air-conditioning are owed or allowed."""
        return Calendar(self.time_zone, self.seasons or Calendar(self.time_zone).seasons, self.energy.hours)
