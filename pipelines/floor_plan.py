"""The floor from above, with the way somebody took: zones, posts and doors of the site file, in metres."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont

from models.domain.geometry import XY
from models.domain.site import Name, Region, Site
from models.texts import Language
from pipelines.trails import Step

GROUND, ROOM, WALL, WORDS = (243, 245, 245), (255, 255, 255), (150, 160, 168), (74, 88, 100)
POST, DOOR = (47, 111, 143), (29, 107, 63)
PATH, HALO = (200, 60, 45), (255, 255, 255)
MARGIN_M = 0.4
PATHS = 4
"""Ways drawn at most: the party's, as different cameras saw it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbered moments on the plan: (number, UTC µs)."""

    moments: tuple[tuple[int, int], ...] = ()


def has_plan(site: Site) -> bool:
    """Whether anything of the site is drawn on the floor."""
    return any(True for _ in _shapes(site))


def floor_plan(
    site: Site,
    size_px: tuple[int, int],
    paths: Sequence[Sequence[Step]],
    marks: Marks,
    font: ImageFont.FreeTypeFont,
    language: Language,
) -> Drawing.Image:
    """RGB picture of that size. x to the right, y away from the viewer (upwards), as the site file measures."""
    made = Drawing.new("RGB", size_px, GROUND)
    pen = ImageDraw.Draw(made)
    to_px = _scale(site, paths, size_px)
    for region, name, is_post in _shapes(site):
        outline = [to_px(point) for point in region.polygon]
        pen.polygon(outline, fill=None if is_post else ROOM, outline=POST if is_post else WALL, width=2)
        _name(pen, outline, name.zh if language == "zh" else name.en, font, POST if is_post else WORDS)
    for line in site.entrances:
        if line.camera is None:
            pen.line([to_px(line.a), to_px(line.b)], fill=DOOR, width=5)
    for steps in paths[:PATHS]:
        way = [to_px(xy) for _, xy in steps]
        if len(way) > 1:
            pen.line(way, fill=HALO, width=7, joint="curve")
            pen.line(way, fill=PATH, width=4, joint="curve")
    for number, at_us in marks.moments:
        spot = _where(paths, at_us)
        if spot is not None:
            _mark(pen, to_px(spot), str(number), font)
    return made


def _shapes(site: Site) -> Iterator[tuple[Region, Name, bool]]:
    """(region, name, is a post) of everything on the floor, large things first."""
    for zone in site.zones.values():
        yield from ((region, zone.name, False) for region in zone.regions if region.camera is None)
    for post in site.posts.values():
        yield from ((region, post.name, True) for region in post.regions if region.camera is None)


def _scale(site: Site, paths: Sequence[Sequence[Step]], size_px: tuple[int, int]) -> Callable[[XY], XY]:
    points = [p for region, _, _ in _shapes(site) for p in region.polygon]
    points += [xy for steps in paths for _, xy in steps]
    low = (min(x for x, _ in points) - MARGIN_M, min(y for _, y in points) - MARGIN_M)
    high = (max(x for x, _ in points) + MARGIN_M, max(y for _, y in points) + MARGIN_M)
    px_per_m = min(size_px[0] / (high[0] - low[0]), size_px[1] / (high[1] - low[1]))
    left = (size_px[0] - px_per_m * (high[0] - low[0])) / 2
    top = (size_px[1] - px_per_m * (high[1] - low[1])) / 2

    def to_px(point: XY) -> XY:
        return left + (point[0] - low[0]) * px_per_m, top + (high[1] - point[1]) * px_per_m

    return to_px


def _name(
    pen: ImageDraw.ImageDraw, outline: Sequence[XY], words: str, font: ImageFont.FreeTypeFont, ink: tuple[int, int, int]
) -> None:
    """At the upper left of the outline, where it has room."""
    x0, y0 = min(x for x, _ in outline), min(y for _, y in outline)
    if font.getlength(words) <= max(x for x, _ in outline) - x0 - 8:
        pen.text((x0 + 6, y0 + 3), words, fill=ink, font=font)


def _where(paths: Sequence[Sequence[Step]], at_us: int) -> XY | None:
    """The position nearest in time, of any of the ways."""
    steps = [step for steps in paths for step in steps]
    return min(steps, key=lambda step: abs(step[0] - at_us))[1] if steps else None


def _mark(pen: ImageDraw.ImageDraw, at: XY, words: str, font: ImageFont.FreeTypeFont) -> None:
    reach = font.size * 0.72
    pen.ellipse((at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach), fill=PATH, outline=HALO, width=2)
    pen.text(at, words, fill=HALO, font=font, anchor="mm")
