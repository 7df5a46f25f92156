"""A small language for stories: who walks where, stands, hides, leaves; told as scenes at any frame rate.

    visitor = Actor("visitor", Role.VISITOR).enters(2, (6, 8)).walks((7.6, 5.5)).stands(until=77).walks_out((6, 8))
    messages = Story([visitor], length_s=90).messages(fps=15, jitter=0.3, drop=0.4, seed=1)

Positions are floor metres, times seconds from the start of the recording.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from datetime import time
from itertools import pairwise
from pathlib import Path

from models.domain.calendar import Hours, VipVisit, Window, WindowId
from models.domain.clothing import UNKNOWN, Colour
from models.domain.energy import Energy
from models.domain.geometry import XY, FloorPoint, contains
from models.domain.messages import EndOfRecording, Message, Observation, Scene, StreamLost, StreamResumed, Tick
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.rules import RULES
from models.domain.site import Camera, DutyWindow, Name, Post, Region, Site, Source, SourceKind, Zone, ZoneKind
from models.domain.truth import Truth
from pipelines.engine import Engine, order

START_US = 1_780_280_400_000_000
"""2026-06-01 10:20 in Shanghai, a Monday."""
WALK_MPS = 1.2
PX_PER_M = 50.0
HALL = ((0.0, 0.0), (12.0, 0.0), (12.0, 8.0), (0.0, 8.0))
MODEL = ((0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0))
DESK = ((10.75, 1.5), (12.0, 1.5), (12.0, 4.6), (10.75, 4.6))
TABLES = ((3.5, 0.0), (6.5, 0.0), (6.5, 3.0), (3.5, 3.0))
STOP = ((7.0, 0.0), (10.0, 0.0), (10.0, 2.5), (7.0, 2.5))
LOBBY = ((0.0, 3.5), (2.0, 3.5), (2.0, 5.5), (0.0, 5.5))
FLAT = ((0.0, 5.5), (2.0, 5.5), (2.0, 8.0), (0.0, 8.0))
DOOR = (6.0, 8.0)
HOME = (11.3, 3.0)


def site(
    rules: dict[str, dict[str, float]] | None = None,
    *,
    off: frozenset[str] = frozenset(),
    required: int = 1,
    duty: tuple[tuple[str, str], ...] = (),
    posts: bool = True,
    cameras: tuple[str, ...] = ("cam",),
    places: bool = False,
    vips: tuple[float, ...] = (),
    closes: str | None = None,
) -> Site:
    """A hall of 12 x 8 m with a model corner and a reception post; each camera looks straight down on all of it.

    places: with tables, a shuttle stop, a showflat (2 x 2.5 m) and the lobby before its door. vips: story seconds.
    closes: local time at which the hall closes (else 17:30).
    """
    marks = [(0.0, 0.0), (12.0, 0.0), (12.0, 8.0), (0.0, 8.0)]
    points = tuple(FloorPoint((20 + x * PX_PER_M, 20 + y * PX_PER_M), (x, y)) for x, y in marks)
    name = Name("测试", "test")
    windows = tuple(DutyWindow(time.fromisoformat(a), time.fromisoformat(b)) for a, b in duty)
    post = Post("desk", name, "reception", "hall", (Region(DESK),), required, windows, True)
    return Site(
        id="story",
        name=name,
        time_zone="Asia/Shanghai",
        folder=Path("story"),
        version="story0000001",
        cameras={
            camera: Camera(camera, name, Source(SourceKind.FILE, "story.mp4"), (640, 440), floor_points=points)
            for camera in cameras
        },
        zones={
            "hall": Zone("hall", name, ZoneKind.HALL, (Region(HALL),)),
            "model": Zone("model", name, ZoneKind.MODEL, (Region(MODEL),)),
            **({zone.id: zone for zone in _places(name)} if places else {}),
        },
        posts={"desk": post} if posts else {},
        rules=rules or {},
        switched_off=off,
        energy=Energy(hours=_hours(closes, vips)),
    )


def _hours(closes: str | None, vips: tuple[float, ...]) -> Hours:
    visits = tuple(VipVisit(f"vip-{n}", utc(at_s), utc(at_s + 3600)) for n, at_s in enumerate(vips))
    if closes is None:
        return Hours(visits=visits)
    last = time.fromisoformat(closes)
    return Hours(override={WindowId.INTERIOR: (Window(500, last.hour * 60 + last.minute),)}, visits=visits)


def _places(name: Name) -> tuple[Zone, ...]:
    kinds = (
        ("tables", ZoneKind.NEGOTIATION, TABLES),
        ("stop", ZoneKind.SHUTTLE_STOP, STOP),
        ("lobby", ZoneKind.SHOWFLAT_DOOR, LOBBY),
        ("flat", ZoneKind.SHOWFLAT, FLAT),
    )
    return tuple(Zone(key, name, kind, (Region(polygon),)) for key, kind, polygon in kinds)


@dataclass(frozen=True)
class Actor:
    """One person's day. path: (second, place); between two points the person walks straight."""

    name: str
    role: Role
    path: tuple[tuple[float, XY], ...] = ()
    hidden_s: tuple[tuple[float, float], ...] = ()
    role_known_s: float = 0.0
    leaves_s: float | None = None
    vanishes: tuple[float, float] | None = None
    """(last seen, found gone)"""
    came_in: bool = True
    sits_s: tuple[tuple[float, float], ...] = ()
    posture_known: bool = True
    child: bool = False
    sigma_m: float = 0.1
    """How uncertain the camera is of the place."""
    wears: Colour = UNKNOWN
    dressed_s: float = 1.5
    """So long after it is known what they wear."""

    def sits(self, *, until: float) -> Actor:
        """Sits down where the path has come to."""
        return replace(self.stands(until=until), sits_s=(*self.sits_s, (self.path[-1][0], until)))

    def seated(self, t: float) -> Truth:
        return Truth.of(any(a <= t < b for a, b in self.sits_s) if self.posture_known else None)

    def enters(self, at_s: float, place: XY) -> Actor:
        return replace(self, path=((at_s, place),))

    def walks(self, place: XY, mps: float = WALK_MPS) -> Actor:
        at_s, here = self.path[-1]
        return replace(self, path=(*self.path, (at_s + math.dist(here, place) / mps, place)))

    def stands(self, *, until: float) -> Actor:
        assert until >= self.path[-1][0], f"{self.name} is still walking at {until} s"
        return replace(self, path=(*self.path, (until, self.path[-1][1])))

    def walks_out(self, place: XY = DOOR) -> Actor:
        gone = self.walks(place)
        return replace(gone, leaves_s=gone.path[-1][0])

    def hidden(self, from_s: float, to_s: float) -> Actor:
        return replace(self, hidden_s=(*self.hidden_s, (from_s, to_s)))

    def known_from(self, at_s: float) -> Actor:
        return replace(self, role_known_s=at_s)

    def goes_unseen(self, last_s: float, found_gone_s: float) -> Actor:
        return replace(self, vanishes=(last_s, found_gone_s))

    def unseen_from_start(self) -> Actor:
        return replace(self, came_in=False)

    def at(self, t: float) -> XY:
        before = self.path[0]
        for after in self.path[1:]:
            if t < after[0]:
                share = max(0.0, (t - before[0]) / (after[0] - before[0]))
                return (
                    before[1][0] + share * (after[1][0] - before[1][0]),
                    before[1][1] + share * (after[1][1] - before[1][1]),
                )
            before = after
        return before[1]

    def sees(self, t: float) -> bool:
        if any(a <= t < b for a, b in self.hidden_s) or t < self.path[0][0]:
            return False
        return (self.leaves_s is None or t < self.leaves_s) and (self.vanishes is None or t < self.vanishes[0])

    @property
    def gone_s(self) -> float:
        ends = [end for end in (self.leaves_s, self.vanishes[1] if self.vanishes else None) if end is not None]
        return min(ends, default=math.inf)


