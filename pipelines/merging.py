"""Several cameras' messages in one order of time, whatever the threads do.

Recordings: the next item is taken when every camera that is not at its end has told something, so the order depends on
times and camera names alone. Live: an item waits for the other cameras no longer than the window.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from models.domain.clock import Clock
from models.domain.media import US

CAPACITY = 8
"""Items a camera may be ahead; its thread waits then, and a live source drops pictures instead of piling them up."""
IDLE_S = 1.0

T = TypeVar("T")


class Merge(Generic[T]):
    """Bounded queues of named feeds. `put` and `finish` from any thread, iterate from one.

    window_s: None waits for every feed (recordings). Else an item is handed out once it is that old by the clock, and
    None is yielded each second in which nothing came (time still passes).
    """

    def __init__(self, names: Iterable[str], clock: Clock, window_s: float | None = None) -> None:
        self._queues: dict[str, deque[tuple[int, int, T]]] = {name: deque() for name in sorted(names)}
        self._open = set(self._queues)
        self._clock, self._window_s = clock, window_s
        self._changed = threading.Condition()
        self._error: BaseException | None = None
        self._left = False

    def put(self, name: str, utc_us: int, item: T, rank: int = 0) -> None:
        """Waits while the feed is too far ahead; takes nothing once the reader has left. rank: order at one moment."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or len(self._queues[name]) < CAPACITY)
            if not self._left:
                self._queues[name].append((utc_us, rank, item))
                self._changed.notify_all()

    def finish(self, name: str, error: BaseException | None = None) -> None:
        """The feed tells nothing more. The first error is raised to the reader after what came before it."""
        with self._changed:
            self._open.discard(name)
            self._error = self._error or error
            self._changed.notify_all()

    def leave(self) -> None:
        """The reader takes nothing more: let waiting feeds go."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T | None]:
        """Items by time, equal times by rank, then by name. Raises what a feed failed with."""
        while True:
            with self._changed:
                waited = self._changed.wait_for(self._ready, None if self._window_s is None else self._patience_s())
                name = self._due(waited)
                if name is not None:
                    item: T | None = self._queues[name].popleft()[2]
                    self._changed.notify_all()
                elif not self._open and not any(self._queues.values()):
                    if self._error is not None:
                        raise self._error
                    return
                else:
                    item = None
            yield item

    def _ready(self) -> bool:
        return all(self._queues[name] for name in self._open) or not self._open or self._old() is not None

    def _patience_s(self) -> float:
        """Until the oldest item is due by the window, else one idle second."""
        assert self._window_s is not None
        heads = [queue[0][0] for queue in self._queues.values() if queue]
        if not heads:
            return IDLE_S
        age_s = (self._clock.utc_us() - min(heads)) / US
        return min(IDLE_S, max(0.0, self._window_s - age_s))

    def _due(self, ready: bool) -> str | None:
        """The feed whose head is next."""
        if not ready and self._old() is None:
            return None
        heads = [(*queue[0][:2], name) for name, queue in self._queues.items() if queue]
        return min(heads)[2] if heads else None

    def _old(self) -> str | None:
        """The feed with the oldest head if that is past the window."""
        if self._window_s is None:
            return None
        heads = [(*queue[0][:2], name) for name, queue in self._queues.items() if queue]
        if heads and min(heads)[0] <= self._clock.utc_us() - self._window_s * US:
            return min(heads)[2]
        return None
