"""Arrivals: a visitor who stays becomes a party, or joins the one that came in with them (domain.md 2.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.domain.media import US
from models.domain.messages import Scene
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.truth import Truth
from pipelines.rules.contact import Contact
from pipelines.rules.coverage import distance_m
from pipelines.rules.party import Claim, End, Member, Party, departed
from pipelines.rules.plan import TOGETHER_US, WaitPlan
from pipelines.rules.service import meeting, partners, visitors_seen
from pipelines.rules.visit import capped
from pipelines.rules.wait import Wait

TOGETHER_M = 2.0
"""How close people of one party keep (domain.md 2.3)."""
CHILD_US = 60 * US
"""A child who runs ahead or lags behind belongs to the party that came in next to it in time [P]."""
STAFF_US = 20 * US
"""Who was staff for so long and is a visitor now has another's name (pipelines/bodies.py, SETTLED_US): what came before
is none of their wait."""
THRESHOLD_M = 3.0
"""Whoever first shows this near to a door may just have come in, hidden by others in the doorway [P]."""
INWARDS_M = 0.8
"""Farther from the door by so much, they go in."""
WALK_MPS = 1.2
"""Turns the position error of the first sighting into an error of time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in a waiting zone who belongs to no party yet. near_us / apart_us: time within and beyond 2 m of the
    party that came in at about the same time."""

    member: Member
    zone: str
    camera: str
    visitor: bool
    contacts: tuple[Contact, ...] = ()
    near_us: int = 0
    apart_us: int = 0
    gap: tuple[int, int] | None = None
    """Sight was interrupted meanwhile: (last seen, seen again)."""
    beside: tuple[str, ...] = ()
    """The parties, nearest first, in whose midst somebody first showed who was not seen to come in."""
    anew: bool = False
    """Lost for so long that the wait was given up, and found again."""
    company: str | None = None
    """The party that `near_us` and `apart_us` were last measured to."""
    door_m: float | None = None
    """How far from the nearest entrance line they were first told of, where they may have come in unseen."""
    from_m: float = -math.inf
    """How far from the nearest entrance line they were first told of, if that was soon after they first showed."""

    @property
    def dwelt_us(self) -> int:
        return self.member.last_seen_us - self.member.entered_us


@dataclass(frozen=True, slots=True)
class Door:
    """Who is on the way to becoming a party."""

    candidates: tuple[Candidate, ...] = ()
    outside: tuple[tuple[str, int], ...] = ()
    """Persons told of, but in no waiting zone so far: (id, last scene there)."""
    staff: tuple[tuple[str, int, int], ...] = ()
    """Persons told of as staff: (id, first scene, last scene)."""
    anew: tuple[tuple[str, int], ...] = ()
    """Persons lost for so long that their wait was given up: (id, last scene in which they were still unseen)."""
    count: int = 0
    """Parties so far."""

    def after(
        self, scene: Scene, parties: tuple[Party, ...], interval_us: int, plan: WaitPlan
    ) -> tuple[Door, tuple[Party, ...]]:
        """The door and the parties after one good scene. interval_us: since the scene before, 0 after a gap."""
        door = self._looked(scene, parties, (scene.utc_us, interval_us), plan)
        left: list[Candidate] = []
        here = [c for c in door.candidates if c.camera == scene.camera and c.member.departure is None]
        for known in sorted(door.candidates, key=lambda c: (c.member.entered_us, c.member.id)):
            candidate = _stayed(known, parties, plan)
            if candidate.camera != scene.camera:
                left.append(candidate)
                continue
            host = _host(parties, candidate, plan)
            if host is not None:
                parties = tuple(_joined(p, candidate) if p.id == host.id else p for p in parties)
                continue
            party = _company(parties, candidate, plan.together_us) or _gone_before(parties, candidate)
            judged = _measured(candidate, party, here, max(interval_us, 1))
            if _stays(judged, party, scene.utc_us, plan):
                left.append(judged)
            elif judged.visitor and judged.dwelt_us >= plan.arrival_dwell_us and not _turned_round(judged):
                if party is not None and _belongs(judged):
                    parties = tuple(_joined(p, judged) if p.id == party.id else p for p in parties)
                else:
                    door = replace(door, count=door.count + 1)
                    parties = (*parties, _opened(door.count, judged, (scene.utc_us, interval_us), plan))
        return replace(door, candidates=tuple(left)), parties

    def _looked(self, scene: Scene, parties: tuple[Party, ...], when: tuple[int, int], plan: WaitPlan) -> Door:
        people = {person.id: person for person in scene.persons}
        gone = {departure.person: departure for departure in scene.departed}
        taken = {member.id for party in parties if party.end is not End.CENSORED for member in party.members}
        outside, anew = dict(self.outside), dict(self.anew)
        staff = _as_staff(self.staff, scene)
        for party in parties:
            if party.end is End.CENSORED and party.camera == scene.camera:
                anew |= {m.id: scene.utc_us for m in party.here if m.id in people and m.id not in anew}
        after = {c.member.id: c for c in self.candidates}
        for person in people.values():
            known = after.pop(person.id, None)
            if person.id in taken or person.role is Role.STAFF:
                continue
            if _nobody_yet(known, person, scene.utc_us, plan):
                anew |= {person.id: scene.utc_us} if known is not None or person.id in anew else {}
                continue
            zone = next((z for z in person.zones if z in plan.starts), None)
            if known is None and zone is None:
                outside[person.id] = scene.utc_us
            elif known is not None or zone is not None:
                since_us = max(person.entered_us, outside.get(person.id, 0), anew.get(person.id, 0))
                since_us = max(since_us, _staff_until(staff, person.id))
                fresh = _candidate(person, known, (zone or "", scene.camera, since_us), when)
                if person.id in scene.blind and scene.utc_us - person.last_seen_us > plan.max_gap_us:
                    fresh = replace(fresh, gap=(person.last_seen_us, scene.utc_us))
                if known is None:
                    fresh = replace(_placed(fresh, parties, person, plan), anew=person.id in anew)
                after[person.id] = fresh
                after[person.id] = _met(after[person.id], people, when, plan)
        after = _with_departures(after, gone)
        return replace(
            self,
            candidates=tuple(after.values()),
            outside=tuple(sorted((name, at_us) for name, at_us in outside.items() if name not in gone)),
            staff=tuple(sorted((name, *span) for name, span in staff.items() if name not in gone)),
            anew=tuple(sorted((name, at_us) for name, at_us in anew.items() if name not in gone)),
        )


def _nobody_yet(known: Candidate | None, person: Person, now_us: int, plan: WaitPlan) -> bool:
    """Whether they are unseen and were never told of, or lost for so long before it was said who they are that whoever
    shows there next is somebody new."""
    if known is None:
        return person.seen is not Truth.HOLDS
    return not known.visitor and now_us - person.last_seen_us > plan.lost_us


def _as_staff(known: tuple[tuple[str, int, int], ...], scene: Scene) -> dict[str, tuple[int, int]]:
    """Person -> (first, last scene as staff)."""
    staff = {name: (first_us, last_us) for name, first_us, last_us in known}
    for person in scene.persons:
        if person.role is Role.STAFF:
            first_us, _ = staff.get(person.id, (scene.utc_us, 0))
            staff[person.id] = first_us, scene.utc_us
    return staff


def _staff_until(staff: Mapping[str, tuple[int, int]], name: str) -> int:
    first_us, last_us = staff.get(name, (0, 0))
    return last_us if last_us - first_us >= STAFF_US else 0


def _with_departures(candidates: dict[str, Candidate], gone: Mapping[str, Departure]) -> dict[str, Candidate]:
    """The candidates who are somebody told of already fall away; of the others who left, it is noted how."""
    after = dict(candidates)
    for name, candidate in candidates.items():
        if name in gone:
            after[name] = replace(candidate, member=replace(candidate.member, seen=False, departure=gone[name]))
            if gone[name].how is Exit.MERGED:
                del after[name]
    return after


def _candidate(
    person: Person, known: Candidate | None, first: tuple[str, str, int], when: tuple[int, int]
) -> Candidate:
    """first: (zone, camera, since µs) for somebody new."""
    visitor = person.role is Role.VISITOR
    now_us, interval_us = when
    if known is None:
        zone, camera, since_us = first
        return Candidate(replace(Member.of(person, now_us), entered_us=since_us), zone, camera, visitor)
    gap = known.gap if interval_us else (known.member.last_seen_us, now_us)
    return replace(known, member=Member.of(person, now_us, known.member), visitor=visitor, gap=gap)


def _met(candidate: Candidate, people: Mapping[str, Person], when: tuple[int, int], plan: WaitPlan) -> Candidate:
    member = candidate.member
    others = partners(people, (member.id,), member.entered_us)
    # Whoever is lost on the way in has gone on: nobody meets them where they were last seen.
    here = (people[member.id],) if member.seen else ()
    strangers = [p for p in visitors_seen(people) if abs(p.entered_us - member.entered_us) > TOGETHER_US]
    contacts = meeting(candidate.contacts, others, here, when, plan.serve_distance_m, strangers)
    return replace(candidate, contacts=contacts)


def _placed(candidate: Candidate, parties: tuple[Party, ...], person: Person, plan: WaitPlan) -> Candidate:
    """Where the doors are seen, whoever turns up in mid-hall was hidden till then: in the midst of a party it is one of
    its people, whose track was lost or never begun, and not somebody who has just come."""
    member = candidate.member
    from_m = distance_m(plan.doors, candidate.camera, member.place)
    if candidate.dwelt_us < plan.arrival_dwell_us:
        candidate = replace(candidate, from_m=from_m)
    if member.came_in:
        return candidate
    # It takes some seconds to know of somebody: so far from where they showed, and from whom they were with, they may
    # be by now.
    walked_m = person.speed_mps * (person.last_seen_us - person.entered_us) / US
    near = [
        (away_m, party.id)
        for party in parties
        if party.camera == candidate.camera
        and party.end is None
        and party.here
        # Whoever was there when the cameras began was hidden by nobody.
        and party.entered_us < member.entered_us
        and (away_m := min(m.place.distance_m(member.place) for m in party.here)) <= TOGETHER_M + walked_m
    ]
    door_m = from_m if from_m <= THRESHOLD_M + walked_m else None
    return replace(candidate, beside=tuple(name for _, name in sorted(near)), door_m=door_m)


def _host(parties: tuple[Party, ...], candidate: Candidate, plan: WaitPlan) -> Party | None:
    """The party in whose midst the candidate showed, once it is known to be no staff and while the party is here. Near
    a door it may be somebody who came in as the others went out: they are of the party as they go out as well, or while
    they are with it, and none of it as they go further in."""
    if not candidate.visitor or candidate.member.departure is not None:
        return None
    here = {party.id: party for party in parties if party.end is None}
    hosts = [here[name] for name in candidate.beside if name in here]
    if not hosts or candidate.door_m is None:
        return hosts[0] if hosts else None
    place = candidate.member.place
    inwards_m = _inwards_m(candidate, candidate.door_m, plan)
    if inwards_m > INWARDS_M or candidate.dwelt_us < plan.arrival_dwell_us:
        return None
    return next((party for party in hosts if _with(party, place)), hosts[0] if inwards_m < -INWARDS_M else None)


def _inwards_m(candidate: Candidate, from_m: float, plan: WaitPlan) -> float:
    """How much farther from the doors they are than from_m; nan or infinite where no doors are known."""
    return distance_m(plan.doors, candidate.camera, candidate.member.place) - from_m


def _with(party: Party, place: Place) -> bool:
    """Whether somebody of the party is seen near the place."""
    return any(m.seen and m.place.distance_m(place) <= TOGETHER_M for m in party.here)


def _stayed(candidate: Candidate, parties: tuple[Party, ...], plan: WaitPlan) -> Candidate:
    """Whoever keeps beside a party near the door for as long as people take to come in has not come in past it."""
    member = candidate.member
    if candidate.door_m is None or not member.seen or candidate.dwelt_us < TOGETHER_US:
        return candidate
    beside = [
        party.id
        for party in parties
        if party.id in candidate.beside and party.end is None
        if _with(party, member.place)
    ]
    went_m = abs(_inwards_m(candidate, candidate.door_m, plan))
    return replace(candidate, beside=tuple(beside), door_m=None) if beside and went_m <= INWARDS_M else candidate


def _company(parties: tuple[Party, ...], candidate: Candidate, together_us: int) -> Party | None:
    """The party of the same camera, still here, that came in nearest in time, at most 10 s before or after."""
    since_us = candidate.member.entered_us
    if candidate.member.child:
        together_us = max(together_us, CHILD_US)
    close = [
        party
        for party in parties
        if party.camera == candidate.camera and party.end is None and abs(party.entered_us - since_us) <= together_us
    ]
    return min(close, key=lambda p: (abs(p.entered_us - since_us), p.id), default=None)


def _gone_before(parties: tuple[Party, ...], candidate: Candidate) -> Party | None:
    """The party that somebody lost from view was with, gone before it was decided whether they belong to it."""
    if candidate.member.departure is None:
        return None
    return next((party for party in parties if party.id == candidate.company), None)


def _measured(candidate: Candidate, party: Party | None, others: list[Candidate], step_us: int) -> Candidate:
    """How long the candidate has been near to, and apart from, the party: its members, and those who came in with it
    and will be. Who walks in third of three is near the second, who is no member yet."""
    if party is None or not candidate.member.seen:
        return candidate  # where somebody was lost says nothing of whom they are walking with now
    place = candidate.member.place
    coming = [
        o.member for o in others if o is not candidate and abs(o.member.entered_us - party.entered_us) <= TOGETHER_US
    ]
    if any(member.place.distance_m(place) <= TOGETHER_M for member in (*party.here, *coming)):
        return replace(candidate, near_us=candidate.near_us + step_us, company=party.id)
    return replace(candidate, apart_us=candidate.apart_us + step_us, company=party.id)


def _stays(candidate: Candidate, party: Party | None, now_us: int, plan: WaitPlan) -> bool:
    """Whether it is too early to decide: role or dwell open, or the company still to be judged."""
    member = candidate.member
    if member.departure is not None:
        return False
    if not candidate.visitor or not member.seen:
        return True
    fresh = now_us - member.entered_us < TOGETHER_US
    if member.walking_since_us is not None and (
        candidate.anew or not member.came_in or (fresh and _inwards_m(candidate, candidate.from_m, plan) <= INWARDS_M)
    ):
        return True  # who walks by was found again, or shows on the way out, but does not wait
    early = now_us - member.entered_us < plan.arrival_dwell_us
    company = party is not None or member.child or (candidate.door_m is not None and bool(candidate.beside))
    return early or (company and fresh)


def _belongs(candidate: Candidate) -> bool:
    """Whether somebody is of the party that came in at about the same time. Lost from view before that could be seen,
    they are: a party of its own would be counted, and nothing would ever be known of its wait."""
    gone = candidate.member.departure
    lost = gone is not None and gone.how is Exit.VANISHED and candidate.dwelt_us < TOGETHER_US
    return lost or candidate.near_us >= candidate.apart_us or candidate.member.child


def _turned_round(candidate: Candidate) -> bool:
    """Gone again, seen to go, before it could be said with whom they came: looked in, or met somebody at the door."""
    gone = candidate.member.departure
    return gone is not None and gone.how is Exit.LEFT and candidate.dwelt_us < TOGETHER_US


def _joined(party: Party, candidate: Candidate) -> Party:
    known = {contact.person: contact for contact in candidate.contacts}
    known |= {contact.person: contact for contact in party.contacts}
    contacts = tuple(known[person] for person in sorted(known))
    return replace(party, members=(*party.members, candidate.member), contacts=contacts)


def _opened(number: int, candidate: Candidate, when: tuple[int, int], plan: WaitPlan) -> Party:
    """A party of one. Its sigma: the position of the first sighting over walking speed, and the frame interval."""
    member, (now_us, interval_us) = candidate.member, when
    wait = claim = Wait(member.entered_us)
    if candidate.gap is not None:
        lost_us, back_us = candidate.gap
        wait, claim = wait.hidden(lost_us).found(back_us, at_the_place=False), Wait(back_us)
    party = Party(
        id=f"{plan.prefix}-{number}",
        zone=candidate.zone,
        camera=candidate.camera,
        members=(member,),
        visit=wait,
        claims=(Claim(claim),),
        contacts=candidate.contacts,
        seen_until_us=now_us,
        sigma_s=((member.place.sigma_m / WALK_MPS) ** 2 + (interval_us / US) ** 2 / 12) ** 0.5,
    )
    return departed(capped(party, now_us, plan))
