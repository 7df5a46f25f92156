"""From the checked `energy` part and `lights.json` to the frozen Energy of a site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from calibration.aircon_file import joined
from calibration.energy_file import (
    LIGHTS_FILE,
    AirconPart,
    CalendarPart,
    EnergyPart,
    LampRegionPart,
    LightsFile,
    LuminairePart,
    MqttPart,
    WindowTable,
    minutes_of,
    window_of,
)
from calibration.local_time import moment_of
from models.domain import energy
from models.domain.calendar import DayException, EveningOpening, Hours, VipVisit, Window, WindowId
from models.domain.errors import SiteError
from models.texts import both

LARGEST_BYTES = 5_000_000


def energy_of(
    part: EnergyPart,
    taught: Mapping[str, tuple[LampRegionPart, ...]],
    units: Mapping[str, tuple[energy.AirconRegion, ...]],
    time_zone: str,
) -> energy.Energy:
    """The frozen Energy. Groups and units that were taught but stand in no site file are left out."""
    return energy.Energy(
        luminaires={key: _group(key, group, taught.get(key, ())) for key, group in part.luminaires.items()},
        aircons={key: _aircon(key, unit, units.get(key, ())) for key, unit in part.aircons.items()},
        meters={
            key: energy.Meter(key, m.subject, m.on_w, m.off_w, m.on_s, m.off_s, m.max_gap_s)
            for key, m in part.meters.items()
        },
        broker=_broker(part.mqtt) if part.mqtt else None,
        tariff_cny_per_kwh=part.tariff_cny_per_kwh or 1.0,
        tariff_given=part.tariff_cny_per_kwh is not None,
        hours=_hours(part.calendar, time_zone),
    )


def read_lights(folder: Path, sizes: Mapping[str, tuple[int, int]]) -> dict[str, tuple[LampRegionPart, ...]]:
    """What `lights.json` taught, group by group; empty where there is none. sizes: camera -> width, height.

    Raises SiteError when the file cannot be read, is not of its form, or shows a region outside its picture.
    """
    file = folder / LIGHTS_FILE
    try:
        raw = file.read_bytes() if file.exists() else None
    except OSError as error:
        raise _wrong(file, error.strerror or type(error).__name__) from None
    if raw is None:
        return {}
    if len(raw) > LARGEST_BYTES:
        raise _wrong(file, f"{len(raw)} B", f"<= {LARGEST_BYTES} B")
    try:
        found = LightsFile.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _wrong(file, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for group, regions in found.groups.items():
        for region in regions:
            if region.camera not in sizes:
                raise _wrong(file, f"{group}: {region.camera}", ", ".join(sizes))
            if outside(region.polygon, sizes[region.camera]):
                width, height = sizes[region.camera]
                raise _wrong(file, f"{group}: {list(region.polygon)}", f"0 <= x <= {width}, 0 <= y <= {height}")
    return dict(found.groups)


def lights_text(groups: Mapping[str, tuple[LampRegionPart, ...]]) -> str:
    """The content of `lights.json`, readable in a diff."""
    return json.dumps(LightsFile(version=1, groups=dict(groups)).model_dump(mode="json"), indent=1) + "\n"


def outside(polygon: tuple[tuple[float, float], ...], size: tuple[int, int]) -> bool:
    return any(not (0 <= x <= size[0] and 0 <= y <= size[1]) for x, y in polygon)


def _wrong(file: Path, got: str, expected: str = "") -> SiteError:
    return SiteError(
        both("site.lights.wrong"), where=file.name, got=got, expected=expected, next_step=both("site.lights.next")
    )


def _group(key: str, part: LuminairePart, taught: tuple[LampRegionPart, ...]) -> energy.LuminaireGroup:
    return energy.LuminaireGroup(
        id=key,
        name_zh=part.name.zh,
        name_en=part.name.en,
        zone=part.zone,
        window=None if part.window == "none" else WindowId(part.window),
        tags=part.tags,
        overnight_exempt=part.overnight_exempt,
        rated_w=part.rated_w,
        regions=tuple(
            energy.LampRegion(r.camera, energy.LampPart(r.part), r.polygon, r.on, r.off, r.least_level, r.chroma)
            for r in taught
        ),
    )


def _aircon(key: str, part: AirconPart, taught: tuple[energy.AirconRegion, ...]) -> energy.AirConditioner:
    stated = tuple(energy.AirconRegion(r.camera, energy.AirconPart(r.part), r.polygon) for r in part.regions)
    regions = joined(stated, taught)
    shows = None if part.display_shows is None else energy.DisplayNumber(part.display_shows)
    return energy.AirConditioner(key, part.name.zh, part.name.en, part.zone, part.rated_w, regions, shows)


def _broker(part: MqttPart) -> energy.Broker:
    topics = tuple(energy.TopicMap(t.topic, t.meter, energy.SignalKind(t.kind), t.field) for t in part.topics)
    return energy.Broker(part.host, part.port, part.user, part.secret, topics)


def _hours(part: CalendarPart, time_zone: str) -> Hours:
    return Hours(
        contract=_table(part.contract),
        override=_table(part.windows),
        exceptions=tuple(DayException(k, e.first, e.last, _table(e.windows)) for k, e in part.exceptions.items()),
        evenings=tuple(
            EveningOpening(k, e.date, minutes_of(e.until)) for k, e in sorted(part.evening_openings.items())
        ),
        visits=tuple(
            VipVisit(k, moment_of(v.arrives, time_zone) or 0, moment_of(v.leaves, time_zone) or 0)
            for k, v in sorted(part.vip_visits.items())
        ),
        location=part.location,
    )


def _table(table: WindowTable) -> dict[WindowId, tuple[Window, ...]]:
    return {WindowId(name): tuple(sorted(map(window_of, windows))) for name, windows in table.items()}
