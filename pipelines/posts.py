"""Posts: attended, unattended or unknown, from what the cameras tell (domain.md 2.4).

Attended: enough staff in the post, or its holder serves a visitor within `cover_m` of it. Unknown: somebody of unknown
role stands there, a staff person is there unseen, or the camera cannot tell. A visitor in the post is not staff.
Pure: `PostWatch.after(message)` gives the next watch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from models.domain.media import US
from models.domain.messages import Message, Scene, StreamLost
from models.domain.presence import Person, Role
from models.domain.site import Post, Site
from models.domain.truth import Truth
from pipelines.following import Following
from pipelines.rules.contact import Contact
from pipelines.rules.continuity import Continuity, us
from pipelines.rules.coverage import cameras_of, distance_m
from pipelines.rules.rule import settings
from pipelines.rules.service import meeting

COARSE_M = 0.5
"""A place this uncertain tells only roughly where somebody is: the head of somebody 10 m away whose feet are hidden is
read 0.9 m off by 10 cm of stature. Finer ones count as they stand."""
EMERGED_M = 1.5
"""Staff who first show this near to a post, and were not seen to come, were in it: its counter hid them [P]."""
EMERGED_US = us(30.0)
"""So long after they showed it may still become known that they are staff."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one camera tells of the post."""

    thread: Continuity
    sure: int = 0
    """Staff seen in the post, and holders who serve nearby."""
    maybe: int = 0
    """People in the post who may be staff there."""
    holders: tuple[str, ...] = ()
    """The staff who stood in the post last, newest last, at most as many as it needs."""
    contacts: tuple[Contact, ...] = ()
    """Holders and the visitors near them."""
    covered_since_us: int | None = None
    """Since when a holder has been serving nearby."""
    arrived: tuple[tuple[str, int], ...] = ()
    """Who is in the post, and since when: an arrival counts from before the role was known."""
    elsewhere: frozenset[str] = frozenset()
    """Who was out of the post at the last scene."""
    manned_since_us: int | None = None
    """Since when enough staff have been in the post itself."""
    emerging: tuple[tuple[str, int], ...] = ()
    """Who first showed beside the post and may turn out to be staff, and when."""
    emerged_us: int = 0
    """When staff last came out of it whom nobody had seen in it."""
    pending_since_us: int | None = None
    """Since when a holder may be: too short to be called service yet."""


