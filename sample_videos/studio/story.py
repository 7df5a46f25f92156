"""What happens, second by second: pure functions of a shot. The stage renders it, the truth repeats it.

`Story(shot, strides)` answers for any t: where items stand, which lamps are on, what the air-conditioner shows, who is
where in which pose.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sample_videos.studio import carts, hall
from sample_videos.studio.furnishing import Placed
from sample_videos.studio.shot import ActionPart, MovePart, PersonPart, Shot

At = tuple[float, ...]
"""x m, y m, yaw degrees; of what does not stand on its feet also tip degrees and lift metres."""
Pose = tuple[str | float | bool, ...]
"""What `stage.poses` understands."""
RISE_S = 0.9
"""Sitting down and standing up (healthy adults rise in 0.8 to 1.2 s)."""
RIBBON_STEP_S = 0.2
RIBBON_SHAPES = 6
IDLE_POSES = 16
"""Poses of the cycle in which somebody who stands or sits moves; each lasts `quality.idle_s`."""
AHEAD_M, BEHIND_M = 0.45, 0.25
"""A walker looks where the path goes: from a bit behind to a bit ahead."""


@dataclass(frozen=True)
class Person:
    """One person at one moment."""

    id: str
    x: float
    y: float
    yaw_deg: float
    pose: Pose
    posture: str
    activity: str
    item: str | None = None
    phone: str | None = None

    @property
    def inside(self) -> bool:
        return self.y < hall.SIZE_M[1]


@dataclass(frozen=True)
class Leg:
    """One action with its time: walking along `path`, standing, or sitting on `item`."""

    t0_s: float
    t1_s: float
    action: ActionPart
    path: tuple[tuple[float, float], ...]
    yaw_deg: float
    item: str | None = None

    @property
    def walks(self) -> bool:
        return self.action.walk is not None


def legs_of(person: PersonPart) -> tuple[Leg, ...]:
    """The person's actions laid end to end on the clock."""
    t, here, yaw = person.from_s, person.at, person.yaw_deg
    found = []
    for action in person.actions:
        if action.walk is not None:
            path = (here, *action.walk)
            lasts = _length(path) / action.speed_mps
            (x0, y0), (x1, y1) = path[-2:]
            yaw, here = math.degrees(math.atan2(y1 - y0, x1 - x0)), path[-1]
        else:
            path, lasts = (here,), action.stand_s or action.sit_s or 0.0
            yaw = yaw if action.yaw_deg is None else action.yaw_deg
        found.append(Leg(t, t + lasts, action, path, yaw, action.seat))
        t += lasts
    return tuple(found)


def _word(phone: str | None) -> tuple[str, ...]:
    """The last word of a pose with a phone, where there is one: what was rendered before keeps its name."""
    return () if phone is None else (phone,)


def _length(path: Sequence[tuple[float, float]]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(path))


def _along(path: Sequence[tuple[float, float]], metres: float) -> tuple[float, float]:
    left = min(max(metres, 0.0), _length(path))
    for a, b in pairwise(path):
        step = math.dist(a, b)
        if left <= step or (a, b) == (path[-2], path[-1]):
            u = min(1.0, left / max(step, 1e-9))
            return a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u
        left -= step
    return path[-1]


