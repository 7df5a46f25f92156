"""Several cameras, one floor: the same person seen by two cameras is one, and goes on being one from camera to camera.

Cameras with taught floor points share the site's frame of metres. Their presences are associated by place over time
and by role: who stays within the error bars of somebody another camera sees is that person; who turns up where somebody
lost from view a moment ago can have walked is that person, handed over. What remains is somebody new. The parties'
rules hear the floor as if one camera (`FLOOR`) saw it; a site with fewer than two such cameras is passed through.

Uncertainty is kept: between two views a person is *present, unseen*; where no view takes over within HANDOVER_S the
person left when last seen. Pure: `after(message)` gives the next fusion and what the two kinds of rule are to hear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from models.domain.clothing import UNKNOWN, Colour, garment_distance
from models.domain.messages import Message, Scene, StreamLost, Tick
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.site import Region, Site
from models.domain.truth import Truth
from pipelines.association import CLOSE_M, FARTHEST_M, UNLIKE, Pairs, alike_role, compatible, gate_m, unlike
from pipelines.rules.continuity import us
from pipelines.rules.coverage import distance_m

Box = tuple[float, float, float, float]

FLOOR = "floor"
"""The camera of fused scenes; no site camera that sees it alone has this meaning."""
RIPE_US = us(1.5)
"""A new presence is compared for so long before it is somebody new or somebody known; its entry is dated back."""
HANDOVER_US = us(30.0)
"""Out of every view for longer, nobody says it is the same person (domain.md 2.3: lost > 30 s is censored)."""
HANDOVER_MPS, HANDOVER_SLACK_M = 2.0, 1.0
"""A brisk walk, and the error of the two places."""
SILENT_US = us(5.0)
"""A camera that tells nothing for longer is lost, whether its stream said so or not (docs/time.md 6, `max_gap_s`)."""
EXIT_M = 1.5
"""Last seen this near to an entrance line, a person has gone out and is not waited for elsewhere."""
ASIDE_M = 0.4
"""Two people whom one camera sees beside each other at one time are nearer than this only in each other's arms."""
APART_M = 3.5
"""Two bodies this far apart at one time are two people, whatever comes after: the widest gate, and as much again."""
ONE_US = us(4.0)
"""Two bodies that keep together this long, never both in one camera, are one."""
ONE_WALK_US = us(3.0)
"""Views of one walk out of the door end within the time that a door's depth takes to walk."""
SETTLED_US = us(20.0)
"""A role held so long is the person's: a view that then tells another has changed to somebody else. It is as long as
the evidence that a camera wants before it takes a role back (vision/roles.py)."""
UNLEARNT_US = us(90.0)
"""A camera takes a role back within 30 s of clear sight; people stand in each other's way most of the time [P]."""
SIDE_M = 0.2
"""A view's foot point is where the sole nearest to its camera stands, not the middle of the body [P: half a body]."""
TWO_M = 2.5
"""Views of one body further apart than this are of two people."""


