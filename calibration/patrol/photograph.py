"""Reading a photograph that somebody sends: its size is known before it is decoded, and whatever is wrong is named.

Of what a telephone writes beside the pixels only the orientation and the focal length are used; nothing is kept.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image as Picture
from PIL import ImageOps, UnidentifiedImageError

from calibration.patrol.closeup import Lens
from models.domain.errors import UsageError
from models.domain.media import Image
from models.texts import both

LARGEST_BYTES = 30_000_000
LARGEST_PX = 60_000_000
LEAST_PX = 480
"""Of the shorter side: below, a label is a few pixels."""
WORKING_PX = 1000
"""Longer side at which a photograph is measured: a rim is then told to 0.2 mm at arm's length."""
USUAL_FOCAL = 0.76
"""Focal length over the longer side: a telephone's main camera (27 mm on 36 mm film)."""
_FILM_DIAGONAL_MM = 43.27
_EXIF, _FOCAL_35MM = 0x8769, 0xA405


class PhotoError(UsageError):
    """The photograph cannot be used. code: corrupt | too_large | too_small | no_leg | no_label | unclear."""

    def __init__(self, code: str, *, where: str = "", got: str = "", expected: str = "") -> None:
        self.code = code
        super().__init__(
            both(f"patrol.problem.{code}"),
            where=where,
            got=got,
            expected=expected,
            next_step=both(f"patrol.problem.{code}.next"),
        )


@dataclass(frozen=True, slots=True)
class Photograph:
    """image: (h, w, 3) BGR uint8, upright, at most WORKING_PX long; lens: of that image."""

    image: Image
    lens: Lens


def photograph(data: bytes, where: str = "") -> Photograph:
    """A JPEG or PNG. Raises PhotoError: corrupt, too_large, too_small."""
    if len(data) > LARGEST_BYTES:
        raise PhotoError("too_large", where=where, got=f"{len(data)} B", expected=f"<= {LARGEST_BYTES} B")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Picture.DecompressionBombWarning)
            with Picture.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
                width, height = opened.size
                _fitting(width, height, where)
                focal = _focal_share(opened, math.hypot(width, height) / max(width, height))
                opened.draft("RGB", (WORKING_PX, WORKING_PX))
                turned = ImageOps.exif_transpose(opened).convert("RGB")
    except Picture.DecompressionBombError as error:
        raise PhotoError("too_large", where=where, got=str(error)[:80], expected=f"<= {LARGEST_PX} px") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PhotoError("corrupt", where=where, got=type(error).__name__, expected="JPEG, PNG") from None
    turned.thumbnail((WORKING_PX, WORKING_PX), Picture.Resampling.LANCZOS)
    image = np.ascontiguousarray(np.asarray(turned, np.uint8)[:, :, ::-1])
    size = (image.shape[1], image.shape[0])
    return Photograph(image, Lens(size, focal * max(size)))


def _fitting(width: int, height: int, where: str) -> None:
    got = f"{width}x{height}"
    if width * height > LARGEST_PX:
        raise PhotoError("too_large", where=where, got=got, expected=f"<= {LARGEST_PX // 1_000_000} MP")
    if min(width, height) < LEAST_PX:
        raise PhotoError("too_small", where=where, got=got, expected=f">= {LEAST_PX} px")


def _focal_share(opened: Picture.Image, diagonal: float) -> float:
    """Focal length over the longer side, from what the telephone says, else the usual one."""
    said = opened.getexif().get_ifd(_EXIF).get(_FOCAL_35MM)
    try:
        share = float(said) / _FILM_DIAGONAL_MM * diagonal  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return USUAL_FOCAL
    return share if 0.3 <= share <= 6 else USUAL_FOCAL
