"""The waits of parties: at the reception, at a table, for the shuttle, at the showflat's door (domain.md 2.3, 2.4).

greeter.visitor_unapproached and wait.reception are one wait with two ways to count it. Each fires when the *minimum*
wait of a party exceeds the limit; the moment is arrival + limit in data time, not the frame that shows it. A served
party, one that left in time, or one the camera lost raises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import Message
from models.domain.site import Site
from pipelines.parties import Party, PartyBook
from pipelines.rules.continuity import us
from pipelines.rules.party import Claim
from pipelines.rules.plan import STAGES
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings, threshold
from pipelines.rules.stage import Stage, presence_of

BEFORE_US = 2 * US
"""The picture "before" is taken this long before the arrival."""
STEPS = ((Severity.WARNING, "warn_s"), (Severity.INCIDENT, "limit_s"), (Severity.HIGH, "high_s"))
Steps = tuple[tuple[Severity, Threshold], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What was last said of one claim."""

    party: str
    since_us: int
    severity: Severity
    t_confirmed_us: int
    at_us: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """State of the rule: the parties, the limits (mildest first), and what was told."""

    book: PartyBook
    steps: Steps
    told: tuple[Told, ...] = ()
    stage: Stage | None = None

    def reached(self, waited_us: int) -> Severity | None:
        """The gravest severity whose limit the wait exceeds."""
        return next((severity for severity, limit in reversed(self.steps) if waited_us > us(limit.value)), None)

    def limit(self, severity: Severity) -> Threshold:
        """The limit that is named: a grave wait exceeds the limit of an incident, only more so."""
        named = Severity.INCIDENT if severity is Severity.HIGH else severity
        return dict(self.steps)[named]

    def rank(self, severity: Severity) -> int:
        return [step[0] for step in self.steps].index(severity)


@dataclass(frozen=True, slots=True)
class WaitingParty:
    """The rule; `code` says which wait."""

    code: str = "greeter.visitor_unapproached"

    def initial(self, site: Site) -> Waiting:
        known = settings(site, self.code)
        steps = tuple((severity, threshold(site, self.code, name)) for severity, name in STEPS if name in known)
        stage = Stage.of(site, self.code) if self.code in STAGES else None
        return Waiting(PartyBook.of(site, self.code), steps, stage=stage)

    def step(self, state: Waiting, message: Message) -> tuple[Waiting, tuple[Finding, ...]]:
        if state.stage is not None:
            if not state.stage.starts:
                return state, ()
            stage, message = state.stage.after(message)
            state = replace(state, stage=stage)
        book = state.book.after(message)
        told = {(t.party, t.since_us): t for t in state.told}
        findings: list[Finding] = []
        before = {party.id: party for party in state.book.parties}
        for party in book.parties:
            if before.get(party.id) is party:
                continue
            for claim in party.claims:
                key = (party.id, claim.wait.since_us)
                after, said = self._judged(party, claim, told.get(key), state)
                findings += said
                if after is not None:
                    told[key] = after
        here = {party.id for party in book.parties}
        for key, last in told.items():
            if last.party not in here and not last.closed:
                cue = _withdrawal(before[last.party], book.parties)
                findings += self._withdrawn(before[last.party], last, state, cue)
                told[key] = replace(last, closed=True)
        return replace(state, book=book, told=tuple(told.values())), tuple(findings)

    def claims(self, state: Waiting) -> tuple[OpenClaim, ...]:
        return tuple(
            OpenClaim(self.code, p.id, p.zone, p.camera, p.claims[-1].wait.since_us, _presences(p))
            for p in state.book.parties
            if p.claims[-1].over_us is None
        )

    def _judged(
        self, party: Party, claim: Claim, last: Told | None, state: Waiting
    ) -> tuple[Told | None, tuple[Finding, ...]]:
        """What is to be said of one claim now, and what was told after that."""
        until_us = party.until_us if claim.over_us is None else claim.over_us
        reached = state.reached(claim.wait.at_least_us(until_us))
        if last is None and reached is None:
            return None, ()
        severity = reached or last.severity if last is not None else reached
        assert severity is not None
        if last is not None and state.rank(last.severity) > state.rank(severity):
            severity = last.severity
        confirmed_us = claim.wait.reached_us(us(state.limit(severity).value))
        told = last or Told(party.id, claim.wait.since_us, severity, confirmed_us, until_us)
        if state.limit(told.severity) != state.limit(severity):
            told = replace(told, t_confirmed_us=confirmed_us)
        phases = [Phase.OPEN] if last is None else []
        if claim.over_us is not None:
            phases.append(Phase.CLOSE)
        elif last is not None and (severity is not last.severity or until_us - last.at_us >= TELL_AGAIN_US):
            phases.append(Phase.EXTEND)
        if told.closed or not phases:
            return told, ()
        at_us = max(until_us, told.at_us)
        told = replace(told, severity=severity, at_us=at_us, closed=claim.over_us is not None)
        return told, tuple(self._finding(phase, party, claim, told, state) for phase in phases)

    def _withdrawn(self, party: Party, last: Told, state: Waiting, cue: str) -> tuple[Finding, ...]:
        """Everybody of the party turned out to be staff, or to belong to a party that came in before."""
        claim = next(c for c in party.claims if c.wait.since_us == last.since_us)
        over = replace(claim, over_us=party.until_us, reason="resolved")
        finding = self._finding(Phase.CLOSE, party, over, last, state)
        return (replace(finding, cues=(*finding.cues, cue)),)

    def _finding(self, phase: Phase, party: Party, claim: Claim, told: Told, state: Waiting) -> Finding:
        limit = state.limit(told.severity)
        at_us = party.until_us if claim.over_us is None else claim.over_us
        # Once told, the wait is at least the limit: a late walk out does not take it back.
        end_us = None if phase is not Phase.CLOSE else max(at_us, told.t_confirmed_us)
        until_us = max(at_us, told.t_confirmed_us)
        return wait_finding((self.code, phase, limit), party, claim, told, (end_us, until_us))


