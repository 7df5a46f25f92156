"""Keeps a run's key figures: written every five minutes of data time and at the end, and told to the API by days."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from models.domain.figures_document import Fields, fields_of
from models.domain.media import US
from models.domain.messages import Message, Tick
from models.store.box import Parcel
from pipelines.engine import Engine
from pipelines.figures_file import run_name, write_figures
from pipelines.outbox import Tell

EACH_US = 300 * US
"""A page of figures is read by the hour; more often would cost a long run more than it tells [P]."""


class FiguresKeeper:
    """A pipelines.runner.Witness, to be fed after the engine. deliver: puts parcels into the outbox; None without an
    API."""

    def __init__(
        self, engine: Engine, out: Path, deliver: Callable[[Iterable[Parcel]], None] | None, tell: Tell
    ) -> None:
        self._engine, self._out, self._deliver, self._tell = engine, out, deliver, tell
        self._kept_us: int | None = None
        self._told: dict[str, str] = {}
        self._failed = False

    def take(self, message: Message) -> None:
        """A disk that is full ends no run: it is told once, and the end tries again."""
        if not isinstance(message, Tick):
            return
        if self._kept_us is None:
            self._kept_us = message.utc_us
        if message.utc_us - self._kept_us < EACH_US:
            return
        self._kept_us = message.utc_us
        try:
            self.keep()
            self._failed = False
        except OSError as error:
            if not self._failed:
                self._tell("box.figures_lost", {"reason": error.strerror or ""})
            self._failed = True

    def keep(self) -> None:
        """Write the figures as they stand, and hand the days that have changed to the outbox. Raises OSError."""
        document = write_figures(self._out, self._engine)
        if self._deliver is None:
            return
        changed: list[Parcel] = []
        for day, rows in document.days().items():
            body: Fields = fields_of(rows)
            as_text = json.dumps(body, ensure_ascii=False)
            if self._told.get(day) != as_text:
                self._told[day] = as_text
                changed.append(Parcel(f"figures/{run_name(self._engine)}/{day}", "figures", body))
        self._deliver(changed)
