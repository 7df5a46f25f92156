"""greeter.post_late: a post that nobody has taken some minutes after its duty began, or ten minutes before an
announced visit (domain.md 2.4).

Being late is a claim from the due moment on. It is made only where the post was watched at that moment and ever since:
a cut in sight, or somebody of unknown role there for longer than `max_gap_s`, may have been the holder, and ends it.
Shorter unknown time holds the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message
from models.domain.site import Site
from pipelines.posts import PostWatch
from pipelines.rules.agenda import vip_arrivals_us
from pipelines.rules.continuity import us
from pipelines.rules.duty import Duty, duty_at
from pipelines.rules.held_clock import HeldClock
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings, threshold

BEFORE_US = 2 * US


@dataclass(frozen=True, slots=True)
class Due:
    """A post that is owed since the clock began. ends_us: when it is owed no more; told_us: None before it is late."""

    clock: HeldClock
    ends_us: int
    limit: Threshold
    severity: Severity
    breaks: int
    told_us: int | None = None

    @property
    def at_us(self) -> int:
        return self.clock.since_us


@dataclass(frozen=True, slots=True)
class Expected:
    """One post and what it is owed at present. known_us: the last due moment that was taken up or let go."""

    watch: PostWatch
    dues: tuple[Due, ...] = ()
    duty: Duty | None = None
    last_us: int | None = None
    minute: int = -1


@dataclass(frozen=True, slots=True)
class Roll:
    site: Site
    limit: Threshold
    vip_limit: Threshold
    vip_lead_us: int
    max_gap_us: int
    vips_us: tuple[int, ...]
    posts: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class PostLate:
    code: str = "greeter.post_late"

    def initial(self, site: Site) -> Roll:
        known = settings(site, self.code)
        return Roll(
            site=site,
            limit=threshold(site, self.code, "limit_s"),
            vip_limit=threshold(site, self.code, "vip_grace_s"),
            vip_lead_us=us(known["vip_lead_s"]),
            max_gap_us=us(known["max_gap_s"]),
            vips_us=vip_arrivals_us(site),
            posts=tuple(Expected(PostWatch.of(post, site)) for _, post in sorted(site.posts.items())),
        )

    def step(self, state: Roll, message: Message) -> tuple[Roll, tuple[Finding, ...]]:
        posts, findings = [], []
        for post in state.posts:
            after, said = self._stepped(state, post, message)
            posts.append(after)
            findings += said
        return replace(state, posts=tuple(posts)), tuple(findings)

    def claims(self, state: Roll) -> tuple[OpenClaim, ...]:
        return tuple(
            OpenClaim(self.code, p.watch.post.id, p.watch.post.zone, p.watch.camera, due.at_us)
            for p in state.posts
            for due in p.dues
        )

    def _stepped(self, state: Roll, post: Expected, message: Message) -> tuple[Expected, list[Finding]]:
        watch, now_us = post.watch.after(message), message.utc_us
        duty = post.duty
        minute = now_us // (60 * US)  # duty begins and ends at whole minutes
        if minute != post.minute and (duty is None or not duty.start_us <= now_us < duty.end_us):
            duty = duty_at(watch.post, state.site.time_zone, now_us) if watch.post.duty else None
        dues = (*post.dues, *_fallen_due(state, post, duty, now_us, watch.breaks))
        kept, said = [], list[Finding]()
        for due in dues:
            after, told = self._judged(state, watch, due, message)
            said += told
            if after is not None:
                kept.append(after)
        return Expected(watch, tuple(kept), duty, now_us, minute), said

    def _judged(self, state: Roll, watch: PostWatch, due: Due, message: Message) -> tuple[Due | None, list[Finding]]:
        due = replace(due, clock=due.clock.after(watch))
        end = _end(state, watch, due, message)
        until_us = max(watch.at_us if end is None else end[0], due.at_us)
        late = due.clock.lasted_us(until_us) > us(due.limit.value)
        if due.told_us is None and not late:
            return (due if end is None else None), []
        phases = [Phase.OPEN] if due.told_us is None else []
        if end is not None:
            phases.append(Phase.CLOSE)
        elif due.told_us is not None and until_us - due.told_us >= TELL_AGAIN_US:
            phases.append(Phase.EXTEND)
        if phases:
            due = replace(due, told_us=until_us)
        said = [self._finding(watch, due, until_us, phase, end) for phase in phases]
        return (due if end is None else None), said

    def _finding(self, watch: PostWatch, due: Due, until_us: int, phase: Phase, end: tuple[int, str] | None) -> Finding:
        late_s = max(due.clock.lasted_us(until_us) / US, due.limit.value)
        blind_s = due.clock.blind_us(until_us) / US
        confirmed_us = due.clock.reached_us(us(due.limit.value))
        closing = phase is Phase.CLOSE and end is not None
        interval_s = max((sight.thread.interval_us for sight in watch.sights), default=0) / US
        moments: tuple[Moment, ...] = (Moment("end" if closing else "now", watch.camera, until_us),)
        if phase is Phase.OPEN:
            labels = (("before", due.at_us - BEFORE_US), ("first", due.at_us), ("confirmed", confirmed_us))
            moments = (*(Moment(label, watch.camera, at) for label, at in labels), *moments)
        return Finding(
            code=self.code,
            subject=watch.post.id,
            phase=phase,
            severity=due.severity,
            zone=watch.post.zone,
            camera=watch.camera,
            t_first_us=due.at_us,
            t_confirmed_us=confirmed_us,
            t_end_us=max(until_us, confirmed_us) if closing else None,
            measured=Quantity(late_s, "s", interval_s / 6**0.5),
            threshold=due.limit,
            observed_s=late_s,
            blind_s=blind_s,
            end_reason=end[1] if closing and end is not None else None,
            confidence=late_s / max(1e-6, late_s + blind_s),
            moments=moments,
            cues=("rule.cue.vip_expected" if due.severity is Severity.HIGH else "rule.cue.duty_began",),
        )


def _fallen_due(state: Roll, post: Expected, duty: Duty | None, now_us: int, breaks: int) -> list[Due]:
    """The due moments between the message before and this one. Before the first message nothing was watched, save
    what fell due within the gap that a claim may bridge."""
    since_us = now_us - state.max_gap_us if post.last_us is None else post.last_us
    found = []
    if duty is not None and since_us < duty.start_us <= now_us:
        found.append(Due(HeldClock(duty.start_us), duty.end_us, state.limit, Severity.INCIDENT, breaks))
    for arrives_us in state.vips_us:
        at_us = arrives_us - state.vip_lead_us
        if since_us < at_us <= now_us:
            found.append(Due(HeldClock(at_us), arrives_us, state.vip_limit, Severity.HIGH, breaks))
    return found


def _end(state: Roll, watch: PostWatch, due: Due, message: Message) -> tuple[int, str] | None:
    if watch.breaks != due.breaks or due.clock.blind_us(message.utc_us) > state.max_gap_us:
        lost_us = watch.at_us if due.clock.held_since_us is None else due.clock.held_since_us
        return lost_us, "blind"
    if watch.status == "attended":
        return max(watch.since_us, due.at_us), "resolved"
    if watch.at_us >= due.ends_us:
        return due.ends_us, "off_duty"
    if isinstance(message, EndOfRecording):
        return watch.at_us, "end_of_recording"
    return None
