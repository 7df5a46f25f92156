"""Intervals: what was the case from when to when, without holes, corrected in hindsight (intervals.json).

Zones: occupied / empty / unknown and the number of people; posts: attended / unattended / unknown; cameras: ok / lost /
sick. A presence counts from `entered_us` on, also while unseen; one that left counts to its last sighting; one that
vanished is unknown between its last sighting and the moment its place was found empty. Where a camera was blind its
zones are unknown. Observations of other things (lamps, air-conditioners, items) hold until the next one of the same
thing, or until their camera is lost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

from models.domain.messages import Message, Observation, Scene, StreamLost
from models.domain.presence import Departure, Exit
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.posts import PostWatch
from pipelines.rules.baselines import BASELINE
from pipelines.rules.continuity import Continuity, us
from pipelines.rules.coverage import cameras_of
from pipelines.rules.energy.owed import CALENDAR
from pipelines.rules.energy.thing import Thing

MAX_GAP_US = us(5.0)
"""Without a good scene for longer, nothing is known (design.md, Time)."""
Value = str | int
UNLISTED = frozenset({CALENDAR, BASELINE, "camera"})
"""Kinds of observation without rows of their own: calendar entries, baselines, and views (under their cameras)."""
WORDS: dict[str, tuple[str, str, str]] = {
    "on": ("state", "on", "off"),
    "suspected": ("suspicion", "suspected", "none"),
    "in_place": ("placement", "in_place", "moved"),
}
"""Predicate of an observation -> (predicate, value when it holds, value when it fails) of its rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One interval, UTC µs, half-open."""

    subject: str
    kind: str
    """zone | post | camera, or the kind of an observation"""
    predicate: str
    """occupancy | count | attendance | view, or what an observation states"""
    value: Value
    t_start_us: int
    t_end_us: int
    cues: tuple[str, ...] = ()
    """What spoke for a lamp's or air-conditioner's state at any moment of the interval, or why it was unknown."""
    confidence: float | None = None
    """The least that such a state had in the interval; None where it was unknown."""


@dataclass(slots=True)
class Stay:
    """One presence in one zone. end_us None: still there; unsure_us: until when it may have been there."""

    person: str
    zone: str
    start_us: int
    end_us: int | None = None
    unsure_us: int | None = None


class Course:
    """Values over time, each until the next; a later word may correct what was said before."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, Value]] = []

    def put(self, at_us: int, value: Value) -> None:
        """From that moment on it is `value`; what was said about later moments is forgotten."""
        while self.changes and self.changes[-1][0] >= at_us:
            self.changes.pop()
        if not self.changes or self.changes[-1][1] != value:
            self.changes.append((at_us, value))

    def at(self, utc_us: int, before: Value) -> Value:
        """The value then; `before` for moments before the first."""
        return next((value for at_us, value in reversed(self.changes) if at_us <= utc_us), before)


