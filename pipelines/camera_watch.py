"""What the box tells the API of its cameras: state, how long it saw, and the last masked picture."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.domain.instants import iso
from models.domain.media import US
from models.domain.messages import Message, Scene, StreamLost, StreamResumed
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.album import Shot

SEEN_GAP_S = 5.0
"""Between two scenes further apart nobody saw (design rule of time: the default `max_gap_s`)."""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """One camera. Times UTC µs, durations seconds of data time."""

    state: str = "live"
    since_us: int = 0
    reason: str | None = None
    last_us: int | None = None
    observed_s: float = 0.0
    blind_s: float = 0.0
    dropped: int = 0
    picture: Shot | None = field(default=None, repr=False)


class CameraWatch:
    """Fed by the engine's thread, read by the delivery's."""

    def __init__(self, site: Site, cameras: Mapping[str, Any]) -> None:
        self._site = site
        self._now = {name: CameraStatus() for name in cameras}
        self._lock = threading.Lock()

    def take(self, camera: str, message: Message | None, shot: Shot | None, dropped: int) -> None:
        """One thing a camera told."""
        with self._lock:
            status = replace(_after(self._now[camera], message), dropped=dropped)
            large = shot if shot is not None and shot.large else status.picture
            self._now[camera] = replace(status, picture=large)

    def end(self, utc_us: int) -> None:
        """The run is over."""
        with self._lock:
            self._now = {
                name: replace(status, state="ended", since_us=utc_us, reason=None) for name, status in self._now.items()
            }

    def bodies(self) -> dict[str, tuple[dict[str, Any], Shot | None]]:
        """Camera -> body of PUT .../state and the latest masked picture; cameras that told nothing are left out."""
        with self._lock:
            told = {name: status for name, status in self._now.items() if status.last_us is not None}
        return {name: (self._body(name, status), status.picture) for name, status in told.items()}

    def _body(self, camera: str, status: CameraStatus) -> dict[str, Any]:
        name = self._site.cameras[camera].name
        return {
            "site_id": self._site.id,
            "name": {"zh": name.zh, "en": name.en},
            "state": status.state,
            "since": iso(status.since_us),
            "reason": status.reason,
            "observed_s": round(status.observed_s, 3),
            "blind_s": round(status.blind_s, 3),
            "dropped_frames": status.dropped,
        }


def _after(status: CameraStatus, message: Message | None) -> CameraStatus:
    if isinstance(message, StreamLost):
        return replace(
            status, state="lost", since_us=message.utc_us, reason=str(message.reason), last_us=message.utc_us
        )
    if isinstance(message, StreamResumed):
        gone_s = 0.0 if status.last_us is None else max(0, message.utc_us - status.last_us) / US
        return CameraStatus(
            "live", message.utc_us, None, message.utc_us, status.observed_s, status.blind_s + gone_s, status.dropped
        )
    if not isinstance(message, Scene):
        return status
    if status.last_us is None:
        return replace(status, since_us=message.utc_us, last_us=message.utc_us)
    passed_s = max(0, message.utc_us - status.last_us) / US
    seen = message.view is not Truth.UNKNOWN and passed_s <= SEEN_GAP_S
    return replace(
        status,
        last_us=message.utc_us,
        observed_s=status.observed_s + (passed_s if seen else 0.0),
        blind_s=status.blind_s + (0.0 if seen else passed_s),
    )
