"""Where the time of a replay goes: the seams of a box under a stop-watch.

Cameras work in threads of their own beside the one that judges, so stages overlap and do not add up to the time passed.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from models.domain.clock import Clock
from models.domain.media import US, Detections, Frame, Image
from models.domain.messages import StreamLost, StreamResumed
from pipelines.second_look import Boxes, SecondNet
from vision.detectors.protocol import PersonFinder
from vision.ingest import Fact, FrameSource

STAGES = ("decode", "find", "evidence_net", "rest", "all", "score")
"""In the order of the table. rest: what is left of `all` (tracking, presence, sights, rules, masking, evidence)."""


class Stopwatch:
    """Seconds by stage; shared between the threads of one replay."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._spent_us: defaultdict[str, int] = defaultdict(int)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        began_us = self._clock.monotonic_us()
        try:
            yield
        finally:
            took_us = self._clock.monotonic_us() - began_us
            with self._lock:
                self._spent_us[stage] += took_us

    def seconds(self) -> dict[str, float]:
        """Stage -> seconds, with `rest` made up from `all`."""
        spent = {stage: us / US for stage, us in self._spent_us.items()}
        inner = sum(spent.get(stage, 0.0) for stage in ("decode", "find", "evidence_net"))
        return {**spent, "rest": max(0.0, spent.get("all", 0.0) - inner)}


class TimedSource:
    """A FrameSource under the stop-watch."""

    def __init__(self, source: FrameSource, watch: Stopwatch) -> None:
        self._source, self._watch = source, watch

    @property
    def dropped(self) -> int:
        return self._source.dropped

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._source.facts

    def close(self) -> None:
        self._source.close()

    def __iter__(self) -> Iterator[Frame | StreamLost | StreamResumed]:
        items = iter(self._source)
        while True:
            with self._watch.timing("decode"):
                item = next(items, None)
            if item is None:
                return
            yield item


class TimedFinder:
    """A PersonFinder under the stop-watch, which keeps what it found: (UTC µs, boxes in pixels of the frame)."""

    def __init__(self, finder: PersonFinder, watch: Stopwatch) -> None:
        self._finder, self._watch = finder, watch
        self.looked: NDArray[np.float32] = np.zeros((0, 4), np.float32)
        self.found: list[tuple[int, Detections, tuple[int, int]]] = []

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        with self._watch.timing("find"):
            found = self._finder.find(frame, tracks)
        self.looked = self._finder.looked
        self.found.append((frame.utc_us, found, frame.size_px))
        return found


def timed_net(net: SecondNet, watch: Stopwatch) -> Callable[[Image], Boxes]:
    """The second look at evidence under the stop-watch."""

    def look(image: Image) -> Boxes:
        with watch.timing("evidence_net"):
            return net(image)

    return look
