"""The evidence card of an item: how it was taught and how it stands now, side by side, with the way between in mm.

Both halves show the same cut of the same view. Green, dashed: where it belongs. Red: where it stands. The words stand
in both languages in a strip below; where the telephone shows the card 360 px wide, a letter is 11 px high or more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from calibration.lettering import Colour, languages, strip, written
from calibration.reference_pictures import Picture, references_of
from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.errors import GuiweiError
from models.domain.furniture import FurnitureItem, Pose
from models.domain.geometry import Floats
from models.domain.incident import Incident
from models.domain.instants import datetime_of
from models.domain.media import Image
from models.domain.site import Camera, Site
from models.texts import Language, text
from pipelines.incident_words import capital, rule_name
from vision.privacy import paint_out
from vision.registration.solids import hull

CODES = ("furniture.displaced", "furniture.rotated", "furniture.missing", "label.exposed")
WIDTH_PX, GAP_PX, TALLEST_PX = 720, 8, 460
ROOM = 0.35
"""Of the longer side of what is shown, around it."""
BELONGS, STANDS, TURN = (110, 220, 120), (60, 70, 240), (40, 190, 250)
"""BGR."""
WORDS: Colour = (235, 238, 242)
ARC_SHARE = 0.75
"""Radius of the turn's arc, of half the item's longer side."""
LEAST_TURN_DEG = 1.0
Corner = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _View:
    """What a panel shows of the picture. scale: (2,) px of the picture a pixel of the camera's declared size; cut: the
    part of the picture; size: (width, height) of the panel."""

    scale: Floats
    cut: Corner
    size: tuple[int, int]

    def of(self, picture: Image) -> Image:
        x0, y0, x1, y1 = self.cut
        return np.asarray(cv2.resize(picture[y0:y1, x0:x1], self.size, interpolation=cv2.INTER_CUBIC), np.uint8)

    def placed(self, points: Floats) -> Floats:
        """(n, 2) px of the camera to px of the panel."""
        x0, y0, x1, y1 = self.cut
        grown = np.array([self.size[0] / (x1 - x0), self.size[1] / (y1 - y0)])
        return np.asarray((points * self.scale - (x0, y0)) * grown, np.float64)


def furniture_card(image: Image, site: Site, incident: Incident) -> Image | None:
    """(h, 720, 3) BGR; None where the incident is of no item that this camera can show. image: the masked picture."""
    item, camera = site.furniture.items.get(incident.subject), site.cameras.get(incident.camera)
    if incident.code not in CODES or item is None or camera is None:
        return None
    if item.outline:
        return _card_in_picture(image, site, camera, item, incident)
    try:
        pose = pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    except ValueError:
        return None
    now = standing(item, incident)
    scale = np.array([image.shape[1] / camera.size_px[0], image.shape[0] / camera.size_px[1]])
    outlines = [hull(pose, item), *([hull(pose, item, now)] if now is not None else [])]
    if any(not len(outline) for outline in outlines):
        return None
    cut = _cut(np.concatenate(outlines) * scale, (image.shape[1], image.shape[0]))
    taught = _taught(site, camera, image, cut)
    view = _View(scale, cut, _half(cut, alone=taught is None))
    panels = [
        _panel(picture, view, pose, (item, now if side == "now" else None), incident)
        for side, picture in (("reference", taught), ("now", image))
        if picture is not None
    ]
    return _bound(panels, site, incident, item)


def _card_in_picture(image: Image, site: Site, camera: Camera, item: FurnitureItem, incident: Incident) -> Image:
    """The card of an item without a floor: its outline where it was taught and where it stands, the way in px."""
    scale = np.array([image.shape[1] / camera.size_px[0], image.shape[0] / camera.size_px[1]])
    belongs = np.array(item.outline, np.float64)
    stands = outline_now(item, incident)
    shown = belongs if stands is None else np.concatenate([belongs, stands])
    cut = _cut(shown * scale, (image.shape[1], image.shape[0]))
    taught = _taught(site, camera, image, cut)
    view = _View(scale, cut, _half(cut, alone=taught is None))
    panels = []
    for picture, now in ((taught, None), (image, stands)):
        if picture is None:
            continue
        drawn = view.of(picture)
        _dashed(drawn, view.placed(belongs), BELONGS)
        if now is not None:
            _solid(drawn, view.placed(now), STANDS)
            ends = view.placed(np.stack([belongs.mean(0), now.mean(0)]))
            drawn = written(drawn, _arrow(drawn, ends, f"{incident.extra.get('offset_px', '')} px"), 22)
        panels.append(drawn)
    return _bound(panels, site, incident, item)


def outline_now(item: FurnitureItem, incident: Incident) -> Floats | None:
    """(n, 2) px of the camera's picture: the taught outline where the last check found it; None where it did not."""
    told = incident.extra
    if incident.code not in CODES[:2] or "offset_x_px" not in told or "offset_y_px" not in told:
        return None
    outline = np.array(item.outline, np.float64)
    middle = (outline.min(0) + outline.max(0)) / 2
    angle = -math.radians(_number(told, "turn_deg"))  # counter-clockwise as seen, rows downwards
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    way = (_number(told, "offset_x_px"), _number(told, "offset_y_px"))
    return np.asarray((outline - middle) @ turn.T + middle + way, np.float64)


