"""`guiwei calibrate uniform`: teach what staff wear, from a clip of staff or from pictures of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console

from calibration import load_site
from guiwei.language_option import Speech, Spoken
from guiwei.pull_progress import pull_shown
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from models.domain.geometry import PERSON_HEIGHT_M
from models.domain.media import Frame, Image, Run
from models.domain.site import Camera, Name, Source, SourceKind
from models.texts import Language, both, text
from vision.clothing import Clothing, Wardrobe
from vision.detectors import load_detector
from vision.detectors.finder import CropFinder
from vision.ingest import open_source
from vision.place import Box
from vision.uniform_lesson import Lesson, UnteachableError, taught

PICTURES = frozenset({".jpg", ".jpeg", ".png"})
SURE = 0.55
EVERY_S = 0.5
"""A clip is looked at this often: people have moved, and the light falls elsewhere."""
MOST_SIGHTINGS = 200


def uniform(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=both("site.help.folder"), show_default=False)],
    source: Annotated[
        list[Path], typer.Option("--from", metavar="CLIP_OR_PICTURE", help=both("calibrate.help.uniform_from"))
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help=both("calibrate.help.name"))],
    part: Annotated[str, typer.Option(metavar="top|bottom", help=both("calibrate.help.part"))] = "top",
    language: Spoken = Speech.ZH,
) -> None:
    """Print what to put under roles.staff.uniform; nothing is written."""
    if part not in ("top", "bottom"):
        raise UsageError(both("calibrate.part"), where="--part", got=part, expected="top, bottom")
    site = load_site(folder)
    seen = [clothing for path in source for clothing in _sightings(path, language.value)]
    pixels = [p for p in (c.top if part == "top" else c.bottom for c in seen) if p is not None]
    try:
        lesson = taught(name, part, pixels, site.uniforms)
    except UnteachableError as error:
        raise UsageError(
            both(f"calibrate.doubt.{error.doubt}"),
            where=", ".join(path.name for path in source),
            got=error.about,
            next_step=both(f"calibrate.doubt.{error.doubt}.next"),
        ) from None
    _tell(lesson, language.value)


def _tell(lesson: Lesson, language: Language) -> None:
    console, colour = Console(soft_wrap=True), lesson.colour
    lab = ", ".join(f"{value:g}" for value in colour.lab)
    entry = f"{{name: {colour.name}, lab: [{lab}], tolerance: {colour.tolerance:g}, part: {colour.part}}}"
    console.print(text("calibrate.uniform.taught", language, count=lesson.sightings), markup=False, highlight=False)
    console.print(f"roles:\n  staff:\n    uniform:\n      - {entry}", markup=False, highlight=False)
    if lesson.mistaken_for:
        clothes = "、".join if language == "zh" else ", ".join
        named = clothes([text(f"calibrate.cloth.{key}", language) for key in lesson.mistaken_for])
        console.print(text("calibrate.uniform.mistaken", language, clothes=named), markup=False, highlight=False)


def _sightings(path: Path, language: Language) -> Iterator[Clothing]:
    """The clothes of everybody in a clip, or of the one person in a picture."""
    if not path.is_file():
        raise UsageError(both("calibrate.no_file"), where="--from", got=str(path))
    if path.suffix.lower() in PICTURES:
        image = cv2.imread(str(path))
        if image is None:
            raise UsageError(both("calibrate.no_image"), where="--from", got=str(path))
        yield _of_crop(np.asarray(image, np.uint8))
        return
    yield from _of_clip(path, language)


def _of_crop(image: Image) -> Clothing:
    """A picture cut around one person, from crown to soles. What is grey in it stands for the light."""
    wardrobe = Wardrobe()
    wardrobe.look(image, 0)
    height, width = image.shape[:2]
    return wardrobe.of(image, (0.0, 0.0, float(width), float(height)), height / PERSON_HEIGHT_M)


def _of_clip(path: Path, language: Language) -> Iterator[Clothing]:
    camera = Camera("clip", Name("clip", "clip"), Source(SourceKind.FILE, str(path.absolute())), (1, 1), analysis_fps=5)
    with pull_shown(language) as progress:
        finder = CropFinder(load_detector(progress=progress))
    wardrobe, count, due_us = Wardrobe(), 0, 0
    for frame in open_source(camera, secrets={}, clock=SystemClock()):
        if not isinstance(frame, Frame) or frame.t_us < due_us:
            continue
        due_us = frame.t_us + round(EVERY_S * 1e6)
        wardrobe.look(frame.image, frame.utc_us)
        found = finder.find(Frame(frame.image, Run("clip", 1, 0), frame.t_us), np.zeros((0, 4), np.float32))
        for row, score, kind in zip(found.boxes, found.scores, found.classes, strict=True):
            if kind == 0 and score >= SURE:
                box: Box = (float(row[0]), float(row[1]), float(row[2]), float(row[3]))
                yield wardrobe.of(frame.image, box, (box[3] - box[1]) / PERSON_HEIGHT_M)
                count += 1
        if count >= MOST_SIGHTINGS:
            return
