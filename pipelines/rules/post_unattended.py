"""greeter.post_unattended: fewer staff in a post than it needs, for longer than its limits (domain.md 2.4).

Only duty time counts. Unknown time holds the clock and counts neither way; a cut in sight longer than `max_gap_s`, or a
new run, ends the claim, and a new one starts with what is seen afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message
from models.domain.site import Site
from pipelines.posts import PostWatch
from pipelines.rules.continuity import us
from pipelines.rules.duty import Duty, duty_at
from pipelines.rules.held_clock import HeldClock
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings, threshold

BEFORE_US = 2 * US


@dataclass(frozen=True, slots=True)
class Absence:
    """One stretch without enough staff. told: None until it is long enough."""

    clock: HeldClock
    breaks: int
    told: Severity | None = None
    told_us: int = 0

    @property
    def since_us(self) -> int:
        return self.clock.since_us


@dataclass(frozen=True, slots=True)
class PostState:
    watch: PostWatch
    absence: Absence | None = None
    duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Posts:
    """steps: (severity, threshold), mildest first."""

    time_zone: str
    steps: tuple[tuple[Severity, Threshold], ...]
    relief_us: int
    posts: tuple[PostState, ...]


@dataclass(frozen=True, slots=True)
class PostUnattended:
    code: str = "greeter.post_unattended"

    def initial(self, site: Site) -> Posts:
        names = ((Severity.WARNING, "warn_s"), (Severity.INCIDENT, "limit_s"), (Severity.HIGH, "high_s"))
        return Posts(
            time_zone=site.time_zone,
            steps=tuple((severity, threshold(site, self.code, name)) for severity, name in names),
            relief_us=us(settings(site, self.code)["relief_s"]),
            posts=tuple(PostState(PostWatch.of(post, site)) for _, post in sorted(site.posts.items())),
        )

    def step(self, state: Posts, message: Message) -> tuple[Posts, tuple[Finding, ...]]:
        posts, findings = [], []
        for post in state.posts:
            after, said = self._stepped(state, post, message)
            posts.append(after)
            findings += said
        return replace(state, posts=tuple(posts)), tuple(findings)

    def claims(self, state: Posts) -> tuple[OpenClaim, ...]:
        return tuple(
            OpenClaim(
                self.code, p.watch.post.id, p.watch.post.zone, p.watch.camera, p.absence.since_us, p.watch.persons
            )
            for p in state.posts
            if p.absence is not None
        )

    def _stepped(self, state: Posts, post: PostState, message: Message) -> tuple[PostState, list[Finding]]:
        before, watch = post.watch, post.watch.after(message)
        post = replace(post, watch=watch, duty=_duty(post, state.time_zone, message.utc_us))
        said: list[Finding] = []
        end = _end(post, before, message)
        if post.absence is not None:
            absence = replace(post.absence, clock=post.absence.clock.after(watch))
            post, said = self._judged(state, replace(post, absence=absence), end)
        if end is not None and end[1] == "off_duty":
            post = replace(post, duty=duty_at(watch.post, state.time_zone, message.utc_us))
        if post.absence is None and watch.status == "unattended" and post.duty and not _is_end(message):
            floor_us = max(watch.since_us, post.duty.start_us, watch.emerged_us)
            if end is not None and end[1] == "blind":
                floor_us = max(floor_us, watch.at_us)
            post = replace(post, absence=Absence(HeldClock(floor_us), watch.breaks))
        return post, said

    def _judged(self, state: Posts, post: PostState, end: tuple[int, str] | None) -> tuple[PostState, list[Finding]]:
        absence = post.absence
        assert absence is not None
        until_us = _until(post) if end is None else max(end[0], absence.since_us)
        severity, limit = _reached(state, absence, until_us, post.duty)
        if absence.told is not None and (severity is None or _rank(state, severity) < _rank(state, absence.told)):
            severity, limit = absence.told, dict(state.steps)[absence.told]
        said: list[Finding] = []
        if severity is not None:
            assert limit is not None
            fresh = absence.told is None
            louder = severity is not absence.told
            if fresh or (end is None and (louder or until_us - absence.told_us >= TELL_AGAIN_US)):
                absence = replace(absence, told=severity, told_us=until_us)
                said.append(self._finding(state, replace(post, absence=absence), until_us, None, fresh=fresh))
            if end is not None:
                absence = replace(absence, told=severity)
                said.append(self._finding(state, replace(post, absence=absence), until_us, end[1], fresh=False))
        return replace(post, absence=None if end is not None else absence), said

    def _finding(self, state: Posts, post: PostState, until_us: int, reason: str | None, *, fresh: bool) -> Finding:
        absence, watch = post.absence, post.watch
        assert absence is not None
        assert absence.told is not None
        named = Severity.INCIDENT if absence.told is Severity.HIGH else absence.told
        limit = dict(state.steps)[named]
        lasted, blind = absence.clock.lasted_us(until_us) / US, absence.clock.blind_us(until_us) / US
        confirmed_us = absence.clock.reached_us(us(limit.value))
        phase = Phase.OPEN if fresh else Phase.EXTEND if reason is None else Phase.CLOSE
        interval_s = max((sight.thread.interval_us for sight in watch.sights), default=0) / US
        return Finding(
            code=self.code,
            subject=watch.post.id,
            phase=phase,
            severity=absence.told,
            zone=watch.post.zone,
            camera=watch.camera,
            t_first_us=absence.since_us,
            t_confirmed_us=min(confirmed_us, until_us),
            t_end_us=None if reason is None else until_us,
            measured=Quantity(lasted, "s", interval_s / 6**0.5),
            threshold=limit,
            observed_s=lasted,
            blind_s=blind,
            end_reason=reason,
            confidence=lasted / max(1e-6, lasted + blind),
            moments=_moments(phase, watch, absence, min(confirmed_us, until_us)),
            cues=("rule.cue.post_empty", *(("rule.cue.post_unknown_meanwhile",) if blind else ())),
            persons=watch.persons,
        )


def _is_end(message: Message) -> bool:
    return isinstance(message, EndOfRecording)


def _duty(post: PostState, time_zone: str, utc_us: int) -> Duty | None:
    known = post.duty
    if known is not None and known.start_us <= utc_us < known.end_us:
        return known
    if known is not None and post.absence is not None:
        return known  # the claim that runs is judged by its own duty first
    return duty_at(post.watch.post, time_zone, utc_us)


def _end(post: PostState, before: PostWatch, message: Message) -> tuple[int, str] | None:
    """(UTC µs, reason) where the running absence ends with this message."""
    absence, watch = post.absence, post.watch
    if absence is None:
        return None
    if watch.breaks != absence.breaks:
        return max(before.at_us, absence.since_us), "blind"
    if post.duty is not None and watch.at_us >= post.duty.end_us:
        return post.duty.end_us, "off_duty"
    held_us = watch.since_us if watch.status == "attended" else watch.emerged_us
    if watch.status == "attended" or held_us > absence.since_us:
        return max(held_us, absence.since_us), "resolved"
    if isinstance(message, EndOfRecording):
        return watch.at_us, "end_of_recording"
    return None


def _until(post: PostState) -> int:
    pending = post.watch.pending_since_us
    return post.watch.at_us if pending is None else min(post.watch.at_us, pending)


def _reached(
    state: Posts, absence: Absence, until_us: int, duty: Duty | None
) -> tuple[Severity | None, Threshold | None]:
    """The gravest severity whose threshold is exceeded. Near a shift change the relief comes first."""
    lasted_us = absence.clock.lasted_us(until_us)
    changes = duty.changes_us if duty is not None else ()
    near = any(absence.since_us - state.relief_us <= change <= until_us for change in changes)
    if near and lasted_us <= state.relief_us:
        return None, None
    reached = [step for step in state.steps if lasted_us > us(step[1].value)]
    return reached[-1] if reached else (None, None)


def _rank(state: Posts, severity: Severity) -> int:
    return [step[0] for step in state.steps].index(severity)


def _moments(phase: Phase, watch: PostWatch, absence: Absence, confirmed_us: int) -> tuple[Moment, ...]:
    camera = watch.camera
    if phase is Phase.OPEN:
        return (
            Moment("before", camera, absence.since_us - BEFORE_US),
            Moment("first", camera, absence.since_us),
            Moment("confirmed", camera, confirmed_us),
            Moment("now", camera, watch.at_us),
        )
    return (Moment("end" if phase is Phase.CLOSE else "now", camera, watch.at_us),)
