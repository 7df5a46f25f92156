"""camera.moved: a camera looks elsewhere than it was calibrated for. All its geometry is void until it is put back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Severity
from models.domain.messages import EndOfRecording, Message, Observation
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.lasting import About, Lasting, Now, Step, ended, lasted, open_claim
from pipelines.rules.rule import OpenClaim, threshold

CUES = ("rule.cue.landmarks_elsewhere",)
FOREVER_US = 2**62
"""Landmarks that cannot be looked for say nothing new: who was seen to look elsewhere does so until seen not to."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One camera that was seen to look elsewhere."""

    about: About
    claim: Lasting


@dataclass(frozen=True, slots=True)
class Aims:
    steps: tuple[Step, ...]
    now: tuple[Aim, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraMoved:
    code: str = "camera.moved"

    def initial(self, site: Site) -> Aims:
        return Aims(((Severity.INCIDENT, threshold(site, self.code, "limit_s")),))

    def step(self, state: Aims, message: Message) -> tuple[Aims, tuple[Finding, ...]]:
        if isinstance(message, EndOfRecording):
            now = Now(message.utc_us, Truth.UNKNOWN, cues=CUES)
            ends = [finding for aim in state.now for finding in ended(aim.claim, now, aim.about, state.steps)]
            return replace(state, now=()), tuple(ends)
        if not isinstance(message, Observation) or (message.kind, message.predicate) != ("camera", "geometry"):
            return state, ()
        about = About(self.code, message.subject, "", message.subject)
        rest = tuple(aim for aim in state.now if aim.about != about)
        before = next((aim.claim for aim in state.now if aim.about == about), None)
        now = Now(message.utc_us, _elsewhere(message.truth), message.utc_us, cues=CUES)
        claim, found = lasted(before, now, about, state.steps, FOREVER_US)
        return replace(state, now=rest if claim is None else (*rest, Aim(about, claim))), found

    def claims(self, state: Aims) -> tuple[OpenClaim, ...]:
        return tuple(open_claim(aim.claim, aim.about) for aim in state.now)


def _elsewhere(geometry: Truth) -> Truth:
    """The rule's condition is that the geometry fails."""
    return {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS}.get(geometry, Truth.UNKNOWN)
