"""What cannot happen in a room is refused before anything is rendered, by name: who, when, what stands in the way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from models.domain.errors import UsageError
from sample_videos.studio import carts, hall
from sample_videos.studio.expected import JUDGED_CODES
from sample_videos.studio.furnishing import MODELS, Model, footprint
from sample_videos.studio.rooms import THICK_M, Wall, walls_of
from sample_videos.studio.shot import Shot
from sample_videos.studio.stage_client import camera_of
from sample_videos.studio.story import At, Furniture, Leg, Story, legs_of

WALL_M = 0.02
"""Furniture may touch a wall by as much as its skirting is thick."""
BODY_M = 0.16
"""Half a person's depth: nearer than that to a table's edge a walker walks through it."""
FLAT_KINDS = ("tag",)


def check(shot: Shot, where: str) -> None:
    """Raises UsageError for the first thing of the shot that cannot be."""
    for what, got, expected in _faults(shot):
        raise UsageError(
            what, where=f"{where}: {shot.shot.id}", got=got, expected=expected, next_step="change the shot"
        )


Fault = tuple[str, str, str]


def _faults(shot: Shot) -> Iterator[Fault]:
    yield from _unknown_names(shot)
    yield from _lenses(shot)
    yield from _furniture(shot)
    yield from _people(shot)
    yield from _carts(shot)
    yield from _times(shot)


def _unknown_names(shot: Shot) -> Iterator[Fault]:
    plan = {item.id for item in hall.furniture(shot.room.seed, shot.room.chairs, shot.room.plants)}
    yield from _unknown_things(shot, plan)
    yield from _unknown_items(shot, (plan - set(shot.room.without)) | {thing.id for thing in shot.room.things})
    lamps = {group.id for group in hall.LAMPS}
    for change in shot.lamps:
        if change.lamp not in lamps:
            yield f"There is no lamp group {change.lamp}.", change.lamp, ", ".join(sorted(lamps))
    for part in shot.disturbances:
        if part.camera is not None and part.camera not in shot.cameras:
            yield (
                f"A disturbance names a camera that is not there: {part.camera}.",
                part.camera,
                ", ".join(shot.cameras),
            )
    for code in shot.judged:
        if code not in JUDGED_CODES:
            yield f"The studio cannot say what is right for {code}.", code, ", ".join(JUDGED_CODES)


def _unknown_things(shot: Shot, plan: set[str]) -> Iterator[Fault]:
    for thing in shot.room.things:
        if (thing.kind, thing.style) not in MODELS:
            known = ", ".join(sorted(f"{kind}/{style}" if style else kind for kind, style in MODELS))
            yield f"{thing.id} is of a kind that the studio does not build.", f"{thing.kind}/{thing.style}", known
        if thing.id in plan:
            yield f"{thing.id} is in the hall's plan already.", thing.id, "a new id"
    for name in shot.room.without:
        if name not in plan:
            yield f"{name} is not in the hall's plan and cannot be left out.", name, ", ".join(sorted(plan))


def _unknown_items(shot: Shot, known: set[str]) -> Iterator[Fault]:
    named = [(move.item, f"furniture at {move.at_s} s") for move in shot.furniture]
    named += [(move.swap_with, f"furniture at {move.at_s} s") for move in shot.furniture if move.swap_with]
    named += [(a.seat, f"person {who}") for who, p in shot.people.items() for a in p.actions if a.seat]
    for name, place in named:
        if name not in known:
            yield f"{place} names {name}, which is not in this room.", str(name), ", ".join(sorted(known))


def _lenses(shot: Shot) -> Iterator[Fault]:
    for name, part in shot.cameras.items():
        x, y, z = part.position_m
        if not (0 < x < hall.SIZE_M[0] and 0 < y < hall.SIZE_M[1] and 0 < z < hall.SIZE_M[2]):
            yield f"Camera {name} hangs outside the hall.", str(part.position_m), f"inside {hall.SIZE_M} m"
        camera = camera_of(part)
        corner = math.hypot(camera.width / 2, camera.height / 2) / camera.focal_px
        r = np.linspace(0, 4, 4001)
        bent = r * (1 + part.k1 * r**2 + part.k2 * r**4)
        rises = np.flatnonzero(np.diff(bent) <= 0)
        reach = bent[rises[0]] if len(rises) else bent[-1]
        if reach < corner:
            got = f"k1 {part.k1}, k2 {part.k2}, hfov {part.hfov_deg} deg"
            yield f"The lens of {name} folds: two directions meet in one pixel.", got, "a milder k1 or a larger k2"


def _furniture(shot: Shot) -> Iterator[Fault]:
    furniture = Furniture(shot)
    for t in furniture.change_times(math.inf):
        places = furniture.at(t + 1e-6)
        for name, at in places.items():
            model = furniture.items[name].model
            if at is not None and not model.on_wall and name not in shot.carts and not _in_room(model, at):
                yield (
                    f"{name} goes through a wall at {t:g} s.",
                    f"x {at[0]:.2f} y {at[1]:.2f} m",
                    f"0..{hall.SIZE_M[:2]} m",
                )
        yield from _collisions(furniture, places, t)
        yield from _in_partitions(shot, furniture, places, t)
    for move in shot.furniture:
        before = furniture.at(move.at_s - 1e-6) if move.at_s > 0 else {n: i.at for n, i in furniture.items.items()}
        if move.by_mm and not move.appear and before[move.item] is None:
            yield (
                f"{move.item} is moved at {move.at_s:g} s but is not in the room.",
                "moved",
                "appear or put_back first",
            )


def _in_room(model: Model, at: At) -> bool:
    corners = footprint(model, at, -WALL_M)
    return all(-1e-6 <= x <= hall.SIZE_M[0] + 1e-6 and -1e-6 <= y <= hall.SIZE_M[1] + 1e-6 for x, y in corners)


def _collisions(furniture: Furniture, places: dict[str, At | None], t: float) -> Iterator[Fault]:
    """Only what a shot moved or brought: a chair half under its table is how the plan has it."""
    for name, at in places.items():
        item = furniture.items[name]
        if at is None or (at == item.at and furniture.belongs[name]) or item.kind in FLAT_KINDS:
            continue
        for other, there in places.items():
            if other == name or there is None or furniture.items[other].kind in FLAT_KINDS:
                continue
            if sum(at[4:]) != sum(there[4:]):
                continue  # stacked
            under = {item.kind, furniture.items[other].kind} >= {"chair", "table"}
            if not under and _overlap(item.model, at, furniture.items[other].model, there):
                yield f"{name} stands in {other} at {t:g} s.", f"x {at[0]:.2f} y {at[1]:.2f} m", "free floor"


def _in_partitions(shot: Shot, furniture: Furniture, places: dict[str, At | None], t: float) -> Iterator[Fault]:
    for name, at in places.items():
        item = furniture.items[name]
        for room, wall in walls_of(shot.room):
            if at is not None and not item.model.on_wall and _stands_in(item.model, at, wall):
                yield f"{name} stands in a wall of {room} at {t:g} s.", f"x {at[0]:.2f} y {at[1]:.2f} m", "free floor"


def _stands_in(model: Model, at: At, wall: Wall) -> bool:
    """Whether a footprint meets a wall, beside its door."""
    for wide, deep, _, x, y, low_middle in wall.boxes():
        solid = Model((wide, deep, 1.0))
        if low_middle <= hall.SIZE_M[2] / 2 + THICK_M and _overlap(model, at, solid, (x, y, 0.0)):
            return True
    return False


def _overlap(a: Model, a_at: At, b: Model, b_at: At) -> bool:
    """Separating axes of two footprints, 2 cm of grace."""
    first, second = np.array(footprint(a, a_at, -0.02)), np.array(footprint(b, b_at, -0.02))
    for corners in (first, second):
        for k in range(4):
            edge = corners[(k + 1) % 4] - corners[k]
            axis = np.array([-edge[1], edge[0]])
            p, q = first @ axis, second @ axis
            if p.max() < q.min() or q.max() < p.min():
                return False
    return True


def _people(shot: Shot) -> Iterator[Fault]:
    story = Story(shot)
    for who, person in shot.people.items():
        here = person.at
        for leg in legs_of(person):
            if leg.item is not None:
                yield from _sits(story, who, leg, here)
            for x, y in leg.path:
                if not (0 < x < hall.SIZE_M[0] and 0 < y < hall.SIZE_M[1] + 6):
                    yield f"{who} goes through a wall at {leg.t0_s:g} s.", f"x {x} y {y} m", f"0..{hall.SIZE_M[:2]} m"
            for room, wall in walls_of(shot.room):
                for a, b in pairwise(leg.path):
                    through = wall.crossed(a, b)
                    if through is not None:
                        where = f"x {through[0]:.2f} y {through[1]:.2f} m"
                        yield f"{who} walks through a wall of {room} after {leg.t0_s:g} s.", where, "its door"
            if leg.walks:
                yield from _walks(story, who, leg)
            here = leg.path[-1]


def _sits(story: Story, who: str, leg: Leg, here: tuple[float, float]) -> Iterator[Fault]:
    assert leg.item is not None
    item = story.furniture.items[leg.item]
    if item.model.seat_m is None:
        yield f"{who} cannot sit on {leg.item}: a {item.kind} is no seat.", leg.item, "a chair, sofa or bench"
    for t in (leg.t0_s, *(m.at_s for m in story.shot.furniture if leg.t0_s <= m.at_s < leg.t1_s)):
        if story.furniture.at(max(t, 0.0) + 1e-6)[leg.item] is None:
            yield (
                f"{who} sits on {leg.item} at {t:g} s, which is not in the room then.",
                leg.item,
                "a seat that is there",
            )
    at = story.furniture.at(max(leg.t0_s, 0.0))[leg.item]
    if at is not None and leg.t0_s > 0 and math.dist(here, at[:2]) > 1.3:
        far = math.dist(here, at[:2])
        yield f"{who} sits down on {leg.item} from {far:.1f} m away.", f"{far:.2f} m", "walk to within 1.3 m first"


def _walks(story: Story, who: str, leg: Leg) -> Iterator[Fault]:
    """A path through a piece of furniture. Its first and last half metre may touch the chair one sits on."""
    count = max(2, int((leg.t1_s - leg.t0_s) / 0.2))
    for k in range(count + 1):
        t = leg.t0_s + (leg.t1_s - leg.t0_s) * k / count
        if t < 0:
            continue
        person = next((p for p in story.people(min(t, leg.t1_s - 1e-6)) if p.id == who), None)
        if person is None or not person.inside:
            continue
        ends = min(math.dist((person.x, person.y), leg.path[0]), math.dist((person.x, person.y), leg.path[-1]))
        for name, at in story.furniture.at(t).items():
            item = story.furniture.items[name]
            seat = item.model.seat_m is not None and ends < 0.7
            if at is None or item.kind in FLAT_KINDS or seat:
                continue
            if _inside(item.model, at, (person.x, person.y)):
                where = f"x {person.x:.2f} y {person.y:.2f} m"
                yield f"{who} walks through {name} at {t:.1f} s.", where, "a path around it"


def _inside(model: Model, at: At, point: tuple[float, float]) -> bool:
    c, s = math.cos(math.radians(at[2])), math.sin(math.radians(at[2]))
    dx, dy = point[0] - at[0], point[1] - at[1]
    reach_x, reach_y = model.size_m[0] / 2 + BODY_M, model.size_m[1] / 2 + BODY_M
    return abs(c * dx + s * dy) < reach_x and abs(c * dy - s * dx) < reach_y


def _carts(shot: Shot) -> Iterator[Fault]:
    """A cart through a wall, one that leaves before it comes, riders who are nowhere, not near, or too late."""
    rides: dict[str, str] = {}
    known = {item.id for item in hall.furniture(shot.room.seed, shot.room.chairs, shot.room.plants)}
    for name, cart in shot.carts.items():
        if name in known or name in {thing.id for thing in shot.room.things}:
            yield f"{name} is a piece of furniture already.", name, "a new id"
        if cart.departs_s <= cart.arrives_s:
            told = f"{cart.arrives_s:g} .. {cart.departs_s:g} s"
            yield f"{name} departs before it has arrived.", told, "arrives_s < departs_s"
        for t in carts.change_times(cart, 0.1):
            at = carts.place(cart, t, 0.1)
            if at is not None and not carts.clear_of_walls(at):
                where = f"x {at[0]:.2f} y {at[1]:.2f} m"
                yield f"{name} drives through a wall at {t:g} s.", where, f"y beyond {hall.SIZE_M[1] + 0.2:g} m"
        for who in cart.boards:
            if who not in shot.people:
                yield f"{name} waits for {who}, who is not in this shot.", who, ", ".join(shot.people)
            elif who in rides:
                yield f"{who} boards two carts.", f"{rides[who]}, {name}", "one"
            else:
                yield from _boards(shot, name, who)
            rides[who] = name


def _boards(shot: Shot, name: str, who: str) -> Iterator[Fault]:
    cart, last = shot.carts[name], legs_of(shot.people[who])[-1]
    if not cart.arrives_s <= last.t1_s < cart.departs_s:
        when = f"{cart.arrives_s:g} .. {cart.departs_s:g} s"
        yield f"{name} is not there when {who} boards at {last.t1_s:.1f} s.", f"{last.t1_s:.1f} s", when
    far = carts.side_m(carts.stop_of(cart), last.path[-1])
    if far > carts.REACH_M:
        yield f"{who} boards {name} from {far:.1f} m away.", f"{far:.2f} m", f"walk to within {carts.REACH_M:g} m"


def _times(shot: Shot) -> Iterator[Fault]:
    until = shot.shot.duration_s
    named = [("furniture", m.at_s) for m in shot.furniture] + [("lamps", c.at_s) for c in shot.lamps]
    named += [("aircon", c.at_s) for c in shot.aircon] + [("disturbances", d.from_s) for d in shot.disturbances]
    for part, t in named:
        if t >= until:
            yield f"Something under {part} happens after the end of the shot.", f"{t:g} s", f"before {until:g} s"
    for meter in shot.meters:
        if meter.lamp not in {group.id for group in hall.LAMPS}:
            yield "A meter tells of lamps that are not there.", meter.lamp, ", ".join(g.id for g in hall.LAMPS)
    for name, visit in shot.visits.items():
        if visit.leaves_s <= visit.arrives_s:
            told = f"{visit.arrives_s:g} .. {visit.leaves_s:g} s"
            yield f"A visit ends before it begins: {name}.", told, "arrives_s < leaves_s"
    for d in shot.disturbances:
        if d.to_s is not None and d.to_s <= d.from_s:
            yield f"A disturbance ends before it begins: {d.kind}.", f"{d.from_s:g} .. {d.to_s:g} s", "from_s < to_s"
