"""Waits at one place: at a table, at the shuttle stop, at the showflat's door (domain.md 2.3).

A stage turns the scenes of a hall into the scenes of that place: whoever waits there appears from the moment the wait
began, is *away* for as long as coming back resumes the wait, and departs when the wait is over. So the same book of
parties, with its grouping, hidden time, pauses and censoring, counts every kind of wait. Pure.

    stage, scene = stage.after(message)   # for the PartyBook
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.domain.messages import Message, Observation, Scene
from models.domain.presence import Departure, Exit, Person, Role
from models.domain.site import Site, ZoneKind
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.plan import AWAY, STAGES
from pipelines.rules.rule import settings

ESCORT_M = 3.0
"""A member of staff this near to visitors who go into the showflat takes them in (twice the greeting distance)."""
TOLD_US = us(5.0)
"""It takes so long at most to be sure of somebody, and of their posture, whom nobody saw come in."""
CART = ("vehicle", "present")
"""Kind and predicate of the observation that a cart stands at a stop; its subject is the stop's zone."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who waits at the place. stay: the id by which the book knows this stay; times UTC µs."""

    stay: str
    zone: str
    since_us: int
    last_in_us: int
    person: Person
    out_us: int | None = None
    """Last scene at the place, once seen elsewhere."""


@dataclass(frozen=True, slots=True)
class Cart:
    """What is known of carts at a stop: the truth now, and when one was last known to stand there."""

    truth: Truth = Truth.UNKNOWN
    seen_us: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """The place of one waiting rule; `after` gives the next stage and the message the book is to hear."""

    code: str
    starts: frozenset[str]
    inner: frozenset[str]
    """Zones that end the wait by being entered (the showflat behind its door)."""
    resume_us: int
    seated_us: int | None = None
    cart_us: int = 0
    guests: Mapping[str, Guest] = field(default_factory=dict)
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Who was seen anywhere but at the place, and when last."""
    sitting: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Who sits, in which zone, since when: too short to be a guest."""
    carts: Mapping[str, Cart] = field(default_factory=dict)
    stays: int = 0

    @classmethod
    def of(cls, site: Site, code: str) -> Stage:
        setting, kind = settings(site, code), STAGES[code]
        at_door = ZoneKind.SHOWFLAT_DOOR in kind.zones
        seated_s = setting.get("seated_s")
        return cls(
            code=code,
            starts=frozenset(zone.id for zone in site.zones.values() if zone.kind in kind.zones),
            inner=frozenset(z.id for z in site.zones.values() if at_door and z.kind is ZoneKind.SHOWFLAT),
            resume_us=us(setting["resume_s"]),
            seated_us=None if seated_s is None else us(seated_s),
            cart_us=us(setting.get("cart_s", 0.0)),
        )

    def after(self, message: Message) -> tuple[Stage, Message]:
        """The stage after a message, and the message as the book is to hear it."""
        if isinstance(message, Observation) and (message.kind, message.predicate) == CART:
            known = self._cart(message.subject)
            # It stood there until it is known to have gone; where its sensor fell silent, until it was last told.
            stood = message.truth is Truth.HOLDS or (message.truth is Truth.FAILS and known.truth is Truth.HOLDS)
            seen_us = message.utc_us if stood else known.seen_us
            return replace(self, carts={**self.carts, message.subject: Cart(message.truth, seen_us)}), message
        if not isinstance(message, Scene) or message.view is Truth.UNKNOWN or not self.starts:
            return self, message
        return self._seen(message)

    def _cart(self, zone: str) -> Cart:
        return self.carts.get(zone, Cart())

    def _seen(self, scene: Scene) -> tuple[Stage, Scene]:
        people = {person.id: person for person in scene.persons}
        shown = [person for person in scene.persons if person.role is Role.STAFF]
        departed: list[Departure] = []
        guests = dict(self.guests)
        for gone in scene.departed:
            guest = guests.pop(gone.person, None)
            if guest is not None:
                departed.append(self._departure(guest, gone))
        for name, known in list(guests.items()):
            person, guest = people.get(name), known
            if person is None:
                continue
            if person.role is Role.STAFF:
                shown.append(replace(person, id=guest.stay))
                del guests[name]
                continue
            guest = _followed(guest, person, scene.utc_us)
            over = self._over(guest, people.values(), scene.utc_us)
            if over is None:
                guests[name] = guest
                shown.append(_as_guest(guest, person))
            else:
                departed.append(over)
                del guests[name]
        stage = self._welcomed(replace(self, guests=guests), people, scene.utc_us)
        shown += [_as_guest(g, people[n]) for n, g in stage.guests.items() if n not in guests]
        return stage, replace(scene, persons=tuple(shown), departed=tuple(departed))

    def _over(self, guest: Guest, people: Iterable[Person], now_us: int) -> Departure | None:
        """The end of a stay whose guest is seen elsewhere: gone in, or away for too long to resume."""
        if guest.out_us is None:
            return None
        gone = Departure(guest.stay, guest.person.role, Exit.LEFT, guest.out_us, now_us, guest.out_us)
        if set(guest.person.zones) & self.inner:
            escorts = [p for p in people if p.role is Role.STAFF and p.place.distance_m(guest.person.place) <= ESCORT_M]
            return replace(gone, how=Exit.FETCHED) if escorts else gone
        return gone if now_us - guest.out_us > self.resume_us else None

    def _departure(self, guest: Guest, gone: Departure) -> Departure:
        """How a stay ended whose guest left the picture. Boarding ends a wait for the shuttle, a cart that has come
        does not; where nobody can tell whether there was one, how it ended is not known."""
        if gone.how is Exit.MERGED:
            return replace(gone, person=guest.stay)
        if guest.out_us is not None and gone.last_seen_us - guest.out_us > self.cart_us:
            return replace(gone, person=guest.stay, how=Exit.LEFT, last_seen_us=guest.out_us, set_off_us=guest.out_us)
        if not self.cart_us:
            return replace(gone, person=guest.stay)
        cart = self._cart(guest.zone)
        here = cart.truth is Truth.HOLDS
        boarded = here or (cart.seen_us is not None and gone.last_seen_us - cart.seen_us <= self.cart_us)
        unknown = cart.truth is Truth.UNKNOWN
        how = Exit.FETCHED if boarded else Exit.VANISHED if unknown else gone.how
        return replace(gone, person=guest.stay, how=how)

    def _welcomed(self, stage: Stage, people: Mapping[str, Person], now_us: int) -> Stage:
        """Whoever comes to the place becomes a guest, at a table once seated for long enough."""
        guests, sitting, stays = dict(stage.guests), dict(stage.sitting), stage.stays
        elsewhere = {name: at_us for name, at_us in stage.elsewhere.items() if name in people}
        for name, person in people.items():
            if name in guests or person.role is Role.STAFF:
                continue
            zone = next((z for z in person.zones if z in stage.starts), None)
            if zone is None:
                elsewhere[name] = now_us
                sitting.pop(name, None)
                continue
            since_us = max(person.entered_us, elsewhere.get(name, 0))
            if stage.seated_us is not None:
                since_us = _sat(sitting, person, zone, now_us)
                if since_us < 0 or now_us - since_us < stage.seated_us:
                    continue
                sitting.pop(name, None)
            stays += 1
            stay = f"{name}#{stays}"
            guests[name] = Guest(stay, zone, since_us, now_us, person)
            elsewhere.pop(name, None)
        sitting = {name: sat for name, sat in sitting.items() if name in people}
        return replace(stage, guests=guests, elsewhere=elsewhere, sitting=sitting, stays=stays)


