"""furniture.extra: something lies where nothing was taught, and stays (domain.md 2.1, rules P3-15, P3-17)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.furniture import BaselineState, Furniture
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.baselines import baselined
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, threshold


@dataclass(frozen=True, slots=True)
class Stray:
    """Something that lies there. since_us: when its place came to rest."""

    name: str
    camera: str
    since_us: int
    confirmed_us: int | None = None
    told_us: int = 0


@dataclass(frozen=True, slots=True)
class Strays:
    limit: Threshold
    furniture: Furniture
    now: tuple[Stray, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtraThing:
    code: str = "furniture.extra"

    def initial(self, site: Site) -> Strays:
        return Strays(threshold(site, self.code, "lasting_s"), site.furniture)

    def step(self, state: Strays, message: Message) -> tuple[Strays, tuple[Finding, ...]]:
        if isinstance(message, EndOfRecording):
            told = [one for one in state.now if one.confirmed_us is not None]
            ends = tuple(_finding(Phase.CLOSE, one, message.utc_us, "end_of_recording", state.limit) for one in told)
            return replace(state, now=()), ends
        state = replace(state, furniture=baselined(state.furniture, message))
        if not isinstance(message, Observation) or (message.kind, message.predicate) != ("furniture", "extra"):
            return state, ()
        rest = tuple(one for one in state.now if one.name != message.subject)
        known = next((one for one in state.now if one.name == message.subject), None)
        if message.truth is Truth.UNKNOWN:
            return state, ()
        if message.truth is Truth.FAILS:
            if known is None or known.confirmed_us is None:
                return replace(state, now=rest), ()
            return replace(state, now=rest), (_finding(Phase.CLOSE, known, message.utc_us, "resolved", state.limit),)
        rested = dict(message.values).get("rest", Quantity(0.0, "s"))
        known = known or Stray(message.subject, message.camera, message.utc_us - us(rested.value))
        known, found = _judged(state, known, message.utc_us)
        return replace(state, now=(*rest, known)), found

    def claims(self, state: Strays) -> tuple[OpenClaim, ...]:
        return tuple(OpenClaim(self.code, one.name, "", one.camera, one.since_us) for one in state.now)


def _judged(state: Strays, one: Stray, now_us: int) -> tuple[Stray, tuple[Finding, ...]]:
    if one.confirmed_us is None:
        frozen = state.furniture.baseline_at(now_us).state is BaselineState.FROZEN
        early = now_us - one.since_us < us(state.limit.value)
        if early or not frozen or state.furniture.suspended_at(now_us):
            return one, ()
        one = replace(one, confirmed_us=now_us, told_us=now_us)
        return one, (_finding(Phase.OPEN, one, now_us, None, state.limit),)
    if now_us - one.told_us < TELL_AGAIN_US:
        return one, ()
    one = replace(one, told_us=now_us)
    return one, (_finding(Phase.EXTEND, one, now_us, None, state.limit),)


def _finding(phase: Phase, one: Stray, now_us: int, reason: str | None, limit: Threshold) -> Finding:
    lasted_s = (now_us - one.since_us) / US
    before = Moment("before", one.camera, one.since_us - 2 * US)
    assert one.confirmed_us is not None
    return Finding(
        code="furniture.extra",
        subject=one.name,
        phase=phase,
        severity=Severity.INCIDENT,
        zone="",
        camera=one.camera,
        t_first_us=one.since_us,
        t_confirmed_us=one.confirmed_us,
        t_end_us=now_us if phase is Phase.CLOSE else None,
        measured=Quantity(lasted_s, "s"),
        threshold=limit,
        observed_s=lasted_s,
        blind_s=0.0,
        end_reason=reason,
        moments=(before, Moment("first", one.camera, now_us)) if phase is Phase.OPEN else (),
        cues=("rule.cue.lasting_change",),
    )