class Ledger:
    """Takes every message of a recording; `rows` gives its intervals."""

    def __init__(self, site: Site) -> None:
        self._views = {camera: Course() for camera in sorted(site.cameras)}
        self._threads = {camera: Continuity(camera) for camera in sorted(site.cameras)}
        self._stays: dict[tuple[str, str], Stay] = {}
        self._past: dict[str, list[Stay]] = {camera: [] for camera in self._views}
        self._without: dict[tuple[str, str], int] = {}
        self._zones = {zone.id: cameras_of(zone.regions, site) for zone in site.zones.values()}
        self._watches = {post.id: PostWatch.of(post, site) for post in site.posts.values()}
        self._posts = {post: Course() for post in self._watches}
        self._things: dict[tuple[str, str, str], Course] = {}
        self._on: dict[str, Thing] = {}
        self._words: dict[tuple[str, str, str], list[tuple[int, tuple[str, ...], float]]] = {}
        self._tellers: dict[str, set[tuple[str, str, str]]] = {}

    def step(self, message: Message) -> None:
        """Take one more message."""
        for post, watch in self._watches.items():
            after = self._watches[post] = watch.after(message)
            if after.status != watch.status:
                self._posts[post].put(after.since_us, after.status)
        for camera, thread in self._threads.items():
            after_thread = self._threads[camera] = thread.after(message, MAX_GAP_US)
            cut = after_thread.broken or after_thread.resumed
            if cut and not (thread.broken or thread.blind or thread.good_us is None):
                self._views[camera].put(thread.good_us, "lost")
        if isinstance(message, StreamLost) and message.camera in self._views:
            self._views[message.camera].put(message.utc_us, "lost")
            for thing in self._tellers.get(message.camera, ()):
                self._things[thing].put(message.utc_us, Truth.UNKNOWN.value)
                if thing in self._words:
                    self._words[thing].append((message.utc_us, (), 0.0))
        if isinstance(message, Observation) and message.kind not in UNLISTED:
            self._told(message)
        if isinstance(message, Scene) and message.camera in self._views:
            self._seen(message)

    def _told(self, told: Observation) -> None:
        if told.predicate not in {"on", "suspected"}:
            self._tell(told, told.predicate, told.truth)
            return
        # A meter, a grille and cameras may speak of it: whoever wins in the rules wins here.
        one = self._on[told.subject] = self._on.get(told.subject, Thing(told.subject)).after(told)
        if told.predicate == "suspected":
            suspected = any(witness.truth is Truth.HOLDS for witness in one.suspicions)
            self._tell(told, "suspected", Truth.HOLDS if suspected else told.truth)
        self._tell(told, "on", one.truth)
        words = self._words.setdefault((told.subject, told.kind, WORDS["on"][0]), [])
        if not words or words[-1][1:] != (one.cues, one.confidence):
            words.append((told.utc_us, one.cues, one.confidence))

    def _tell(self, told: Observation, states: str, truth: Truth) -> None:
        predicate, holds, fails = WORDS.get(states, (states, Truth.HOLDS.value, Truth.FAILS.value))
        thing = (told.subject, told.kind, predicate)
        value = {Truth.HOLDS: holds, Truth.FAILS: fails}.get(truth, Truth.UNKNOWN.value)
        self._things.setdefault(thing, Course()).put(told.utc_us, value)
        self._tellers.setdefault(told.camera, set()).add(thing)

    def _seen(self, scene: Scene) -> None:
        view, sick = self._views[scene.camera], scene.view is Truth.UNKNOWN
        view.put(scene.utc_us, "sick" if sick else "ok")
        for departure in scene.departed:
            self._departed(scene.camera, departure)
        if sick:
            return
        zones = {person.id: set(person.zones) for person in scene.persons}
        for (name, zone), stay in list(self._stays.items()):
            if name in zones and zone not in zones[name]:
                self._past[scene.camera].append(stay)
                stay.end_us = scene.utc_us
                del self._stays[name, zone]
        for person in scene.persons:
            for zone in self._zones:
                key = (person.id, zone)
                if zone not in person.zones:
                    self._without[key] = scene.utc_us
                elif key not in self._stays:
                    start_us = max(person.entered_us, self._without.get(key, 0))
                    self._stays[key] = Stay(person.id, zone, start_us)

    def _departed(self, camera: str, departure: Departure) -> None:
        for key in [key for key in self._stays if key[0] == departure.person]:
            stay = self._stays.pop(key)
            stay.end_us = max(stay.start_us, departure.last_seen_us)
            if departure.how is Exit.VANISHED:
                stay.unsure_us = departure.gone_us
            self._past[camera].append(stay)
        for key in [key for key in self._without if key[0] == departure.person]:
            del self._without[key]

    def rows(self, start_us: int, end_us: int) -> tuple[Row, ...]:
        """All intervals between the two moments, ordered by kind, subject, predicate, time."""
        span = (start_us, end_us)
        found: list[Row] = []
        for camera, view in self._views.items():
            found += _rows((camera, "camera", "view"), _pieces(view, span, "lost"), span)
        for post, course in sorted(self._posts.items()):
            found += _rows((post, "post", "attendance"), _pieces(course, span, "unknown"), span)
        for zone, cameras in sorted(self._zones.items()):
            occupancy, count = self._zone(zone, cameras, span)
            found += _rows((zone, "zone", "occupancy"), occupancy, span)
            found += _rows((zone, "zone", "count"), count, span)
        for thing, course in sorted(self._things.items()):
            words = self._words.get(thing, [])
            found += [_worded(row, words) for row in _rows(thing, _pieces(course, span, Truth.UNKNOWN.value), span)]
        return tuple(found)

    def _zone(
        self, zone: str, cameras: tuple[str, ...], span: tuple[int, int]
    ) -> tuple[list[tuple[int, Value]], list[tuple[int, Value]]]:
        """Occupancy and count as changes. Several cameras see the same people: the one that sees most counts."""
        stays = {camera: self._all(camera, zone) for camera in cameras}
        edges = {span[0]}
        for camera in cameras:
            edges |= {at_us for at_us, _ in self._views[camera].changes}
            for stay in stays[camera]:
                edges |= {stay.start_us, stay.end_us or span[1], stay.unsure_us or span[0]}
        occupancy: list[tuple[int, Value]] = []
        count: list[tuple[int, Value]] = []
        for edge in sorted(edge for edge in edges if span[0] <= edge < span[1]):
            told = [_there(self._views[camera], stays[camera], edge) for camera in cameras]
            known = [people for people, unsure in told if people is not None and not unsure]
            least = max((people for people, _ in told if people is not None), default=0)
            certain = len(known) == len(cameras) > 0
            occupancy.append((edge, "occupied" if least else "empty" if certain else "unknown"))
            count.append((edge, least if certain else "unknown"))
        return occupancy, count

    def _all(self, camera: str, zone: str) -> list[Stay]:
        now = [stay for (person, _), stay in self._stays.items() if person.startswith(f"{camera}/")]
        return [stay for stay in (*self._past[camera], *now) if stay.zone == zone]


