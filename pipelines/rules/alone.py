"""Visitors where no staff is: in the showflat (wait.unaccompanied), in the hall after hours
(greeter.after_hours_visitor). domain.md 2.3, 2.4.

A zone is judged, not a person: visitors come and go, what counts is that somebody is there without staff. Unknown (the
camera is blind, everybody is hidden, somebody of unknown role may be staff) holds the clock and counts neither way; a
cut in sight longer than `max_gap_s` ends the claim. Staff who only pass through are no company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Scene, StreamLost
from models.domain.presence import Person, Role
from models.domain.site import Site, Zone, ZoneKind
from models.domain.truth import Truth
from pipelines.rules.agenda import closed_at
from pipelines.rules.continuity import Continuity, us
from pipelines.rules.coverage import cameras_of
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings, threshold

BEFORE_US = 2 * US
INSIDE: dict[str, frozenset[ZoneKind]] = {
    "wait.unaccompanied": frozenset({ZoneKind.SHOWFLAT}),
    "greeter.after_hours_visitor": frozenset(
        {ZoneKind.HALL, ZoneKind.RECEPTION, ZoneKind.EXTERIOR, ZoneKind.CAR_PARK, ZoneKind.DOOR}
    ),
}
"""Kinds of zone that each rule is about: the showflat; the hall and its forecourt."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch in which visitors were alone. held_us: unknown time within. Times UTC µs, µs."""

    since_us: int
    persons: tuple[str, ...]
    held_us: int = 0
    held_since_us: int | None = None
    met_since_us: int | None = None
    """Since when it does not hold any more: too short to be over yet."""
    told: Severity | None = None
    told_us: int = 0

    def lasted_us(self, until_us: int) -> int:
        stops = [until_us, *(t for t in (self.held_since_us, self.met_since_us) if t is not None)]
        return max(0, min(stops) - self.since_us - self.held_us)

    def blind_us(self, until_us: int) -> int:
        running = 0 if self.held_since_us is None else max(0, until_us - self.held_since_us)
        return self.held_us + running


@dataclass(frozen=True, slots=True)
class Room:
    """One zone. people: by camera, as last told."""

    zone: Zone
    threads: tuple[Continuity, ...]
    people: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    spell: Spell | None = None

    @property
    def at_us(self) -> int:
        return max((t.good_us for t in self.threads if t.good_us is not None), default=0)

    @property
    def camera(self) -> str:
        return self.threads[0].camera if self.threads else ""

    def alone(self) -> Truth:
        """Whether visitors are there without staff, by what is known now."""
        inside = [p for people in self.people.values() for p in people if self.zone.id in p.zones]
        if any(p.role is Role.STAFF and p.seen is Truth.HOLDS for p in inside):
            return Truth.FAILS
        if any(t.blind or t.broken or t.good_us is None for t in self.threads):
            return Truth.UNKNOWN
        visitors = [p for p in inside if p.role is Role.VISITOR]
        if not visitors:
            return Truth.FAILS
        doubtful = any(p.role is not Role.VISITOR for p in inside)
        return Truth.UNKNOWN if doubtful or all(p.seen is not Truth.HOLDS for p in visitors) else Truth.HOLDS

    def visitors(self) -> tuple[Person, ...]:
        inside = (p for people in self.people.values() for p in people if self.zone.id in p.zones)
        return tuple(p for p in inside if p.role is Role.VISITOR)

    def company(self) -> bool:
        inside = (p for people in self.people.values() for p in people if self.zone.id in p.zones)
        return any(p.role is Role.STAFF for p in inside)


@dataclass(frozen=True, slots=True)
class Rooms:
    site: Site
    steps: tuple[tuple[Severity, Threshold], ...]
    company_us: int
    max_gap_us: int
    rooms: tuple[Room, ...]
    minute: int = -1
    counts: bool = True
    """Whether this minute counts: hours begin and end at whole minutes, so they are asked for once in each."""


