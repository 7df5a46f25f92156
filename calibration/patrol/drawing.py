"""The evidence of a close-up: the foot cut out, where the label lies, where it belongs (the 3/4 ring), and the offset.

Only the neighbourhood of the foot is kept, CUT leg diameters each way: nobody's face is that near to a chair's leg.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from calibration.lettering import Colour, languages, strip, written
from calibration.patrol.closeup import Closeup, X, Y
from calibration.patrol.measurement import Measured
from calibration.patrol.photograph import Photograph
from models.domain.furniture import FurnitureItem, Label
from models.domain.geometry import Floats
from models.domain.media import Image
from models.domain.truth import Truth
from models.texts import Language, text

CUT = 1.7
WIDTH_PX = 720
LEG, RING, FOUND = (255, 255, 255), (110, 220, 120), (70, 80, 245)
"""BGR: the leg's own circle, where the label belongs, where it lies."""
SAID: dict[Truth, Colour] = {Truth.HOLDS: (120, 220, 110), Truth.FAILS: (245, 110, 90), Truth.UNKNOWN: (240, 200, 90)}
"""RGB."""


def card(photo: Photograph, item: FurnitureItem, label: Label, found: Measured) -> Image:
    """(h, 720, 3) BGR: the cut with rings and arrow, below it what was measured in both languages."""
    one = found.closeup
    middle = one.project(np.array([[one.values[X] / 2, one.values[Y] / 2, 0.0]]))[0]
    half = CUT * label.leg_mm * math.exp(one.values[2])
    grown = WIDTH_PX / (2 * half)
    way = np.array([[grown, 0.0, WIDTH_PX / 2 - grown * middle[0]], [0.0, grown, WIDTH_PX / 2 - grown * middle[1]]])
    cut = cv2.warpAffine(photo.image, way, (WIDTH_PX, WIDTH_PX), flags=cv2.INTER_CUBIC, borderValue=(60, 60, 60))
    drawn = np.asarray(cut, np.uint8)

    def placed(points: Floats) -> Floats:
        return np.asarray(points @ way[:, :2].T + way[:, 2], np.float64)

    at_leg = _circle(one, label.leg_mm, (0.0, 0.0))
    belongs = _circle(one, label.label_mm, (0.0, 0.0))
    lies = _circle(one, label.label_mm, (float(one.values[X]), float(one.values[Y])))
    _ring(drawn, placed(at_leg), LEG, 2)
    _dashed(drawn, placed(belongs), RING, 3)
    _ring(drawn, placed(lies), FOUND, 3)
    ends = placed(one.project(np.array([[0.0, 0, 0], [one.values[X], one.values[Y], 0.0]])))
    for colour, thick in (((255, 255, 255), 6), (FOUND, 3)):
        cv2.arrowedLine(drawn, _pixel(ends[0]), _pixel(ends[1]), colour, thick, cv2.LINE_AA, tipLength=0.25)
    said = f"{found.offset_mm:.1f} ± {found.sigma_mm:.1f} mm"
    low = placed(lies)[:, 1].max()
    drawn = written(drawn, [(said, (float(ends[:, 0].mean()), float(low) + 34), (255, 255, 255))], WIDTH_PX // 24)
    lines = [line for language in languages() for line in _lines(item, label, found, language)]
    return np.ascontiguousarray(np.vstack([drawn, strip(WIDTH_PX, lines)]))


def _lines(item: FurnitureItem, label: Label, found: Measured, language: Language) -> list[tuple[str, Colour]]:
    name = item.name.zh if language == "zh" else item.name.en
    verdict = text(f"patrol.verdict.{found.truth(label)}", language)
    numbers = {
        "offset": f"{found.offset_mm:.1f}",
        "sigma": f"{found.sigma_mm:.1f}",
        "play": f"{label.play_mm:.1f}",
        "leg": f"{label.leg_mm:g}",
        "label": f"{label.label_mm:g}",
    }
    return [
        (f"{name} · {verdict}", SAID[found.truth(label)]),
        (text("patrol.figures", language, **numbers), (225, 228, 232)),
        (text("patrol.diameters", language, **numbers), (175, 180, 186)),
    ]


def _circle(one: Closeup, width_mm: float, centre: tuple[float, float]) -> Floats:
    values = one.values.copy()
    values[X], values[Y] = centre
    return replace(one, label_mm=width_mm, values=values).label().at


def _ring(image: Image, points: Floats, colour: Colour, thick: int) -> None:
    cv2.polylines(image, [np.round(points).astype(np.int32)], True, (20, 20, 20), thick + 2, cv2.LINE_AA)
    cv2.polylines(image, [np.round(points).astype(np.int32)], True, colour, thick, cv2.LINE_AA)


def _dashed(image: Image, points: Floats, colour: Colour, thick: int) -> None:
    for i in range(0, len(points), 4):
        piece = np.round(points[np.arange(i, i + 3) % len(points)]).astype(np.int32)
        cv2.polylines(image, [piece], False, (20, 20, 20), thick + 2, cv2.LINE_AA)
        cv2.polylines(image, [piece], False, colour, thick, cv2.LINE_AA)


def _pixel(at: Floats) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))
