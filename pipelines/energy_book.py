"""Hours, energy and cost of lights and air-conditioning, per zone and local day (energy.json; domain.md 2.2, 2.5).

Measured (power of a meter, held from one word to the next, a minute apart) and estimated (rated watts times the hours
on) are two columns and never summed into one figure. Unknown hours are told, not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from models.domain.calendar import Calendar, WindowId
from models.domain.energy import AirConditioner, LuminaireGroup
from models.domain.incident import Incident
from models.domain.media import US
from models.domain.messages import Message, Observation, Scene
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.owed import calendar_after, scheduled_duty, window_of
from pipelines.rules.energy.thing import Thing

HOUR_US = 3600 * US
WASTE = (
    "energy.light_on_empty",
    "energy.ac_on_empty",
    "energy.light_on_after_hours",
    "energy.ac_on_after_hours",
)
"""Incidents whose hours are waste."""
EMPTY_HOURS = {"energy.light_on_empty": "lights_on_empty_hours", "energy.ac_on_empty": "ac_on_empty_hours"}
Owner = LuminaireGroup | AirConditioner


@dataclass(slots=True)
class _Day:
    """One thing on one day, µs; watt_us: measured watts times µs, over `metered_us` of the time on."""

    spent: dict[Truth, int] = field(default_factory=lambda: dict.fromkeys(Truth, 0))
    watt_us: float = 0.0
    metered_us: int = 0
    on_unmetered_us: int = 0
    owed_us: int = 0
    right_us: int = 0


class EnergyBook:
    """Takes every message of a recording; `document` is energy.json."""

    def __init__(self, site: Site) -> None:
        self._site, self._calendar = site, site.calendar
        self._owners: dict[str, Owner] = {**site.energy.luminaires, **site.energy.aircons}
        self._things = {name: Thing(name) for name in sorted(self._owners)}
        self._days: dict[tuple[str, date], _Day] = defaultdict(_Day)
        self._at_us: int | None = None
        self._day: date | None = None
        self._day_ends_us = 0
        self._first_us: int | None = None
        self.courses: dict[str, list[tuple[int, Truth]]] = {name: [] for name in self._things}
        """What each thing was, from its moment (UTC µs) to the next."""

    @property
    def calendar(self) -> Calendar:
        """As managers have changed it so far."""
        return self._calendar

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last moment, UTC µs; None before the first message."""
        return None if self._first_us is None or self._at_us is None else (self._first_us, self._at_us)

    def step(self, message: Message) -> None:
        """Take one more message. What was known before holds up to it."""
        if not self._things or (isinstance(message, Scene) and self._at_us is not None):
            return
        if self._at_us is not None and message.utc_us > self._at_us:
            self._pass(self._at_us, message.utc_us)
        self._at_us = max(message.utc_us, self._at_us or 0)
        self._first_us = message.utc_us if self._first_us is None else self._first_us
        self._calendar = calendar_after(self._calendar, message)
        if isinstance(message, Observation) and message.subject not in self._things:
            return
        self._things = {name: thing.after(message) for name, thing in self._things.items()}
        for name, thing in self._things.items():
            course = self.courses[name]
            if not course or course[-1][1] is not thing.truth:
                course.append((self._at_us, thing.truth))

    def _pass(self, from_us: int, to_us: int) -> None:
        while from_us < to_us:
            if self._day is None or from_us >= self._day_ends_us:
                self._day = self._calendar.day_of(from_us)
                self._day_ends_us = self._calendar.midnight_us(self._day + timedelta(days=1))
            until_us = min(to_us, self._day_ends_us)
            for name, thing in self._things.items():
                self._book(self._days[name, self._day], thing, from_us, until_us)
            from_us = until_us

    def _book(self, day: _Day, thing: Thing, from_us: int, to_us: int) -> None:
        passed_us = to_us - from_us
        day.spent[thing.truth] += passed_us
        watts = thing.value("power") if thing.truth is not Truth.UNKNOWN and thing.measured else None
        if watts is not None:
            day.watt_us += watts * passed_us
            day.metered_us += passed_us
        elif thing.truth is Truth.HOLDS:
            day.on_unmetered_us += passed_us
        owner = self._owners[thing.id]
        owed = self._owed(owner, from_us)
        if owed is not None and thing.truth is not Truth.UNKNOWN:
            day.owed_us += passed_us
            day.right_us += passed_us if (thing.truth is Truth.HOLDS) is owed else 0

    def _owed(self, owner: Owner, utc_us: int) -> bool | None:
        """Whether its schedule wants it on; None where it has none."""
        window = window_of(owner)
        if window is None or not (isinstance(owner, AirConditioner) or scheduled_duty(self._site, owner)):
            return None
        inside = self._calendar.open_at(window, utc_us) is not None
        if window is WindowId.AC:
            return None if inside else False  # within its window air-conditioning may be on
        return inside

    def document(self, incidents: Iterable[Incident]) -> list[dict[str, Any]]:
        """One row a zone and day, in order."""
        told = list(incidents)
        zones = {(self._owners[name].zone, day) for name, day in self._days}
        return [self._row(zone, day, told) for zone, day in sorted(zones)]

    def owed_h(self, zone: str, day: date) -> tuple[float, float]:
        """Hours in which a schedule was owed and the state known, and those of them that were as owed."""
        mine = [d for (name, on), d in self._days.items() if on == day and self._owners[name].zone == zone]
        return _h(sum(d.owed_us for d in mine)), _h(sum(d.right_us for d in mine))

    def _row(self, zone: str, day: date, incidents: list[Incident]) -> dict[str, Any]:
        mine = {n: d for (n, on), d in sorted(self._days.items()) if on == day and self._owners[n].zone == zone}
        owed_us, right_us = sum(d.owed_us for d in mine.values()), sum(d.right_us for d in mine.values())
        wasted = [i for i in incidents if i.code in WASTE and i.zone == zone and self._on(i) == day]
        empty = {name: sum(i.observed_s for i in wasted if i.code == code) for code, name in EMPTY_HOURS.items()}
        return {
            "zone": zone,
            "day": day.isoformat(),
            "things": [self._thing(name, one) for name, one in mine.items()],
            "waste": [self._waste(incident) for incident in wasted],
            "schedule_adherence": round(right_us / owed_us, 4) if owed_us else None,
            **{name: round(seconds / 3600, 4) for name, seconds in empty.items()},
            "tariff_cny_per_kwh": self._site.energy.tariff_cny_per_kwh,
            "tariff_is_placeholder": not self._site.energy.tariff_given,
        }

    def _on(self, incident: Incident) -> date:
        return self._calendar.day_of(incident.t_first_us)

    def _thing(self, name: str, day: _Day) -> dict[str, Any]:
        rated_w = self._owners[name].rated_w
        estimated = None if rated_w is None else rated_w * day.on_unmetered_us / HOUR_US / 1000
        measured = day.watt_us / HOUR_US / 1000 if day.metered_us else None
        kind = "aircon" if isinstance(self._owners[name], AirConditioner) else "luminaire"
        return {
            "subject": name,
            "kind": kind,
            "on_h": _h(day.spent[Truth.HOLDS]),
            "off_h": _h(day.spent[Truth.FAILS]),
            "unknown_h": _h(day.spent[Truth.UNKNOWN]),
            "measured": self._priced(measured),
            "estimated": self._priced(estimated),
        }

    def _waste(self, incident: Incident) -> dict[str, Any]:
        """Hours of an incident as energy: by rated watts, so always an estimate."""
        owner = self._owners.get(incident.subject)
        rated_w = owner.rated_w if owner is not None else None
        hours = incident.observed_s / 3600
        kwh = None if rated_w is None else rated_w * hours / 1000
        return {
            "code": incident.code,
            "subject": incident.subject,
            "hours": round(hours, 4),
            "estimated": self._priced(kwh),
        }

    def _priced(self, kwh: float | None) -> Mapping[str, float] | None:
        if kwh is None:
            return None
        return {"kwh": round(kwh, 4), "cost_cny": round(kwh * self._site.energy.tariff_cny_per_kwh, 4)}


