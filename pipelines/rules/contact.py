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
from models.domain.presence import Person, Place
from models.domain.truth import Truth

SLOW_MPS = 0.5
"""Slower than this is dwelling; walking is 0.8 m/s and more."""
SPEED_LAG_US = US // 2
"""`Person.speed_mps` is the mean of the last second, so it speaks of the moment half a second ago."""
SPEED_SIGMA_S = 2 * SPEED_LAG_US / US / 12**0.5
"""One sigma of a moment that is read off such means: anywhere within their second."""
SETTLE_US = 8 * US // 10
"""So long both dwell before they are together: a track that was found anew has no speed for its first moments, and who
crosses a hall past somebody waiting has not come to them. It counts from when it began."""
REST_M = 0.35
"""Who stays within this of one place dwells there, whatever the mean speed of the last second still says: somebody who
comes up fast, meets a visitor for a second and leads him on is slow for an instant only."""
KEEP_FACTOR = 2.0
"""3 m with the default of 1.5 m: lobby handbooks ask for eye contact at 3 m and a greeting at 1.5 m [V 13]."""
DOUBT_M = 0.5
"""At most this much of the places' uncertainty is given: a coarse place does not make everybody near."""
BREAK_US = 5 * US
"""A contact interrupted for longer is over: a step aside or a hidden moment is shorter [P]."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Somebody near the members of a party in one scene.

    dwells: the person is seen and both are slow, or they were together before and still are; rests: the person is seen
    and a member is slow; stepping: both dwell or both walk; counts: both dwell near each other, or walk side by side.
    """

    person: str
    place: Place
    dwells: bool
    rests: bool
    stepping: bool
    counts: bool


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
    rest: Place | None = None
    """Where the person has stayed since `rest_since_us`, seen, while they are not yet together."""
    rest_since_us: int | None = None

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
    contacts: tuple[Contact, ...], now: Iterable[Nearby], utc_us: int, interval_us: int
) -> tuple[Contact, ...]:
    """The contacts after one more scene.

    now: everybody near in this scene; interval_us: time since the scene before (0 after a gap). A stretch between two
    scenes counts when they were together in both.
    """
    before = {contact.person: contact for contact in contacts}
    after: dict[str, Contact] = {}
    for one in now:
        known = before.get(one.person)
        if known is None or not _goes_on(known, utc_us):
            known = Contact(one.person, utc_us)
        known, together = replace(known, seen_us=utc_us), one.dwells
        if known.since_us is None:
            known = _settling(known, one, utc_us)
            together = known.since_us is not None
        elif one.dwells:
            # Who walks off from somebody who stays, or stands farther away, is within reach but no longer with him.
            gained = interval_us if known.together and one.counts else 0
            known = replace(known, total_us=known.total_us + gained, last_us=utc_us)
        if together and one.stepping:
            known = replace(known, in_step_us=utc_us)
        after[one.person] = replace(known, together=together)
    kept = [
        replace(contact, together=False, slow_since_us=None, rest=None, rest_since_us=None)
        for contact in contacts
        if contact.person not in after and _goes_on(contact, utc_us)
    ]
    return tuple(sorted((*kept, *after.values()), key=lambda contact: contact.person))


def _settling(known: Contact, now: Nearby, utc_us: int) -> Contact:
    """Both dwell near each other: they are together once that has lasted, from when it began."""
    slow_since_us = (known.slow_since_us or utc_us) if now.dwells else None
    rest, rest_since_us = known.rest, known.rest_since_us
    if not now.rests:
        rest = rest_since_us = None
    elif rest is None or now.place.distance_m(rest) > REST_M:
        rest, rest_since_us = now.place, utc_us
    known = replace(known, slow_since_us=slow_since_us, rest=rest, rest_since_us=rest_since_us)
    begun = [rest_since_us] if rest_since_us is not None and utc_us - rest_since_us >= SETTLE_US else []
    if slow_since_us is not None and utc_us - slow_since_us >= SETTLE_US:
        begun.append(max(known.near_since_us, slow_since_us - SPEED_LAG_US))
    if not begun:
        return known
    since_us = min(begun)
    return replace(known, since_us=since_us, total_us=known.total_us + utc_us - since_us, last_us=utc_us)


def _goes_on(contact: Contact, utc_us: int) -> bool:
    return utc_us - (contact.seen_us if contact.last_us is None else contact.last_us) <= BREAK_US
