"""A condition that must not last: since when, for how long as far as it was known, how grave, and why it ended. Pure.

Unknown holds the clock; unknown for longer than `max_gap_us` ends the claim: we did not see (time.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim

BEFORE_US = 2 * US
Step = tuple[Severity, Threshold]
"""A severity and the duration that it takes."""


@dataclass(frozen=True, slots=True)
class About:
    """Who a claim is about."""

    code: str
    subject: str
    zone: str
    camera: str


@dataclass(frozen=True, slots=True)
class Now:
    """The condition at a moment. onset_us: since when it holds, if it does; over_us: since when it does not.

    ceiling: the gravest severity that may be told now; reason: what an end would be for.
    """

    utc_us: int
    truth: Truth
    onset_us: int = 0
    ceiling: Severity = Severity.HIGH
    reason: str = "resolved"
    cues: tuple[str, ...] = ()
    confidence: float = 1.0
    value: float | None = None
    """What is measured where that is no duration."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """One claim. held_us: unknown time within; told: None until it was long enough.

    confidence: of the last moment at which it was known to hold; what ends it makes it no surer.
    """

    since_us: int
    at_us: int
    held_us: int = 0
    unknown_since_us: int | None = None
    told: Severity | None = None
    told_us: int = 0
    confirmed_us: int = 0
    limit: Threshold | None = None
    confidence: float = 1.0

    @property
    def known_us(self) -> int:
        """How long the condition has been known to hold."""
        until_us = self.at_us if self.unknown_since_us is None else self.unknown_since_us
        return max(0, until_us - self.since_us - self.held_us)


def lasted(
    claim: Lasting | None, now: Now, about: About, steps: tuple[Step, ...], max_gap_us: int
) -> tuple[Lasting | None, tuple[Finding, ...]]:
    """The claim after a moment, and what there is to tell. steps: mildest first."""
    if claim is None:
        if now.truth is not Truth.HOLDS:
            return None, ()
        claim = Lasting(min(now.onset_us, now.utc_us), now.utc_us, confidence=now.confidence)
        return _told(claim, now, about, steps, None)
    if now.truth is Truth.UNKNOWN:
        since_us = claim.at_us if claim.unknown_since_us is None else claim.unknown_since_us
        claim = replace(claim, unknown_since_us=since_us)
        if now.utc_us - since_us > max_gap_us:
            return _told(claim, now, about, steps, ("blind", since_us))
        return claim, ()
    if claim.unknown_since_us is not None:
        held_us = claim.held_us + max(0, now.utc_us - claim.unknown_since_us)
        claim = replace(claim, held_us=held_us, unknown_since_us=None)
    claim = replace(claim, at_us=max(claim.at_us, now.utc_us))
    if now.truth is Truth.FAILS:
        end_us = min(max(now.onset_us, claim.since_us), now.utc_us) if now.onset_us else now.utc_us
        return _told(replace(claim, at_us=max(end_us, claim.since_us)), now, about, steps, (now.reason, end_us))
    return _told(replace(claim, confidence=now.confidence), now, about, steps, None)


def ended(claim: Lasting | None, now: Now, about: About, steps: tuple[Step, ...]) -> tuple[Finding, ...]:
    """What there is to tell when the recording ends."""
    if claim is None:
        return ()
    return _told(claim, now, about, steps, ("end_of_recording", now.utc_us))[1]


def _told(
    claim: Lasting, now: Now, about: About, steps: tuple[Step, ...], end: tuple[str, int] | None
) -> tuple[Lasting | None, tuple[Finding, ...]]:
    reached = [step for step in steps if claim.known_us >= us(step[1].value)]
    fresh = claim.told is None
    if fresh and not reached:
        return (None if end else claim), ()
    severity = _capped(reached[-1][0], now.ceiling) if reached else claim.told
    assert severity is not None
    if claim.told is not None and _rank(severity) < _rank(claim.told):
        severity = claim.told
    findings: list[Finding] = []
    louder = not fresh and severity is not claim.told
    if fresh:
        limit = reached[0][1]
        confirmed_us = claim.since_us + us(limit.value) + claim.held_us
        claim = replace(claim, limit=limit, confirmed_us=min(confirmed_us, max(claim.at_us, claim.since_us)))
    if fresh or louder or (end is None and claim.at_us - claim.told_us >= TELL_AGAIN_US):
        claim = replace(claim, told=severity, told_us=claim.at_us)
        findings.append(_finding(Phase.OPEN if fresh else Phase.EXTEND, claim, now, about, None))
    if end is not None:
        findings.append(_finding(Phase.CLOSE, claim, now, about, end))
    return (None if end else claim), tuple(findings)


def _capped(severity: Severity, ceiling: Severity) -> Severity:
    return severity if _rank(severity) <= _rank(ceiling) else ceiling


def _rank(severity: Severity) -> int:
    return (Severity.WARNING, Severity.INCIDENT, Severity.HIGH).index(severity)


def _finding(phase: Phase, claim: Lasting, now: Now, about: About, end: tuple[str, int] | None) -> Finding:
    assert claim.limit is not None
    assert claim.told is not None
    known_s, blind_s = claim.known_us / US, claim.held_us / US
    measured = Quantity(known_s, "s") if now.value is None else Quantity(now.value, claim.limit.unit)
    end_us = None if end is None else max(end[1], claim.confirmed_us)
    return Finding(
        code=about.code,
        subject=about.subject,
        phase=phase,
        severity=claim.told,
        zone=about.zone,
        camera=about.camera,
        t_first_us=claim.since_us,
        t_confirmed_us=claim.confirmed_us,
        t_end_us=end_us,
        measured=measured,
        threshold=claim.limit,
        observed_s=known_s,
        blind_s=blind_s,
        end_reason=None if end is None else end[0],
        confidence=claim.confidence,
        moments=_moments(phase, claim, about.camera),
        cues=now.cues,
    )


def _moments(phase: Phase, claim: Lasting, camera: str) -> tuple[Moment, ...]:
    if not camera:
        return ()
    if phase is Phase.OPEN:
        return (
            Moment("before", camera, claim.since_us - BEFORE_US),
            Moment("first", camera, claim.since_us),
            Moment("confirmed", camera, claim.confirmed_us),
            Moment("now", camera, claim.at_us),
        )
    return (Moment("end" if phase is Phase.CLOSE else "now", camera, claim.at_us),)


def open_claim(claim: Lasting, about: About) -> OpenClaim:
    return OpenClaim(about.code, about.subject, about.zone, about.camera, claim.since_us)
