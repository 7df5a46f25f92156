"""A party (一批客户): visitors who came in together and wait as one (domain.md 2.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from models.domain.media import US
from models.domain.presence import Departure, Exit, Person, Place
from models.domain.truth import Truth
from pipelines.rules.contact import Contact
from pipelines.rules.wait import Wait

WALKING_MPS = 0.4
"""Faster than this is walking (the presence layer's own bound)."""
WALK_OUT_US = 15 * US
"""A walk this long may be the walk out of a hall of 18 m at 1.2 m/s: until it ends or grows longer, nobody says
whether the person still waits [P]."""


class End(StrEnum):
    """How a party's visit ended, as parties.json says it."""

    SERVED = "served"
    ABANDONED = "abandoned"
    CENSORED = "censored"
    END_OF_RECORDING = "end_of_recording"


@dataclass(frozen=True, slots=True)
class Member:
    """One visitor of a party, as last told. Times UTC µs."""

    id: str
    entered_us: int
    last_seen_us: int
    place: Place
    seen: bool
    zones: tuple[str, ...]
    came_in: bool
    walking_since_us: int | None = None
    child: bool = False
    apart_us: int = 0
    """How long it has been far from all others of its party."""
    departure: Departure | None = None

    @classmethod
    def of(cls, person: Person, utc_us: int, before: Member | None = None) -> Member:
        """The member after one more scene."""
        walking = person.seen is Truth.HOLDS and person.speed_mps > WALKING_MPS
        since = before.walking_since_us if before is not None else person.entered_us
        return cls(
            id=person.id,
            entered_us=person.entered_us if before is None else before.entered_us,
            last_seen_us=max(person.last_seen_us, before.last_seen_us if before else 0),
            place=person.place,
            seen=person.seen is Truth.HOLDS,
            zones=person.zones,
            came_in=person.came_in,
            walking_since_us=(utc_us if since is None else since) if walking else None,
            child=person.child is Truth.HOLDS,
            apart_us=0 if before is None else before.apart_us,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of waiting that may be held against somebody: never across a gap of sight."""

    wait: Wait
    over_us: int | None = None
    reason: str | None = None
    """resolved | left | blind | end_of_recording, once over."""


@dataclass(frozen=True, slots=True)
class Party:
    """What is known of a party. `visit` is the whole wait (parties.json), `claims` its stretches (incidents)."""

    id: str
    zone: str
    camera: str
    members: tuple[Member, ...]
    visit: Wait
    claims: tuple[Claim, ...]
    contacts: tuple[Contact, ...] = ()
    seen_until_us: int = 0
    """Last scene that could tell about the party."""
    capped_us: int | None = None
    """The minimum stands here while a contact is being established or the party may be walking out."""
    sigma_s: float = 0.0
    """One sigma of the arrival: position of the first sighting over walking speed, and the frame interval."""
    served_us: int | None = None
    end: End | None = None
    out_us: int | None = None
    wait_min_us: int = 0
    wait_max_us: int = 0
    beside: tuple[str, int] | None = None
    """The party it has been keeping near to, and for how long: they may be one."""

    @property
    def entered_us(self) -> int:
        return self.visit.since_us

    @property
    def over(self) -> bool:
        """Nothing more can happen to the wait."""
        return self.served_us is not None or self.end is not None

    @property
    def until_us(self) -> int:
        """Up to when the wait may be judged."""
        return self.seen_until_us if self.capped_us is None else min(self.seen_until_us, self.capped_us)

    @property
    def here(self) -> tuple[Member, ...]:
        """Members who did not depart."""
        return tuple(member for member in self.members if member.departure is None)


def waiting(party: Party, change: Wait, claim: Wait | None) -> Party:
    """The party with another visit and, where a claim runs, another claim."""
    claims = party.claims
    if claim is not None and claims[-1].over_us is None:
        claims = (*claims[:-1], replace(claims[-1], wait=claim))
    return replace(party, visit=change, claims=claims)


def claim_over(party: Party, at_us: int, reason: str) -> Party:
    """The running claim ends; nothing where none runs."""
    if party.claims[-1].over_us is not None:
        return party
    return replace(party, claims=(*party.claims[:-1], replace(party.claims[-1], over_us=at_us, reason=reason)))


def served(party: Party, at_us: int) -> Party:
    """Somebody attended to the party from that moment on."""
    ended = replace(
        party,
        served_us=at_us,
        capped_us=None,
        wait_min_us=party.visit.at_least_us(at_us),
        wait_max_us=party.visit.at_most_us(at_us),
    )
    return claim_over(ended, at_us, "resolved")


def ended(party: Party, how: End, at_us: int, gone_us: int) -> Party:
    """The visit is over. at_us: out, or last seen; gone_us: certainly out. A served party keeps its served wait."""
    if party.served_us is not None:
        return replace(party, end=End.SERVED, out_us=at_us if how is not End.END_OF_RECORDING else None)
    reasons = {End.ABANDONED: "left", End.CENSORED: "blind", End.END_OF_RECORDING: "end_of_recording"}
    over = replace(
        party,
        end=how,
        out_us=at_us if how is End.ABANDONED else None,
        capped_us=None,
        wait_min_us=party.visit.at_least_us(at_us),
        wait_max_us=party.visit.at_most_us(gone_us),
    )
    return claim_over(over, at_us, reasons[how])


def departed(party: Party) -> Party:
    """The party once everybody has gone; unchanged while somebody is here."""
    if party.here or party.end is not None:
        return party
    last = max((m.departure for m in party.members if m.departure), key=lambda gone: (gone.last_seen_us, gone.person))
    if party.served_us is not None:
        return ended(party, End.SERVED, last.last_seen_us, last.gone_us)
    if last.how is Exit.FETCHED:
        return ended(served(party, last.last_seen_us), End.SERVED, last.last_seen_us, last.gone_us)
    if last.how is Exit.VANISHED:
        return ended(party, End.CENSORED, last.last_seen_us, last.gone_us)
    return ended(party, End.ABANDONED, max(last.set_off_us, party.entered_us), last.gone_us)
