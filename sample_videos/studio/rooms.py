"""Rooms of their own within the hall: partition walls from floor to ceiling with a door opening, and the zone inside.

The VIP room stands in the back left corner round the negotiation table there, the showflat in the back right one round
the sofas by the window. Their doors look to the main entrance; who goes in is hidden by real walls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sample_videos.studio import hall
from sample_videos.studio.shot import RoomPart, Shot, ZonePart

XY = tuple[float, float]
Box = tuple[float, float, float, float, float, float]
"""Size along x, y, z and middle x, y, z, metres."""
THICK_M = 0.1
DOOR_HIGH_M = 2.1
SIDE_M = 0.16
"""Who walks through a door keeps so far from its sides."""
AIRCON_BESIDE_SHOWFLAT = (12.0, 4.4, 2.55)
"""The showflat's front wall ends where the unit hangs otherwise."""


@dataclass(frozen=True)
class Wall:
    """A straight wall along one axis, from the middle line's one end to the other; door: its opening along the wall."""

    start: XY
    end: XY
    door: tuple[float, float] | None = None

    @property
    def along_x(self) -> bool:
        return self.start[1] == self.end[1]

    def span(self, a: float, b: float, low: float, high: float) -> Box:
        """The part of the wall between a and b (metres along its axis) and two heights."""
        middle = (self.start[1] if self.along_x else self.start[0], (low + high) / 2)
        if self.along_x:
            return b - a, THICK_M, high - low, (a + b) / 2, *middle
        return THICK_M, b - a, high - low, middle[0], (a + b) / 2, middle[1]

    def boxes(self) -> Iterator[Box]:
        """Its solids: the whole wall, or what is left and right of the door and above it."""
        a, b = (self.start[0], self.end[0]) if self.along_x else (self.start[1], self.end[1])
        if self.door is None:
            yield self.span(a, b, 0.0, hall.SIZE_M[2])
        else:
            yield self.span(a, self.door[0], 0.0, hall.SIZE_M[2])
            yield self.span(self.door[1], b, 0.0, hall.SIZE_M[2])
            yield self.span(*self.door, DOOR_HIGH_M, hall.SIZE_M[2])

    def crossed(self, a: XY, b: XY) -> XY | None:
        """Where a straight way from a to b goes through the wall itself; None: past it, or through its door."""
        k = 1 if self.along_x else 0
        level = self.start[k]
        if (a[k] - level) * (b[k] - level) > 0 or a[k] == b[k]:
            return None
        u = (level - a[k]) / (b[k] - a[k])
        at = a[1 - k] + u * (b[1 - k] - a[1 - k])
        low, high = self.start[1 - k], self.end[1 - k]
        through = self.door is not None and self.door[0] + SIDE_M <= at <= self.door[1] - SIDE_M
        if through or not low <= at <= high:
            return None
        return (at, level) if self.along_x else (level, at)


@dataclass(frozen=True)
class Room:
    """A room, the kind of its zone (as a site file has it), its floor without the walls."""

    kind: Literal["vip_room", "showflat"]
    walls: tuple[Wall, ...]
    floor: tuple[XY, ...]


def _floor(x0: float, y0: float, x1: float, y1: float) -> tuple[XY, ...]:
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


ROOMS = {
    "vip": Room(
        "vip_room",
        (Wall((0.0, 4.05), (4.72, 4.05)), Wall((4.67, 4.05), (4.67, 8.0), (4.7, 5.7))),
        _floor(0.0, 4.1, 4.62, 8.0),
    ),
    "showflat": Room(
        "showflat",
        (Wall((7.95, 5.3), (12.0, 5.3)), Wall((8.0, 5.3), (8.0, 8.0), (5.6, 6.6))),
        _floor(8.05, 5.35, 12.0, 8.0),
    ),
}


def walls_of(room: RoomPart) -> tuple[tuple[str, Wall], ...]:
    """(room, wall) of every partition in the hall."""
    return tuple((name, wall) for name in room.rooms for wall in ROOMS[name].walls)


def partitions(room: RoomPart) -> list[list[float]]:
    """What the stage builds."""
    return [[round(v, 4) for v in box] for _, wall in walls_of(room) for box in wall.boxes()]


def zones_of(shot: Shot) -> dict[str, ZonePart]:
    """The zones of the rooms, and those that the shot says itself, which win."""
    own: dict[str, ZonePart] = {}
    for name in shot.room.rooms:
        own[name] = ZonePart(kind=ROOMS[name].kind, floor=ROOMS[name].floor)
    return own | shot.zones


def aircon_at(room: RoomPart) -> tuple[float, float, float]:
    """Where the hall's unit hangs."""
    return room.aircon_at or (AIRCON_BESIDE_SHOWFLAT if "showflat" in room.rooms else hall.AIRCON_AT)
