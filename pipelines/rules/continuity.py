"""Whether what one camera tells now carries on from what it told before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.media import US
from models.domain.messages import Message, Scene, StreamLost, StreamResumed
from models.domain.truth import Truth


@dataclass(frozen=True, slots=True)
class Continuity:
    """The thread of one camera's good scenes."""

    camera: str
    good_us: int | None = None
    """UTC µs of the last scene that may be judged by; None before the first."""
    run: str = ""
    blind: bool = False
    """Lost or sick right now."""
    broken: bool = False
    """The thread is cut (and stays so until the next good scene)."""
    resumed: bool = False
    """This very message is the first good scene after a cut."""
    interval_us: int = 0
    """Time between the last two good scenes of one thread."""
    bridged_us: int = 0
    """As much of it as the camera was lost or sick: too short to cut the thread, but nothing was seen."""

    def after(self, message: Message, max_gap_us: int) -> Continuity:
        """The thread after one more message: cut by a new run or by more than `max_gap_us` without a good scene."""
        now = replace(self, resumed=False) if self.resumed else self
        if isinstance(message, Scene):
            if message.camera != self.camera:
                return now._aged(message.utc_us, max_gap_us)
            return now._shown(message, max_gap_us)
        if isinstance(message, StreamLost) and message.camera == self.camera:
            return replace(now, blind=True)
        if isinstance(message, StreamResumed):
            ours = message.camera == self.camera and message.run != self.run and self.good_us is not None
            return replace(now, broken=True) if ours else now
        return now._aged(message.utc_us, max_gap_us)

    def _aged(self, utc_us: int, max_gap_us: int) -> Continuity:
        if self.good_us is not None and not self.broken and utc_us - self.good_us > max_gap_us:
            return replace(self, broken=True)
        return self

    def _shown(self, scene: Scene, max_gap_us: int) -> Continuity:
        if scene.view is Truth.UNKNOWN:
            return replace(self._aged(scene.utc_us, max_gap_us), blind=True)
        if self.good_us is None:
            return replace(self, good_us=scene.utc_us, run=scene.run, blind=False)
        gap = scene.utc_us - self.good_us
        cut = self.broken or scene.run != self.run or gap > max_gap_us
        interval_us = 0 if cut else max(0, gap)
        bridged_us = interval_us if self.blind else 0
        return Continuity(
            self.camera, scene.utc_us, scene.run, resumed=cut, interval_us=interval_us, bridged_us=bridged_us
        )


def us(seconds: float) -> int:
    """Seconds as whole microseconds."""
    return round(seconds * US)
