"""camera.blocked, camera.night_mode: a camera gives pictures that cannot be judged by. Told once, closed once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Severity
from models.domain.messages import EndOfRecording, Message, Observation, Scene, StreamLost
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.lasting import About, Lasting, Now, Step, ended, lasted, open_claim
from pipelines.rules.rule import OpenClaim, threshold

NIGHT = "health.night"
FOREVER_US = 2**62
"""A stream that is lost while its view was sick stays one episode: camera.offline tells of the loss."""


@dataclass(frozen=True, slots=True)
class CameraView:
    """One camera. truth: HOLDS while its view has the rule's fault, since `since_us`."""

    about: About
    truth: Truth = Truth.UNKNOWN
    since_us: int = 0
    cues: tuple[str, ...] = ()
    claim: Lasting | None = None


@dataclass(frozen=True, slots=True)
class CameraViews:
    steps: tuple[Step, ...]
    views: tuple[CameraView, ...]


@dataclass(frozen=True, slots=True)
class CameraSick:
    """night: the rule is about night mode; else about black, frozen, covered and blurred views."""

    code: str
    night: bool

    def initial(self, site: Site) -> CameraViews:
        views = tuple(CameraView(About(self.code, camera, "", camera)) for camera in sorted(site.cameras))
        return CameraViews(((Severity.WARNING, threshold(site, self.code, "limit_s")),), views)

    def step(self, state: CameraViews, message: Message) -> tuple[CameraViews, tuple[Finding, ...]]:
        if isinstance(message, Scene):
            return state, ()
        views, findings = [], list[Finding]()
        for before in state.views:
            view = self._heard(before, message)
            now = Now(message.utc_us, view.truth, view.since_us, cues=view.cues)
            if isinstance(message, EndOfRecording):
                said = ended(view.claim, now, view.about, state.steps)
                view = replace(view, claim=None)
            else:
                claim, said = lasted(view.claim, now, view.about, state.steps, FOREVER_US)
                view = replace(view, claim=claim)
            views.append(view)
            findings += said
        return replace(state, views=tuple(views)), tuple(findings)

    def claims(self, state: CameraViews) -> tuple[OpenClaim, ...]:
        return tuple(open_claim(view.claim, view.about) for view in state.views if view.claim is not None)

    def _heard(self, view: CameraView, message: Message) -> CameraView:
        camera = view.about.camera
        if isinstance(message, StreamLost) and message.camera == camera:
            return replace(view, truth=Truth.UNKNOWN)
        about_it = isinstance(message, Observation) and message.kind == "camera" and message.subject == camera
        if not about_it or not isinstance(message, Observation) or message.predicate != "clear":
            return view
        ours = message.truth is Truth.FAILS and (NIGHT in message.cues) is self.night
        truth = Truth.of(ours)
        return view if truth is view.truth else replace(view, truth=truth, since_us=message.utc_us, cues=message.cues)
