"""What of a site and of a rule's parameters matters for waits."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.rules import RULES
from models.domain.site import Region, Site, ZoneKind
from pipelines.rules.continuity import us

STARTS = frozenset({ZoneKind.HALL, ZoneKind.RECEPTION})
"""Being there makes a visitor wait (domain.md 2.3: the party crosses the entrance line into the hall)."""
SELF_GUIDED = frozenset({ZoneKind.MODEL, ZoneKind.SAND_TABLE})
"""There visitors look around by themselves: the wait pauses (domain.md 2.3)."""
AWAY = "~away"
"""The zone of somebody who has left the place where the wait runs and may come back to it."""
TOGETHER_US = us(10.0)
"""People who come in within this time may be one party (domain.md 2.3)."""
TABLE_US = us(120.0)
"""A party sits down one after the other; two at one table within this time are one party [P]."""
NOBODY_M = -100.0
"""A distance within which nobody is: waits that no contact ends."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of wait: where it runs, how its parties are called, how far apart in time a party's members begin."""

    prefix: str
    zones: frozenset[ZoneKind]
    together_us: int = TOGETHER_US
    staff_ends_it: bool = True


RECEPTION = Kind("party", STARTS)
STAGES: dict[str, Kind] = {
    "wait.seated": Kind("table", frozenset({ZoneKind.NEGOTIATION, ZoneKind.REST, ZoneKind.VIP_ROOM}), TABLE_US),
    "wait.shuttle": Kind("shuttle", frozenset({ZoneKind.SHUTTLE_STOP}), staff_ends_it=False),
    "wait.showflat": Kind("showflat", frozenset({ZoneKind.SHOWFLAT_DOOR})),
}
"""Waits at one place, which begin there and end when the place is left (pipelines/rules/stage.py)."""


@dataclass(frozen=True, slots=True)
class WaitPlan:
    """Zones by id, times in µs."""

    prefix: str
    starts: frozenset[str]
    self_guided: frozenset[str]
    serve_distance_m: float
    serve_dwell_us: int
    arrival_dwell_us: int
    lost_us: int
    max_gap_us: int
    together_us: int
    doors: tuple[Region, ...] = ()
    """The entrance lines."""

    @classmethod
    def of(cls, site: Site, code: str) -> WaitPlan:
        """The plan of one of the waiting rules."""
        setting = RULES[code].settings(site.rules.get(code, {}))
        kind = STAGES.get(code, RECEPTION)
        guided = (zone.id for zone in site.zones.values() if zone.kind in SELF_GUIDED)
        return cls(
            prefix=kind.prefix,
            starts=frozenset(zone.id for zone in site.zones.values() if zone.kind in kind.zones),
            self_guided=frozenset({AWAY}) if code in STAGES else frozenset(guided),
            serve_distance_m=setting["serve_distance_m"] if kind.staff_ends_it else NOBODY_M,
            serve_dwell_us=us(setting.get("serve_dwell_s", 0.0)),
            arrival_dwell_us=us(setting["arrival_dwell_s"]),
            lost_us=us(setting["lost_s"]),
            max_gap_us=us(setting["max_gap_s"]),
            together_us=kind.together_us,
            doors=tuple(entrance.region for entrance in site.entrances),
        )
