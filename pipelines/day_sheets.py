"""Every zone's day so far: figures of the energy book, what was the case when, and when things are owed or allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from models.domain.calendar import Calendar
from models.domain.day_sheet import DaySheet, Energy, Lane, ThingDay
from models.domain.energy import AirConditioner, LuminaireGroup
from models.domain.incident import Incident
from models.domain.media import US
from models.domain.site import Name, Site
from pipelines.energy_book import EnergyBook
from pipelines.rules.energy.owed import window_of

Change = tuple[int, str]
"""From this moment (UTC µs) on it is so."""
MOST_SPANS = 4000


def day_sheets(
    site: Site, book: EnergyBook, occupancy: Mapping[str, Sequence[Change]], incidents: Iterable[Incident]
) -> tuple[DaySheet, ...]:
    """One sheet a zone with lamps or air-conditioners and local day, by zone and day. occupancy: of ZoneCourses."""
    if book.span is None:
        return ()
    return tuple(_sheet(site, book, told, occupancy) for told in book.document(incidents))


def _sheet(site: Site, book: EnergyBook, row: Mapping[str, Any], occupancy: Mapping[str, Sequence[Change]]) -> DaySheet:
    zone, day = row["zone"], date.fromisoformat(row["day"])
    name = site.zones[zone].name if zone in site.zones else Name(zone, zone)
    owed_h, right_h = book.owed_h(zone, day)
    bounds = _bounds(book.calendar, day)
    lanes = [_lane(zone, "zone", name, _spans(occupancy.get(zone, ()), book.span, bounds), ())]
    owners: dict[str, LuminaireGroup | AirConditioner] = {**site.energy.luminaires, **site.energy.aircons}
    for thing in row["things"]:
        owner = owners[thing["subject"]]
        changes = [(at_us, _word(str(truth))) for at_us, truth in book.courses.get(owner.id, ())]
        spans = _spans(changes, book.span, bounds)
        lanes.append(_lane(owner.id, thing["kind"], _name(owner), spans, _windows(book.calendar, owner, bounds)))
    return DaySheet(
        zone=zone,
        zone_name=name,
        day=row["day"],
        things=tuple(_thing(told, owners[told["subject"]]) for told in row["things"]),
        lanes=tuple(lanes),
        owed_h=owed_h,
        right_h=right_h,
        lights_on_empty_h=row["lights_on_empty_hours"],
        ac_on_empty_h=row["ac_on_empty_hours"],
        tariff_cny_per_kwh=row["tariff_cny_per_kwh"],
        tariff_is_placeholder=row["tariff_is_placeholder"],
    )


def _word(truth: str) -> str:
    return {"holds": "on", "fails": "off"}.get(truth, "unknown")


def _name(owner: LuminaireGroup | AirConditioner) -> Name:
    return Name(owner.name_zh, owner.name_en)


def _thing(told: Mapping[str, Any], owner: LuminaireGroup | AirConditioner) -> ThingDay:
    measured, estimated = told["measured"], told["estimated"]
    return ThingDay(
        told["subject"],
        told["kind"],
        _name(owner),
        told["on_h"],
        told["off_h"],
        told["unknown_h"],
        None if measured is None else Energy(**measured),
        None if estimated is None else Energy(**estimated),
    )


def _lane(
    subject: str,
    kind: str,
    name: Name,
    spans: Iterable[tuple[float, float, str]],
    windows: Iterable[tuple[float, float]],
) -> Lane:
    return Lane(subject, kind, name, tuple(spans)[:MOST_SPANS], tuple(windows))


def _bounds(calendar: Calendar, day: date) -> tuple[int, int]:
    return calendar.midnight_us(day), calendar.midnight_us(day + timedelta(days=1))


def _spans(
    changes: Sequence[Change], span: tuple[int, int] | None, bounds: tuple[int, int]
) -> Iterator[tuple[float, float, str]]:
    """Seconds after midnight; neighbours that say the same are one."""
    if span is None:
        return
    start_us, end_us = max(span[0], bounds[0]), min(span[1], bounds[1])
    edges = [*changes, (end_us, "")]
    before: tuple[float, float, str] | None = None
    for (at_us, value), (until_us, _) in pairwise(edges):
        low, high = max(at_us, start_us), min(until_us, end_us)
        if high <= low:
            continue
        now = (round((low - bounds[0]) / US, 1), round((high - bounds[0]) / US, 1), value)
        if before is not None and before[2] == value:
            before = (before[0], now[1], value)
            continue
        if before is not None:
            yield before
        before = now
    if before is not None:
        yield before


def _windows(
    calendar: Calendar, owner: LuminaireGroup | AirConditioner, bounds: tuple[int, int]
) -> Iterator[tuple[float, float]]:
    window = window_of(owner)
    if window is None:
        return
    day = calendar.day_of(bounds[0])
    for shift in (-1, 0):
        for span in calendar.spans(window, day + timedelta(days=shift)):
            low, high = max(span.start_us, bounds[0]), min(span.end_us, bounds[1])
            if high > low:
                yield (low - bounds[0]) / US, (high - bounds[0]) / US
