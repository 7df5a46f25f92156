"""What reaches the engine beside the cameras: readings of meters and entries of the calendar. Safe between threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from models.domain.messages import Observation
from models.domain.readings import Aside, Reading
from models.domain.site import Site
from pipelines.meters import MeterBook


class Inlet(Protocol):
    """Asked at every tick for what is to be judged before it."""

    def due(self, utc_us: int) -> Sequence[Observation]: ...


class NoInlet:
    """A site without meters."""

    def due(self, utc_us: int) -> Sequence[Observation]:  # noqa: ARG002 - there is nothing to be due
        return ()


class SignalInlet:
    """Filled by readers (HTTP, MQTT), emptied by the engine's thread. A burst waits here; nothing is dropped."""

    def __init__(self, site: Site) -> None:
        self._book = MeterBook(site)
        self._lock = threading.Lock()
        self._entries: list[Observation] = []

    def take(self, readings: Iterable[Reading], now_us: int) -> None:
        """Readings as they came in. now_us: wall time, against which a reading may lie in the future."""
        with self._lock:
            self._book.take(readings, now_us)

    def enter(self, entry: Observation) -> None:
        """A calendar entry (pipelines.rules.energy.owed.entry)."""
        with self._lock:
            self._entries.append(entry)

    @property
    def asides(self) -> dict[Aside, int]:
        """How many readings were set aside, by reason."""
        with self._lock:
            return dict(self._book.asides)

    def due(self, utc_us: int) -> Sequence[Observation]:
        with self._lock:
            entries, self._entries = self._entries, []
            told = self._book.due(utc_us)
        return (*(replace(entry, utc_us=utc_us) for entry in entries), *told)
