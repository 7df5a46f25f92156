"""The one-slot box between a camera's decoder and its analysis: the latest picture wins, no message is ever lost."""

from __future__ import annotations

import threading
from collections import deque

from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed

Item = Frame | StreamLost | StreamResumed


class LatestBox:
    """Holds at most one picture between two messages. Any thread may put, one takes.

    A picture that nobody took in time is replaced and counted in `dropped`. Messages keep their place in the order.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._items: deque[Item] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._failure: BaseException | None = None

    def put(self, item: Item) -> None:
        """Never blocks. After `close` nothing is taken in."""
        with self._changed:
            if self._closed:
                return
            if isinstance(item, Frame) and self._items and isinstance(self._items[-1], Frame):
                self._items.pop()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify()

    def take(self) -> Item | None:
        """Wait for the next item; None once closed. Raises what the decoder failed with, after what came before it."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed or self._failure)
            if self._closed:
                return None
            if self._items:
                return self._items.popleft()
            assert self._failure is not None
            raise self._failure

    def fail(self, error: BaseException) -> None:
        """Hand an unforeseen error of the decoder's thread to the taker instead of losing it there."""
        with self._changed:
            self._failure = error
            self._changed.notify()

    def close(self) -> None:
        """Wake the taker and let go of what is inside; safe twice."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
