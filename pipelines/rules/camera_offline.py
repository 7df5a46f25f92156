"""camera.offline: a camera gives no pictures for longer than one reconnect attempt takes. Told once, closed once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Scene, StreamLost, StreamResumed
from models.domain.site import Site
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, threshold


@dataclass(frozen=True, slots=True)
class Outage:
    """One camera without pictures. told_us: when it was last told, None before it is long enough."""

    camera: str
    since_us: int
    told_us: int | None = None


@dataclass(frozen=True, slots=True)
class Outages:
    limit: Threshold
    now: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraOffline:
    code: str = "camera.offline"

    def initial(self, site: Site) -> Outages:
        return Outages(threshold(site, self.code, "limit_s"))

    def step(self, state: Outages, message: Message) -> tuple[Outages, tuple[Finding, ...]]:
        findings: list[Finding] = []
        kept: list[Outage] = []
        for outage in state.now:
            over = _reason(outage, message)
            after, said = self._judged(outage, message.utc_us, over, state.limit)
            findings += said
            if over is None:
                kept.append(after)
        if isinstance(message, StreamLost) and all(outage.camera != message.camera for outage in kept):
            kept.append(Outage(message.camera, message.utc_us))
        return replace(state, now=tuple(kept)), tuple(findings)

    def claims(self, state: Outages) -> tuple[OpenClaim, ...]:
        return tuple(OpenClaim(self.code, o.camera, "", o.camera, o.since_us) for o in state.now)

    def _judged(
        self, outage: Outage, now_us: int, over: str | None, limit: Threshold
    ) -> tuple[Outage, tuple[Finding, ...]]:
        said: list[Finding] = []
        if outage.told_us is None and now_us - outage.since_us > us(limit.value):
            outage = replace(outage, told_us=now_us)
            said.append(_finding(Phase.OPEN, outage, now_us, None, limit))
        if outage.told_us is None:
            return outage, ()
        if over is not None:
            said.append(_finding(Phase.CLOSE, outage, now_us, over, limit))
        elif now_us - outage.told_us >= TELL_AGAIN_US:
            outage = replace(outage, told_us=now_us)
            said.append(_finding(Phase.EXTEND, outage, now_us, None, limit))
        return outage, tuple(said)


def _reason(outage: Outage, message: Message) -> str | None:
    if isinstance(message, EndOfRecording):
        return "end_of_recording"
    back = isinstance(message, StreamResumed | Scene) and message.camera == outage.camera
    return "resolved" if back else None


def _finding(phase: Phase, outage: Outage, now_us: int, reason: str | None, limit: Threshold) -> Finding:
    down_s = (now_us - outage.since_us) / US
    confirmed_us = outage.since_us + us(limit.value)
    moments = {
        Phase.OPEN: (Moment("before", outage.camera, outage.since_us),),
        Phase.CLOSE: (Moment("end", outage.camera, now_us),),
    }
    return Finding(
        code="camera.offline",
        subject=outage.camera,
        phase=phase,
        severity=Severity.INCIDENT,
        zone="",
        camera=outage.camera,
        t_first_us=outage.since_us,
        t_confirmed_us=confirmed_us,
        t_end_us=now_us if phase is Phase.CLOSE else None,
        measured=Quantity(down_s, "s"),
        threshold=limit,
        observed_s=0.0,
        blind_s=down_s,
        end_reason=reason,
        moments=moments.get(phase, ()),
        cues=("rule.cue.no_pictures",),
    )
