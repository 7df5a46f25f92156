"""One presence: somebody at a place, whatever the tracker calls the box at the moment. Pure: no pixels here."""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Protocol

from models.domain.clothing import Colour
from models.domain.geometry import PERSON_HEIGHT_M, XY
from models.domain.media import US
from models.domain.presence import Place, Role
from models.domain.truth import Truth
from vision.clothes import Clothes, Glimpse
from vision.entrances import Doorway
from vision.path import WALK_MPS, Path
from vision.place import ANYBODY, KNOWN_SIGMA_M, Box, Located, Locator, Stature, box_height
from vision.posture import Posture
from vision.roles import RoleVotes
from vision.tracking import Sighting

FOUND_S = 1.0
"""Found this recently counts as seen: a detector that blinks for some frames has not lost anybody."""
LOST_S = 2.0
"""Out of sight for longer, somebody else may stand there by now."""
CONFIRM_S = 0.4
CONFIRM_FOUND = 3
"""A person is believed after three boxes over 0.4 s, or two over a second (few frames arrive)."""
HURRIED_MPS = 2.0
HEIGHTS_KEPT = 60
TALLEST_M = 2.02
BOX_MARGIN = 0.985
"""Detector boxes leave a pixel above the crown and one below the soles: +1 to +2 % on the samples' four people."""


class Evidence(Protocol):
    """What the picture says beyond boxes. Boxes in pixels of the declared size."""

    def looked(self, box: Box) -> bool:
        """Whether the finder looked at the place in this frame."""
        ...

    def empty(self, box: Box) -> Truth:
        """Whether the place matches its empty reference."""
        ...

    def first_change_us(self, box: Box, since_us: int) -> int | None:
        """From when on the place has differed from its empty reference until now, `since_us` at the earliest."""
        ...

    def colour(self, box: Box, px_per_m: float) -> Colour:
        """Clothing colours of a box."""
        ...

    def worn(self, box: Box, px_per_m: float, *, legs: bool = True) -> bool | None:
        """Whether a uniform is worn; None when it cannot be told. legs: whether they show."""
        ...

    def stirs(self, key: int, box: Box) -> bool:
        """Whether something in the box moves by itself; the box first asked for under a key is the one watched."""
        ...


