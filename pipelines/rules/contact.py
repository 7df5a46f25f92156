"""When two people are together (domain.md 2.3): it begins near each other with both dwelling, not passing by.

Once begun it goes on while they stay within twice the distance, standing, walking side by side or seated at one table:
a receptionist who has come up and now leads the visitor to a seat has not left. What the eye cannot tell counts for the
staff: two places whose error bars reach each other's distance are near.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.domain.media import US
from models.domain.presence import Person
from models.domain.truth import Truth

SLOW_MPS = 0.5
"""Slower than this is dwelling; walking is 0.8 m/s and more."""
SPEED_LAG_US = US // 2
"""`Person.speed_mps` is the mean of the last second, so it speaks of the moment half a second ago."""
SETTLE_US = 8 * US // 10
"""So long both dwell before they are together: a track that was found anew has no speed for its first moments, and who
crosses a hall past somebody waiting has not come to them. It counts from when it began."""
KEEP_FACTOR = 2.0
"""3 m with the default of 1.5 m: lobby handbooks ask for eye contact at 3 m and a greeting at 1.5 m [V 13]."""
DOUBT_M = 0.5
"""At most this much of the places' uncertainty is given: a coarse place does not make everybody near."""
BREAK_US = 5 * US
"""A contact interrupted for longer is over: a step aside or a hidden moment is shorter [P]."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One person dwelling near somebody, in one camera. All times UTC µs."""

    person: str
    near_since_us: int
    """Since when they are near without a break, dwelling or not."""
    since_us: int | None = None
    """First dwelling moment: when being near became being together."""
    total_us: int = 0
    """Together, cumulative."""
    last_us: int | None = None
    together: bool = False
    """At the last scene."""
    in_step_us: int | None = None
    """Last moment they both dwelt or both walked: where one walks off and the other stays, being together ended."""
    seen_us: int = 0
    """Last scene in which they were near."""
    slow_since_us: int | None = None
    """Since when both have dwelt, near each other, while they are not yet together."""

    def established(self, dwell_us: int) -> bool:
        return self.since_us is not None and self.total_us >= dwell_us

    @property
    def begun_us(self) -> int | None:
        """When being together began, or may turn out to have begun."""
        if self.since_us is not None or self.slow_since_us is None:
            return self.since_us
        return max(self.near_since_us, self.slow_since_us - SPEED_LAG_US)

    def live(self, now_us: int) -> bool:
        """Whether it goes on, a short break allowed."""
        return self.last_us is not None and now_us - self.last_us <= BREAK_US


def near(one: Person, other: Person, distance_m: float, *, doubted: bool = True) -> bool:
    """Whether the two are within the distance and at least one is seen; doubted: or may be, as far as their places are
    known."""
    seen = one.seen is Truth.HOLDS or other.seen is Truth.HOLDS
    doubt_m = min(math.hypot(one.place.sigma_m, other.place.sigma_m), DOUBT_M) if doubted else 0.0
    return seen and one.place.distance_m(other.place) <= distance_m + doubt_m


def dwelling(one: Person, other: Person) -> bool:
    return one.speed_mps < SLOW_MPS and other.speed_mps < SLOW_MPS


def in_step(one: Person, other: Person) -> bool:
    """Both dwell or both walk."""
    return (one.speed_mps < SLOW_MPS) == (other.speed_mps < SLOW_MPS)


def followed(
    contacts: tuple[Contact, ...], now: Iterable[tuple[str, bool, bool]], utc_us: int, interval_us: int
) -> tuple[Contact, ...]:
    """The contacts after one more scene.

    now: (person, together, in step) of everybody near in this scene; interval_us: time since the scene before (0 after
    a gap). A stretch between two scenes counts when they were together in both.
    """
    before = {contact.person: contact for contact in contacts}
    after: dict[str, Contact] = {}
    for person, near_enough, stepping in now:
        known = before.get(person)
        if known is None or not _goes_on(known, utc_us):
            known = Contact(person, utc_us)
        known = replace(known, seen_us=utc_us)
        if near_enough and known.since_us is None:
            known = _settling(known, utc_us)
        elif near_enough:
            gained = interval_us if known.together else 0
            known = replace(known, total_us=known.total_us + gained, last_us=utc_us)
        else:
            known = replace(known, slow_since_us=None)
        together = near_enough and known.since_us is not None
        if together and stepping:
            known = replace(known, in_step_us=utc_us)
        after[person] = replace(known, together=together)
    kept = [
        replace(contact, together=False, slow_since_us=None)
        for contact in contacts
        if contact.person not in after and _goes_on(contact, utc_us)
    ]
    return tuple(sorted((*kept, *after.values()), key=lambda contact: contact.person))


def _settling(known: Contact, utc_us: int) -> Contact:
    """Both dwell near each other: they are together once that has lasted, from when it began."""
    known = replace(known, slow_since_us=known.slow_since_us or utc_us)
    assert known.slow_since_us is not None
    lasted_us = utc_us - known.slow_since_us
    if lasted_us < SETTLE_US:
        return known
    return replace(known, since_us=known.begun_us, total_us=known.total_us + lasted_us, last_us=utc_us)


def _goes_on(contact: Contact, utc_us: int) -> bool:
    return utc_us - (contact.seen_us if contact.last_us is None else contact.last_us) <= BREAK_US
