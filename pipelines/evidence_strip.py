"""The strip of an incident: a tile for each moment (came in, waited, approached or left), the way on the floor plan,
and the wait as a bar against its limit. Two tiles a row, so that a telephone shows them without a magnifying glass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont

from calibration.lettering import GROUND, INK, chinese_font, fitting, languages, letters
from models.domain.incident import Incident
from models.domain.instants import datetime_of
from models.domain.media import US, Image
from models.domain.presence import Role
from models.domain.site import Name, Site
from models.texts import Language, text
from pipelines.album import Box, Figure
from pipelines.evidence_overlay import PLACE, ROLE_COLOURS, SUBJECT, places
from pipelines.floor_plan import Marks, floor_plan, has_plan
from pipelines.incident_words import capital, place_of, quantity, rule_name
from pipelines.trails import Step

TILE_PX = (480, 270)
LETTER_PX = 26
"""On a telephone of 375 px the sheet is shown at 0.39: letters of 10 px."""
GAP_PX = 6
QUIET = (170, 178, 184)
WITHIN, BEYOND, TRACK = (63, 143, 140), (230, 70, 60), (84, 90, 96)
CONTEXT = 2.6
"""A tile shows this many times the height of whom it is about: small people are drawn near, the place stays known."""

POST_CODES = frozenset({"greeter.post_unattended", "greeter.post_late"})
ENDINGS = {"resolved": "approached", "left": "left", "off_duty": "off_duty"}
"""end_reason -> label of the last tile; any other: last_seen."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One moment. image: masked, BGR; figures: who is on it, boxes in pixels of the camera's declared size."""

    label: str
    utc_us: int
    image: Image
    figures: tuple[Figure, ...] = ()


def labels(incident: Incident) -> tuple[str, str, str]:
    """Text keys `strip.<label>` of the first moment, the limit's, and the end's."""
    if incident.code in POST_CODES:
        ending = "manned" if incident.end_reason == "resolved" else ENDINGS.get(incident.end_reason or "", "last_seen")
        return "emptied", "unattended", ending
    return "came_in", "waited", ENDINGS.get(incident.end_reason or "", "last_seen")


