"""`guiwei calibrate`: floor, lens, teach, show, baseline, lights, aircon, uniform. All ends in the site folder.

Each command checks first and writes last: bad input is refused and changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console

from calibration import load_site
from calibration.floor_marks import DICTIONARY, FloorFit, fitted, marks_of, tags_of
from calibration.furniture_assembly import read_furniture, write_furniture
from calibration.furniture_file import BaselinePart, FurnitureFile, TaughtCamera, TaughtLens, TaughtPoint
from calibration.furniture_overlay import drawn
from calibration.lens_board import Board, lens_from_board
from calibration.local_time import moment_of
from calibration.overlay import write_picture
from calibration.reference_pictures import references_of, write_reference
from guiwei.aircon_command import aircon
from guiwei.box import network_eyes
from guiwei.language_option import Folder, Speech, Spoken
from guiwei.lights_command import lights
from guiwei.uniform_command import uniform
from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.clock import SystemClock
from models.domain.errors import SiteError, UsageError
from models.domain.furniture import BaselineState
from models.domain.geometry import Lens
from models.domain.instants import iso
from models.domain.media import US, Frame, Image, Run
from models.domain.site import Camera, Site, SourceKind
from models.texts import Language, both, text
from vision.ingest import pictures
from vision.registration import look_of
from vision.registration.picture_plane import stand_in_view
from vision.tracking import START_SCORE

LARGEST_PHOTO_BYTES = 60_000_000
LARGEST_PHOTO_PX = 60_000_000
AVERAGED_S = 2.0
TEACHING_FPS = 15.0

app = typer.Typer(help=both("calibrate.help"), no_args_is_help=True)
app.command(help=both("lights.help.lights"))(lights)
app.command(help=both("aircon.help.aircon"))(aircon)
app.command(help=both("calibrate.help.uniform"))(uniform)
CameraId = Annotated[str | None, typer.Option("--camera", metavar="ID", help=both("calibrate.help.camera"))]
From = Annotated[Path | None, typer.Option("--from", metavar="FILE", help=both("calibrate.help.from"))]
At = Annotated[float, typer.Option("--at", metavar="SECONDS", help=both("calibrate.help.at"), min=0.0)]
Drawn = Annotated[Path | None, typer.Option("--picture", metavar="FILE", help=both("calibrate.help.picture"))]

Marks = Annotated[list[str] | None, typer.Option("--point", metavar="U,V=X,Y", help=both("calibrate.help.point"))]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="ID=X,Y", help=both("calibrate.help.tag"))]


@app.command(help=both("calibrate.help.floor"))
def floor(  # noqa: PLR0913, PLR0917 - a command line has as many options as it needs
    folder: Folder,
    points: Annotated[
        list[str] | None, typer.Option("--point", metavar="U,V=X,Y", help=both("calibrate.help.point"))
    ] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", metavar="ID=X,Y", help=both("calibrate.help.tag"))] = None,
    dictionary: Annotated[str, typer.Option(help=both("calibrate.help.dictionary"))] = DICTIONARY,
    camera: CameraId = None,
    source: From = None,
    at_s: At = 0.0,
    picture: Drawn = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Fit the camera's pose to marks on the floor, say each residual in mm, draw them, write furniture.json."""
    site = load_site(folder)
    one = _camera(site, camera)
    still = _still(one, source, at_s)
    marks = (*marks_of(points or []), *(tags_of(tags, still, dictionary) if tags else ()))
    fit = fitted(marks, one.size_px, one.lens)
    taught = read_furniture(site.folder)
    known = taught.cameras.get(one.id, TaughtCamera())
    places = tuple(TaughtPoint(image=p.image, floor=p.floor) for p in fit.points)
    lens = known.lens if one.lens is not None else _lens_part(fit.pose.lens)
    cameras = {**taught.cameras, one.id: TaughtCamera(lens=lens, floor_points=places)}
    out = picture or site.folder / f"floor-{one.id}.png"
    write_picture(drawn(still, fit.pose, tuple(site.furniture.items.values()), fit), out)
    write_furniture(site.folder, taught.model_copy(update={"cameras": cameras}))
    _say_fit(fit, out, language.value)


