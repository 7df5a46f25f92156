"""For incidents of lamps and air-conditioners: the regions that were judged, off and on as taught beside now, with
their ratios. Now comes from the masked picture itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image as Drawing
from PIL import ImageDraw

from calibration.lettering import GROUND, INK, chinese_font, letters
from models.domain.energy import AirconPart, AirconRegion, LampRegion
from models.domain.geometry import Polygon
from models.domain.incident import Incident
from models.domain.media import Image
from models.domain.site import Camera, Site
from models.texts import Language, text
from vision.aircon.features import PartEye
from vision.aircon.references import Way
from vision.luminaires.region import RegionMeter, usual_level
from vision.reference_cells import cell, outline, read_cells, reference_file, shown

OUTLINE = (60, 200, 240)
Region = LampRegion | AirconRegion


def judged_regions(site: Site, camera: str, incident: Incident) -> list[Region]:
    """The taught regions of the incident's subject in a camera; none for incidents of other things."""
    energy = site.energy
    owner = energy.luminaires.get(incident.subject) or energy.aircons.get(incident.subject)
    if owner is None or not incident.code.startswith(("energy.", "signal.")):
        return []
    return [region for region in owner.regions if region.camera == camera]


def outlined(drawn: Image, regions: Sequence[Region], declared_px: tuple[int, int]) -> None:
    """Draw the regions on a picture, in place."""
    scale = np.array([drawn.shape[1] / declared_px[0], drawn.shape[0] / declared_px[1]])
    for region in regions:
        corners = np.round(np.array(region.polygon) * scale).astype(np.int32)
        cv2.polylines(drawn, [corners], True, OUTLINE, max(1, drawn.shape[0] // 540), cv2.LINE_AA)


def beside_now(image: Image, site: Site, camera: Camera, subject: str, regions: Sequence[Region]) -> Image | None:
    """A strip as wide as the masked picture: a row a region with off, on and now; None where nothing was taught."""
    polygons = shown(region.polygon for region in regions)
    if not polygons:
        return None
    by_place: dict[Polygon, Region] = {region.polygon: region for region in regions}
    taught = read_cells(reference_file(site.folder, subject, camera.id), len(polygons))
    wide = image.shape[1]
    letter = max(10, wide // 48)
    cell_wide = round(0.235 * wide)
    high, gap = round(cell_wide * 135 / 240), round(1.5 * letter)
    strip = Drawing.new("RGB", (wide, len(polygons) * (high + gap + 6) + letter), GROUND)
    pen = ImageDraw.Draw(strip)
    language: Language = "zh" if chinese_font() else "en"
    for row, polygon in enumerate(polygons):
        region, top = by_place[polygon], row * (high + gap + 6) + gap + 6
        off, on, now = _figures(region, regions, image, camera)
        cells = [*(taught[row] if taught else (None, None)), cell(image, polygon, camera.size_px)]
        for column, (key, figure, shown_cell) in enumerate(
            zip(("off", "on", "now"), (off, on, now), cells, strict=True)
        ):
            left = round(0.01 * wide) + column * round(0.245 * wide)
            pen.text((left, top - gap), f"{text(f'evidence.{key}', language)} {figure}", INK, letters(letter))
            if shown_cell is not None:
                strip.paste(_framed(shown_cell, polygon, camera.size_px, (cell_wide, high)), (left, top))
        words = text(f"evidence.part.{_part(region)}", language)
        pen.text((round(0.755 * wide), top), words, INK, letters(letter))
    return np.ascontiguousarray(np.asarray(strip, np.uint8)[:, :, ::-1])


def _framed(image: Image, polygon: Polygon, declared_px: tuple[int, int], size: tuple[int, int]) -> Drawing.Image:
    drawn = image.copy()
    cv2.polylines(drawn, [outline(polygon, declared_px)], True, OUTLINE, 1, cv2.LINE_AA)
    return Drawing.fromarray(drawn[:, :, ::-1]).resize(size)


def _part(region: Region) -> str:
    return str(region.part)


def _figures(region: Region, regions: Sequence[Region], image: Image, camera: Camera) -> tuple[str, str, str]:
    """What each cell measures: lamps as times their surround, parts of a unit from 0 (off) to 1 (on)."""
    size = (image.shape[1], image.shape[0])
    if isinstance(region, LampRegion):
        lamps = [r.polygon for r in regions]
        ratio = RegionMeter(region, camera.size_px, size, lamps).ratio(image, usual_level(image))
        taught = [f"{math.exp(float(np.median(levels))):.2f}" if levels else "" for levels in (region.off, region.on)]
        return taught[0], taught[1], "?" if ratio is None else f"{math.exp(ratio):.2f}"
    if region.part is AirconPart.RIBBON or not region.taught:
        return "", "", ""
    others = [r.polygon for r in regions if r is not region]
    position = Way(region).position(PartEye(region, camera.size_px, size, others).features(image))
    return "0", "1", "?" if position is None else f"{position:.2f}"
