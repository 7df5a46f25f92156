"""Every check of every item: a line of measurements.jsonl, and with an API a parcel for the server's floor plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from models.domain.furniture import Furniture
from models.domain.furniture_check import Check, check_of
from models.domain.instants import iso
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation, Scene
from models.domain.site import Site
from models.store.box import Parcel
from pipelines.rules.baselines import baselined

FILE = "measurements.jsonl"
EACH_US, MOST = 10 * US, 500
"""Checks wait this long for others of the same camera to travel with them."""
CHECKS, LAYOUT = "checks", "layout"
"""Kinds of parcel."""
Deliver = Callable[[Iterable[Parcel]], None]


class MeasurementLog:
    """A pipelines.runner.Witness. deliver: puts parcels into the outbox; None without an API. A disk that is full ends
    no run: `broken` then says so and the parcels go on."""

    def __init__(self, out: Path, site: Site, deliver: Deliver | None) -> None:
        self._items = site.furniture.items
        self._furniture: Furniture = site.furniture
        self._path, self._deliver = out / FILE, deliver
        self._file: TextIO | None = None
        self._start_us: int | None = None
        self._waiting: list[Check] = []
        self._since_us = 0
        self.broken = False

    def take(self, message: Message) -> None:
        if self._start_us is None and isinstance(message, Scene):
            self._start_us = message.utc_us
        self._furniture = baselined(self._furniture, message)
        if isinstance(message, Observation) and message.kind == "furniture" and message.subject in self._items:
            self._checked(message)
        due = message.utc_us - self._since_us >= EACH_US or len(self._waiting) >= MOST
        if self._waiting and (due or isinstance(message, EndOfRecording)):
            self._send()

    def close(self) -> None:
        """Safe twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _checked(self, told: Observation) -> None:
        baseline = self._furniture.baseline_at(told.utc_us).version
        check = check_of(self._items[told.subject], told, baseline)
        if check is None:
            return
        self._write(check)
        if self._deliver is not None:
            self._since_us = self._since_us if self._waiting else told.utc_us
            self._waiting.append(check)

    def _write(self, check: Check) -> None:
        if self.broken:
            return
        t_s = round((check.utc_us - (self._start_us or check.utc_us)) / US, 3)
        try:
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", newline="\n")
            self._file.write(json.dumps({"t_s": t_s} | check.fields(), ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError:
            self.broken = True

    def _send(self) -> None:
        assert self._deliver is not None
        told, self._waiting = self._waiting, []
        for start in range(0, len(told), MOST):
            part = told[start : start + MOST]
            body = {"checks": [_body(check) for check in part]}
            self._deliver([Parcel(f"{CHECKS}/{part[0].utc_us}/{part[0].item}"[:100], CHECKS, body)])


def _body(check: Check) -> dict[str, Any]:
    return {
        "at": iso(check.utc_us),
        "item": check.item,
        "camera": check.camera,
        "state": check.state.value,
        "why": check.why,
        "baseline": check.baseline,
        "unit": check.unit,
        "dx": check.dx,
        "dy": check.dy,
        "turn_deg": check.turn_deg,
        "sigma": check.sigma,
        "sigma_deg": check.sigma_deg,
    }