def wait_finding(
    what: tuple[str, Phase, Threshold], party: Party, claim: Claim, told: Told, span: tuple[int | None, int]
) -> Finding:
    """What is said of one stretch of waiting. what: code, phase, limit; span: (end or None, known until), UTC µs."""
    (code, phase, limit), (end_us, until_us) = what, span
    wait = claim.wait
    least = max(wait.at_least_us(until_us), us(limit.value))
    unsure_s = max(0, wait.at_most_us(until_us) - least) / US
    blind_us = min(wait.unseen_us(until_us), until_us - wait.since_us)
    seen_us = until_us - wait.since_us - blind_us
    return Finding(
        code=code,
        subject=party.id,
        phase=phase,
        severity=told.severity,
        zone=party.zone,
        camera=party.camera,
        t_first_us=wait.since_us,
        t_confirmed_us=told.t_confirmed_us,
        t_end_us=end_us,
        measured=Quantity(least / US, "s", (party.sigma_s**2 + unsure_s**2 / 12) ** 0.5),
        threshold=limit,
        observed_s=seen_us / US,
        blind_s=blind_us / US,
        end_reason=claim.reason if phase is Phase.CLOSE else None,
        confidence=seen_us / max(1, seen_us + blind_us),
        moments=_moments(phase, party, told, until_us),
        cues=_cues(party, blind_us),
        persons=tuple(presence_of(member.id) for member in party.members),
    )


def _withdrawal(party: Party, parties: tuple[Party, ...]) -> str:
    known = {member.id for other in parties for member in other.members}
    joined = any(member.id in known for member in party.members)
    return "rule.cue.joined_party" if joined else "rule.cue.turned_out_staff"


def _presences(party: Party) -> tuple[str, ...]:
    return tuple(presence_of(member.id) for member in party.here)


def _moments(phase: Phase, party: Party, told: Told, until_us: int) -> tuple[Moment, ...]:
    camera = party.camera
    if phase is Phase.OPEN:
        return (
            Moment("before", camera, told.since_us - BEFORE_US),
            Moment("first", camera, told.since_us),
            Moment("confirmed", camera, told.t_confirmed_us),
            Moment("now", camera, party.seen_until_us),
        )
    return (Moment("end" if phase is Phase.CLOSE else "now", camera, until_us),)


def _cues(party: Party, blind_us: int) -> tuple[str, ...]:
    cues = ["rule.cue.wait_counted"]
    if not any(member.came_in for member in party.members):
        cues.append("rule.cue.arrival_not_seen")
    if blind_us:
        cues.append("rule.cue.hidden_meanwhile")
    if len(party.claims) > 1:
        cues.append("rule.cue.counted_anew")
    return tuple(cues)
