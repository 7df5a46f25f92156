"""What of a site and of a rule's parameters matters for waits."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.rules import RULES
from models.domain.site import Site, ZoneKind
from pipelines.rules.continuity import us

STARTS = frozenset({ZoneKind.HALL, ZoneKind.RECEPTION})
"""Being there makes a visitor wait (domain.md 2.3: the party crosses the entrance line into the hall)."""
SELF_GUIDED = frozenset({ZoneKind.MODEL, ZoneKind.SAND_TABLE})
"""There visitors look around by themselves: the wait pauses (domain.md 2.3)."""


@dataclass(frozen=True, slots=True)
class WaitPlan:
    """Zones by id, times in µs."""

    starts: frozenset[str]
    self_guided: frozenset[str]
    serve_distance_m: float
    serve_dwell_us: int
    arrival_dwell_us: int
    lost_us: int
    max_gap_us: int

    @classmethod
    def of(cls, site: Site, code: str) -> WaitPlan:
        """The plan of one of the two waiting rules."""
        setting = RULES[code].settings(site.rules.get(code, {}))
        return cls(
            starts=frozenset(zone.id for zone in site.zones.values() if zone.kind in STARTS),
            self_guided=frozenset(zone.id for zone in site.zones.values() if zone.kind in SELF_GUIDED),
            serve_distance_m=setting["serve_distance_m"],
            serve_dwell_us=us(setting["serve_dwell_s"]),
            arrival_dwell_us=us(setting["arrival_dwell_s"]),
            lost_us=us(setting["lost_s"]),
            max_gap_us=us(setting["max_gap_s"]),
        )