def _half(cut: Corner, *, alone: bool) -> tuple[int, int]:
    """Width and height of one panel."""
    half = WIDTH_PX if alone else (WIDTH_PX - GAP_PX) // 2
    grown = min(half / (cut[2] - cut[0]), TALLEST_PX / (cut[3] - cut[1]))
    return half, max(1, round(grown * (cut[3] - cut[1])))


def _bound(panels: list[Image], site: Site, incident: Incident, item: FurnitureItem) -> Image:
    """The panels beside each other with their titles, and the words below."""
    titled = [
        _titled(panel, "card.reference" if len(panels) > 1 and i == 0 else "card.now") for i, panel in enumerate(panels)
    ]
    gap = np.full((titled[0].shape[0], GAP_PX, 3), 24, np.uint8)
    row = np.hstack([titled[0], *(part for panel in titled[1:] for part in (gap, panel))])
    lines = [line for language in languages() for line in _lines(site, incident, item, language)]
    return np.ascontiguousarray(np.vstack([row, strip(row.shape[1], lines)]))


def _arrow(drawn: Image, ends: Floats, words: str) -> list[tuple[str, tuple[float, float], Colour]]:
    """An arrow from where it belongs to where it stands, (2, 2) px; its words, placed. Too short to see: none."""
    here, there = ends
    if math.dist(here, there) <= 4:
        return []
    for colour, thick in (((20, 20, 20), 6), ((255, 255, 255), 3)):
        cv2.arrowedLine(drawn, _pixel(here), _pixel(there), colour, thick, cv2.LINE_AA, tipLength=0.25)
    return [(words, (float(here[0] + there[0]) / 2, float(max(here[1], there[1])) + 22), WORDS)]


def standing(item: FurnitureItem, incident: Incident) -> Pose | None:
    """Where the last check found it; None where that was not measured (gone, or its label alone)."""
    told = incident.extra
    if incident.code not in CODES[:2] or "offset_x_mm" not in told or "offset_y_mm" not in told:
        return None
    dx, dy, turn = (_number(told, name) for name in ("offset_x_mm", "offset_y_mm", "turn_deg"))
    place = item.pose
    return replace(place, x_m=place.x_m + dx / 1000, y_m=place.y_m + dy / 1000, heading_deg=place.heading_deg + turn)


def _panel(
    picture: Image, view: _View, pose: CameraPose, what: tuple[FurnitureItem, Pose | None], incident: Incident
) -> Image:
    item, now = what
    drawn, placed = view.of(picture), view.placed
    _dashed(drawn, placed(hull(pose, item)), BELONGS)
    for label in item.labels if incident.code == "label.exposed" else ():
        _dashed(drawn, placed(pose.project(_ring(item.pose, label.at, max(label.label_mm, 20.0) / 2000))), STANDS)
    if now is None:
        return drawn
    _solid(drawn, placed(hull(pose, item, now)), STANDS)
    here, there = (placed(pose.project([(p.x_m, p.y_m, 0.0)])) for p in (item.pose, now))
    words = _arrow(drawn, np.concatenate([here, there]), f"{incident.extra.get('offset_mm', '')} mm")
    turn = now.heading_deg - item.pose.heading_deg
    if item.symmetry != 0 and abs(turn) >= LEAST_TURN_DEG:
        arc = placed(pose.project(_arc(item, now, turn)))
        _solid(drawn, arc, TURN, closed=False)
        outline = placed(hull(pose, item, now))
        top = outline[int(np.argmin(outline[:, 1]))]
        words.append((f"{abs(turn):.0f}°", (float(top[0]), float(top[1]) - 18), (250, 190, 40)))
    return written(drawn, words, 22)


