"""The only place that may read wall time or sleep (ruff TID251 bans both elsewhere).

Media time comes with the frame (`Frame.utc_us`); a Clock serves time-outs, back-off and the anchor of a live run.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Wall time, monotonic time and waiting, injected wherever they are needed."""

    def utc_us(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...

    def monotonic_us(self) -> int:
        """Microseconds that never step back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; returns early never."""
        ...


class SystemClock:
    """The machine's own clock."""

    def utc_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_us(self) -> int:
        return time.monotonic_ns() // 1000

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class SimulatedClock:
    """A clock for tests: `sleep` advances it at once. Safe to share between threads."""

    def __init__(self, utc_us: int = 1_767_578_400_000_000) -> None:
        self._utc_us = utc_us
        self._start_us = utc_us
        self._lock = threading.Lock()
        self.slept_s: list[float] = []

    def utc_us(self) -> int:
        return self._utc_us

    def monotonic_us(self) -> int:
        return self._utc_us - self._start_us

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move time on without recording a sleep."""
        with self._lock:
            self._utc_us += round(seconds * 1e6)
