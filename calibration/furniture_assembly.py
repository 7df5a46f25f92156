"""From the checked `furniture` part and `furniture.json` to the frozen Furniture of a site."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calibration.furniture_file import (
    FURNITURE_FILE,
    BaselinePart,
    FurnitureFile,
    FurniturePart,
    ItemPart,
    TaughtCamera,
)
from calibration.local_time import moment_of
from calibration.problem import Problem
from calibration.yaml_document import Key
from models.domain.errors import SiteError
from models.domain.furniture import (
    OTHER_TOLERANCE_MM,
    ROUND,
    SYMMETRY,
    TOLERANCE_MM,
    TURN_TOLERANCE_DEG,
    Baseline,
    Furniture,
    FurnitureItem,
    Label,
    Pose,
)
from models.domain.geometry import FloorPoint, Lens
from models.domain.site import Name
from models.texts import both

LARGEST_BYTES = 5_000_000
TOLERANCE_PX = 6.0
"""Image-plane mode without a tolerance of its own: [P] 5 cm where a metre is 120 px."""
At = Callable[..., Problem]
Dangling = Callable[[Key, str, Sequence[str]], Iterator[Problem]]


def furniture_of(part: FurniturePart, taught: FurnitureFile, time_zone: str) -> Furniture:
    """The frozen Furniture."""
    items = {key: _item(key, one) for key, one in part.items.items()}
    baselines = tuple(_baseline(b, time_zone) for b in taught.baselines)
    spells = [(moment_of(s.start, time_zone), moment_of(s.end, time_zone)) for s in part.suspended]
    suspended = tuple((start, end) for start, end in spells if start is not None and end is not None)
    return Furniture(items, baselines, part.check_every_s, suspended)


def read_furniture(folder: Path) -> FurnitureFile:
    """What `furniture.json` holds; empty where there is none. Raises SiteError when it is not of its form."""
    file = folder / FURNITURE_FILE
    try:
        if not file.exists():
            return FurnitureFile()
        raw = file.read_bytes()
    except OSError as error:
        raise _wrong(file, error.strerror or type(error).__name__) from None
    if len(raw) > LARGEST_BYTES:
        raise _wrong(file, f"{len(raw)} B", f"<= {LARGEST_BYTES} B")
    try:
        return FurnitureFile.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _wrong(file, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def write_furniture(folder: Path, found: FurnitureFile) -> None:
    """All or nothing: a temporary name, then renamed. Raises SiteError when it cannot be written."""
    file = folder / FURNITURE_FILE
    temporary = file.with_suffix(".json.new")
    try:
        temporary.write_text(json.dumps(found.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
        os.replace(temporary, file)  # noqa: PTH105 - Path.replace would do the same
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _wrong(file, error.strerror or type(error).__name__) from None


def geometry_of(taught: TaughtCamera | None) -> dict[str, Any]:
    """What calibration found out takes the place of what the site file says: fields of the Camera to replace."""
    if taught is None:
        return {}
    found: dict[str, Any] = {}
    if taught.lens is not None:
        lens = taught.lens
        found["lens"] = Lens(lens.fx, lens.fy, lens.cx, lens.cy, lens.distortion)
    if taught.floor_points:
        found["floor_points"] = tuple(FloorPoint(p.image, p.floor) for p in taught.floor_points)
    return found


def furniture_problems(
    part: FurniturePart,
    time_zone: str,
    known: tuple[Sequence[str], dict[str, tuple[int, int]]],
    at: At,
    dangling: Dangling,
) -> Iterator[Problem]:
    """What the items say of zones, cameras and pictures. known: zone ids, camera id -> size."""
    zones, cameras = known
    for i, spell in enumerate(part.suspended):
        start, end = moment_of(spell.start, time_zone), moment_of(spell.end, time_zone)
        if start is None or end is None or end <= start:
            got = f"{spell.start} .. {spell.end}"
            yield at(("furniture", "suspended", i), both("furniture.problem.suspended"), got)
    for name, item in part.items.items():
        path: Key = ("furniture", "items", name)
        yield from dangling((*path, "zone"), item.zone, zones)
        if item.camera is None:
            continue
        yield from dangling((*path, "camera"), item.camera, list(cameras))
        width, height = cameras.get(item.camera, (0, 0))
        out = [p for p in item.outline or () if not (0 <= p[0] <= width and 0 <= p[1] <= height)]
        if out and item.camera in cameras:
            expected = f"0 <= x <= {width}, 0 <= y <= {height}"
            yield at((*path, "outline"), both("site.problem.outside"), str(out[:4]), expected)


def _item(key: str, part: ItemPart) -> FurnitureItem:
    cls = part.item_class
    length, width, height = (mm / 1000 for mm in part.size_mm or (0.0, 0.0, 0.0))
    x, y = part.at or (0.0, 0.0)
    usual = TOLERANCE_PX if part.outline else TOLERANCE_MM.get(cls, OTHER_TOLERANCE_MM)
    return FurnitureItem(
        id=key,
        name=Name(part.name.zh, part.name.en),
        zone=part.zone,
        cls=cls,
        size_m=(length, width, height),
        pose=Pose(x, y, part.heading_deg),
        tolerance_mm=part.tolerance or usual,
        turn_tolerance_deg=part.turn_tolerance_deg or TURN_TOLERANCE_DEG,
        symmetry=part.symmetry if part.symmetry is not None else 0 if cls in ROUND else SYMMETRY.get(cls, 1),
        labels=tuple(
            Label((one.at_mm[0] / 1000, one.at_mm[1] / 1000), one.label_mm, one.leg_mm, one.contrast, one.bgr)
            for one in part.labels
        ),
        camera=part.camera or "",
        outline=part.outline or (),
    )


def _baseline(part: BaselinePart, time_zone: str) -> Baseline:
    since_us = moment_of(part.since, time_zone)
    if since_us is None:
        raise SiteError(both("furniture.problem.since"), where=FURNITURE_FILE, got=part.since)
    return Baseline(part.version, part.state, since_us, part.approved_by)


def _wrong(file: Path, got: str, expected: str = "") -> SiteError:
    return SiteError(both("furniture.problem.file"), where=str(file), got=got, expected=expected)
