"""From a checked site file to the frozen Site that everything else reads."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from calibration.aircon_file import read_aircons
from calibration.energy_assembly import energy_of, read_lights
from calibration.floor import floor_points_of, lens_of
from calibration.furniture_assembly import furniture_of, geometry_of, read_furniture
from calibration.local_time import moment_of
from calibration.site_file import (
    CameraPart,
    NamePart,
    RegionPart,
    SeenNamePart,
    SiteFile,
    SourcePart,
    UniformPart,
)
from calibration.site_reader import read_site_file
from models.domain.calendar import Season
from models.domain.errors import SiteError
from models.domain.rules import RULES
from models.domain.site import (
    Camera,
    DutyWindow,
    EntranceLine,
    Name,
    Post,
    Region,
    Site,
    Source,
    SourceKind,
    UniformColour,
    Zone,
)


def load_site(folder: Path) -> Site:
    """The site of a folder with a `site.yaml`. Opens no camera, no recording and no network.

    Raises SiteError with every problem of the file.
    """
    home = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links away from the folder named
    return assemble(read_site_file(home), home)


def assemble(file: SiteFile, folder: Path) -> Site:
    """The frozen Site; `folder` is absolute, recordings are found relative to it."""
    zone = file.site.time_zone
    settings = {code: {k: v for k, v in rule.items() if k != "off"} for code, rule in file.rules.items()}
    taught = read_furniture(folder)
    sizes = {key: camera.size for key, camera in file.cameras.items()}
    site = Site(
        id=file.site.id,
        name=_name(file.site.name),
        time_zone=zone,
        folder=folder,
        version="",
        cameras={key: _camera(key, camera, folder, zone) for key, camera in file.cameras.items()},
        zones={key: Zone(key, _name(z.name), z.kind, _regions(z.regions), z.lighting) for key, z in file.zones.items()},
        entrances=tuple(EntranceLine(key, e.zone, *e.line, e.inside, e.camera) for key, e in file.entrances.items()),
        posts={
            key: Post(
                key,
                _name(p.name),
                p.kind,
                p.zone,
                _regions(p.regions),
                p.required_count,
                tuple(map(_window, p.duty)),
                p.behind_counter,
                p.rota_position,
            )
            for key, p in file.posts.items()
        },
        uniforms=tuple(_uniform(u) for u in file.roles.staff.uniform),
        seasons=tuple(
            Season(s.id, (int(s.starts[:2]), int(s.starts[3:])), s.open_shift_min) for s in file.site.seasons
        ),
        rules={code: {k: float(v) for k, v in rule.items()} for code, rule in settings.items() if rule},
        switched_off=frozenset(code for code, rule in file.rules.items() if rule.get("off") is True),
        furniture=furniture_of(file.furniture, taught, zone),
        energy=energy_of(file.energy, read_lights(folder, sizes), read_aircons(folder, sizes), zone),
    )
    known = {key: replace(c, **geometry_of(taught.cameras.get(key))) for key, c in site.cameras.items()}
    site = replace(site, cameras=known)
    return replace(site, version=version_of(site))


def version_of(site: Site) -> str:
    """First 12 hex digits of the SHA-256 of what is in force.

    Defaults are filled in, also those of the rules; comments, secrets and where the folder lies do not count.
    """
    content = asdict(replace(site, version="", folder=Path()))
    for camera in content["cameras"].values():
        for key in ("source", "sub_source"):
            if camera[key] and camera[key]["kind"] == SourceKind.FILE:
                camera[key]["address"] = os.path.relpath(camera[key]["address"], site.folder)
    content["rules"] = {
        code: {"version": rule.version, **rule.settings(site.rules.get(code, {}))}
        for code, rule in RULES.items()
        if code not in site.switched_off
    }
    canonical = json.dumps(content, sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def season_of(site: Site, day: date) -> Season:
    """The season with the latest start on or before the day (domain.md section 0.5), across the turn of the year."""
    if not site.seasons:
        raise SiteError("The site has no seasons.", where=site.id)
    return site.calendar.season(day)


def _plain(value: Any) -> Any:
    if isinstance(value, time | date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Path):
        return ""
    raise TypeError(f"nothing of a site has type {type(value).__name__}")


def _name(part: NamePart | SeenNamePart) -> Name:
    return Name(part.zh, part.en)


def _camera(key: str, part: CameraPart, folder: Path, time_zone: str) -> Camera:
    return Camera(
        id=key,
        name=_name(part.name),
        source=_source(part.source, folder, time_zone),
        size_px=part.size,
        sub_source=_source(part.sub_source, folder, time_zone) if part.sub_source else None,
        analysis_fps=part.analysis_fps,
        lens=lens_of(part),
        floor_points=floor_points_of(part),
        privacy_masks=part.privacy_masks,
        static_person_masks=part.static_person_masks,
    )


def _source(part: SourcePart, folder: Path, time_zone: str) -> Source:
    if part.file is not None:
        address = os.path.abspath(folder / part.file)  # noqa: PTH100 - as above
        start = moment_of(part.start, time_zone) if part.start else None
        return Source(SourceKind.FILE, address, start_utc_us=start)
    return Source(SourceKind.RTSP, str(part.rtsp), part.user, part.secret, part.transport)


def _regions(parts: Sequence[RegionPart]) -> tuple[Region, ...]:
    return tuple(Region(part.floor or part.image or (), part.camera) for part in parts)


def _window(value: str) -> DutyWindow:
    opens, closes = value.split("-")
    return DutyWindow(time.fromisoformat(opens), time.fromisoformat("00:00" if closes == "24:00" else closes))


def _uniform(part: UniformPart) -> UniformColour:
    return UniformColour(part.name, part.lab or lab_of(str(part.hex)), part.tolerance, part.part)


def lab_of(colour: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of an sRGB colour #rrggbb, to 0.01."""
    rgb = np.array([[[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]]], np.float32)
    lightness, a, b = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0].tolist()
    return round(lightness, 2), round(a, 2), round(b, 2)