def _there(view: Course, stays: list[Stay], at_us: int) -> tuple[int | None, bool]:
    """(people known to be there, whether somebody else may be); (None, True) while the camera is blind."""
    if view.at(at_us, "lost") != "ok":
        return None, True
    people = sum(s.start_us <= at_us and (s.end_us is None or at_us < s.end_us) for s in stays)
    unsure = any(s.unsure_us is not None and s.end_us is not None and s.end_us <= at_us < s.unsure_us for s in stays)
    return people, unsure


def _pieces(course: Course, span: tuple[int, int], before: Value) -> list[tuple[int, Value]]:
    inside = [(at_us, value) for at_us, value in course.changes if span[0] < at_us < span[1]]
    return [(span[0], course.at(span[0], before)), *inside]


def _worded(row: Row, words: list[tuple[int, tuple[str, ...], float]]) -> Row:
    """The row with what was said in it. words: (UTC µs, cues, confidence) of every change of them, in order."""
    first = max(0, bisect_right(words, row.t_start_us, key=lambda word: word[0]) - 1)
    last = bisect_left(words, row.t_end_us, key=lambda word: word[0])
    within = words[first:last]
    if not within:
        return row
    known = row.value != Truth.UNKNOWN.value
    cues = tuple(dict.fromkeys(cue for _, said, _ in within for cue in said))
    return replace(row, cues=cues, confidence=min(sure for *_, sure in within) if known else None)


def _rows(name: tuple[str, str, str], changes: list[tuple[int, Value]], span: tuple[int, int]) -> list[Row]:
    merged: list[tuple[int, Value]] = []
    for at_us, value in changes:
        if not merged or merged[-1][1] != value:
            merged.append((at_us, value))
    ends = [at_us for at_us, _ in merged[1:]] + [span[1]]
    return [Row(*name, value, at_us, end_us) for (at_us, value), end_us in zip(merged, ends, strict=True)]
