"""What cannot be judged of a site's lights and air-conditioning, and what would help."""

from __future__ import annotations

from collections.abc import Iterator

from models.domain.energy import AirconPart
from models.domain.site import Site

Said = tuple[str, dict[str, str]]
"""(text key, places)"""


def energy_remarks(site: Site) -> Iterator[Said]:
    """Groups and units without a witness that can be used today, a tariff that is a placeholder."""
    energy = site.energy
    metered = {meter.subject for meter in energy.meters.values()}
    for group in energy.luminaires.values():
        if not group.regions and group.id not in metered:
            yield "site.remark.lamp_untaught", {"group": group.id}
    for unit in energy.aircons.values():
        parts, taught = {r.part for r in unit.regions}, {r.part for r in unit.regions if r.taught}
        if AirconPart.DISPLAY in parts and unit.display_shows is None:
            yield "site.remark.display_unsaid", {"unit": unit.id}
        if unit.id in metered:
            continue
        if not parts:
            yield "site.remark.aircon_unseen", {"unit": unit.id}
        elif parts - taught - {AirconPart.DISPLAY} or not taught:
            untaught = ", ".join(sorted(parts - taught))
            yield "site.remark.aircon_untaught", {"unit": unit.id, "parts": untaught}
        if parts and AirconPart.DISPLAY not in parts and len(parts) < 2:
            yield "site.remark.aircon_weak", {"unit": unit.id, "parts": ", ".join(sorted(parts))}
    if (energy.luminaires or energy.aircons) and not energy.tariff_given:
        yield "site.remark.no_tariff", {}
