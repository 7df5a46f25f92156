"""Tells the server every zone's day: each five minutes of data time and at the end, through the outbox."""

from __future__ import annotations

from typing import Any

from models.domain.clock import Clock
from models.domain.day_sheet import body_of
from models.domain.instants import iso
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message
from models.store import BoxStore, Parcel
from pipelines.engine import Engine
from pipelines.zone_courses import ZoneCourses

EACH_US = 300 * US
KIND = "energy"


class DayReports:
    """A pipelines.runner.Witness; to be asked after the engine has taken the message."""

    def __init__(self, engine: Engine, store: BoxStore, clock: Clock) -> None:
        self._engine, self._store, self._clock = engine, store, clock
        self._told_us: int | None = None
        self._told: dict[str, dict[str, Any]] = {}
        self._zones = ZoneCourses(engine.site)

    def take(self, message: Message) -> None:
        """Tell when five minutes have passed, or the recording ends."""
        self._zones.step(message)
        if self._told_us is None:
            self._told_us = message.utc_us
        if message.utc_us - self._told_us >= EACH_US or isinstance(message, EndOfRecording):
            self._told_us = message.utc_us
            self._tell(message.utc_us)

    def _tell(self, utc_us: int) -> None:
        """Only sheets that have changed: a finished day is told once."""
        started_us = self._engine.start_us
        if started_us is None:
            return
        parcels = []
        for sheet in self._engine.day_sheets(self._zones.courses):
            body: dict[str, Any] = body_of(sheet)
            key = f"{KIND}/{sheet.zone}/{sheet.day}"
            if self._told.get(key) != body:
                self._told[key] = body
                parcels.append(Parcel(key, KIND, body | {"run_started": iso(started_us), "as_of": iso(utc_us)}))
        if parcels:
            self._store.enqueue(parcels, now_us=self._clock.utc_us())