@dataclass(slots=True)
class Presence:
    """State of one presence. Times UTC µs. `number` is given when it is believed (confirmed)."""

    key: int
    track: int | None
    box: Box
    located: Located
    first_us: int
    last_found_us: int
    doorway: Doorway
    votes: RoleVotes
    came_in: bool
    entered_us: int
    last_seen_us: int
    """Last found by the detector, or by the pixels at the border on the way out."""
    path: Path = field(default_factory=Path)
    number: int | None = None
    times_found: int = 1
    alive: bool = False
    """Known to be a person and not the picture of one (vision/liveness.py)."""
    clothes: Clothes = field(default_factory=Clothes)
    stature: Stature = ANYBODY
    posture: Posture = field(default_factory=Posture)
    crowded_us: int = 0
    """Last time another person's box met this one."""
    mixed_us: int = 0
    """Last time the track may have come to show somebody else: among overlapping boxes, or out of sight."""
    met: Presence | None = None
    met_us: int = 0
    """Whom, not known to be staff, its box met last, and when last."""
    taken: bool = False
    """Somebody who was found behind another's name."""
    stirred_us: int | None = None
    """First time something in the box moved by itself while the person was not known to be one."""
    watched_from: float | None = None
    """Upper border of the part of the box that is watched for life while others stand behind it."""
    empty_since_us: int | None = None
    still_since_us: int | None = None
    _heights: list[float] = field(default_factory=list)
    _boxes: deque[tuple[int, Box]] = field(default_factory=deque)

    @property
    def colour(self) -> Colour:
        return self.clothes.colour

    @property
    def place(self) -> Place:
        return self.located.place

    @property
    def believed(self) -> bool:
        return self.number is not None

    @property
    def shown(self) -> bool:
        """Part of the scene: believed, inside, and a person."""
        return self.believed and self.doorway.inside and self.alive

    def seen(self, utc_us: int) -> Truth:
        return Truth.HOLDS if utc_us - self.last_found_us <= FOUND_S * US else Truth.UNKNOWN

    def role(self, utc_us: int) -> Role:
        """The role, in doubt where whom it met was lost in meeting: one box is left of two people."""
        if (
            self.met is None
            or self.met.seen(utc_us) is Truth.HOLDS
            or self.met.last_found_us - self.met_us > FOUND_S * US
        ):
            return self.votes.role
        return self.votes.role_after(self.met_us, utc_us)

    def ripe(self, utc_us: int) -> bool:
        """Found often enough to be believed."""
        lasting_s = (utc_us - self.first_us) / US
        return (self.times_found >= CONFIRM_FOUND and lasting_s >= CONFIRM_S) or (
            self.times_found >= 2 and lasting_s >= 1.0
        )

    def found(self, sighting: Sighting, utc_us: int, locator: Locator, *, soles_hidden: bool = False) -> None:
        """The tracker has a box for it in this frame. soles_hidden: another one's box lies before its lower end."""
        if utc_us - self.last_found_us > FOUND_S * US:
            self.path.gap()
        self._taken_up(sighting.track, utc_us)
        located = locator.locate(sighting.box, self._expected(utc_us), self.stature, soles_hidden=soles_hidden)
        self._learn_stature(located, locator.cut(sighting.box))
        located = self._scaled(located, sighting.box, locator)
        self.path.add(utc_us, located.place)
        self.located = self._steadied(located)
        self.box, self.track = sighting.box, sighting.track
        self.last_found_us = self.last_seen_us = utc_us
        self.times_found += 1
        self.posture.see(locator.crown(sighting.box, self.located, self.stature), utc_us, walking=self._walks)
        self._boxes.append((utc_us, sighting.box))
        while len(self._boxes) > 2 and utc_us - self._boxes[0][0] > 0.6 * US:
            self._boxes.popleft()
        self.empty_since_us = self.still_since_us = None

    def continue_as(self, new: Presence, utc_us: int, locator: Locator) -> None:
        """What was followed as `new` is this presence, found again; its own stature decides how the box reads."""
        self._taken_up(new.track, utc_us)
        if utc_us - self.last_found_us > LOST_S * US:
            self.path.gap()
            self.located = new.located
        else:
            self.located = locator.locate(new.box, self.place.floor, self.stature)
            self.path.add(utc_us, self.located.place)
        self.track, self.box, self.doorway = new.track, new.box, new.doorway
        self.last_found_us = self.last_seen_us = utc_us
        self.empty_since_us = self.still_since_us = None

    def left_at(self, own: Glimpse, doorway: Doorway) -> None:
        """Its track has gone to somebody else: it is where it was last seen itself, unseen since."""
        self.track, self.box, self.located, self.doorway = None, own.box, own.located, doorway
        self.last_found_us = self.last_seen_us = own.utc_us
        self.path, self.posture = Path(), Posture()
        self._boxes.clear()
        self.empty_since_us = self.still_since_us = None

    def _taken_up(self, track: int | None, utc_us: int) -> None:
        if track != self.track:
            self.mixed_us = utc_us
        if track != self.track and utc_us - self.last_found_us > LOST_S * US:
            self.votes.taken_up()

    def heading(self, ahead_s: float) -> Box:
        """The box where it will be in a moment, by the way it moved over its last half second."""
        if len(self._boxes) < 2:
            return self.box
        (t0, first), (t1, last) = self._boxes[0], self._boxes[-1]
        share = ahead_s * US / max(t1 - t0, 1)
        dx = ((last[0] - first[0]) + (last[2] - first[2])) / 2 * share
        dy = ((last[1] - first[1]) + (last[3] - first[3])) / 2 * share
        return self.box[0] + dx, self.box[1] + dy, self.box[2] + dx, self.box[3] + dy

    @property
    def _walks(self) -> bool:
        return self.path.speed_mps > WALK_MPS

    def _expected(self, utc_us: int) -> XY | None:
        """Floor metres where the person should be now."""
        if self.place.floor is None or utc_us - self.last_found_us > FOUND_S * US:
            return None
        vx, vy = self.path.velocity_mps
        ahead_s = (utc_us - self.last_found_us) / US if WALK_MPS < self.path.speed_mps < HURRIED_MPS else 0.0
        return self.place.floor[0] + vx * ahead_s, self.place.floor[1] + vy * ahead_s

    def _learn_stature(self, located: Located, cut: frozenset[str]) -> None:
        """Only taller than assumed can be learnt: soles hidden behind a chair make a person look lower, never higher,
        and for somebody short the assumption does little harm."""
        own = located.ratio * PERSON_HEIGHT_M * BOX_MARGIN
        if located.by_head or cut or not PERSON_HEIGHT_M <= own <= TALLEST_M or len(self._heights) >= HEIGHTS_KEPT:
            return
        insort(self._heights, own)
        if len(self._heights) >= 4:
            self.stature = Stature(self._heights[3 * len(self._heights) // 4], KNOWN_SIGMA_M)

    def _scaled(self, located: Located, box: Box, locator: Locator) -> Located:
        """Without a floor the own height is the scale: smoothed, and a box cut by the border does not shrink it."""
        place = located.place
        if place.floor is not None:
            return located
        own, before = max(box_height(box), 1.0) / PERSON_HEIGHT_M, self.place.px_per_m
        scale = max(own, before) if locator.cut(box) else before + 0.3 * (own - before)
        return replace(located, place=replace(place, px_per_m=scale))

    def _steadied(self, located: Located) -> Located:
        """Average the place of somebody who stands; follow somebody who walks.

        Hidden soles put a standing person too far away, never too near: a farther foot counts little.
        """
        now, before = located.place.floor, self.place.floor
        if now is None or before is None:
            return located
        farther = not located.by_head and located.place.image[1] < self.place.image[1]
        share = 0.8 if self.path.speed_mps > WALK_MPS else 0.05 if farther else 0.3
        mixed = before[0] + share * (now[0] - before[0]), before[1] + share * (now[1] - before[1])
        image = located.place.image
        if share < 0.1:
            x, y = self.place.image
            image = x + share * (image[0] - x), y + share * (image[1] - y)
        return replace(located, place=replace(located.place, floor=mixed, image=image))
