"""Readings of meters that were written down while a recording was made: each is heard when its moment comes.

One JSON object a line: {"meter": "front", "kind": "relay", "value": 1, "at": "2026-03-14T13:00:00+08:00"}; a time
without an offset is local time of the site.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from models.domain.energy import SignalKind
from models.domain.errors import SourceError
from models.domain.instants import us_of_datetime
from models.domain.messages import Observation
from models.domain.readings import Reading
from models.domain.site import Site
from models.texts import both
from pipelines.inlet import SignalInlet

KEYS = frozenset({"meter", "kind", "value", "at"})


class RecordedReadings(SignalInlet):
    """An inlet that knows all it will hear. readings: in any order."""

    def __init__(self, site: Site, readings: Iterable[Reading]) -> None:
        super().__init__(site)
        self._waiting = deque(sorted(readings, key=lambda one: one.at_us))

    def due(self, utc_us: int) -> Sequence[Observation]:
        while self._waiting and self._waiting[0].at_us <= utc_us:
            self.take([self._waiting.popleft()], utc_us)
        return super().due(utc_us)


def read_readings(file: Path, time_zone: str) -> tuple[Reading, ...]:
    """Raises SourceError: no such file, or a line that is no reading, by its number."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(both("readings.unreadable"), where=str(file), got=str(error)) from error
    return tuple(_reading(line, f"{file}:{number}", time_zone) for number, line in enumerate(lines, 1) if line.strip())


def _reading(line: str, where: str, time_zone: str) -> Reading:
    try:
        told = json.loads(line)
        if not isinstance(told, dict) or set(told) != KEYS or not isinstance(told["meter"], str):
            raise ValueError(line)
        moment = datetime.fromisoformat(told["at"])
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(time_zone))
        return Reading(told["meter"], SignalKind(told["kind"]), float(told["value"]), us_of_datetime(aware))
    except (ValueError, TypeError, KeyError) as error:
        raise SourceError(
            both("readings.bad_line"),
            where=where,
            got=line[:80],
            expected='{"meter": "front", "kind": "relay", "value": 1, "at": "2026-03-14T13:00:00+08:00"}',
        ) from error