def _h(us: int) -> float:
    return round(us / HOUR_US, 4)


def energy_schema() -> dict[str, Any]:
    """JSON Schema of energy.json."""
    hours = {"type": "number", "minimum": 0, "description": "hours"}
    priced = {
        "anyOf": [
            {
                "type": "object",
                "properties": {"kwh": {"type": "number", "minimum": 0}, "cost_cny": {"type": "number", "minimum": 0}},
                "required": ["cost_cny", "kwh"],
                "additionalProperties": False,
            },
            {"type": "null"},
        ],
        "description": "null where nothing was measured, or no rated power is known",
    }
    thing = {
        "subject": {"type": "string"},
        "kind": {"enum": ["luminaire", "aircon"]},
        **dict.fromkeys(("on_h", "off_h", "unknown_h"), hours),
        "measured": priced,
        "estimated": priced,
    }
    waste = {"code": {"enum": list(WASTE)}, "subject": {"type": "string"}, "hours": hours, "estimated": priced}
    row = {
        "zone": {"type": "string"},
        "day": {"type": "string", "format": "date"},
        "things": {"type": "array", "items": _closed(thing)},
        "waste": {"type": "array", "items": _closed(waste)},
        "schedule_adherence": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]},
        "lights_on_empty_hours": hours,
        "ac_on_empty_hours": hours,
        "tariff_cny_per_kwh": {"type": "number", "exclusiveMinimum": 0},
        "tariff_is_placeholder": {"type": "boolean"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Guiwei energy",
        "description": "Hours, energy and cost of lights and air-conditioning, per zone and local day.",
        "type": "array",
        "items": _closed(row),
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