@dataclass(frozen=True, slots=True)
class Body:
    """One person on the floor. views: camera -> presence id now; all_views: every presence it ever was."""

    id: str
    entered_us: int
    person: Person
    views: Mapping[str, str]
    all_views: tuple[str, ...]
    seen_by: tuple[tuple[int, str], ...]
    """(from UTC µs on, best camera)."""
    parted: Departure | None = None
    """The departure from its last view, while another view may still take over."""
    left: Departure | None = None
    """The last departure of one of its views that was seen to leave."""
    role_us: int = 0
    """Since when it has had its role."""
    agreed: Place | None = None
    """Where all its views last put it."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """State over one recording."""

    site: Site
    cameras: frozenset[str]
    bodies: Mapping[str, Body] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    """Presence id -> as last told."""
    fresh: Mapping[str, int] = field(default_factory=dict)
    """Presence id -> when first told, while it is nobody yet."""
    blind: frozenset[str] = frozenset()
    """Cameras lost, sick or silent."""
    heard_us: Mapping[str, int] = field(default_factory=dict)
    """Camera -> its last scene."""
    contested: frozenset[str] = frozenset()
    """Presences whose camera knew their role and does not any more: they no longer vouch for whom they were."""
    pairs: Pairs = Pairs()  # noqa: RUF009 - frozen
    told_us: int = -1
    owed: tuple[Departure, ...] = ()
    """Departures of a moment that was told already: two cameras of one instant make one scene."""
    shed: Mapping[str, tuple[int, Role]] = field(default_factory=dict)
    """Presences that turned out not to be the body they were taken for -> (since when, role then): when that person
    came in, and what it wore, says nothing of theirs."""
    distinct: frozenset[tuple[str, str]] = frozenset()
    """Pairs of bodies that were seen far from each other at one time: never one person."""
    worn: Mapping[str, Colour] = field(default_factory=dict)
    """Presence id -> what it was first known to wear."""
    past: Mapping[str, Body] = field(default_factory=dict)
    """Bodies that are gone: incidents still name their cameras."""

    @classmethod
    def of(cls, site: Site) -> Fusion:
        floors = [camera.id for camera in site.cameras.values() if camera.floor_points]
        return cls(site, frozenset(floors) if len(floors) > 1 else frozenset())

    @property
    def floor_site(self) -> Site:
        """The site as rules about parties see it: one camera for all that share the floor."""
        if not self.cameras:
            return self.site
        first = self.site.cameras[min(self.cameras)]
        others = {name: camera for name, camera in self.site.cameras.items() if name not in self.cameras}
        return replace(self.site, cameras={**others, FLOOR: replace(first, id=FLOOR)})

    def after(self, message: Message) -> tuple[Fusion, Message, Message]:
        """(fusion, what rules about parties hear, what rules about places hear)."""
        if isinstance(message, StreamLost) and message.camera in self.cameras:
            return replace(self, blind=self.blind | {message.camera}), message, message
        if not isinstance(message, Scene) or message.camera not in self.cameras:
            return self, message, message
        return self._silenced(message)._told_by(message)

    def _silenced(self, scene: Scene) -> Fusion:
        """Without the cameras that have told nothing for too long."""
        heard_us = {**self.heard_us, scene.camera: scene.utc_us}
        silent = {camera for camera, at_us in heard_us.items() if scene.utc_us - at_us > SILENT_US}
        return replace(self, heard_us=heard_us, blind=self.blind | silent)

    def _told_by(self, message: Scene) -> tuple[Fusion, Message, Message]:
        if message.view is Truth.UNKNOWN:
            fusion = replace(self, blind=self.blind | {message.camera})
            return *fusion._fused(message, ()), message
        return self._seen(message)

    def camera_of(self, presences: tuple[str, ...], utc_us: int) -> str:
        """The camera that saw the first of these bodies best at a moment."""
        for name in presences:
            body = self.bodies.get(name) or self.past.get(name)
            if body is not None:
                return next((c for at_us, c in reversed(body.seen_by) if at_us <= utc_us), body.seen_by[0][1])
        return min(self.cameras)

    def presences_of(self, bodies: tuple[str, ...]) -> tuple[str, ...]:
        """Every presence that these bodies were, in any camera."""
        found = ((self.bodies.get(name) or self.past.get(name), name) for name in bodies)
        return tuple(dict.fromkeys(v for body, name in found for v in (body.all_views if body else (name,))))

    def _seen(self, scene: Scene) -> tuple[Fusion, Message, Message]:
        camera, now_us = scene.camera, scene.utc_us
        people = {name: p for name, p in self.people.items() if not name.startswith(f"{camera}/")}
        scene = replace(scene, persons=tuple(self._unlearnt(person, now_us) for person in scene.persons))
        contested = self._contested(scene.persons)
        people |= {person.id: person for person in scene.persons}
        pairs = self.pairs.after(camera, scene.persons, people, now_us)
        blind, worn = self.blind - {camera}, self._worn(scene)
        work = _Work(replace(self, people=people, pairs=pairs, blind=blind, contested=contested, worn=worn), now_us)
        for gone in scene.departed:
            work.part(gone)
        for person in scene.persons:
            work.meet(person)
        work.unite()
        work.let_go()
        fusion = work.done()
        roles = {name: body.person.role for body in fusion.bodies.values() for name in body.views.values()}
        told = replace(scene, persons=tuple(replace(p, role=roles.get(p.id, p.role)) for p in scene.persons))
        return *fusion._fused(scene, tuple(work.departed)), told

    def _worn(self, scene: Scene) -> Mapping[str, Colour]:
        gone = {departure.person for departure in scene.departed}
        dressed = {p.id: p.clothes for p in scene.persons if p.clothes != UNKNOWN and p.id not in self.worn}
        if not dressed and gone.isdisjoint(self.worn):
            return self.worn
        return {name: colour for name, colour in self.worn.items() if name not in gone} | dressed

    def _contested(self, persons: Sequence[Person]) -> frozenset[str]:
        unknown = {person.id for person in persons if person.role is Role.UNKNOWN}
        known = {person.id for person in persons} - unknown
        fell = {name for name in unknown if name in self.people and self.people[name].role is not Role.UNKNOWN}
        return (self.contested & self.people.keys() - known) | fell

    def _unlearnt(self, person: Person, now_us: int) -> Person:
        """Without the visitor's role that a presence had as somebody else, until its camera must have seen otherwise: a
        member of staff would make a party. Staff mostly change places with staff, so that role stays."""
        since_us, role = self.shed.get(person.id, (0, Role.UNKNOWN))
        unsure = role is Role.VISITOR and person.role is role and now_us - since_us < UNLEARNT_US
        return replace(person, role=Role.UNKNOWN) if unsure else person

    def _fused(self, scene: Scene, departed: tuple[Departure, ...]) -> tuple[Fusion, Message]:
        """The floor's scene at this moment; nothing new where the moment was told already."""
        if scene.utc_us <= self.told_us:
            return replace(self, owed=(*self.owed, *departed)), Tick(scene.utc_us)
        told = replace(self, told_us=scene.utc_us, owed=())
        return told, told._scene(scene.utc_us, (*self.owed, *departed))

    def _scene(self, now_us: int, departed: tuple[Departure, ...]) -> Scene:
        sick = self.blind >= self.cameras
        blind = frozenset(name for name, body in self.bodies.items() if self.blinded(body))
        persons = tuple(_unseen(b.person) if n in blind else b.person for n, b in self.bodies.items())
        return Scene(FLOOR, f"{FLOOR}/1", now_us, persons, departed, Truth.UNKNOWN if sick else Truth.HOLDS, blind)

    def blinded(self, body: Body) -> bool:
        """Whether none of the cameras that had the body in view can see now."""
        return bool(body.views) and self.blind.issuperset(body.views)