def strip(site: Site, incident: Incident, tiles: Sequence[Tile], paths: Sequence[Sequence[Step]]) -> Image:
    """The sheet, BGR. tiles: one to three, in order of time; paths: where the people went on the floor."""
    said: Language = "zh" if chinese_font() else "en"
    font = letters(LETTER_PX)
    pieces = [_tile(site, incident, number, tile, said) for number, tile in enumerate(tiles, 1)]
    if has_plan(site) and paths:
        marks = Marks(tuple((number, tile.utc_us) for number, tile in enumerate(tiles, 1)))
        plan = floor_plan(site, TILE_PX, paths, marks, letters(20), said)
        pieces.append(_under(plan, text("strip.path", said), font))
    head = _words(site, incident)
    width, height = 2 * TILE_PX[0] + GAP_PX, pieces[0].height + GAP_PX
    rows = (len(pieces) + 1) // 2
    bar_px = 3 * LETTER_PX
    line = round(LETTER_PX * 1.4)
    made = Drawing.new("RGB", (width, rows * height + bar_px + line * len(head) + LETTER_PX // 2), GROUND)
    for number, piece in enumerate(pieces):
        made.paste(piece, (number % 2 * (TILE_PX[0] + GAP_PX), number // 2 * height))
    pen = ImageDraw.Draw(made)
    _bar(pen, incident, (LETTER_PX // 2, rows * height, width - LETTER_PX // 2, rows * height + bar_px), said)
    for row, words in enumerate(head):
        _write(pen, (LETTER_PX // 2, rows * height + bar_px + row * line), words, width - LETTER_PX)
    return np.ascontiguousarray(np.asarray(made, np.uint8)[:, :, ::-1])


def _tile(site: Site, incident: Incident, number: int, tile: Tile, said: Language) -> Drawing.Image:
    camera = site.cameras[incident.camera]
    scale = tile.image.shape[1] / camera.size_px[0]
    members = set(incident.extra.get("persons", "").split())
    ours = [_scaled(f.box, scale) for f in tile.figures if f.person in members]
    staff = [_scaled(f.box, scale) for f in tile.figures if f.person not in members and f.role == Role.STAFF]
    shown = tile.image.copy()
    thick = max(2, round(shown.shape[0] / 240))
    for boxes, colour in ((staff, ROLE_COLOURS[Role.STAFF]), (ours, SUBJECT)):
        for x0, y0, x1, y1 in boxes:
            cv2.rectangle(shown, (round(x0), round(y0)), (round(x1), round(y1)), colour, thick)
    if not ours:
        for outline in places(site, camera, incident):
            points = np.array(outline) * scale
            cv2.polylines(shown, [np.round(points).astype(np.int32)], isClosed=True, color=PLACE, thickness=thick)
            (x0, y0), (x1, y1) = points.min(0), points.max(0)
            ours.append((float(x0), float(y0), float(x1), float(y1)))
    shown = _cut(shown, ours)
    picture = Drawing.fromarray(np.ascontiguousarray(shown[:, :, ::-1]))
    local = datetime_of(tile.utc_us).astimezone(ZoneInfo(site.time_zone))
    return _under(picture, f"{number} {text(f'strip.{tile.label}', said)}  {local:%H:%M:%S}", letters(LETTER_PX))


def _cut(image: Image, ours: Sequence[Box]) -> Image:
    """The part of the picture around the people it is about, in the tile's shape; the whole where there are none."""
    height, width = image.shape[:2]
    shape = TILE_PX[0] / TILE_PX[1]
    if ours:
        x0, y0 = min(b[0] for b in ours), min(b[1] for b in ours)
        x1, y1 = max(b[2] for b in ours), max(b[3] for b in ours)
        tall = max((y1 - y0) * CONTEXT, (x1 - x0) * 1.6 / shape, height / 3)
    else:
        x0, y0, x1, y1, tall = 0.0, 0.0, float(width), float(height), float(height)
    tall = min(tall, height, width / shape)
    wide = tall * shape
    left = min(max((x0 + x1 - wide) / 2, 0), width - wide)
    top = min(max((y0 + y1 - tall) / 2, 0), height - tall)
    part = image[round(top) : round(top + tall), round(left) : round(left + wide)]
    smaller = part.shape[0] >= TILE_PX[1]
    return np.asarray(cv2.resize(part, TILE_PX, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.uint8)


def _under(picture: Drawing.Image, words: str, font: ImageFont.FreeTypeFont) -> Drawing.Image:
    made = Drawing.new("RGB", (TILE_PX[0], TILE_PX[1] + round(font.size * 1.5)), GROUND)
    made.paste(picture, (0, 0))
    _write(ImageDraw.Draw(made), (8, TILE_PX[1] + 2), words, TILE_PX[0] - 16)
    return made


def _bar(pen: ImageDraw.ImageDraw, incident: Incident, box: tuple[int, int, int, int], said: Language) -> None:
    """The measured time from left to right, red beyond the limit; both are named."""
    limit, measured = incident.threshold.value, incident.measured.value
    x0, y0, x1, _ = box
    top, low = y0 + LETTER_PX // 3, y0 + LETTER_PX
    full = max(limit, measured, 1e-9)
    mark, end = (x0 + round((x1 - x0) * value / full) for value in (limit, measured))
    pen.rectangle((x0, top, x1, low), fill=TRACK)
    pen.rectangle((x0, top, min(mark, end), low), fill=WITHIN)
    if end > mark:
        pen.rectangle((mark, top, end, low), fill=BEYOND)
    pen.rectangle((mark - 2, top - 5, mark + 2, low + 5), fill=INK)
    font = letters(LETTER_PX)
    told = text("strip.limit", said, limit=f"{limit:g}")
    wide = font.getlength(told)
    at = min(max(mark - wide / 2, x0), x1 - wide)
    pen.text((at, low + 6), told, fill=INK, font=font)


def _words(site: Site, incident: Incident) -> list[str]:
    camera = site.cameras.get(incident.camera)
    name = camera.name if camera else Name(incident.camera, incident.camera)
    return [
        " · ".join((capital(rule_name(incident, one)), place_of(incident, one, name), quantity(incident, one)))
        for one in languages()
    ]


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], words: str, room: int) -> None:
    """In the letters of the sheet, smaller where the line would not fit."""
    pen.text(at, words, fill=INK, font=fitting(words, LETTER_PX, room, least=10))


def _scaled(box: Box, scale: float) -> Box:
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale


def moments(incident: Incident) -> tuple[tuple[str, int], ...]:
    """(label, UTC µs) of the tiles to be looked for, in order of time."""
    first, limit, last = labels(incident)
    found = [(first, incident.t_first_us), (limit, incident.t_confirmed_us)]
    if incident.t_end_us is not None and incident.t_end_us > incident.t_confirmed_us + US:
        found.append((last, incident.t_end_us))
    return tuple(found)
