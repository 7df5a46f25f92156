"""`guiwei calibrate lights`: teaches lamp groups from a clip in which they are switched, and shows what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from calibration import load_site
from calibration.energy_assembly import lights_text, read_lights
from calibration.energy_file import LIGHTS_FILE, LampRegionPart
from calibration.overlay import write_picture
from guiwei.clip_frames import clip_frames
from guiwei.language_option import Folder, Speech, Spoken
from guiwei.replay import assumed_start_us
from models.domain.energy import LampRegion
from models.domain.errors import SiteError, UsageError
from models.domain.media import US, Image
from models.domain.site import Camera, Site, Source, SourceKind
from models.texts import Language, both, text
from vision.luminaires.picture import taught_picture
from vision.luminaires.references import References
from vision.luminaires.teaching import Clip, TaughtGroup, taught_groups
from vision.reference_cells import CellBook, reference_file, write_cells

TEACHING_FPS = 10.0
"""A switching is placed to a tenth of a second."""

Named = Annotated[str | None, typer.Option("--camera", metavar="ID", help=both("lights.help.camera"))]
From = Annotated[Path | None, typer.Option("--from", metavar="VIDEO", help=both("lights.help.from"))]
Names = Annotated[str, typer.Option("--names", metavar="A,B,...", help=both("lights.help.names"))]
Add = Annotated[bool, typer.Option("--add", help=both("lights.help.add"))]
Drawn = Annotated[Path | None, typer.Option("--picture", metavar="FILE", help=both("lights.help.picture"))]


def lights(  # noqa: PLR0913, PLR0917 - a command line has as many options as it needs
    folder: Folder,
    camera: Named = None,
    clip: From = None,
    names: Names = "",
    add: Add = False,
    picture: Drawn = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Write lights.json beside the site file. Refuses a clip in which nothing is switched."""
    site = load_site(folder)
    looked_at = _camera(site, camera, clip)
    read, last = _read(looked_at, assumed_start_us(site))
    groups, cells = _measured(looked_at, read, assumed_start_us(site))
    if not any(group.switchings for group in groups):
        raise UsageError(
            both("lights.nothing_switched"),
            where=looked_at.source.address.rsplit("/", 1)[-1],
            got=both("lights.nothing_switched.got", count=len(read.pictures)),
            next_step=both("lights.nothing_switched.next"),
        )
    named = _named(groups, [name.strip() for name in names.split(",") if name.strip()])
    _write(site, named, cells, add=add)
    drawn = picture or site.folder / "lights.png"
    regions = {name: group.regions for name, group in named.items()}
    write_picture(taught_picture(last, looked_at.size_px, regions, looked_at.privacy_masks), drawn)
    _show(site, named, read, drawn, language.value)


def _camera(site: Site, name: str | None, clip: Path | None) -> Camera:
    if name is None and len(site.cameras) > 1:
        raise UsageError(both("lights.which_camera"), expected=", ".join(site.cameras), next_step="--camera ID")
    chosen = site.cameras.get(name or next(iter(site.cameras)))
    if chosen is None:
        raise UsageError(both("lights.which_camera"), got=str(name), expected=", ".join(site.cameras))
    source = Source(SourceKind.FILE, str(clip.absolute())) if clip else chosen.source
    if source.kind is not SourceKind.FILE:
        raise UsageError(both("lights.needs_clip"), got=chosen.id, next_step="--from VIDEO")
    return replace(chosen, source=source, sub_source=None, analysis_fps=TEACHING_FPS)


def _read(camera: Camera, anchor_us: int) -> tuple[Clip, Image]:
    clip, last = Clip(camera.size_px), np.zeros((1, 1, 3), np.uint8)
    for frame in clip_frames(camera, anchor_us):
        if not clip.add(frame):
            break
        last = frame.image
    return clip, last


