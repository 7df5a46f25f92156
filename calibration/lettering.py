"""Words on pictures in both languages: a font of this system that writes Chinese, else English alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib import font_manager
from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont

from models.domain.media import Image
from models.texts import Language

CJK_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK JP", "WenQuanYi Micro Hei")
"""Pan-CJK fonts under the names by which their files are known."""
GROUND, INK = (24, 28, 32), (255, 255, 255)
LETTER_SHARE = 1 / 26
"""Letter height as a share of the picture's width: 14 px where a phone shows the picture 360 px wide."""
Colour = tuple[int, int, int]


def chinese_font() -> str | None:
    """A font of this system that can write Chinese, or None."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CJK_FONTS if name in known), None)


def languages() -> tuple[Language, ...]:
    return ("zh", "en") if chinese_font() else ("en",)


def strip(width: int, lines: Sequence[tuple[str, Colour]]) -> Image:
    """(h, width, 3) BGR: lines of words on a dark ground, one colour (RGB) each, smaller where one would not fit."""
    letter = max(11, round(width * LETTER_SHARE))
    pad, line = letter // 2, round(letter * 1.45)
    drawn = Drawing.new("RGB", (width, 2 * pad + len(lines) * line), GROUND)
    pen = ImageDraw.Draw(drawn)
    for row, (words, colour) in enumerate(lines):
        pen.text((pad, pad + row * line), words, fill=colour, font=fitting(words, letter, width - 2 * pad))
    return np.ascontiguousarray(np.asarray(drawn, np.uint8)[:, :, ::-1])


def written(image: Image, words: Sequence[tuple[str, tuple[float, float], Colour]], letter: int) -> Image:
    """A copy with words centred on points (px), each in a colour (RGB) on a dark plate."""
    drawn = Drawing.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    pen = ImageDraw.Draw(drawn)
    for said, (x, y), colour in words:
        font = letters(letter)
        left, top, right, bottom = font.getbbox(said)
        half = ((right - left) / 2, (bottom - top) / 2)
        at = (
            min(max(x, half[0] + 4), image.shape[1] - half[0] - 4),
            min(max(y, half[1] + 4), image.shape[0] - half[1] - 4),
        )
        plate = (at[0] - half[0] - 4, at[1] - half[1] - 3, at[0] + half[0] + 4, at[1] + half[1] + 3)
        pen.rectangle(plate, fill=GROUND)
        pen.text((at[0] - half[0] - left, at[1] - half[1] - top), said, fill=colour, font=font)
    return np.ascontiguousarray(np.asarray(drawn, np.uint8)[:, :, ::-1])


def fitting(words: str, letter: int, room: float, least: int = 8) -> ImageFont.FreeTypeFont:
    """The font, smaller where the line would not fit, but not below `least` px."""
    wide = letters(letter).getlength(words)
    return letters(letter if wide <= room else max(least, int(letter * room / wide)))


@lru_cache(maxsize=16)
def letters(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_manager.findfont(chinese_font() or "DejaVu Sans"), size)