def utc(t: float) -> int:
    """Story seconds as UTC µs."""
    return START_US + round(t * 1e6)


@dataclass
class Watcher:
    """Tells one camera's scenes from the actors, as the presence layer would."""

    site: Site
    camera: str
    actors: list[Actor]
    last: dict[str, float] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def scene(self, t: float, run: int, view: Truth) -> Scene:
        persons, departed = [], []
        for number, actor in enumerate(self.actors, 1):
            name = f"{self.camera}/{number}"
            if name in self.done or t < actor.path[0][0]:
                continue
            if actor.sees(t):
                self.last[name] = t
            if name not in self.last:
                continue
            if t >= actor.gone_s:
                self.done.add(name)
                departed.append(self._departure(name, actor, t))
            else:
                persons.append(self._person(name, actor, t))
        return Scene(self.camera, f"{self.camera}/{run}", utc(t), tuple(persons), tuple(departed), view)

    def _person(self, name: str, actor: Actor, t: float) -> Person:
        seen, last = actor.sees(t), self.last[name]
        x, y = actor.at(last)
        image = (20 + x * PX_PER_M, 20 + y * PX_PER_M)
        entered = actor.path[0][0]
        span = min(1.0, max(t - entered, 1e-3))
        speed = math.dist(actor.at(t), actor.at(t - span)) / span if seen else 0.0
        return Person(
            id=name,
            role=actor.role if t >= actor.role_known_s else Role.UNKNOWN,
            seen=Truth.HOLDS if seen else Truth.UNKNOWN,
            place=Place(image, PX_PER_M, (x, y), actor.sigma_m),
            box=(image[0] - 15, image[1] - 80, image[0] + 15, image[1]),
            entered_us=utc(entered),
            last_seen_us=utc(last),
            speed_mps=speed,
            zones=tuple(z.id for z in self.site.zones.values() if contains(z.regions[0].polygon, (x, y))),
            posts=tuple(p.id for p in self.site.posts.values() if contains(p.regions[0].polygon, (x, y))),
            seated=actor.seated(t) if seen else Truth.UNKNOWN,
            child=Truth.of(actor.child),
            came_in=actor.came_in,
            clothes=actor.wears if t >= entered + actor.dressed_s else UNKNOWN,
        )

    def _departure(self, name: str, actor: Actor, t: float) -> Departure:
        last = self.last[name]
        if actor.vanishes is not None:
            return Departure(name, actor.role, Exit.VANISHED, utc(last), utc(t), utc(last))
        still = [after[0] for before, after in pairwise(actor.path) if before[1] == after[1]]
        set_off = max(still, default=actor.path[0][0])
        return Departure(name, actor.role, Exit.LEFT, utc(last), utc(t), utc(set_off))