def _lines(site: Site, incident: Incident, item: FurnitureItem, language: Language) -> list[tuple[str, Colour]]:
    name = item.name.zh if language == "zh" else item.name.en
    when = datetime_of(incident.t_confirmed_us).astimezone(ZoneInfo(site.time_zone))
    told = {name: said for name, said in incident.extra.items() if name.endswith(("_mm", "_px", "_deg"))}
    lines: list[tuple[str, Colour]] = [(f"{name} · {capital(rule_name(incident, language))}", (250, 130, 110))]
    if f"offset_{item.unit}" in told:
        figures = {key: told.get(f"{key}_{item.unit}", "?") for key in ("offset", "sigma")}
        figures |= {key: told.get(key, "?") for key in ("turn_deg", "sigma_deg")} | {"unit": item.unit}
        limits = {"tolerance": f"{item.tolerance_mm:g}", "turn_tolerance": f"{item.turn_tolerance_deg:g}"}
        lines.append((text("card.offset", language, **figures, **limits), WORDS))
        if item.symmetry != 0 and "turn_deg" in told:
            least = told.get("turn_least_deg")
            if least is not None:
                words = text("card.turn_more", language, least=f"{float(least):.0f}", **limits)
            else:
                words = text("card.turn", language, **figures, **limits)
            lines.append((words, WORDS))
    elif incident.code == "label.exposed":
        share = f"{incident.measured.value:.0f}"
        lines.append((text("card.label", language, share=share, limit=f"{incident.threshold.value:g}"), WORDS))
    version = incident.extra.get("baseline", "0")
    grade = text(f"grade.{incident.grade}", language)
    words = text("card.foot", language, version=version, grade=grade, at=f"{when:%m-%d %H:%M:%S}")
    lines.append((words, (175, 180, 186)))
    return lines


def _taught(site: Site, camera: Camera, image: Image, cut: Corner) -> Image | None:
    """The reference whose light is nearest, at the picture's size, privacy masks painted; None where none is taught."""
    try:
        known = references_of(site.folder, camera.id, camera.size_px)
    except GuiweiError:
        return None
    if not known:
        return None
    size = (image.shape[1], image.shape[0])
    pictures: list[Picture] = [
        np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.float32) for one in known.values()
    ]
    tone = image[cut[1] : cut[3], cut[0] : cut[2]].reshape(-1, 3).mean(0)
    nearest = min(pictures, key=lambda one: _apart(one[cut[1] : cut[3], cut[0] : cut[2]], tone))
    factor = (size[0] / camera.size_px[0], size[1] / camera.size_px[1])
    masks = [tuple((x * factor[0], y * factor[1]) for x, y in mask) for mask in camera.privacy_masks]
    return paint_out(np.asarray(np.clip(nearest, 0, 255), np.uint8), masks)


def _apart(piece: Picture, tone: Floats) -> float:
    return float(((piece.reshape(-1, 3).mean(0) - tone) ** 2).sum())


def _cut(points: Floats, size: tuple[int, int]) -> Corner:
    """The rectangle shown: around the points, with room, within the picture; not flatter than 3:4."""
    low, high = points.min(0), points.max(0)
    room = ROOM * float((high - low).max())
    low, high = low - room, high + room
    wide, tall = high - low
    if tall < 0.75 * wide:
        low[1], high[1] = low[1] - (0.75 * wide - tall) / 2, high[1] + (0.75 * wide - tall) / 2
    if wide < 0.75 * tall:
        low[0], high[0] = low[0] - (0.75 * tall - wide) / 2, high[0] + (0.75 * tall - wide) / 2
    x0, y0 = (int(np.clip(np.floor(low[i]), 0, size[i] - 2)) for i in (0, 1))
    x1, y1 = (int(np.clip(np.ceil(high[i]), (x0, y0)[i] + 2, size[i])) for i in (0, 1))
    return x0, y0, x1, y1


def _titled(panel: Image, key: str) -> Image:
    words = " ".join(text(key, language) for language in languages())
    return written(panel, [(words, (60.0, 16.0), WORDS)], 20)


def _ring(pose: Pose, at: tuple[float, float], radius: float) -> Floats:
    angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    x, y = at[0] + radius * np.cos(angles), at[1] + radius * np.sin(angles)
    turn = math.radians(pose.heading_deg)
    c, s = math.cos(turn), math.sin(turn)
    return np.column_stack([pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, np.zeros(24)])


def _arc(item: FurnitureItem, now: Pose, turn_deg: float) -> Floats:
    radius = ARC_SHARE * max(item.size_m[:2])
    angles = np.radians(item.pose.heading_deg + np.linspace(0, turn_deg, 24))
    return np.column_stack([now.x_m + radius * np.cos(angles), now.y_m + radius * np.sin(angles), np.zeros(24)])


def _solid(image: Image, points: Floats, colour: Colour, *, closed: bool = True) -> None:
    for ink, thick in (((20, 20, 20), 5), (colour, 3)):
        cv2.polylines(image, [np.round(points).astype(np.int32)], closed, ink, thick, cv2.LINE_AA)


def _dashed(image: Image, outline: Floats, colour: Colour) -> None:
    """Twelve pixels drawn, eight left out, all around."""
    ring = np.vstack([outline, outline[:1]])
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(ring, axis=0), axis=1))])
    for start in np.arange(0, lengths[-1], 20.0):
        at = np.linspace(start, min(start + 12.0, lengths[-1]), 6)
        piece = np.column_stack([np.interp(at, lengths, ring[:, i]) for i in (0, 1)])
        _solid(image, piece, colour, closed=False)


def _number(told: Mapping[str, str], name: str) -> float:
    try:
        return float(told.get(name, "0"))
    except ValueError:
        return 0.0


def _pixel(at: Floats) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))