@app.command(help=both("calibrate.help.lens"))
def lens(  # noqa: PLR0913, PLR0917 - as above
    folder: Folder,
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO...", help=both("calibrate.help.photos"))],
    squares: Annotated[str, typer.Option(metavar="AxB", help=both("calibrate.help.squares"))] = "5x7",
    square_mm: Annotated[float, typer.Option(min=1.0, help=both("calibrate.help.square"))] = 40.0,
    marker_mm: Annotated[float, typer.Option(min=0.5, help=both("calibrate.help.marker"))] = 20.0,
    dictionary: Annotated[str, typer.Option(help=both("calibrate.help.dictionary"))] = DICTIONARY,
    camera: CameraId = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Fit the lens to photographs of a ChArUco board and write furniture.json."""
    site = load_site(folder)
    one = _camera(site, camera)
    across, _, down = squares.partition("x")
    if not (across.isdigit() and down.isdigit() and 3 <= int(across) <= 40 and 3 <= int(down) <= 40):
        raise UsageError(both("calibrate.squares_form"), got=squares, expected="5x7")
    stills = [photograph(path) for path in photos]
    if any((p.shape[1], p.shape[0]) != one.size_px for p in stills):
        raise UsageError(both("calibrate.other_size"), expected="{}x{}".format(*one.size_px))
    fit = lens_from_board(stills, Board((int(across), int(down)), square_mm, marker_mm, dictionary))
    taught = read_furniture(site.folder)
    known = taught.cameras.get(one.id, TaughtCamera())
    cameras = {**taught.cameras, one.id: known.model_copy(update={"lens": _lens_part(fit.lens)})}
    write_furniture(site.folder, taught.model_copy(update={"cameras": cameras}))
    _say(
        "calibrate.lens_done",
        language.value,
        views=fit.views,
        residual=f"{fit.residual_px:.2f}",
        fx=f"{fit.lens.fx:.1f}",
        k1=f"{fit.lens.distortion[0]:.3f}",
    )


@app.command(help=both("calibrate.help.teach"))
def teach(  # noqa: PLR0913, PLR0917 - as above
    folder: Folder,
    light: Annotated[str, typer.Option(metavar="NAME", help=both("calibrate.help.light"))] = "day",
    camera: CameraId = None,
    source: From = None,
    at_s: At = 0.0,
    picture: Drawn = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Take the picture that all items of a camera are compared with; refused while somebody is in it."""
    site = load_site(folder)
    one = _camera(site, camera)
    mine = [i for i in site.furniture.items.values() if i.camera in {"", one.id}]
    if not mine:
        raise UsageError(both("calibrate.no_items"), where=one.id, next_step=both("calibrate.no_items.next"))
    standing = [item for item in mine if not item.outline]
    pose = _pose(one) if standing or one.floor_points else None
    mean, last = _mean(one, source, at_s)
    _nobody(one, last)
    stands = {item.id: stand_in_view(pose, item, standing, one.size_px) for item in mine}
    outside = [name for name, stand in stands.items() if stand is None]
    if len(outside) == len(mine):
        raise UsageError(both("calibrate.outside"), got=", ".join(outside), next_step=both("calibrate.outside.next"))
    file = write_reference(site.folder, one.id, light, mean)
    out = picture or site.folder / f"taught-{one.id}.png"
    write_picture(drawn(last, pose, mine), out)
    console = Console(soft_wrap=True)
    for name, stand in stands.items():
        points = 0 if stand is None else len(look_of(stand, mean, light).weight)
        key = "calibrate.item_outside" if stand is None else "calibrate.item_taught"
        reach = "-" if stand is None or stand.item.outline else f"{stand.distance_m:.1f}"
        console.print(
            text(key, language.value, item=name, points=points, distance=reach), markup=False, highlight=False
        )
    _say("calibrate.taught", language.value, file=file, picture=out)


@app.command(help=both("calibrate.help.show"))
def show(
    folder: Folder,
    camera: CameraId = None,
    source: From = None,
    at_s: At = 0.0,
    picture: Drawn = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Draw the grid, the items, their labels and the marks with their residuals."""
    site = load_site(folder)
    one = _camera(site, camera)
    known = list(references_of(site.folder, one.id, one.size_px).values())
    still = np.asarray(known[0], np.uint8) if known and source is None else _still(one, source, at_s)
    fit = fitted(one.floor_points, one.size_px, one.lens)
    out = picture or site.folder / f"calibration-{one.id}.png"
    write_picture(drawn(still, fit.pose, tuple(site.furniture.items.values()), fit), out)
    _say_fit(fit, out, language.value)


@app.command(help=both("calibrate.help.baseline"))
def baseline(
    folder: Folder,
    freeze: Annotated[bool, typer.Option("--freeze", help=both("calibrate.help.freeze"))] = False,
    trial: Annotated[bool, typer.Option("--trial", help=both("calibrate.help.trial"))] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help=both("calibrate.help.by"))] = "",
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help=both("calibrate.help.since"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Show the baselines; begin a trial, or freeze one, as the next version. Earlier ones become superseded."""
    site = load_site(folder)
    taught = read_furniture(site.folder)
    if freeze or trial:
        if freeze == trial or (freeze and not by.strip()):
            raise UsageError(both("calibrate.baseline_one"), next_step=both("calibrate.baseline_one.next"))
        if freeze and not any(references_of(site.folder, c.id, c.size_px) for c in site.cameras.values()):
            raise SiteError(both("calibrate.nothing_taught"), next_step=both("calibrate.nothing_taught.next"))
        taught = _next_baseline(
            taught, BaselineState.FROZEN if freeze else BaselineState.TRIAL, by.strip(), since, site.time_zone
        )
        write_furniture(site.folder, taught)
        load_site(folder)
    console = Console(soft_wrap=True)
    for one in taught.baselines:
        state = text(f"calibrate.state.{one.state.value}", language.value)
        line = text(
            "calibrate.baseline", language.value, version=one.version, state=state, since=one.since, by=one.approved_by
        )
        console.print(line, markup=False, highlight=False)
    if not taught.baselines:
        _say("calibrate.no_baseline", language.value)


def photograph(path: Path) -> Image:
    """A picture file. Raises UsageError: unreadable, too large, or no picture."""
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST_PHOTO_BYTES else b""
    except OSError as error:
        raise UsageError(both("calibrate.photo"), where=str(path), got=error.strerror or "") from None
    if not raw:
        raise UsageError(
            both("calibrate.photo"), where=str(path), got=f"{size} B", expected=f"<= {LARGEST_PHOTO_BYTES} B"
        )
    found = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    if found is None or found.shape[0] * found.shape[1] > LARGEST_PHOTO_PX:
        got = "-" if found is None else f"{found.shape[1]}x{found.shape[0]}"
        raise UsageError(both("calibrate.photo"), where=str(path), got=got, expected="JPEG, PNG <= 60 MP")
    return np.asarray(found, np.uint8)


def _next_baseline(
    taught: FurnitureFile, state: BaselineState, by: str, since: str | None, time_zone: str
) -> FurnitureFile:
    moment = since or iso(SystemClock().utc_us())
    # One that begins later leaves the present one in force until then.
    begins_us = moment_of(moment, time_zone)
    begun = begins_us is None or begins_us <= SystemClock().utc_us()
    update = {"state": BaselineState.SUPERSEDED} if begun else {}
    earlier = tuple(b.model_copy(update=update) for b in taught.baselines)
    version = 1 + max((b.version for b in earlier), default=0)
    new = BaselinePart(version=version, state=state, since=moment, approved_by=by)
    return taught.model_copy(update={"baselines": (*earlier, new)})


def _camera(site: Site, name: str | None) -> Camera:
    if name is None and len(site.cameras) == 1:
        return next(iter(site.cameras.values()))
    if name is None or name not in site.cameras:
        raise UsageError(both("calibrate.camera"), got=str(name), expected=", ".join(site.cameras))
    return site.cameras[name]


def _pose(camera: Camera) -> CameraPose:
    if not camera.floor_points:
        raise UsageError(both("calibrate.no_floor"), where=camera.id, next_step=both("calibrate.no_floor.next"))
    return pose_from_floor(camera.floor_points, camera.size_px, camera.lens)


def _still(camera: Camera, source: Path | None, at_s: float) -> Image:
    """One picture: a photograph, or a moment of a recording."""
    if source is not None and source.suffix.lower() in {".png", ".jpg", ".jpeg"}:
        found = photograph(source)
    else:
        found = _mean(camera, source, at_s)[1]
    if (found.shape[1], found.shape[0]) != camera.size_px:
        got = f"{found.shape[1]}x{found.shape[0]}"
        raise UsageError(both("calibrate.other_size"), got=got, expected="{}x{}".format(*camera.size_px))
    return found


def _mean(camera: Camera, source: Path | None, at_s: float) -> tuple[np.ndarray, Image]:
    """The mean of AVERAGED_S of a recording from `at_s` on, and its last picture. Raises UsageError."""
    if source is None and camera.source.kind is not SourceKind.FILE:
        raise UsageError(both("calibrate.need_from"), where=camera.id)
    path = source or Path(camera.source.address)
    start_us = round(at_s * US)
    total, count, last = None, 0, None
    for _, image in pictures(path, start_us, start_us + round(AVERAGED_S * US), TEACHING_FPS):
        total = image.astype(np.float32) if total is None else total + image
        count, last = count + 1, image
    if total is None or last is None:
        raise UsageError(both("calibrate.no_picture"), where=str(path), got=f"{at_s:g} s")
    if (last.shape[1], last.shape[0]) != camera.size_px:
        got = f"{last.shape[1]}x{last.shape[0]}"
        raise UsageError(both("calibrate.other_size"), got=got, expected="{}x{}".format(*camera.size_px))
    return np.asarray(total / count, np.float32), last


def _nobody(camera: Camera, image: Image) -> None:
    """Raises UsageError when somebody is in the picture: as sure as a track needs to begin, since the evidence's second
    net, which takes no risk, sees somebody in every other chair."""
    found = network_eyes().finder(camera).find(Frame(image, Run("still", 1, 0), 0), np.zeros((0, 4), np.float32))
    boxes = found.boxes[found.scores >= START_SCORE]
    if len(boxes):
        x0, y0, x1, y1 = boxes[0]
        got = f"{len(boxes)}: {x0:.0f},{y0:.0f}-{x1:.0f},{y1:.0f}"
        raise UsageError(both("calibrate.somebody"), got=got, next_step=both("calibrate.somebody.next"))


def _lens_part(lens: Lens) -> TaughtLens:
    k = (*lens.distortion, 0.0, 0.0, 0.0, 0.0, 0.0)
    return TaughtLens(fx=lens.fx, fy=lens.fy, cx=lens.cx, cy=lens.cy, distortion=(k[0], k[1], k[2], k[3], k[4]))


def _say_fit(fit: FloorFit, out: Path, language: Language) -> None:
    console = Console(soft_wrap=True)
    for number, (point, error) in enumerate(zip(fit.points, fit.errors_mm, strict=True), 1):
        console.print(f"#{number} {point.image} -> {point.floor} m: {error:.1f} mm", markup=False, highlight=False)
    height = f"{fit.pose.centre[2]:.2f}"
    _say(
        "calibrate.floor_done",
        language,
        rms=f"{fit.rms_mm:.1f}",
        worst=fit.worst,
        height=height,
        focal=f"{fit.pose.lens.fx:.0f}",
        picture=out,
    )


def _say(key: str, language: Language, **places: object) -> None:
    Console(soft_wrap=True).print(text(key, language, **places), markup=False, highlight=False)
