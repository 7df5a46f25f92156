"""One camera's thread: source -> observer -> shutter -> what the engine is told. Pictures never queue up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.domain.errors import EvidenceError
from models.domain.media import Frame
from models.domain.messages import Message, Observation, Scene, StreamLost, StreamResumed
from models.domain.site import Camera
from pipelines.album import Shot
from pipelines.engine import ORDER
from pipelines.merging import Merge
from pipelines.shutter import NotingFinder, Shutter
from vision.ingest.protocol import FrameSource


@dataclass(frozen=True, slots=True)
class Told:
    """What a camera tells at a time: a message, the shot of the frame before it, or both.

    unmasked: the shot was dropped because it could not be masked.
    """

    camera: str
    utc_us: int
    message: Message | None = None
    shot: Shot | None = None
    unmasked: bool = False


Observe = Callable[[Frame], Scene]


class Sight(Protocol):
    """An observer of things beside the one of persons: lamps, air-conditioners, furniture, the view itself."""

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        """What the frame tells, dated at the scene's time; nothing when it is not yet time to look again."""
        ...


class CameraFeed:
    """Reads a source to its end in a thread of its own and puts what it tells into the merge.

    finder: the one inside `observe`, so that masking sees everything it found. Errors of the source or the network go
    to the merge, which hands them to the reader. sights: asked after the scene of each frame, in this order.
    """

    def __init__(
        self,
        camera: Camera,
        source: FrameSource,
        observe: Observe,
        finder: NotingFinder,
        merge: Merge[Told],
        sights: Sequence[Sight] = (),
    ) -> None:
        self._camera, self.source, self._observe = camera, source, observe
        self._finder, self._merge, self._sights = finder, merge, sights
        self._shutter = Shutter(camera)
        self._utc_us = 0
        self._thread = threading.Thread(target=self._work, name=f"camera {camera.id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the source; what was read is still told."""
        self.source.close()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            for item in self.source:
                self._take(item)
            self._put(None)
        except Exception as failed:  # noqa: BLE001 - raised again by whoever reads the merge
            error = failed
        self._merge.finish(self._camera.id, error)

    def _take(self, item: Frame | StreamLost | StreamResumed) -> None:
        if isinstance(item, Frame):
            scene = self._observe(item)
            self._utc_us = scene.utc_us
            self._put(scene, item)
            for sight in self._sights:
                for told in sight.look(item, scene):
                    self._put(told)
        else:
            self._utc_us = max(self._utc_us, item.utc_us)
            self._put(item)

    def _put(self, message: Message | None, frame: Frame | None = None) -> None:
        shot, unmasked = None, False
        try:
            if frame is not None and isinstance(message, Scene):
                shot = self._shutter.take(frame, message, self._finder.found)
            elif not isinstance(message, Observation):
                shot = self._shutter.flush()
        except EvidenceError:
            unmasked = True
        utc_us = self._utc_us if message is None else message.utc_us
        if message is not None or shot is not None or unmasked:
            rank = ORDER[type(message)] if message is not None else max(ORDER.values())
            self._merge.put(self._camera.id, utc_us, Told(self._camera.id, utc_us, message, shot, unmasked), rank)