class Furniture:
    """Where every item stands at any time."""

    def __init__(self, shot: Shot) -> None:
        plan = hall.furniture(shot.room.seed, shot.room.chairs, shot.room.plants)
        things = tuple(Placed(t.id, t.kind, t.style, t.at, t.seed) for t in shot.room.things)
        kept = tuple(item for item in plan if item.id not in shot.room.without)
        self.items = {item.id: item for item in (*kept, *things)}
        self.belongs = {item.id: True for item in kept} | {t.id: t.belongs for t in shot.room.things}
        self._carts = shot.carts
        for name, cart in shot.carts.items():
            self.items[name] = Placed(name, carts.KIND, carts.STYLE, carts.stop_of(cart))
            self.belongs[name] = False
        self.present_at_first = {item.id: True for item in kept} | {t.id: t.present for t in shot.room.things}
        self.present_at_first |= dict.fromkeys(shot.carts, False)
        self._moves = sorted(shot.furniture, key=lambda move: move.at_s)

    def at(self, t_s: float, step_s: float = 0.2) -> dict[str, At | None]:
        """Item -> x, y, yaw; None: not in the room. A move that takes time goes in steps of step_s."""
        now: dict[str, At | None] = {
            name: item.at if self.present_at_first[name] else None for name, item in self.items.items()
        }
        last: dict[str, At] = {name: item.at for name, item in self.items.items()}
        for move in self._moves:
            if move.at_s > t_s + 1e-9:
                break
            self._apply(move, now, last, t_s, step_s)
        return now | {name: carts.place(cart, t_s, step_s) for name, cart in self._carts.items()}

    def _apply(self, move: MovePart, now: dict[str, At | None], last: dict[str, At], t_s: float, step_s: float) -> None:
        name, home = move.item, self.items[move.item].at
        if move.remove:
            now[name] = None
        elif move.appear:
            now[name] = last[name] = _shifted(last[name], move, 1.0)
        elif move.put_back:
            now[name] = last[name] = home
        elif move.swap_with is not None:
            other = move.swap_with
            now[name], now[other] = now[other], now[name]
            last[name], last[other] = now[name] or last[name], now[other] or last[other]
        else:
            share = 1.0
            if move.over_s:
                gone = math.floor((t_s - move.at_s) / step_s + 1e-6) * step_s
                share = min(1.0, gone / move.over_s)
            now[name] = last[name] = _shifted(last[name], move, share)

    def change_times(self, until_s: float, step_s: float = 0.2) -> list[float]:
        """Moments at which something may stand elsewhere, 0 first."""
        times = {0.0}
        for move in self._moves:
            count = math.ceil(move.over_s / step_s - 1e-6)
            times.update(round(move.at_s + k * step_s, 6) for k in range(count + 1))
        for cart in self._carts.values():
            times.update(carts.change_times(cart, step_s))
        return sorted(t for t in times if 0 <= t < until_s)


def _shifted(at: At, move: MovePart, share: float) -> At:
    far, way = move.by_mm / 1000 * share, math.radians(move.direction_deg)
    x, y = at[0] + far * math.cos(way), at[1] + far * math.sin(way)
    place = round(x, 5), round(y, 5), round(at[2] + move.turn_deg * share, 4)
    tip_deg, lift_m = at[3:] or (0.0, 0.0)
    tip_deg, lift_m = tip_deg + move.tip_deg * share, lift_m + move.lift_mm / 1000 * share
    return (*place, round(tip_deg, 4), round(lift_m, 5)) if tip_deg or lift_m else place


