"""The strip under a marked picture: measured against limit, which rule, where, when. No pixel is covered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image as Drawing
from PIL import ImageDraw

from calibration.lettering import GROUND, INK, fitting, languages
from models.domain.incident import Incident
from models.domain.instants import datetime_of
from models.domain.media import Image
from models.domain.site import Name, Site
from models.texts import Language
from pipelines.incident_words import capital, place_of, quantity, rule_name

LETTER_SHARE = 1 / 32
"""Letter height as a share of the picture's width: 11 px where a phone shows the picture 360 px wide."""
TRACK = (84, 90, 96)
MEASURED = (230, 70, 60)


def captioned(image: Image, site: Site, incident: Incident) -> Image:
    """The picture (h, w, 3 BGR uint8) with a strip below it; Chinese first, English alone where no font writes Chinese.

    The bar's full width is the larger of measured and limit, its white mark the limit.
    """
    width = image.shape[1]
    letter = max(11, round(width * LETTER_SHARE))
    pad, line = letter // 2, round(letter * 1.45)
    said = lines(site, incident)
    strip = Drawing.new("RGB", (width, 3 * pad + len(said) * line), GROUND)
    pen = ImageDraw.Draw(strip)
    _bar(pen, incident, (pad, pad, width - pad, pad + max(3, letter // 3)))
    for row, words in enumerate(said):
        pen.text((pad, 2 * pad + row * line), words, fill=INK, font=fitting(words, letter, width - 2 * pad))
    below = np.asarray(strip, np.uint8)[:, :, ::-1]
    return np.ascontiguousarray(np.vstack([image, below]))


def lines(site: Site, incident: Incident) -> list[str]:
    """What the strip says: a line in each language it can write, and the local time at which the limit was passed."""
    when = datetime_of(incident.t_confirmed_us)
    return [
        *(_told(site, incident, language) for language in languages()),
        f"{when.astimezone(ZoneInfo(site.time_zone)):%Y-%m-%d %H:%M:%S}  {site.time_zone}",
    ]


def _told(site: Site, incident: Incident, language: Language) -> str:
    camera = site.cameras.get(incident.camera)
    place = place_of(incident, language, camera.name if camera else Name(incident.camera, incident.camera))
    return " · ".join((capital(rule_name(incident, language)), place, quantity(incident, language)))


def _bar(pen: ImageDraw.ImageDraw, incident: Incident, box: tuple[int, int, int, int]) -> None:
    limit, measured = incident.threshold.value, incident.measured.value
    x0, y0, x1, y1 = box
    full = max(limit, measured, 1e-9)
    pen.rectangle(box, fill=TRACK)
    pen.rectangle((x0, y0, x0 + round((x1 - x0) * measured / full), y1), fill=MEASURED)
    mark = x0 + round((x1 - x0) * limit / full)
    pen.rectangle((max(x0, mark - 2), y0 - 3, min(x1, mark + 2), y1 + 3), fill=INK)
