"""One scene's effect on a party's wait: seen again, hidden, paused, walking out, lost for too long."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from pipelines.rules.party import WALK_OUT_US, Claim, End, Party, ended, waiting
from pipelines.rules.wait import Wait

SAME_PLACE_M = 3.0
"""Seen again this near to where they were lost: taken to have stayed [P: a seat and a step around it]."""


class Patience(Protocol):
    """The parts of a plan that are needed here."""

    @property
    def self_guided(self) -> frozenset[str]: ...
    @property
    def lost_us(self) -> int: ...
    @property
    def serve_dwell_us(self) -> int: ...


def seen_or_hidden(party: Party, before: Party, now_us: int, plan: Patience) -> Party:
    """The party's clocks after a scene. before: the party as it stood, for the places where people were lost."""
    party = replace(party, seen_until_us=now_us)
    seen = [member for member in party.here if member.seen]
    last_us = max(member.last_seen_us for member in before.members)
    if party.served_us is not None or party.end is not None or not party.here:
        return party
    if not seen:
        lost_us = party.visit.hidden_since_us or last_us
        if now_us - lost_us > plan.lost_us:
            return ended(party, End.CENSORED, lost_us, now_us)
        claim = party.claims[-1].wait.hidden(last_us)
        return waiting(party, party.visit.hidden(last_us), claim)
    return _found(party, before, now_us, plan)


def _found(party: Party, before: Party, now_us: int, plan: Patience) -> Party:
    seen = [member for member in party.here if member.seen]
    places = {member.id: member.place for member in before.members}
    stayed = any(places[m.id].distance_m(m.place) <= SAME_PLACE_M for m in seen if m.id in places)
    cut = party.claims[-1].over_us is not None
    if cut:
        lost_us = party.visit.hidden_since_us or now_us
        if now_us - lost_us > plan.lost_us or not stayed:
            return ended(party, End.CENSORED, lost_us, now_us)
        party = replace(party, claims=(*party.claims, Claim(Wait(now_us))))
    visit = party.visit.found(now_us, at_the_place=stayed and not cut)
    claim = party.claims[-1].wait.found(now_us, at_the_place=stayed)
    if all(set(member.zones) & plan.self_guided for member in seen):
        return waiting(party, visit.paused(now_us), claim.paused(now_us))
    return waiting(party, visit.going_on(now_us), claim.going_on(now_us))


def capped(party: Party, now_us: int, plan: Patience) -> Party:
    """Where the minimum has to stand still: a contact under way, or a walk that may lead out."""
    if party.over:
        return replace(party, capped_us=None)
    caps = [
        begun_us
        for contact in party.contacts
        if (begun_us := contact.begun_us) is not None
        and (contact.since_us is None or contact.live(now_us) or contact.established(plan.serve_dwell_us))
    ]
    walking = [member.walking_since_us for member in party.here if member.seen]
    if walking and all(since is not None for since in walking):
        since_us = max(since for since in walking if since is not None)
        if now_us - since_us <= WALK_OUT_US:
            caps.append(since_us)
    return replace(party, capped_us=min(caps, default=None))
