"""Whom of the floor's bodies a camera's scene is about: known views, new ones, handed over, astray, two that are one.

A body is left by a view that drifts away from its others, or changes role or clothes; two are united that keep together
where no camera sees both. Pure: lives for one scene.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from models.domain.clothing import UNKNOWN, differ
from models.domain.presence import Departure, Exit, Person, Role
from models.domain.truth import Truth
from pipelines.association import CLOSE_M, UNLIKE, alike_role, compatible, gate_m, unlike
from pipelines.body import Body, setting_off, unseen
from pipelines.rules.continuity import us
from pipelines.rules.coverage import distance_m

if TYPE_CHECKING:
    from pipelines.fusion import Fusion

Box = tuple[float, float, float, float]

RIPE_US = us(1.5)
"""A new presence is compared for so long before it is somebody new or somebody known; its entry is dated back."""
HANDOVER_US = us(30.0)
"""Out of every view for longer, nobody says it is the same person (domain.md 2.3: lost > 30 s is censored)."""
HANDOVER_MPS, HANDOVER_SLACK_M = 2.0, 1.0
"""A brisk walk, and the error of the two places."""
EXIT_M = 1.5
"""Last seen this near to an entrance line, a person has gone out and is not waited for elsewhere."""
ASIDE_M = 0.4
"""Two people whom one camera sees beside each other at one time are nearer than this only in each other's arms."""
APART_M = 3.5
"""Two bodies this far apart at one time are two people, whatever comes after: the widest gate, and as much again."""
ONE_US = us(4.0)
"""Two bodies that keep together this long, never both in one camera, are one."""
SETTLED_US = us(20.0)
"""A role held so long is the person's: a view that then tells another has changed to somebody else. It is as long as
the evidence that a camera wants before it takes a role back (vision/roles.py)."""
TWO_M = 2.5
"""Views of one body further apart than this are of two people."""


class Bodies:
    """The floor's bodies while one scene is taken in: part, meet, unite, let go, done."""

    def __init__(self, fusion: Fusion, now_us: int) -> None:
        self._fusion, self._now_us = fusion, now_us
        self._bodies, self._fresh, self._past = dict(fusion.bodies), dict(fusion.fresh), dict(fusion.past)
        self._owner = {name: body.id for body in fusion.bodies.values() for name in body.views.values()}
        self._shed = dict(fusion.shed)
        self.departed: list[Departure] = []

    def done(self) -> Fusion:
        people, blind = self._fusion.people, self._fusion.blind
        for name, body in self._bodies.items():
            self._bodies[name] = body.best(people, blind, self._shed, self._before(body), self._now_us)
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
        body = self._bodies[name].without(gone.person)
        gone = setting_off(gone, body.left)
        body = replace(body, left=gone if gone.how is Exit.LEFT else body.left)
        if body.views:
            self._bodies[name] = body
        elif self._at_an_exit(body.person) and gone.how is Exit.LEFT:
            self._end(body, gone)
        else:
            self._bodies[name] = replace(body, person=unseen(body.person), parted=gone)

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
        body, camera = self._beside(person) or self._handed_over(person), _camera(person.id)
        if body is None:
            entered_us = first_us if person.id in self._shed else person.entered_us
            told = replace(person, came_in=person.came_in and person.id not in self._shed)
            body = Body(self._unused(person.id), entered_us, told, {}, (), ((entered_us, camera),))
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
        """Two bodies that are one: they keep together and no camera sees both. That they were once seen apart speaks
        against it for staff for a while only: they wear the same, and one of the names may have been another's then."""
        long = set(self._fusion.pairs.together(SETTLED_US))
        for one, other in self._fusion.pairs.together(ONE_US):
            a, b = self._owner.get(one), self._owner.get(other)
            if a is None or b is None or a == b or self._seen_apart(self._bodies[a], self._bodies[b]):
                continue
            staff = self._bodies[a].person.role is self._bodies[b].person.role is Role.STAFF
            if _pair(a, b) in self._fusion.distinct and not (staff and (one, other) in long):
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

    def _check(self, body: Body, person: Person) -> None:
        """A view that has drifted away from the body's others, or wears something else, is of somebody else."""
        others = [name for name in body.views.values() if name != person.id]
        astray = others and all(self._fusion.pairs.apart_m(person.id, name) > TWO_M for name in others)
        settled = self._now_us - body.role_us >= SETTLED_US and not alike_role(person, body.person)
        dressed = unlike(person, body.person)
        if not astray and not settled and not dressed:
            return
        stray = self._latest(body) if dressed else person.id if settled else self._stray(body, person.id, others)
        left = body.without(stray)
        if dressed:
            left = replace(left, person=replace(left.person, clothes=UNKNOWN))
        if not left.views:
            last = Departure(person.id, body.person.role, Exit.VANISHED, self._now_us, self._now_us, self._now_us)
            left = replace(left, person=unseen(body.person), parted=last)
        self._bodies[body.id] = left
        # Clothes told for the first time tell whose name it has been all along: entry and role are that person's own. A
        # role that has just been turned is what the camera sees now; one that was there before was somebody else's.
        if not dressed or self._has_changed(stray):
            self._shed[stray] = (self._now_us, Role.UNKNOWN if settled else self._fusion.people[stray].role)
        del self._owner[stray]
        self._fresh[stray] = self._now_us

    def _has_changed(self, presence: str) -> bool:
        """Whether the presence was known in other clothes before: its camera gave the name to somebody else."""
        return differ(self._fusion.worn.get(presence, UNKNOWN), self._fusion.people[presence].clothes, UNLIKE)

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
        doors = [entrance.region for entrance in self._fusion.site.entrances if entrance.camera is None]
        return distance_m(doors, "", person.place) <= within_m


def _overlapping(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _camera(presence: str) -> str:
    return presence.rpartition("/")[0]
