"""camera.moved: a camera looks elsewhere than it was calibrated for. All its geometry is void until it is put back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, threshold


@dataclass(frozen=True, slots=True)
class Knocked:
    camera: str
    since_us: int
    told_us: int | None = None


@dataclass(frozen=True, slots=True)
class Aims:
    limit: Threshold
    now: tuple[Knocked, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraMoved:
    code: str = "camera.moved"

    def initial(self, site: Site) -> Aims:
        return Aims(threshold(site, self.code, "limit_s"))

    def step(self, state: Aims, message: Message) -> tuple[Aims, tuple[Finding, ...]]:
        if isinstance(message, EndOfRecording):
            said = tuple(
                _finding(Phase.CLOSE, one, message.utc_us, "end_of_recording", state.limit)
                for one in state.now
                if one.told_us is not None
            )
            return replace(state, now=()), said
        if not isinstance(message, Observation) or (message.kind, message.predicate) != ("camera", "geometry"):
            return state, ()
        rest = tuple(one for one in state.now if one.camera != message.subject)
        known = next((one for one in state.now if one.camera == message.subject), None)
        if message.truth is Truth.UNKNOWN:
            return state, ()
        if message.truth is Truth.HOLDS:
            told = known is not None and known.told_us is not None
            closed = (_finding(Phase.CLOSE, known, message.utc_us, "resolved", state.limit),) if told and known else ()
            return replace(state, now=rest), closed
        known = known or Knocked(message.subject, message.utc_us)
        found: tuple[Finding, ...] = ()
        if known.told_us is None and message.utc_us - known.since_us >= us(state.limit.value):
            known = replace(known, told_us=message.utc_us)
            found = (_finding(Phase.OPEN, known, message.utc_us, None, state.limit),)
        elif known.told_us is not None and message.utc_us - known.told_us >= TELL_AGAIN_US:
            known = replace(known, told_us=message.utc_us)
            found = (_finding(Phase.EXTEND, known, message.utc_us, None, state.limit),)
        return replace(state, now=(*rest, known)), found

    def claims(self, state: Aims) -> tuple[OpenClaim, ...]:
        return tuple(OpenClaim(self.code, one.camera, "", one.camera, one.since_us) for one in state.now)


def _finding(phase: Phase, one: Knocked, now_us: int, reason: str | None, limit: Threshold) -> Finding:
    lasted_s = (now_us - one.since_us) / US
    moments = (Moment("before", one.camera, one.since_us - 2 * US), Moment("first", one.camera, one.since_us))
    return Finding(
        code="camera.moved",
        subject=one.camera,
        phase=phase,
        severity=Severity.INCIDENT,
        zone="",
        camera=one.camera,
        t_first_us=one.since_us,
        t_confirmed_us=one.since_us + us(limit.value),
        t_end_us=now_us if phase is Phase.CLOSE else None,
        measured=Quantity(lasted_s, "s"),
        threshold=limit,
        observed_s=lasted_s,
        blind_s=0.0,
        end_reason=reason,
        moments=moments if phase is Phase.OPEN else (),
        cues=("rule.cue.landmarks_elsewhere",),
    )
