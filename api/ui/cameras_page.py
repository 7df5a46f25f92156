"""The cameras: state and since when, last masked picture, and how much of the time each could see."""

from __future__ import annotations

from nicegui import ui
from starlette.concurrency import run_in_threadpool

from api.ui.cards import CameraCard, named
from api.ui.frame import empty
from api.ui.handling import Handling
from api.ui.incident_facts import seen_bar
from api.ui.tags import tag
from api.ui.wording import Wording
from models.domain.errors import GuiweiError

REFRESH_S = 5.0


class CamerasPage:
    """Build inside a page; asks every five seconds."""

    def __init__(self, handling: Handling, cameras: tuple[CameraCard, ...]) -> None:
        self._handling, self._say = handling, handling.say
        with tag("div", css="gw-head"):
            tag("h1", self._say("ui.cameras"))
            tag("span", self._say("ui.live"), "gw-live")
        self._wall = tag("div", css="gw-cameras")
        self._none = empty(self._say("ui.cameras.empty"), self._say("ui.cameras.empty.hint"))
        self._cameras: tuple[CameraCard, ...] = ()
        self._place(cameras)
        ui.timer(REFRESH_S, self.refresh, immediate=False)

    async def refresh(self) -> None:
        try:
            self._place(await run_in_threadpool(self._handling.desk.cameras, self._handling.token))
        except GuiweiError as error:
            self._handling.tell(error)

    def _place(self, cameras: tuple[CameraCard, ...]) -> None:
        self._none.set_visibility(not cameras)
        if cameras == self._cameras:
            return
        self._cameras = cameras
        self._wall.clear()
        with self._wall:
            for camera in cameras:
                _card(self._say, camera, self._handling.reader.may_see_evidence)


def _card(say: Wording, camera: CameraCard, may_see: bool) -> None:
    name = named(camera.name, say.language)
    with tag("article", css=f"gw-camera is-{camera.state}", aria_label=name):
        with tag("div", css="gw-thumb"):
            if camera.picture and camera.picture_us is not None:
                taken = say.moment(camera.picture_us, camera.site.time_zone)
                tag("img", src=camera.picture, alt=say("ui.cameras.picture", name=name, time=taken))
            else:
                tag("span", say("ui.cameras.no_picture" if may_see else "ui.row.hidden_picture"))
        with tag("div", css="gw-camera-body"):
            with tag("div", css="gw-camera-name"):
                tag("span", name)
                state = say.known(f"ui.cameras.{camera.state}", camera.state)
                tag("span", state, f"gw-camera-state cam-{camera.state}")
            since = say("ui.cameras.since", time=say.moment(camera.since_us, camera.site.time_zone))
            site = named(camera.site.name, say.language)
            tag("div", " · ".join(part for part in (site, since, camera.reason) if part), "muted num")
            _observability(say, camera)


def _observability(say: Wording, camera: CameraCard) -> None:
    """Observed / (observed + blind) seconds, the denominator of every figure (domain.md section 2.5)."""
    total = camera.observed_s + camera.blind_s
    with tag("div", css="gw-seen"):
        with tag("div", css="gw-seen-key num"):
            tag("span", say("ui.cameras.observability"))
            tag("b", f"{100 * camera.observed_s / total:.1f}%" if total > 0 else say("ui.cameras.no_figure"))
        seen_bar(camera.observed_s / total if total > 0 else 0.0)
        with tag("div", css="gw-seen-key num"):
            tag("span", say("ui.seen.observed", duration=say.duration(camera.observed_s)))
            tag("span", say("ui.seen.blind", duration=say.duration(camera.blind_s)))
        if camera.dropped_frames:
            tag("small", say("ui.cameras.dropped", n=camera.dropped_frames), "muted num")
