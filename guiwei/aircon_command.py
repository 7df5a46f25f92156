"""`guiwei calibrate aircon`: teaches an air-conditioner's visible parts from a clip, and shows what it found."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from calibration import load_site
from calibration.aircon_file import AIRCON_FILE, aircons_text, read_aircons
from calibration.overlay import write_picture
from guiwei.clip_frames import clip_frames
from guiwei.language_option import Folder, Speech, Spoken
from guiwei.replay import assumed_start_us
from models.domain.energy import AirConditioner, AirconPart, AirconRegion
from models.domain.errors import SiteError, UsageError
from models.domain.geometry import Polygon
from models.domain.site import Camera, Site, Source, SourceKind
from models.texts import Language, both, text
from vision.aircon.picture import taught_picture
from vision.aircon.teaching import Course, Lesson, Pictures, Span
from vision.reference_cells import CellBook, reference_file, write_cells

TEACHING_FPS = 10.0
Learnt = tuple[tuple[AirconRegion, ...], tuple[AirconPart, ...]]
"""Regions with references, and parts that look alike in both states."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")

Named = Annotated[str | None, typer.Option("--unit", metavar="ID", help=both("aircon.help.unit"))]
Seen = Annotated[str | None, typer.Option("--camera", metavar="ID", help=both("aircon.help.camera"))]
From = Annotated[Path | None, typer.Option("--from", metavar="VIDEO", help=both("aircon.help.from"))]
Running = Annotated[str, typer.Option("--running", metavar="A-B,...", help=both("aircon.help.running"))]
Standing = Annotated[str, typer.Option("--standing", metavar="A-B,...", help=both("aircon.help.standing"))]
Add = Annotated[bool, typer.Option("--add", help=both("aircon.help.add"))]
Drawn = Annotated[Path | None, typer.Option("--picture", metavar="FILE", help=both("aircon.help.picture"))]


