"""Who is with a party, and whether that is service, may be service, or is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from models.domain.presence import Person, Role
from models.domain.truth import Truth
from pipelines.rules.contact import KEEP_FACTOR, SLOW_MPS, Contact, Nearby, dwelling, followed, in_step, near
from pipelines.rules.party import Party, served
from pipelines.rules.plan import TOGETHER_US, WaitPlan

NEARER_M = 0.3
"""Nearer by less is as near [P: two sigma of a place in mid-hall]."""


def partners(people: Mapping[str, Person], ours: Iterable[str], since_us: int) -> list[Person]:
    """Those whose company would be or might be service: staff, and strangers of unknown role.

    Somebody of unknown role who came in with the party is company, not staff.
    """
    own = set(ours)
    return [
        person
        for person in people.values()
        if person.id not in own
        and (
            person.role is Role.STAFF
            or (person.role is Role.UNKNOWN and abs(person.entered_us - since_us) > TOGETHER_US)
        )
    ]


def visitors_seen(people: Mapping[str, Person]) -> list[Person]:
    """The visitors in sight: where they stand is known."""
    return [person for person in people.values() if person.role is Role.VISITOR and person.seen is Truth.HOLDS]


def meeting(
    contacts: tuple[Contact, ...],
    others: Iterable[Person],
    members: Iterable[Person],
    when: tuple[int, int],
    distance_m: float,
    strangers: Iterable[Person] = (),
) -> tuple[Contact, ...]:
    """The contacts between others and members after a scene. when: (UTC µs, µs since the scene before); strangers:
    visitors who are none of the members."""
    strangers = list(strangers)
    ours = list(members)
    begun = {contact.person for contact in contacts if contact.since_us is not None}
    now = []
    for other in others:
        goes_on = other.id in begun
        reach_m = distance_m * KEEP_FACTOR if goes_on else distance_m
        sure = _with_others(other, ours, strangers, distance_m)
        close = [member for member in ours if near(other, member, reach_m, doubted=goes_on or not sure)]
        if close:
            # Nobody is said to have come who is not seen: where somebody was lost, others may stop beside the place.
            seen = other.seen is Truth.HOLDS
            dwells = goes_on or (seen and any(dwelling(other, member) for member in close))
            slow = [m for m in close if m.speed_mps < SLOW_MPS and near(other, m, distance_m, doubted=False)]
            rests = seen and bool(slow)
            stepping = any(in_step(other, member) for member in close)
            counts = any(_together(other, member, distance_m, doubted=not sure) for member in close)
            now.append(Nearby(other.id, other.place, dwells, rests, stepping, counts))
    return followed(contacts, now, *when)


def _together(staff: Person, member: Person, distance_m: float, *, doubted: bool) -> bool:
    """Both stand within the distance, or both walk (within reach, as whoever is close is)."""
    if not in_step(staff, member):
        return False
    return staff.speed_mps >= SLOW_MPS or near(staff, member, distance_m, doubted=doubted)


def _with_others(staff: Person, ours: list[Person], strangers: list[Person], distance_m: float) -> bool:
    """Whether a member of staff stands clearly nearer to another party: then what the eye cannot tell between that
    party and this one counts for that one."""
    theirs_m = min((staff.place.distance_m(one.place) for one in strangers), default=distance_m)
    ours_m = min((staff.place.distance_m(one.place) for one in ours), default=0.0)
    return theirs_m < distance_m and theirs_m + NEARER_M < ours_m


def attended(party: Party, people: Mapping[str, Person], when: tuple[int, int], plan: WaitPlan) -> Party:
    """The party after a scene: served once a contact with staff is established, back to where it began."""
    members = [people[member.id] for member in party.here if member.id in people]
    others = partners(people, (member.id for member in party.members), party.entered_us)
    own = {member.id for member in party.members}
    strangers = [p for p in visitors_seen(people) if p.id not in own]
    contacts = meeting(party.contacts, others, members, when, plan.serve_distance_m, strangers)
    firm = [
        contact.since_us
        for contact in contacts
        if contact.since_us is not None and contact.established(plan.serve_dwell_us) and _is_staff(contact, people)
    ]
    party = _doubted(replace(party, contacts=contacts), party.contacts, people, plan)
    return served(party, max(min(firm), party.entered_us)) if firm else party


def _is_staff(contact: Contact, people: Mapping[str, Person]) -> bool:
    return contact.person in people and people[contact.person].role is Role.STAFF


def _doubted(party: Party, before: tuple[Contact, ...], people: Mapping[str, Person], plan: WaitPlan) -> Party:
    """A contact with somebody whose role stayed unknown is over: it may have been service, so the minimum leaves it
    out."""
    still = {contact.person for contact in party.contacts}
    for contact in before:
        known = people.get(contact.person)
        visitor = known is not None and known.role is Role.VISITOR
        if contact.person in still or visitor or not contact.established(plan.serve_dwell_us):
            continue
        if contact.since_us is None or contact.last_us is None:
            continue
        doubt_us = contact.last_us - contact.since_us
        claim = party.claims[-1]
        if claim.over_us is None:
            party = replace(party, claims=(*party.claims[:-1], replace(claim, wait=claim.wait.without(doubt_us))))
        party = replace(party, visit=party.visit.without(doubt_us))
    return party