@dataclass(frozen=True, slots=True)
class PostWatch(Following):
    """One post. `status` of attended | unattended | unknown holds since `since_us` (UTC µs), as far as `at_us`."""

    post: Post
    cover_m: float
    serve_distance_m: float
    serve_dwell_us: int
    max_gap_us: int
    sights: tuple[Sight, ...]
    status: str = "unknown"
    since_us: int = 0
    at_us: int = 0
    """Last good scene of a camera that sees the post."""
    breaks: int = 0
    """How often sight was cut: no claim may span a cut."""

    @classmethod
    def of(cls, post: Post, site: Site) -> PostWatch:
        rule, serve = settings(site, "greeter.post_unattended"), settings(site, "greeter.visitor_unapproached")
        reach = rule["cover_m"], serve["serve_distance_m"]
        spans_us = us(serve["serve_dwell_s"]), us(rule["max_gap_s"])
        return _unwatched(post, reach, spans_us, tuple(cameras_of(post.regions, site)))

    @property
    def camera(self) -> str:
        """The camera whose pictures show the post (the first of several)."""
        return self.sights[0].thread.camera if self.sights else ""

    @property
    def pending_since_us(self) -> int | None:
        """An unattended post may turn out to have been served from here on."""
        return min((s.pending_since_us for s in self.sights if s.pending_since_us is not None), default=None)

    @property
    def emerged_us(self) -> int:
        """Until then the post was held though nobody was seen in it; 0 where nothing says so."""
        return max((sight.emerged_us for sight in self.sights), default=0)

    @property
    def persons(self) -> tuple[str, ...]:
        return tuple(holder for sight in self.sights for holder in sight.holders)

    def after(self, message: Message) -> PostWatch:
        """The watch after one more message."""
        return self.once(message, self._after)

    def _after(self, message: Message) -> PostWatch:
        sights = tuple(self._sight(sight, message) for sight in self.sights)
        pairs = zip(self.sights, sights, strict=True)
        lost = [new for old, new in pairs if (new.thread.broken and not old.thread.broken) or _new_run(old, new)]
        cut = bool(lost) and all(sight in lost or not _tells(sight) for sight in sights)
        goods = [sight.thread.good_us for sight in sights if sight.thread.good_us is not None]
        status = self._status(sights)
        since_us = self.since_us if status == self.status else self._since(status, sights, message.utc_us)
        breaks = self.breaks + cut
        return replace(
            self, sights=sights, status=status, since_us=since_us, at_us=max(goods, default=0), breaks=breaks
        )

    def _status(self, sights: tuple[Sight, ...]) -> str:
        needed = self.post.required_count
        telling = [sight for sight in sights if _tells(sight)]
        if any(sight.sure >= needed for sight in telling):
            return "attended"
        # Sights stand in the order of how well they show the post: the best of those that can tell decides.
        if not telling or telling[0].sure + telling[0].maybe >= needed:
            return "unknown"
        return "unattended"

    def _since(self, status: str, sights: tuple[Sight, ...], now_us: int) -> int:
        """When the new status began: service counts from its first moment, blindness from the last good scene."""
        if status == "attended":
            manned = [s.manned_since_us for s in sights if s.manned_since_us is not None]
            if manned:
                return min(manned)
            covered = [s.covered_since_us for s in sights if s.covered_since_us is not None]
            return max(min(covered), self.since_us) if covered and self.status == "unattended" else now_us
        if status == "unknown":
            blind = [s.thread.good_us for s in sights if (s.thread.blind or s.thread.broken) and s.thread.good_us]
            return max(*blind, self.since_us) if blind else now_us
        if self.status == "attended":
            ended = [c.in_step_us for old in self.sights for c in old.contacts if old.covered_since_us and c.in_step_us]
            return max(*ended, self.since_us) if ended else now_us
        return now_us

    def _sight(self, sight: Sight, message: Message) -> Sight:
        thread = sight.thread.after(message, self.max_gap_us)
        if not isinstance(message, Scene) or message.camera != thread.camera or message.view is Truth.UNKNOWN:
            gone = thread.broken or (isinstance(message, StreamLost) and thread.blind)
            return replace(sight, thread=thread, contacts=() if gone else sight.contacts)
        return self._judged(replace(sight, thread=thread), message)

    def _judged(self, sight: Sight, scene: Scene) -> Sight:
        people = {person.id: person for person in scene.persons}
        inside = [person for person in scene.persons if self.post.id in person.posts]
        staff = [person for person in inside if person.role is Role.STAFF]
        seen = [person for person in staff if person.seen is Truth.HOLDS]
        maybe = len(staff) - len(seen) + sum(person.role is Role.UNKNOWN for person in inside)
        maybe += sum(self._may_be_inside(person, scene.camera) for person in scene.persons if person not in inside)
        latest = [h for h in sight.holders if h in people and h not in {p.id for p in staff}]
        holders = (*latest, *sorted(person.id for person in staff))[-self.post.required_count :]
        sight = self._emerged(sight, scene)
        arrived = _arrived(sight, inside, scene)
        stays = sorted(arrived[person.id] for person in seen)
        needed = self.post.required_count
        sight = replace(
            sight,
            arrived=tuple(sorted(arrived.items())),
            elsewhere=frozenset(people) - frozenset(arrived),
            manned_since_us=stays[needed - 1] if len(stays) >= needed else None,
            holders=holders,
            maybe=maybe,
        )
        sight = self._covered(sight, people, {p.id for p in inside}, scene.utc_us)
        sure = len(seen) + (sight.covered_since_us is not None)
        return sight if sure == sight.sure else replace(sight, sure=sure)

    def _emerged(self, sight: Sight, scene: Scene) -> Sight:
        """Whether staff have come out of the post whom nobody had seen in it."""
        people = {person.id: person for person in scene.persons}
        told = sight.elsewhere | {name for name, _ in sight.arrived}
        fresh = [(p.id, p.entered_us) for p in scene.persons if p.id not in told and self._shows_beside(p, scene)]
        emerging = dict((*sight.emerging, *fresh))
        staff = [since for name, since in emerging.items() if name in people and people[name].role is Role.STAFF]
        still = tuple(
            (name, since_us)
            for name, since_us in sorted(emerging.items())
            if name in people and people[name].role is Role.UNKNOWN and scene.utc_us - since_us <= EMERGED_US
        )
        if still == sight.emerging and not staff:
            return sight
        return replace(sight, emerging=still, emerged_us=max((sight.emerged_us, *staff)))

    def _shows_beside(self, person: Person, scene: Scene) -> bool:
        """Whether somebody, told of for the first time, was hidden near the post until then and is outside it now."""
        if person.came_in or person.role is Role.VISITOR or self.post.id in person.posts:
            return False
        walked_m = person.speed_mps * (scene.utc_us - person.entered_us) / US
        return distance_m(self.post.regions, scene.camera, person.place) <= EMERGED_M + walked_m

    def _may_be_inside(self, person: Person, camera: str) -> bool:
        """Staff of whom only the head shows, far off: outside the post, but by no more than the place is uncertain."""
        sigma_m = person.place.sigma_m
        if person.role is not Role.STAFF or sigma_m <= COARSE_M:
            return False
        return distance_m(self.post.regions, camera, person.place) <= 2 * sigma_m

    def _covered(self, sight: Sight, people: Mapping[str, Person], inside: set[str], now_us: int) -> Sight:
        """Whether a holder who is out of the post serves a visitor nearby."""
        out = [people[h] for h in sight.holders if h not in inside and self._in_reach(people[h], sight.thread.camera)]
        visitors = [person for person in people.values() if person.role is Role.VISITOR]
        when = (now_us, sight.thread.interval_us)
        contacts = meeting(sight.contacts, out, visitors, when, self.serve_distance_m)
        live = [c for c in contacts if c.live(now_us) and any(p.id == c.person for p in out)]
        firm = [c.since_us for c in live if c.established(self.serve_dwell_us)]
        pending = [c.since_us for c in live if not c.established(self.serve_dwell_us)]
        return replace(
            sight,
            contacts=contacts,
            covered_since_us=min((since for since in firm if since is not None), default=None),
            pending_since_us=min((since for since in pending if since is not None), default=None),
        )

    def _in_reach(self, person: Person, camera: str) -> bool:
        return distance_m(self.post.regions, camera, person.place) <= self.cover_m


@lru_cache(maxsize=256)
def _unwatched(
    post: Post, reach_m: tuple[float, float], spans_us: tuple[int, int], cameras: tuple[str, ...]
) -> PostWatch:
    """One first watch of one post, so that rules which watch the same post do it once."""
    return PostWatch(post, *reach_m, *spans_us, tuple(Sight(Continuity(camera)) for camera in cameras))


def _tells(sight: Sight) -> bool:
    return not (sight.thread.blind or sight.thread.broken or sight.thread.good_us is None)


def _new_run(old: Sight, new: Sight) -> bool:
    return new.thread.resumed and not old.thread.broken


def _arrived(sight: Sight, inside: list[Person], scene: Scene) -> dict[str, int]:
    """Person -> since when in the post, UTC µs; counted anew when the camera had been blind."""
    blind = sight.thread.resumed or sight.thread.bridged_us > 0
    known = {} if blind else dict(sight.arrived)
    fresh = {p.id: scene.utc_us if blind or p.id in sight.elsewhere else p.entered_us for p in inside}
    return {person.id: known.get(person.id, fresh[person.id]) for person in inside}