def aircon(  # noqa: PLR0913, PLR0917 - a command line has as many options as it needs
    folder: Folder,
    running: Running,
    standing: Standing,
    unit: Named = None,
    camera: Seen = None,
    clip: From = None,
    add: Add = False,
    picture: Drawn = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Write aircon.json beside the site file. Refuses a clip in which nothing of the unit can be told apart."""
    site = load_site(folder)
    course = Course(_spans("--standing", standing), _spans("--running", running))
    taught_unit = _unit(site, unit)
    looked_at = _camera(site, taught_unit, camera, clip)
    (regions, alike), pictures, cells = _taught(site, taught_unit, looked_at, course)
    if not regions or pictures.last is None:
        raise UsageError(
            both("aircon.nothing_told_apart"),
            where=looked_at.source.address.rsplit("/", 1)[-1],
            got=", ".join(alike) or both("aircon.nothing_found"),
            next_step=both("aircon.nothing_told_apart.next"),
        )
    _write(site, taught_unit.id, regions, cells, add=add)
    drawn = picture or site.folder / "aircon.png"
    write_picture(taught_picture(pictures.last, looked_at.size_px, regions, looked_at.privacy_masks), drawn)
    _show(taught_unit.id, regions, alike, drawn, language.value)


def _spans(option: str, told: str) -> tuple[Span, ...]:
    found = []
    for word in told.split(","):
        match = _SPAN.fullmatch(word.strip())
        if match is None or float(match[2]) <= float(match[1]):
            raise UsageError(both("aircon.bad_span"), where=option, got=word[:40], expected="4-16,22.5-28")
        found.append((float(match[1]), float(match[2])))
    return tuple(found)


def _unit(site: Site, name: str | None) -> AirConditioner:
    units = site.energy.aircons
    if (name is None and len(units) != 1) or (name is not None and name not in units):
        raise UsageError(both("aircon.which_unit"), got=name or "", expected=", ".join(units), next_step="--unit ID")
    return units[name or next(iter(units))]


def _camera(site: Site, unit: AirConditioner, name: str | None, clip: Path | None) -> Camera:
    seen_by = list(dict.fromkeys(region.camera for region in unit.regions)) or list(site.cameras)
    if (name is None and len(seen_by) != 1) or (name is not None and name not in site.cameras):
        expected = ", ".join(seen_by)
        raise UsageError(both("aircon.which_camera"), got=name or "", expected=expected, next_step="--camera ID")
    chosen = site.cameras[name or seen_by[0]]
    source = Source(SourceKind.FILE, str(clip.absolute())) if clip else chosen.source
    if source.kind is not SourceKind.FILE:
        raise UsageError(both("aircon.needs_clip"), got=chosen.id, next_step="--from VIDEO")
    return replace(chosen, source=source, sub_source=None, analysis_fps=TEACHING_FPS)


def _taught(site: Site, unit: AirConditioner, camera: Camera, course: Course) -> tuple[Learnt, Pictures, CellBook]:
    """Parts that the site file states are taken as they stand; the others are found near them, or anywhere."""
    pictures = Pictures(course)
    for frame in clip_frames(camera, assumed_start_us(site)):
        pictures.add(frame)
    if not pictures.enough:
        raise UsageError(
            both("aircon.too_short"), where=camera.source.address.rsplit("/", 1)[-1], expected="--running, --standing"
        )
    taught_before = read_aircons(site.folder, {key: one.size_px for key, one in site.cameras.items()})
    learnt = {r.polygon for r in taught_before.get(unit.id, ())}
    stated = {r.part: r.polygon for r in unit.regions if r.camera == camera.id and r.polygon not in learnt}
    parts = {**pictures.parts(camera.size_px, _around(stated, camera.size_px)), **stated}
    lesson = Lesson(parts, camera, course)
    for frame in clip_frames(camera, assumed_start_us(site)):
        lesson.add(frame)
    return lesson.taught(), pictures, lesson.cells


def _around(stated: dict[AirconPart, Polygon], size_px: tuple[int, int]) -> Polygon | None:
    """The stated parts' surround, three times their extent; None where nothing is stated."""
    points = [point for polygon in stated.values() for point in polygon]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    reach = max(wide, high)
    x0, x1 = max(0.0, min(xs) - reach), min(float(size_px[0]), max(xs) + reach)
    y0, y1 = max(0.0, min(ys) - reach), min(float(size_px[1]), max(ys) + reach)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _write(site: Site, unit: str, regions: tuple[AirconRegion, ...], cells: CellBook, *, add: bool) -> None:
    """With `add` the references of parts that were taught before at the same place are joined: another light."""
    known = read_aircons(site.folder, {key: camera.size_px for key, camera in site.cameras.items()})
    before = {(r.camera, r.part): r for r in known.get(unit, ())}
    new = {(r.camera, r.part): r for r in regions}
    if add:
        for key, region in new.items():
            old = before.get(key)
            if old is not None:
                new[key] = replace(old, on=(*old.on, *region.on)[-16:], off=(*old.off, *region.off)[-16:])
    known[unit] = tuple((before | new).values()) if add else tuple(new.values())
    file = site.folder / AIRCON_FILE
    temporary = file.with_name(f".{file.name}.part")
    try:
        temporary.write_text(aircons_text(known), encoding="utf-8")
        temporary.replace(file)
        cells_file = reference_file(site.folder, unit, regions[0].camera)
        write_cells(cells, cells_file, [region.polygon for region in regions])
    except OSError as error:
        raise SiteError(both("aircon.unwritable"), where=file.name, got=error.strerror or "") from None


def _show(
    unit: str, regions: tuple[AirconRegion, ...], alike: tuple[AirconPart, ...], drawn: Path, language: Language
) -> None:
    table = Table(box=SIMPLE_HEAD, title=text("aircon.table", language, unit=unit), title_justify="left")
    for heading in text("aircon.table.headings", language).split("|"):
        table.add_column(heading, overflow="fold")
    for region in regions:
        (x0, y0), (x1, y1) = map(min, zip(*region.polygon, strict=True)), map(max, zip(*region.polygon, strict=True))
        place = f"{x0:.0f},{y0:.0f} - {x1:.0f},{y1:.0f}"
        table.add_row(text(f"aircon.part.{region.part}", language), place, f"{len(region.on)} / {len(region.off)}")
    for part in alike:
        table.add_row(text(f"aircon.part.{part}", language), "", text("aircon.alike", language))
    console = Console()
    console.print(table)
    console.print(text("aircon.drawn", language, file=drawn), markup=False, highlight=False, soft_wrap=True)
    if not any(region.part is AirconPart.DISPLAY for region in regions) and len(regions) < 2:
        console.print(text("aircon.one_sign", language), markup=False, highlight=False)
