"""Who is where, as far as one camera can tell: the observation that waits and posts are judged by.

A person here is a *presence*: anchored to a place, not to a track id. `seen` is HOLDS when the detector found the
person within the last second (a blink of the detector is no absence) and UNKNOWN while the person is present but
unseen (lost in mid-room and not yet disproved by an empty place).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from models.domain.clothing import UNKNOWN, Colour
from models.domain.geometry import XY
from models.domain.truth import Truth


class Role(StrEnum):
    STAFF = "staff"
    VISITOR = "visitor"
    UNKNOWN = "unknown"


class Exit(StrEnum):
    """How a presence ended."""

    LEFT = "left"
    """Crossed an entrance line outwards or went out of the picture's edge: seen to go."""
    FETCHED = "fetched"
    """Went with what they waited for: the shuttle they boarded, the butler who took them in (stated by the stages of
    `pipelines/rules/stage.py`, never by a camera)."""
    MERGED = "merged"
    """Was somebody told of already: two cameras, one person (stated by `pipelines/fusion.py`, never by a camera)."""
    VANISHED = "vanished"
    """Lost in mid-room, and later the place was found empty: went unseen some time in between."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: foot point in the picture and, with a calibrated floor, in metres."""

    image: XY
    """Pixels of the camera's declared size."""
    px_per_m: float
    """Local scale at that spot (from the ground plane, else from the person's own box height / 1.7 m)."""
    floor: XY | None = None
    """Metres in the site frame."""
    sigma_m: float = 0.5
    """One sigma of the position."""

    def distance_m(self, other: Place) -> float:
        """Metres between two places; on the floor if both are there, else in the picture by local scale."""
        if self.floor is not None and other.floor is not None:
            return math.dist(self.floor, other.floor)
        return 2 * math.dist(self.image, other.image) / (self.px_per_m + other.px_per_m)


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    """Presence id, unique within the recording: "<camera>/<n>"."""
    role: Role
    seen: Truth
    place: Place
    box: tuple[float, float, float, float]
    """x0 y0 x1 y1 in pixels of the declared size; the last one while unseen."""
    entered_us: int
    """UTC µs of the first sighting (or of crossing the entrance line), known at once and never changed."""
    last_seen_us: int
    speed_mps: float
    """Of the last second seen; 0 while unseen."""
    zones: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    seated: Truth = Truth.UNKNOWN
    """HOLDS while the crown is as low as a sitting person's; UNKNOWN where the picture cannot tell."""
    child: Truth = Truth.UNKNOWN
    """HOLDS for somebody who walked and was small; a child counts to a party and starts no wait beside one."""
    came_in: bool = True
    """False when first seen in mid-room: the true arrival was earlier (camera started, or hidden behind something)."""
    clothes: Colour = UNKNOWN
    """What the camera knows the person to wear; UNKNOWN while it is not sure."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A presence that ended. Between last_seen_us and gone_us it is not known whether the person was there."""

    person: str
    role: Role
    how: Exit
    last_seen_us: int
    gone_us: int
    set_off_us: int
    """When the last uninterrupted walk began that ended in the departure (= last_seen_us if it was not walking)."""
