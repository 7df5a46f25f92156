"""What a tape shows around an incident, as bars over time: who was seen, unseen, attended to, when all was blind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.domain.incident import Incident
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Scene, StreamLost
from models.domain.presence import Person, Role
from models.domain.rules import RULES
from models.domain.truth import Truth
from pipelines.rules.contact import near
from pipelines.tape import Tape

MARGIN_US = 10 * US
"""Shown before and after the incident."""
HOLD_US = 5 * US
"""A state without a scene for longer is not drawn on (design.md, Time)."""
NEAR_M = next(p.default for p in RULES["greeter.visitor_unapproached"].parameters if p.name == "serve_distance_m")


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch in one lane, UTC µs. kind: seen | unseen | near | blind | attended | unattended | unknown | claim."""

    lane: str
    who: str
    kind: str
    t_start_us: int
    t_end_us: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars in the order of their lanes, within [t_start_us, t_end_us]; limit_us: the moment the limit was passed."""

    start_us: int
    """The first frame: zero of the axis."""
    t_start_us: int
    t_end_us: int
    limit_us: int
    bars: tuple[Bar, ...]


def timeline(tape: Tape, incident: Incident) -> Timeline:
    """What the tape tells about the incident, 10 s before to 10 s after it."""
    ends = [m.utc_us for m in tape.messages]
    last_us = max(ends, default=tape.header.start_us)
    scenes = [m.utc_us for m in tape.messages if isinstance(m, Scene)]
    start_us = scenes[0] if scenes else tape.header.start_us
    until_us = incident.t_end_us or last_us
    span = (max(start_us, incident.t_first_us - MARGIN_US), min(last_us, until_us + MARGIN_US))
    bars = [Bar("incident", incident.subject, "claim", incident.t_first_us, until_us)]
    bars += _merged(_told(tape.messages, incident), span)
    bars += _merged(_blind(tape.messages, incident.camera), span)
    return Timeline(start_us, *span, incident.t_confirmed_us, tuple(bars))


def _told(messages: Iterable[Message], incident: Incident) -> Iterator[Bar]:
    """Bars from one scene to the next."""
    persons = incident.extra.get("persons", "").split()
    before: Scene | None = None
    for message in messages:
        if not isinstance(message, Scene) or message.camera != incident.camera:
            continue
        if before is not None and message.run == before.run and message.utc_us - before.utc_us <= HOLD_US:
            for lane, who, kind in _states(before, incident, persons):
                yield Bar(lane, who, kind, before.utc_us, message.utc_us)
        before = message


def _states(scene: Scene, incident: Incident, persons: list[str]) -> Iterator[tuple[str, str, str]]:
    if scene.view is Truth.UNKNOWN:
        return
    ours = [person for person in scene.persons if person.id in persons]
    if incident.code == "greeter.post_unattended":
        yield "post", incident.subject, _attendance(scene, incident.subject)
    for person in ours:
        yield "person", person.id, "seen" if person.seen is Truth.HOLDS else "unseen"
    if incident.code != "greeter.post_unattended":
        for staff in _near(scene.persons, ours):
            yield "staff", staff.id, "near"


def _near(everybody: Iterable[Person], ours: list[Person]) -> list[Person]:
    return [p for p in everybody if p.role is Role.STAFF and any(near(p, member, NEAR_M) for member in ours)]


def _attendance(scene: Scene, post: str) -> str:
    inside = [person for person in scene.persons if post in person.posts]
    if any(person.role is Role.STAFF and person.seen is Truth.HOLDS for person in inside):
        return "attended"
    return "unknown" if any(person.role is not Role.VISITOR for person in inside) else "unattended"


def _blind(messages: Iterable[Message], camera: str) -> Iterator[Bar]:
    since_us: int | None = None
    good_us: int | None = None
    for message in messages:
        ours = isinstance(message, StreamLost | Scene) and message.camera == camera
        if isinstance(message, EndOfRecording) and since_us is not None:
            yield Bar("camera", camera, "blind", since_us, message.utc_us)
        elif isinstance(message, Scene) and ours and message.view is not Truth.UNKNOWN:
            gap = good_us is not None and message.utc_us - good_us > HOLD_US
            lost_us = since_us if since_us is not None else good_us if gap else None
            if lost_us is not None:
                yield Bar("camera", camera, "blind", lost_us, message.utc_us)
            since_us, good_us = None, message.utc_us
        elif ours and since_us is None:
            since_us = message.utc_us


def _merged(bars: Iterable[Bar], span: tuple[int, int]) -> list[Bar]:
    """Touching bars of one kind in one lane as one, cut to the span."""
    found: dict[tuple[str, str], list[Bar]] = {}
    for bar in bars:
        start, end = max(bar.t_start_us, span[0]), min(bar.t_end_us, span[1])
        if start >= end:
            continue
        lane = found.setdefault((bar.lane, bar.who), [])
        if lane and lane[-1].kind == bar.kind and lane[-1].t_end_us == start:
            start = lane.pop().t_start_us
        lane.append(Bar(bar.lane, bar.who, bar.kind, start, end))
    return [bar for lane in sorted(found) for bar in found[lane]]
