"""How near the presences of different cameras keep to each other: what tells that two views are of one person. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.domain.clothing import differ
from models.domain.presence import Person, Role
from models.domain.truth import Truth
from pipelines.rules.continuity import us

CLOSE_M, FARTHEST_M = 0.8, 1.6
"""Two views of one person differ by what hides the feet: measured medians of 0.2-0.5 m, and the places' own sigma."""
MEMORY_US = us(1.5)
NEVER_M = math.inf
UNLIKE = 28.0
"""Lab distance of one garment, in two cameras' own white, from which it is another one: five sigma of what the light of
two places adds (up to 14 on the samples' one camera) [P]."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Mean distance of two presences, weighted to the last 1.5 s, and since when it has been small."""

    apart_m: float
    last_us: int
    near_since_us: int | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every pair of presences of different cameras that came within reach of each other."""

    known: Mapping[tuple[str, str], Pair] = field(default_factory=dict)
    last_us: int = 0

    def after(self, camera: str, persons: Iterable[Person], people: Mapping[str, Person], now_us: int) -> Pairs:
        """The pairs after a camera's scene. people: everybody as last told, of all cameras."""
        others = [p for p in people.values() if not p.id.startswith(f"{camera}/") and _comparable(p)]
        known = {key: pair for key, pair in self.known.items() if key[0] in people and key[1] in people}
        for person in persons:
            if not _comparable(person):
                continue
            for other in others:
                apart_m = person.place.distance_m(other.place)
                key = _key(person.id, other.id)
                if apart_m < 4 * FARTHEST_M or key in known:
                    known[key] = _blended(known.get(key), apart_m, gate_m(person, other), now_us)
        return Pairs(known, now_us)

    def apart_m(self, one: str, other: str) -> float:
        """Their mean distance; infinite where they were never compared."""
        pair = self.known.get(_key(one, other))
        return NEVER_M if pair is None else pair.apart_m

    def together(self, long_us: int) -> Iterator[tuple[str, str]]:
        """Pairs that have been within their gate for so long."""
        for key, pair in self.known.items():
            if pair.near_since_us is not None and self.last_us - pair.near_since_us >= long_us:
                yield key


def gate_m(one: Person, other: Person) -> float:
    """Within it two places may be one person's: three sigma of both, within bounds."""
    return min(FARTHEST_M, max(CLOSE_M, 3 * math.hypot(one.place.sigma_m, other.place.sigma_m)))


def compatible(one: Person, other: Person) -> bool:
    """Whether the two may be one person: staff is no visitor, and nobody changes clothes."""
    return alike_role(one, other) and not unlike(one, other)


def alike_role(one: Person, other: Person) -> bool:
    """Whether no role speaks against it."""
    return Role.UNKNOWN in (one.role, other.role) or one.role is other.role


def unlike(one: Person, other: Person) -> bool:
    """Whether a garment that both clearly show is another one."""
    return differ(one.clothes, other.clothes, UNLIKE)


def _comparable(person: Person) -> bool:
    return person.seen is Truth.HOLDS and person.place.floor is not None


def _blended(before: Pair | None, apart_m: float, gate: float, now_us: int) -> Pair:
    mean = apart_m
    if before is not None:
        share = min(1.0, (now_us - before.last_us) / MEMORY_US)
        mean = before.apart_m + share * (apart_m - before.apart_m)
    near = mean <= gate
    since = before.near_since_us if before is not None else None
    return Pair(mean, now_us, (now_us if since is None else since) if near else None)


def _key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
