"""`aircon.json` beside the site file: what `guiwei calibrate aircon` taught of units in the picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from calibration.field_checks import fault
from calibration.field_types import Corners, Id
from models.domain.energy import AirconPart, AirconRegion
from models.domain.errors import SiteError
from models.texts import both

AIRCON_FILE = "aircon.json"
LARGEST_BYTES = 5_000_000
MOST_REFERENCES, MOST_NUMBERS = 16, 256

_Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
_Reference = Annotated[tuple[_Number, ...], Field(min_length=1, max_length=MOST_NUMBERS)]
_References = Annotated[tuple[_Reference, ...], Field(max_length=MOST_REFERENCES)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TaughtRegion(_Part):
    """One part of a unit as it was taught. on, off: features (vision/aircon/features.py), one row a reference."""

    camera: Id
    part: Literal["display", "led", "louver", "ribbon"]
    polygon: Corners
    on: _References = ()
    off: _References = ()

    @model_validator(mode="after")
    def _alike(self) -> TaughtRegion:
        if len({len(reference) for reference in (*self.on, *self.off)}) > 1:
            raise fault("site.problem.references_unlike")
        return self


class AirconFile(_Part):
    """The whole of `aircon.json`."""

    version: Literal[1]
    units: Annotated[dict[Id, Annotated[tuple[TaughtRegion, ...], Field(max_length=20)]], Field(max_length=200)]


def read_aircons(folder: Path, sizes: Mapping[str, tuple[int, int]]) -> dict[str, tuple[AirconRegion, ...]]:
    """What was taught, unit by unit; empty where there is no file. sizes: camera -> width, height.

    Raises SiteError when the file cannot be read, is not of its form, or shows a region outside its picture.
    """
    file = folder / AIRCON_FILE
    try:
        raw = file.read_bytes() if file.exists() else None
    except OSError as error:
        raise _wrong(error.strerror or type(error).__name__) from None
    if raw is None:
        return {}
    if len(raw) > LARGEST_BYTES:
        raise _wrong(f"{len(raw)} B", f"<= {LARGEST_BYTES} B")
    try:
        found = AirconFile.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _wrong(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for unit, regions in found.units.items():
        for region in regions:
            if region.camera not in sizes:
                raise _wrong(f"{unit}: {region.camera}", ", ".join(sizes))
            width, height = sizes[region.camera]
            if any(not (0 <= x <= width and 0 <= y <= height) for x, y in region.polygon):
                raise _wrong(f"{unit}: {list(region.polygon)}", f"0 <= x <= {width}, 0 <= y <= {height}")
    return {unit: tuple(map(_region, regions)) for unit, regions in found.units.items()}


def aircons_text(units: Mapping[str, tuple[AirconRegion, ...]]) -> str:
    """The content of `aircon.json`: a line a region, so that a diff shows which was taught anew."""
    lines = []
    for unit, regions in sorted(units.items()):
        told = [json.dumps(_taught(region).model_dump(mode="json")) for region in regions]
        lines.append(f"  {json.dumps(unit)}: [\n   " + ",\n   ".join(told) + "\n  ]")
    return '{\n "version": 1,\n "units": {\n' + ",\n".join(lines) + "\n }\n}\n"


def joined(stated: tuple[AirconRegion, ...], taught: tuple[AirconRegion, ...]) -> tuple[AirconRegion, ...]:
    """A unit's regions: what was taught, and of the site file what was not taught."""
    known = {(region.camera, region.part) for region in taught}
    return (*taught, *(region for region in stated if (region.camera, region.part) not in known))


def _region(part: TaughtRegion) -> AirconRegion:
    return AirconRegion(part.camera, AirconPart(part.part), part.polygon, part.on, part.off)


def _taught(region: AirconRegion) -> TaughtRegion:
    return TaughtRegion(
        camera=region.camera, part=region.part.value, polygon=tuple(region.polygon), on=region.on, off=region.off
    )


def _wrong(got: str, expected: str = "") -> SiteError:
    return SiteError(
        both("site.aircon.wrong"), where=AIRCON_FILE, got=got, expected=expected, next_step=both("site.aircon.next")
    )