def presence_of(stay: str) -> str:
    """The presence id of a stay ("cam/3#2" -> "cam/3")."""
    return stay.partition("#")[0]


def _sat(sitting: dict[str, tuple[str, int]], person: Person, zone: str, now_us: int) -> int:
    """Since when the person has been seen to sit in the zone without being seen to stand; -1 when not at all. Who was
    not seen to come and sits as soon as that can be told sat there when first seen."""
    known = sitting.get(person.id)
    if known is not None and known[0] != zone:
        known = None
    if person.seated is Truth.FAILS and person.seen is Truth.HOLDS:
        known = None
    elif known is None and person.seated is Truth.HOLDS:
        first = not person.came_in and now_us - person.entered_us <= TOLD_US
        known = (zone, person.entered_us if first else now_us)
    if known is None:
        sitting.pop(person.id, None)
        return -1
    sitting[person.id] = known
    return known[1]


def _followed(guest: Guest, person: Person, now_us: int) -> Guest:
    if guest.zone in person.zones or person.seen is not Truth.HOLDS:
        inside_us = now_us if guest.zone in person.zones else guest.last_in_us
        back = guest.zone in person.zones
        return replace(guest, person=person, last_in_us=inside_us, out_us=None if back else guest.out_us)
    return replace(guest, person=person, out_us=guest.last_in_us if guest.out_us is None else guest.out_us)


def _as_guest(guest: Guest, person: Person) -> Person:
    zones = (guest.zone,) if guest.out_us is None else (AWAY,)
    return replace(person, id=guest.stay, entered_us=guest.since_us, zones=zones)