@dataclass(frozen=True, slots=True)
class AloneInZone:
    """The rule; `code` says which of the two."""

    code: str = "wait.unaccompanied"

    def initial(self, site: Site) -> Rooms:
        known = settings(site, self.code)
        zones = [zone for _, zone in sorted(site.zones.items()) if zone.kind in INSIDE[self.code]]
        rooms = (Room(z, tuple(Continuity(c) for c in cameras_of(z.regions, site))) for z in zones)
        return Rooms(
            site=site,
            steps=tuple(
                (severity, threshold(site, self.code, name))
                for severity, name in ((Severity.INCIDENT, "limit_s"), (Severity.HIGH, "high_s"))
            ),
            company_us=us(known["company_s"]),
            max_gap_us=us(known["max_gap_s"]),
            rooms=tuple(room for room in rooms if room.threads),
        )

    def step(self, state: Rooms, message: Message) -> tuple[Rooms, tuple[Finding, ...]]:
        if not state.rooms:
            return state, ()
        minute = message.utc_us // (60 * US)
        if self.code == "greeter.after_hours_visitor" and minute != state.minute:
            state = replace(state, minute=minute, counts=closed_at(state.site, message.utc_us))
        rooms, findings = [], []
        for room in state.rooms:
            after, said = self._stepped(state, room, message)
            rooms.append(after)
            findings += said
        return replace(state, rooms=tuple(rooms)), tuple(findings)

    def claims(self, state: Rooms) -> tuple[OpenClaim, ...]:
        return tuple(
            OpenClaim(self.code, r.zone.id, r.zone.id, r.camera, r.spell.since_us, r.spell.persons)
            for r in state.rooms
            if r.spell is not None
        )

    def _stepped(self, state: Rooms, room: Room, message: Message) -> tuple[Room, list[Finding]]:
        threads = tuple(thread.after(message, state.max_gap_us) for thread in room.threads)
        pairs = list(zip(room.threads, threads, strict=True))
        cut = any(new.resumed or (new.broken and not old.broken) for old, new in pairs)
        before_us = room.at_us
        room = replace(room, threads=threads)
        if isinstance(message, Scene) and message.camera in {t.camera for t in threads}:
            if message.view is not Truth.UNKNOWN:
                room = replace(room, people={**room.people, message.camera: message.persons})
        elif not isinstance(message, EndOfRecording | StreamLost) and not cut:
            return room, []
        end = (before_us, "blind") if cut else self._end(state, room, message)
        said: list[Finding] = []
        if room.spell is not None:
            room, said = self._judged(state, room, end)
        if room.spell is None and not isinstance(message, EndOfRecording):
            room = self._begun(state, room, message.utc_us)
        return room, said

    def _begun(self, state: Rooms, room: Room, now_us: int) -> Room:
        if not state.counts or room.alone() is not Truth.HOLDS:
            return room
        visitors = room.visitors()
        return replace(room, spell=Spell(now_us, tuple(p.id for p in visitors)))

    def _end(self, state: Rooms, room: Room, message: Message) -> tuple[int, str] | None:
        """(UTC µs, reason) where the running spell ends with this message."""
        spell = room.spell
        if spell is None:
            return None
        now_us = message.utc_us
        if isinstance(message, EndOfRecording):
            return room.at_us, "end_of_recording"
        if not state.counts:
            return now_us, "resolved"
        if room.alone() is Truth.FAILS:
            since_us = now_us if spell.met_since_us is None else spell.met_since_us
            if now_us - since_us >= state.company_us:
                return since_us, "resolved" if room.company() else "left"
        return None

    def _judged(self, state: Rooms, room: Room, end: tuple[int, str] | None) -> tuple[Room, list[Finding]]:
        assert room.spell is not None
        spell = _held(room.spell, room.alone(), room)
        until_us = room.at_us if end is None else max(end[0], spell.since_us)
        lasted_us = spell.lasted_us(until_us)
        reached = [step for step in state.steps if lasted_us > us(step[1].value)]
        severity = reached[-1][0] if reached else None
        if spell.told is Severity.HIGH or (spell.told is not None and severity is None):
            severity = spell.told
        said: list[Finding] = []
        if severity is not None:
            fresh, louder = spell.told is None, severity is not spell.told
            if fresh or (end is None and (louder or until_us - spell.told_us >= TELL_AGAIN_US)):
                spell = replace(spell, told=severity, told_us=until_us)
                said.append(self._finding(state, room, spell, until_us, Phase.OPEN if fresh else Phase.EXTEND))
            if end is not None:
                closing = self._finding(state, room, spell, until_us, Phase.CLOSE)
                said.append(replace(closing, end_reason=end[1], t_end_us=max(until_us, closing.t_confirmed_us)))
        return replace(room, spell=None if end is not None else spell), said

    def _finding(self, state: Rooms, room: Room, spell: Spell, until_us: int, phase: Phase) -> Finding:
        limit = state.steps[0][1]
        confirmed_us = spell.since_us + spell.held_us + us(limit.value)
        lasted_s, blind_s = max(spell.lasted_us(until_us), us(limit.value)) / US, spell.blind_us(until_us) / US
        interval_s = max((thread.interval_us for thread in room.threads), default=0) / US
        moments: tuple[Moment, ...] = (Moment("end" if phase is Phase.CLOSE else "now", room.camera, until_us),)
        if phase is Phase.OPEN:
            labels = (("before", spell.since_us - BEFORE_US), ("first", spell.since_us), ("confirmed", confirmed_us))
            moments = (*(Moment(label, room.camera, at) for label, at in labels), Moment("now", room.camera, until_us))
        return Finding(
            code=self.code,
            subject=room.zone.id,
            phase=phase,
            severity=spell.told or Severity.INCIDENT,
            zone=room.zone.id,
            camera=room.camera,
            t_first_us=spell.since_us,
            t_confirmed_us=min(confirmed_us, max(until_us, spell.since_us)),
            t_end_us=None,
            measured=Quantity(lasted_s, "s", interval_s / 6**0.5),
            threshold=limit,
            observed_s=lasted_s,
            blind_s=blind_s,
            confidence=lasted_s / max(1e-6, lasted_s + blind_s),
            moments=moments,
            cues=("rule.cue.nobody_with_them", *(("rule.cue.hidden_meanwhile",) if blind_s else ())),
            persons=spell.persons,
        )


def _held(spell: Spell, alone: Truth, room: Room) -> Spell:
    """Unknown time holds the clock; staff seen for a moment hold it too, until they are company."""
    now_us = room.at_us
    if alone is Truth.FAILS:
        met_us = now_us if spell.met_since_us is None else spell.met_since_us
        return replace(_unheld(spell, met_us), met_since_us=met_us)
    if spell.met_since_us is not None:
        spell = replace(spell, met_since_us=None, held_us=spell.held_us + now_us - spell.met_since_us)
    if alone is Truth.UNKNOWN:
        blind = [t.good_us for t in room.threads if (t.blind or t.broken) and t.good_us is not None]
        since_us = max(min(blind, default=now_us), spell.since_us)
        return spell if spell.held_since_us is not None else replace(spell, held_since_us=since_us)
    names = tuple(p.id for p in room.visitors())
    spell = replace(spell, persons=tuple(dict.fromkeys((*spell.persons, *names))))
    return _unheld(spell, now_us)


def _unheld(spell: Spell, now_us: int) -> Spell:
    if spell.held_since_us is None:
        return spell
    gone_us = max(0, now_us - spell.held_since_us)
    return replace(spell, held_since_us=None, held_us=spell.held_us + gone_us)