@dataclass(frozen=True)
class Story:
    """Actors on a floor, filmed for `length_s`. outages and sick: (from, to) in seconds."""

    actors: list[Actor]
    length_s: float
    outages: tuple[tuple[float, float], ...] = ()
    sick: tuple[tuple[float, float], ...] = ()
    carts: tuple[tuple[float, Truth], ...] = ()
    """What a sensor tells of carts at the shuttle stop, from when on."""
    told: bool = True
    """Whether an outage comes as StreamLost and StreamResumed, or only as missing frames of the same run."""

    def messages(
        self, fps: float = 15, jitter: float = 0.0, drop: float = 0.0, seed: int = 0, where: Site | None = None
    ) -> list[Message]:
        """The messages of one camera. jitter: share of a frame interval; drop: share of frames lost."""
        chance = random.Random(seed)
        where = where or site()
        camera = min(where.cameras)
        watcher = Watcher(where, camera, self.actors)
        found: list[Message] = [Tick(utc(second)) for second in range(1, int(self.length_s) + 1)]
        for number in range(int(self.length_s * fps) + 1):
            t = max(0.0, number / fps + chance.uniform(-jitter, jitter) / fps / 2) if number else 0.0
            lost = number and chance.random() < drop
            if lost or any(a <= t < b for a, b in self.outages):
                continue
            run = 1 + (sum(b <= t for _, b in self.outages) if self.told else 0)
            sick = any(a <= t < b for a, b in self.sick)
            found.append(watcher.scene(t, run, Truth.UNKNOWN if sick else Truth.HOLDS))
        for number, (a, b) in enumerate(self.outages if self.told else ()):
            found.append(StreamLost(camera, utc(a), "no data"))
            if b < self.length_s:
                found.append(StreamResumed(camera, f"{camera}/{number + 2}", utc(b)))
        found += [Observation("vehicle", "stop", "present", truth, utc(at_s), camera) for at_s, truth in self.carts]
        found.append(EndOfRecording(utc(self.length_s)))
        return sorted(found, key=order)

    def played(self, where: Site, **how: float) -> Engine:
        """An engine that has heard the whole story."""
        engine = Engine(where)
        for message in self.messages(where=where, **how):  # type: ignore[arg-type]
            engine.step(message)
        return engine


RATES = (
    {"fps": 30.0},
    {"fps": 15.0},
    {"fps": 5.0},
    {"fps": 15.0, "jitter": 0.8, "seed": 1},
    {"fps": 15.0, "drop": 0.4, "seed": 2},
    {"fps": 5.0, "jitter": 0.8, "drop": 0.4, "seed": 3},
)
"""How every story is told: full rate, slow, jittery, with frames lost."""
FEWER_RATES = (RATES[0], RATES[3], RATES[2], RATES[5])
"""The same extremes (30, 15 and 5 fps, jitter, 40 % dropped) in four tellings, for stories of minutes."""


def only(*codes: str) -> frozenset[str]:
    """Every rule but these, to be switched off."""
    return frozenset(RULES) - frozenset(codes)


def seconds(utc_us: int | None) -> float | None:
    """UTC µs as story seconds."""
    return None if utc_us is None else (utc_us - START_US) / 1e6
