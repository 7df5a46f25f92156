"""Who is with a party, and whether that is service, may be service, or is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from models.domain.presence import Person, Role
from pipelines.rules.contact import KEEP_FACTOR, Contact, dwelling, followed, in_step, near
from pipelines.rules.party import Party, served
from pipelines.rules.plan import TOGETHER_US, WaitPlan


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


def meeting(
    contacts: tuple[Contact, ...],
    others: Iterable[Person],
    members: Iterable[Person],
    when: tuple[int, int],
    distance_m: float,
) -> tuple[Contact, ...]:
    """The contacts between others and members after a scene. when: (UTC µs, µs since the scene before)."""
    ours = list(members)
    begun = {contact.person for contact in contacts if contact.since_us is not None}
    now = []
    for other in others:
        goes_on = other.id in begun
        reach_m = distance_m * KEEP_FACTOR if goes_on else distance_m
        close = [member for member in ours if near(other, member, reach_m)]
        if close:
            together = goes_on or any(dwelling(other, member) for member in close)
            now.append((other.id, together, any(in_step(other, member) for member in close)))
    return followed(contacts, now, *when)


def attended(party: Party, people: Mapping[str, Person], when: tuple[int, int], plan: WaitPlan) -> Party:
    """The party after a scene: served once a contact with staff is established, back to where it began."""
    members = [people[member.id] for member in party.here if member.id in people]
    others = partners(people, (member.id for member in party.members), party.entered_us)
    contacts = meeting(party.contacts, others, members, when, plan.serve_distance_m)
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
