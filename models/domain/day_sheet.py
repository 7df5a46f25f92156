"""A zone's day: hours, energy and cost of its lamps and air-conditioners, and what was the case when.

A box tells one sheet a run; `joined` adds the runs of a day. Measured and estimated energy are never summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.domain.site import Name


@dataclass(frozen=True, slots=True)
class Energy:
    """kwh and its cost at the tariff."""

    kwh: float
    cost_cny: float


@dataclass(frozen=True, slots=True)
class ThingDay:
    """One lamp group or air-conditioner. measured, estimated: None where a meter or a rated power is missing."""

    subject: str
    kind: str
    """luminaire | aircon"""
    name: Name
    on_h: float
    off_h: float
    unknown_h: float
    measured: Energy | None
    estimated: Energy | None


@dataclass(frozen=True, slots=True)
class Lane:
    """What was the case with one subject. spans, windows: seconds after local midnight, half-open."""

    subject: str
    kind: str
    """zone | luminaire | aircon"""
    name: Name
    spans: tuple[tuple[float, float, str], ...]
    """(from, until, value): occupied | empty | on | off | unknown"""
    windows: tuple[tuple[float, float], ...] = ()
    """When it is owed or allowed."""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One zone on one local day. owed_h, right_h: hours with a schedule and known, and as the schedule wants them."""

    zone: str
    zone_name: Name
    day: str
    things: tuple[ThingDay, ...]
    lanes: tuple[Lane, ...]
    owed_h: float
    right_h: float
    lights_on_empty_h: float
    ac_on_empty_h: float
    tariff_cny_per_kwh: float
    tariff_is_placeholder: bool

    @property
    def schedule_adherence(self) -> float | None:
        """0..1; None where nothing was owed."""
        return self.right_h / self.owed_h if self.owed_h else None

    @property
    def measured(self) -> Energy | None:
        return total(thing.measured for thing in self.things)

    @property
    def estimated(self) -> Energy | None:
        return total(thing.estimated for thing in self.things)


def total(parts: Iterable[Energy | None]) -> Energy | None:
    """The sum of what there is; None where there is nothing."""
    known = [part for part in parts if part is not None]
    return Energy(sum(p.kwh for p in known), sum(p.cost_cny for p in known)) if known else None


def joined(sheets: Sequence[DaySheet]) -> DaySheet:
    """The sheets of several runs of one zone and day as one; names and tariff are the last one's."""
    last = sheets[-1]
    things: dict[str, list[ThingDay]] = {}
    lanes: dict[str, list[Lane]] = {}
    for sheet in sheets:
        for thing in sheet.things:
            things.setdefault(thing.subject, []).append(thing)
        for lane in sheet.lanes:
            lanes.setdefault(f"{lane.kind} {lane.subject}", []).append(lane)
    return replace(
        last,
        things=tuple(_thing(same) for same in things.values()),
        lanes=tuple(_lane(same) for same in lanes.values()),
        owed_h=sum(sheet.owed_h for sheet in sheets),
        right_h=sum(sheet.right_h for sheet in sheets),
        lights_on_empty_h=sum(sheet.lights_on_empty_h for sheet in sheets),
        ac_on_empty_h=sum(sheet.ac_on_empty_h for sheet in sheets),
    )


def _thing(same: Sequence[ThingDay]) -> ThingDay:
    return replace(
        same[-1],
        on_h=sum(t.on_h for t in same),
        off_h=sum(t.off_h for t in same),
        unknown_h=sum(t.unknown_h for t in same),
        measured=total(t.measured for t in same),
        estimated=total(t.estimated for t in same),
    )


def _lane(same: Sequence[Lane]) -> Lane:
    return replace(same[-1], spans=tuple(sorted(span for lane in same for span in lane.spans)))


def body_of(sheet: DaySheet) -> dict[str, object]:
    """As it travels from the box to the server (PUT /api/v1/energy)."""
    return {
        "zone": sheet.zone,
        "zone_name": _named(sheet.zone_name),
        "day": sheet.day,
        "things": [
            {
                "subject": t.subject,
                "kind": t.kind,
                "name": _named(t.name),
                "on_h": t.on_h,
                "off_h": t.off_h,
                "unknown_h": t.unknown_h,
                "measured": _energy(t.measured),
                "estimated": _energy(t.estimated),
            }
            for t in sheet.things
        ],
        "lanes": [
            {
                "subject": lane.subject,
                "kind": lane.kind,
                "name": _named(lane.name),
                "spans": [list(span) for span in lane.spans],
                "windows": [list(window) for window in lane.windows],
            }
            for lane in sheet.lanes
        ],
        "owed_h": sheet.owed_h,
        "right_h": sheet.right_h,
        "lights_on_empty_h": sheet.lights_on_empty_h,
        "ac_on_empty_h": sheet.ac_on_empty_h,
        "tariff_cny_per_kwh": sheet.tariff_cny_per_kwh,
        "tariff_is_placeholder": sheet.tariff_is_placeholder,
    }


def sheet_of(body: Mapping[str, object]) -> DaySheet:
    """The sheet of a body that has been checked (api/energy_bodies.py). Raises KeyError, TypeError on any other."""
    told: dict[str, object] = dict(body)
    things, lanes = told.pop("things"), told.pop("lanes")
    assert isinstance(things, Sequence)
    assert isinstance(lanes, Sequence)
    return DaySheet(
        zone_name=_name(told.pop("zone_name")),
        things=tuple(
            ThingDay(
                **{
                    **thing,
                    "name": _name(thing["name"]),
                    "measured": _energy_of(thing["measured"]),
                    "estimated": _energy_of(thing["estimated"]),
                }
            )
            for thing in things
        ),
        lanes=tuple(
            Lane(
                lane["subject"],
                lane["kind"],
                _name(lane["name"]),
                tuple((a, b, value) for a, b, value in lane["spans"]),
                tuple((a, b) for a, b in lane["windows"]),
            )
            for lane in lanes
        ),
        **told,  # type: ignore[arg-type]
    )


def _named(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _name(told: object) -> Name:
    assert isinstance(told, Mapping)
    return Name(told["zh"], told["en"])


def _energy(energy: Energy | None) -> dict[str, float] | None:
    return None if energy is None else {"kwh": energy.kwh, "cost_cny": energy.cost_cny}


def _energy_of(told: object) -> Energy | None:
    if told is None:
        return None
    assert isinstance(told, Mapping)
    return Energy(told["kwh"], told["cost_cny"])
