"""What other observers tell of a frame reaches the engine after the frame's scene and before the next one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.domain.clock import SystemClock
from models.domain.media import Detections, Frame, Run
from models.domain.messages import Observation, Scene
from models.domain.truth import Truth
from pipelines.camera_feed import CameraFeed, Told
from pipelines.merging import Merge
from pipelines.shutter import NotingFinder
from tests.stories.scenario import site


class EverySecondFrame:
    """A sight that has something to say of every second frame."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        self.looks += 1
        if self.looks % 2:
            return ()
        return (Observation("luminaire", "ceiling", "on", Truth.HOLDS, scene.utc_us, scene.camera),)


class Nobody:
    looked = np.zeros((0, 4), np.float32)

    def find(self, frame: Frame, tracks: np.ndarray) -> Detections:
        return Detections.empty()


class ThreeFrames:
    facts = ()
    dropped = 0

    def __iter__(self):
        run = Run("cam", 1, 0)
        return iter([Frame(np.zeros((44, 64, 3), np.uint8), run, t * 200_000) for t in range(3)])

    def close(self) -> None: ...


def test_observations_follow_the_scene_of_their_frame():
    camera = site().cameras["cam"]
    merge: Merge[Told] = Merge(["cam"], SystemClock())
    finder = NotingFinder(Nobody())
    feed = CameraFeed(
        camera,
        ThreeFrames(),
        lambda frame: Scene("cam", frame.run.id, frame.utc_us, ()),
        finder,
        merge,
        [EverySecondFrame()],
    )
    feed.start()
    told = [told.message for told in merge if told is not None and told.message is not None]
    assert [(type(m).__name__, m.utc_us) for m in told] == [
        ("Scene", 0),
        ("Scene", 200_000),
        ("Observation", 200_000),
        ("Scene", 400_000),
    ]