class _Work:
    """One scene's changes to a fusion; lives no longer than `_seen`."""

    def __init__(self, fusion: Fusion, now_us: int) -> None:
        self._fusion, self._now_us = fusion, now_us
        self._bodies, self._fresh, self._past = dict(fusion.bodies), dict(fusion.fresh), dict(fusion.past)
        self._owner = {name: body.id for body in fusion.bodies.values() for name in body.views.values()}
        self._shed = dict(fusion.shed)
        self.departed: list[Departure] = []

    def done(self) -> Fusion:
        for name, body in self._bodies.items():
            self._bodies[name] = self._best(body)
        return replace(
            self._fusion,
            bodies=self._bodies,
            fresh=self._fresh,
            past=self._past,
            shed=self._shed,
            distinct=self._told_apart(),
        )

    def _told_apart(self) -> frozenset[tuple[str, str]]:
        """The pairs that are known to be two people, those of this moment included."""
        seen = [b for b in self._bodies.values() if b.person.seen is Truth.HOLDS and b.person.place.floor is not None]
        known = self._fusion.distinct
        apart = {
            _pair(one.id, other.id)
            for one, other in combinations(seen, 2)
            if _pair(one.id, other.id) not in known
            and (one.person.place.distance_m(other.person.place) > APART_M or self._side_by_side(one, other))
        }
        gone = self._fusion.bodies.keys() - self._bodies.keys()
        if gone:
            known = frozenset(pair for pair in known if not gone.intersection(pair))
        return known | apart if apart else known

    def _side_by_side(self, one: Body, other: Body) -> bool:
        """Whether one camera sees both at this moment, in boxes of their own."""
        for camera in one.views.keys() & other.views.keys():
            a, b = (self._fusion.people.get(body.views[camera]) for body in (one, other))
            if a is None or b is None or a.last_seen_us != self._now_us or b.last_seen_us != self._now_us:
                continue
            if not _overlapping(a.box, b.box) and a.place.distance_m(b.place) >= ASIDE_M:
                return True
        return False

    def part(self, gone: Departure) -> None:
        """A presence ended in its camera."""
        self._fresh.pop(gone.person, None)
        name = self._owner.pop(gone.person, None)
        if name is None:
            return
        body = self._without(self._bodies[name], gone.person)
        gone = _setting_off(gone, body.left)
        body = replace(body, left=gone if gone.how is Exit.LEFT else body.left)
        if body.views:
            self._bodies[name] = body
        elif self._at_an_exit(body.person) and gone.how is Exit.LEFT:
            self._end(body, gone)
        else:
            self._bodies[name] = replace(body, person=_unseen(body.person), parted=gone)

    def meet(self, person: Person) -> None:
        """A presence of this scene: known, still to be compared, or now to be decided."""
        name = self._owner.get(person.id)
        if name is not None:
            self._check(self._bodies[name], person)
            return
        if person.id in self._shed and person.seen is not Truth.HOLDS:
            self._fresh.pop(person.id, None)
            return
        first_us = self._fresh.setdefault(person.id, self._now_us)
        if self._now_us - first_us < RIPE_US:
            return
        del self._fresh[person.id]
        body = self._beside(person) or self._handed_over(person)
        if body is None:
            camera = _camera(person.id)
            entered_us = first_us if person.id in self._shed else person.entered_us
            told = replace(person, came_in=person.came_in and person.id not in self._shed)
            body = Body(self._unused(person.id), entered_us, told, {}, (), ((entered_us, camera),))
        camera = _camera(person.id)
        self._disown(body, camera)
        views = {**body.views, camera: person.id}
        all_views = (*body.all_views, person.id)
        self._bodies[body.id] = replace(body, views=views, all_views=all_views, parted=None)
        self._owner[person.id] = body.id

    def _disown(self, body: Body, camera: str) -> None:
        """The presence by which the camera had the body and lost it is nobody, until it is seen again and compared."""
        lost = body.views.get(camera)
        if lost is not None:
            del self._owner[lost]
            self._shed[lost] = (self._now_us, body.person.role)

    def _unused(self, presence: str) -> str:
        """A body is called by its first presence; one that had been another body's gets a number."""
        name, number = presence, 1
        while name in self._bodies or name in self._past:
            number += 1
            name = f"{presence}.{number}"
        return name

    def unite(self) -> None:
        """Two bodies that are one: they keep together and no camera sees both."""
        for one, other in self._fusion.pairs.together(ONE_US):
            a, b = self._owner.get(one), self._owner.get(other)
            if a is None or b is None or a == b or self._seen_apart(self._bodies[a], self._bodies[b]):
                continue
            if _pair(a, b) in self._fusion.distinct:
                continue
            first, second = sorted((self._bodies[a], self._bodies[b]), key=lambda body: (body.entered_us, body.id))
            if not compatible(first.person, second.person):
                continue
            for camera in first.views.keys() & second.views.keys():
                self._disown(second if self._has_in_view(first, camera) else first, camera)
            views = {c: n for c, n in (*second.views.items(), *first.views.items()) if n in self._owner}
            all_views = (*first.all_views, *second.all_views)
            self._bodies[first.id] = replace(first, views=views, all_views=all_views, parted=None)
            del self._bodies[second.id]
            self._past[second.id] = second
            self._owner |= dict.fromkeys(views.values(), first.id)
            at_us = second.person.last_seen_us
            self.departed.append(Departure(second.id, second.person.role, Exit.MERGED, at_us, self._now_us, at_us))

    def _seen_apart(self, one: Body, other: Body) -> bool:
        """Whether a camera sees both at this moment."""
        both = one.views.keys() & other.views.keys()
        return any(self._has_in_view(one, camera) and self._has_in_view(other, camera) for camera in both)

    def let_go(self) -> None:
        """Bodies out of every view for too long have gone when last seen."""
        for body in list(self._bodies.values()):
            parted = body.parted
            if parted is not None and self._now_us - parted.last_seen_us > HANDOVER_US:
                self._end(body, parted)

    def _end(self, body: Body, gone: Departure) -> None:
        self._bodies.pop(body.id, None)
        self._past[body.id] = body
        self.departed.append(replace(gone, person=body.id, role=body.person.role))

    def _without(self, body: Body, presence: str) -> Body:
        return replace(body, views={c: name for c, name in body.views.items() if name != presence})

    def _check(self, body: Body, person: Person) -> None:
        """A view that has drifted away from the body's others, or wears something else, is of somebody else."""
        others = [name for name in body.views.values() if name != person.id]
        astray = others and all(self._fusion.pairs.apart_m(person.id, name) > TWO_M for name in others)
        settled = self._now_us - body.role_us >= SETTLED_US and not alike_role(person, body.person)
        dressed = unlike(person, body.person)
        if not astray and not settled and not dressed:
            return
        stray = self._latest(body) if dressed else person.id if settled else self._stray(body, person.id, others)
        left = self._without(body, stray)
        if dressed:
            left = replace(left, person=replace(left.person, clothes=UNKNOWN))
        if not left.views:
            last = Departure(person.id, body.person.role, Exit.VANISHED, self._now_us, self._now_us, self._now_us)
            left = replace(left, person=_unseen(body.person), parted=last)
        self._bodies[body.id] = left
        # Clothes told for the first time tell whose name it has been all along: entry and role are that person's own. A
        # role that has just been turned is what the camera sees now; one that was there before was somebody else's.
        if not dressed or self._has_changed(stray):
            self._shed[stray] = (self._now_us, Role.UNKNOWN if settled else self._fusion.people[stray].role)
        del self._owner[stray]
        self._fresh[stray] = self._now_us

    def _has_changed(self, presence: str) -> bool:
        """Whether the presence was known in other clothes before: its camera gave the name to somebody else."""
        before, now = self._fusion.worn.get(presence, UNKNOWN), self._fusion.people[presence].clothes
        return any(apart > UNLIKE for apart in garment_distance(before, now))

    def _latest(self, body: Body) -> str:
        """The view that joined the body last."""
        return max(body.views.values(), key=body.all_views.index)

    def _stray(self, body: Body, presence: str, others: Sequence[str]) -> str:
        """Of views that have parted, the one that is at another body's place, else the one that has gone farther from
        where they last agreed: who walked past somebody standing has taken the track along."""
        for name in (presence, *others):
            told = self._fusion.people.get(name)
            if told is not None and self._beside(told) is not None:
                return name
        agreed = body.agreed
        if agreed is None:
            return presence
        people = self._fusion.people
        off_m = {name: people[name].place.distance_m(agreed) for name in (presence, *others) if name in people}
        farthest = max(off_m, key=lambda name: off_m[name], default=presence)
        return farthest if off_m and off_m[farthest] - min(off_m.values()) > CLOSE_M else presence

    def _before(self, body: Body) -> Person:
        """The body as last told, for what its views do not tell at present."""
        doubted = not self._fusion.contested.isdisjoint(body.views.values())
        return replace(body.person, role=Role.UNKNOWN) if doubted else body.person

    def _beside(self, person: Person) -> Body | None:
        """The body that another camera sees at the same place."""
        camera, best, best_m = _camera(person.id), None, math.inf
        for name, owner in self._owner.items():
            body = self._bodies[owner]
            other = self._fusion.people.get(name)
            if other is None or self._has_in_view(body, camera) or not compatible(person, body.person):
                continue
            apart_m = self._fusion.pairs.apart_m(person.id, name)
            if apart_m <= gate_m(person, other) and apart_m < best_m:
                best, best_m = body, apart_m
        return best

    def _has_in_view(self, body: Body, camera: str) -> bool:
        """Whether the camera sees the body now. One that has lost it on the way may find it again under a new name."""
        name = body.views.get(camera)
        told = self._fusion.people.get(name) if name is not None else None
        return told is not None and told.seen is Truth.HOLDS

    def _handed_over(self, person: Person) -> Body | None:
        """The body, out of every view, that can have walked here since it was last seen."""
        best, best_m = None, math.inf
        for body in self._bodies.values():
            out = body.parted is not None or self._fusion.blinded(body)
            if not out or not compatible(person, body.person):
                continue
            gone_s = (person.entered_us - body.person.last_seen_us) / 1e6
            apart_m = person.place.distance_m(body.person.place)
            reach_m = HANDOVER_SLACK_M + HANDOVER_MPS * max(0.0, gone_s)
            if gone_s >= -2.0 and apart_m <= reach_m and apart_m < best_m and not self._came_in_anew(person):
                best, best_m = body, apart_m
        return best

    def _came_in_anew(self, person: Person) -> bool:
        """Through a door: whoever comes in from outside was not in the hall a moment ago."""
        walked_s = (self._now_us - person.entered_us) / 1e6
        return person.came_in and self._at_an_exit(person, EXIT_M + HANDOVER_MPS * walked_s)

    def _at_an_exit(self, person: Person, within_m: float = EXIT_M) -> bool:
        doors = (e for e in self._fusion.site.entrances if e.camera is None)
        lines = (Region((e.a, e.b, e.b)) for e in doors)
        return any(distance_m((line,), "", person.place) <= within_m for line in lines)

    def _best(self, body: Body) -> Body:
        """The body as its best view tells it now: seen rather than not, the finer place first."""
        people, blind = self._fusion.people, self._fusion.blind
        views = [(c, people[name]) for c, name in body.views.items() if name in people]
        if not views:
            return body
        camera, best = min(
            views, key=lambda v: (v[0] in blind or v[1].seen is not Truth.HOLDS, v[1].place.sigma_m, v[0])
        )
        persons = [person for _, person in views]
        person = replace(
            best,
            id=body.id,
            entered_us=body.entered_us,
            role=_role([*persons, self._before(body)]),
            seated=_first_known([best.seated, *(p.seated for p in persons)]),
            child=_first_known([best.child, *(p.child for p in persons)]),
            last_seen_us=max(p.last_seen_us for p in persons),
            clothes=_first_worn([body.person, best, *persons]),
            came_in=body.person.came_in or any(p.came_in and p.id not in self._shed for p in persons),
        )
        seen_by = body.seen_by if body.seen_by[-1][1] == camera else (*body.seen_by, (self._now_us, camera))
        role_us = body.role_us if person.role is body.person.role and body.role_us else self._now_us
        one_place = all(p.place.distance_m(best.place) <= FARTHEST_M for p in persons)
        person = replace(person, place=_between(best, [p for _, p in views if camera != _camera(p.id)]))
        agreed = best.place if one_place else body.agreed
        return replace(body, person=person, seen_by=seen_by, role_us=role_us, agreed=agreed)


