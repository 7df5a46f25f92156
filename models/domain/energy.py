"""The configured things of the energy pipeline: lamp groups, air-conditioners, meters. Built by `calibration`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.domain.calendar import Hours, WindowId
from models.domain.geometry import Polygon

CURRENCY = "CNY"


class LampPart(StrEnum):
    """What a taught region of a group shows."""

    LAMP = "lamp"
    SURFACE = "surface"


@dataclass(frozen=True, slots=True)
class LampRegion:
    """A polygon in one camera's picture (px of its declared size) with what was taught there.

    on, off: natural logarithm of the region's brightness over its surround's, one for each daylight level taught.
    """

    camera: str
    part: LampPart
    polygon: Polygon
    on: tuple[float, ...] = ()
    off: tuple[float, ...] = ()
    least_level: float | None = None
    """ln of the region's lowest taught brightness over the picture's median: what is far darker stands before it."""
    chroma: float = 0.0
    """Mean |R-G| + |G-B| of the picture when it was taught: a colour camera that loses it is in night mode."""


@dataclass(frozen=True, slots=True)
class LuminaireGroup:
    """Lamps that are switched together. window None: no time is owed (only `light_on_empty` applies)."""

    id: str
    name_zh: str
    name_en: str
    zone: str
    window: WindowId | None = WindowId.INTERIOR
    tags: tuple[str, ...] = ()
    """spotlight | model | decor: what VIP visits and hybrid zones ask for."""
    overnight_exempt: bool = False
    rated_w: float | None = None
    regions: tuple[LampRegion, ...] = ()

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(region.camera for region in self.regions))


class AirconPart(StrEnum):
    """The visible evidence of domain.md section 4.2."""

    DISPLAY = "display"
    LED = "led"
    LOUVER = "louver"
    RIBBON = "ribbon"


@dataclass(frozen=True, slots=True)
class AirconRegion:
    """A polygon in one camera's picture (px of its declared size) with what was taught there.

    on, off: references, each a row of features of the part (vision/aircon/features.py); several for several lights.
    """

    camera: str
    part: AirconPart
    polygon: Polygon
    on: tuple[tuple[float, ...], ...] = ()
    off: tuple[tuple[float, ...], ...] = ()

    @property
    def taught(self) -> bool:
        """Whether both states are known."""
        return bool(self.on and self.off)


class DisplayNumber(StrEnum):
    """What the number on a unit's display is. Nobody can see it: 26 degrees may be wanted, or may be the room's."""

    SETPOINT = "setpoint"
    ROOM_TEMPERATURE = "room_temperature"


@dataclass(frozen=True, slots=True)
class AirConditioner:
    """display_shows None: nobody has said, so its number is told but never judged."""

    id: str
    name_zh: str
    name_en: str
    zone: str
    rated_w: float | None = None
    regions: tuple[AirconRegion, ...] = ()
    display_shows: DisplayNumber | None = None


class SignalKind(StrEnum):
    """What a meter or gateway reports."""

    POWER = "power"
    RELAY = "relay"
    SETPOINT = "setpoint"
    TEMPERATURE = "temperature"
    """Of the room, or of the wall beside a thermal camera's view of the grille."""
    SUPPLY_TEMPERATURE = "supply_temperature"
    """Of the air that an air-conditioner blows: a probe in its grille, or a thermal camera that sees it."""


UNITS: Mapping[SignalKind, str] = {
    SignalKind.POWER: "W",
    SignalKind.RELAY: "",
    SignalKind.SETPOINT: "°C",
    SignalKind.TEMPERATURE: "°C",
    SignalKind.SUPPLY_TEMPERATURE: "°C",
}
LIMITS: Mapping[SignalKind, tuple[float, float]] = {
    SignalKind.POWER: (0.0, 1e6),
    SignalKind.RELAY: (0.0, 1.0),
    SignalKind.SETPOINT: (5.0, 40.0),
    SignalKind.TEMPERATURE: (-40.0, 80.0),
    SignalKind.SUPPLY_TEMPERATURE: (-40.0, 90.0),
}
"""Values beyond are a fault of the sender: negative power, a room at 300 degrees."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A device that tells of one lamp group or air-conditioner, or by its relay whether a cart stands at a shuttle stop
    (its `subject`: the zone).

    on_w, off_w: at least / below which it is on / off; between them the state before holds. on_s, off_s: for how long
    (domain.md section 4.2 E1: a compressor cycles, the fan decides).
    """

    id: str
    subject: str
    on_w: float = 30.0
    off_w: float = 15.0
    on_s: float = 60.0
    off_s: float = 300.0
    max_gap_s: float = 300.0
    """Silence for longer is unknown."""


@dataclass(frozen=True, slots=True)
class TopicMap:
    """An MQTT topic, exact, that carries one kind of reading of one meter. field: the key of a JSON payload, or ""."""

    topic: str
    meter: str
    kind: SignalKind
    field: str = ""


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker; the password is named by `secret`, never held."""

    host: str
    port: int = 1883
    user: str | None = None
    secret: str | None = None
    topics: tuple[TopicMap, ...] = ()


@dataclass(frozen=True, slots=True)
class Energy:
    """All of it, for one site."""

    luminaires: Mapping[str, LuminaireGroup] = field(default_factory=dict)
    aircons: Mapping[str, AirConditioner] = field(default_factory=dict)
    meters: Mapping[str, Meter] = field(default_factory=dict)
    broker: Broker | None = None
    tariff_cny_per_kwh: float = 1.0
    """A placeholder unless the site file says otherwise (domain.md section 2.2)."""
    tariff_given: bool = False
    hours: Hours = field(default_factory=Hours)