class Story:
    """A shot told over time. strides: person -> floor covered by one cycle of the walk, metres (from the stage)."""

    def __init__(self, shot: Shot, strides: Mapping[str, float] | None = None) -> None:
        self.shot, self.furniture = shot, Furniture(shot)
        self._strides = strides or {}

    @cached_property
    def legs(self) -> dict[str, tuple[Leg, ...]]:
        return {name: legs_of(person) for name, person in self.shot.people.items()}

    # ---- light

    def lamps(self, t_s: float) -> dict[str, bool]:
        """Group -> on. All are on until a change says otherwise."""
        now = {group.id: True for group in hall.LAMPS}
        for change in sorted(self.shot.lamps, key=lambda c: c.at_s):
            if change.at_s <= t_s + 1e-9:
                now[change.lamp] = change.lit
        return now

    def daylight(self, t_s: float) -> tuple[float, float]:
        """sky, sun: straight lines between the points given."""
        points = sorted(self.shot.daylight, key=lambda p: p.at_s)
        before = [p for p in points if p.at_s <= t_s] or points[:1]
        after = [p for p in points if p.at_s > t_s]
        a = before[-1]
        if not after:
            return a.sky, a.sun
        b = after[0]
        u = min(max((t_s - a.at_s) / (b.at_s - a.at_s), 0.0), 1.0) if b.at_s > a.at_s else 1.0
        u = round(u * 200) / 200
        return a.sky + (b.sky - a.sky) * u, a.sun + (b.sun - a.sun) * u

    def aircon(self, t_s: float) -> dict[str, float | bool | int | None]:
        """What the unit shows: on, display, led, louver_deg, ribbon (phase of its flutter, -1 hanging)."""
        now = None
        for change in sorted(self.shot.aircon, key=lambda c: c.at_s):
            if change.at_s <= t_s + 1e-9:
                now = change
        if now is None or not now.runs:
            return {"on": False, "display": None, "led": False, "louver_deg": 0.0, "ribbon": -1}
        phase = int(t_s / RIBBON_STEP_S + 1e-6) % RIBBON_SHAPES if now.ribbon else -1
        return {"on": True, "display": now.display_c, "led": now.led, "louver_deg": now.louver_deg, "ribbon": phase}

    # ---- people

    def people(self, t_s: float) -> tuple[Person, ...]:
        """Everybody who is in the room or before its door, in the order of the shot."""
        found = (self._person(name, legs, t_s) for name, legs in self.legs.items())
        return tuple(person for person in found if person is not None)

    def _person(self, name: str, legs: tuple[Leg, ...], t_s: float) -> Person | None:
        quality = self.shot.quality
        for leg in legs:
            if leg.t0_s <= t_s < leg.t1_s:
                if leg.walks:
                    t = leg.t0_s + math.floor((t_s - leg.t0_s) / quality.step_s + 1e-6) * quality.step_s
                    return self._walking(name, leg, t)
                if leg.item is not None:
                    return self._sitting(name, leg, t_s)
                phone = leg.action.phone
                pose: Pose = ("stand", self._idle(leg, t_s), leg.action.talk, *_word(phone))
                activity = "talking" if leg.action.talk else "standing"
                return Person(name, *leg.path[-1], leg.yaw_deg, pose, "standing", activity, phone=phone)
        return self._riding(name, t_s) if t_s >= legs[-1].t1_s else None

    def _riding(self, name: str, t_s: float) -> Person | None:
        seat = carts.ride(self.shot, name, t_s)
        if seat is None:
            return None
        pose: Pose = ("sit", 0.0, carts.SEAT_HIGH_M, False)
        return Person(name, seat.x, seat.y, seat.yaw_deg, pose, "sitting", "riding", seat.cart)

    def _idle(self, leg: Leg, t_s: float) -> float:
        """Phase of the idle cycle, 0..1: it begins with the action."""
        return int((t_s - leg.t0_s) / self.shot.quality.idle_s + 1e-6) % IDLE_POSES / IDLE_POSES

    def _walking(self, name: str, leg: Leg, t_s: float) -> Person:
        gone = (t_s - leg.t0_s) * leg.action.speed_mps
        x, y = _along(leg.path, gone)
        (x0, y0), (x1, y1) = _along(leg.path, gone - BEHIND_M), _along(leg.path, gone + AHEAD_M)
        yaw = math.degrees(math.atan2(y1 - y0, x1 - x0))
        phase = round(gone / self._strides.get(name, 1.4) % 1.0, 2)
        phone = leg.action.phone
        pose: Pose = ("walk", phase, *_word(phone))
        return Person(name, round(x, 3), round(y, 3), round(yaw, 1), pose, "standing", "walking", phone=phone)

    def _sitting(self, name: str, leg: Leg, t_s: float) -> Person:
        assert leg.item is not None
        at = self.furniture.at(t_s)[leg.item] or self.furniture.items[leg.item].at
        model = self.furniture.items[leg.item].model
        seat_m = model.seat_m or 0.46
        c, s = math.cos(math.radians(at[2])), math.sin(math.radians(at[2]))
        back, aside = model.seat_back_m, leg.action.aside_m
        seat = at[0] + back * c - aside * s, at[1] + back * s + aside * c
        step = self.shot.quality.step_s
        into = math.floor((t_s - leg.t0_s) / step + 1e-6) * step
        left = math.ceil((leg.t1_s - t_s) / step - 1e-6) * step
        u = max(1 - into / RISE_S, 1 - left / RISE_S, 0.0)
        if u > 0:
            before = seat[0] + (0.36 - back) * c, seat[1] + (0.36 - back) * s
            x, y = (round(a + (b - a) * u, 3) for a, b in zip(seat, before, strict=True))
            return Person(name, x, y, round(at[2], 1), ("rise", round(u, 2), seat_m), "rising", "rising", leg.item)
        phone, place = leg.action.phone, (round(seat[0], 3), round(seat[1], 3), round(at[2], 1))
        pose: Pose = ("sit", self._idle(leg, t_s), seat_m, leg.action.desk, *_word(phone))
        return Person(name, *place, pose, "sitting", "sitting", leg.item, phone)