def _unseen(person: Person) -> Person:
    return replace(person, seen=Truth.UNKNOWN, speed_mps=0.0)


def _setting_off(gone: Departure, before: Departure | None) -> Departure:
    """A departure through a door that two views saw: the walk set off when the one that saw more of it says."""
    if before is None or gone.how is not Exit.LEFT or abs(gone.last_seen_us - before.last_seen_us) > ONE_WALK_US:
        return gone
    return replace(gone, set_off_us=min(gone.set_off_us, before.set_off_us))


def _between(best: Person, others: list[Person]) -> Place:
    """Where the views together put the body: each sees the side that is turned to it, the middle is between them."""
    seen = [p for p in others if p.seen is Truth.HOLDS and p.place.distance_m(best.place) <= FARTHEST_M]
    places = [best.place, *(p.place for p in seen)]
    spots = [(place.floor, 1 / (place.sigma_m**2 + SIDE_M**2)) for place in places if place.floor is not None]
    if best.seen is not Truth.HOLDS or len(spots) < 2:
        return best.place
    whole = sum(weight for _, weight in spots)
    x, y = (sum(spot[axis] * weight for spot, weight in spots) / whole for axis in (0, 1))
    return replace(best.place, floor=(x, y))


def _role(views: list[Person]) -> Role:
    """Staff where one view says so (a uniform seen or a counter stood behind), else visitor, else unknown."""
    roles = {view.role for view in views[:-1]} - {Role.UNKNOWN} or {views[-1].role}
    return Role.STAFF if Role.STAFF in roles else Role.VISITOR if Role.VISITOR in roles else Role.UNKNOWN


def _first_worn(views: list[Person]) -> Colour:
    """Each garment as the first view that knows it tells it."""
    top, bottom = (next((g for v in views if (g := v.clothes[part]) is not None), None) for part in (0, 1))
    return top, bottom


def _first_known(truths: list[Truth]) -> Truth:
    return next((truth for truth in truths if truth is not Truth.UNKNOWN), Truth.UNKNOWN)


def _overlapping(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _camera(presence: str) -> str:
    return presence.rpartition("/")[0]