def _measured(camera: Camera, clip: Clip, anchor_us: int) -> tuple[tuple[TaughtGroup, ...], CellBook]:
    """The groups of the clip, their references measured in a second pass as the box will measure."""
    found = taught_groups(clip, camera.id)
    if not found:
        return (), CellBook(camera.size_px)
    references = References(found, camera.size_px, camera.privacy_masks)
    for frame in clip_frames(camera, anchor_us):
        if frame.utc_us > clip.times_us[-1]:
            break
        references.add(frame)
    return references.groups(), references.cells


def _named(groups: tuple[TaughtGroup, ...], names: list[str]) -> dict[str, TaughtGroup]:
    switched = [group for group in groups if group.switchings]
    steady = [group for group in groups if not group.switchings]
    if len(names) > len(switched):
        raise UsageError(both("lights.too_many_names"), got=str(len(names)), expected=f"<= {len(switched)}")
    found = {names[i] if i < len(names) else f"lamps-{i + 1}": group for i, group in enumerate(switched)}
    return found | {f"steady-{i + 1}": group for i, group in enumerate(steady)}


def _write(site: Site, named: Mapping[str, TaughtGroup], cells: CellBook, *, add: bool) -> None:
    """With `add` the references of regions that were taught before at the same place are joined: another daylight."""
    sizes = {key: camera.size_px for key, camera in site.cameras.items()}
    known = read_lights(site.folder, sizes)
    for name, group in named.items():
        before = known.get(name, ()) if add else ()
        known[name] = tuple(_joined(_part(region), before) for region in group.regions)
    file = site.folder / LIGHTS_FILE
    temporary = file.with_name(f".{file.name}.part")
    try:
        temporary.write_text(lights_text(known), encoding="utf-8")
        temporary.replace(file)
        for name, group in named.items():
            if group.switchings:
                walls = [r.polygon for r in group.regions if r.part == "surface"]
                cells_file = reference_file(site.folder, name, group.regions[0].camera)
                write_cells(cells, cells_file, [r.polygon for r in group.regions], walls)
    except OSError as error:
        raise SiteError(both("lights.unwritable"), where=file.name, got=error.strerror or "") from None


def _part(region: LampRegion) -> LampRegionPart:
    return LampRegionPart(
        camera=region.camera,
        part=region.part.value,
        polygon=tuple((x, y) for x, y in region.polygon),
        on=region.on,
        off=region.off,
        least_level=region.least_level,
        chroma=region.chroma,
    )


def _joined(part: LampRegionPart, before: tuple[LampRegionPart, ...]) -> LampRegionPart:
    middle = np.array(part.polygon).mean(0)
    for other in before:
        low, high = np.array(other.polygon).min(0), np.array(other.polygon).max(0)
        if other.camera == part.camera and other.part == part.part and (low <= middle).all() and (middle <= high).all():
            levels = [level for level in (other.least_level, part.least_level) if level is not None]
            taught = {"on": (*other.on, *part.on)[-32:], "off": (*other.off, *part.off)[-32:]}
            return part.model_copy(update=taught | {"least_level": min(levels, default=None)})
    return part


def _show(site: Site, named: Mapping[str, TaughtGroup], clip: Clip, drawn: Path, language: Language) -> None:
    table = Table(box=SIMPLE_HEAD, title=text("lights.table", language), title_justify="left")
    for heading in text("lights.table.headings", language).split("|"):
        table.add_column(heading, overflow="fold")
    for name, group in named.items():
        times = ", ".join(
            f"{(s.utc_us - clip.times_us[0]) / US:.1f} s {text('lights.on' if s.on else 'lights.off', language)}"
            for s in group.switchings
        )
        lamps = sum(region.part == "lamp" for region in group.regions)
        table.add_row(
            name,
            times or text("lights.steady", language),
            str(lamps),
            str(len(group.regions) - lamps),
            text("lights.in_force" if name in site.energy.luminaires else "lights.not_in_force", language),
        )
    console = Console()
    console.print(table)
    console.print(text("lights.drawn", language, file=drawn), markup=False, highlight=False, soft_wrap=True)
    strangers = [name for name in named if name not in site.energy.luminaires]
    if strangers:
        console.print(text("lights.next", language, names=", ".join(strangers)), markup=False, highlight=False)
