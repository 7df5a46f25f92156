"""Whether each zone with lamps or air-conditioners was occupied, empty or unknown, as the rules see it, step by step.

The ledger knows better in hindsight, but has to go through the whole day for it; this costs the same at any hour.
"""

from __future__ import annotations

from models.domain.messages import Message, Scene
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.energy.vacancy import ZoneWatch

MAX_GAP_US = us(30.0)
"""As the rules' own default (models.domain.energy_rules)."""
WORDS = {Truth.HOLDS: "empty", Truth.FAILS: "occupied", Truth.UNKNOWN: "unknown"}


class ZoneCourses:
    """Feed every message of a run; `courses`: zone -> (UTC µs, occupied | empty | unknown), each until the next."""

    def __init__(self, site: Site) -> None:
        energy = site.energy
        zones = sorted(
            {group.zone for group in energy.luminaires.values()} | {unit.zone for unit in energy.aircons.values()}
        )
        self._watches = {name: ZoneWatch.of(site.zones[name], site, 0, MAX_GAP_US) for name in zones}
        self.courses: dict[str, list[tuple[int, str]]] = {name: [] for name in zones}

    def step(self, message: Message) -> None:
        for name, watch in self._watches.items():
            if isinstance(message, Scene) and watch.unmoved(message):
                continue
            after = self._watches[name] = watch.after(message)
            course, word = self.courses[name], WORDS[after.status]
            if course and course[-1][1] == word:
                continue
            if course and course[-1][0] >= message.utc_us:
                course.pop()
            course.append((message.utc_us, word))
