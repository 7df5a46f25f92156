"""Reference pictures of a camera: references/<camera>/<light>.png beside the site file, nobody in them.

16 bits a channel: a reference is the mean of many frames, and a quarter of a grey level is worth keeping.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.furniture_file import REFERENCES
from models.domain.errors import SiteError
from models.texts import both

_LIGHT = re.compile(r"[a-z0-9_-]{1,64}")
_SCALE = 256.0
Picture = NDArray[np.float32]
"""(h, w, 3) BGR, 0..255."""
LARGEST_BYTES = 200_000_000


def references_of(folder: Path, camera: str, size_px: tuple[int, int]) -> dict[str, Picture]:
    """Light -> picture, by name. Raises SiteError for a file that is no picture of the camera's size."""
    found: dict[str, Picture] = {}
    for file in sorted((folder / REFERENCES / camera).glob("*.png")):
        if not _LIGHT.fullmatch(file.stem):
            raise _wrong(file, file.name, "a-z 0-9 _ -")
        if file.stat().st_size > LARGEST_BYTES:
            raise _wrong(file, f"{file.stat().st_size} B", f"<= {LARGEST_BYTES} B")
        raw = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        if raw is None or raw.ndim != 3 or (raw.shape[1], raw.shape[0]) != size_px:
            got = "-" if raw is None else "x".join(map(str, raw.shape[1::-1]))
            raise _wrong(file, got, "{}x{}".format(*size_px))
        scale = _SCALE if raw.dtype == np.uint16 else 1.0
        found[file.stem] = np.asarray(raw[:, :, :3] / scale, np.float32)
    return found


def write_reference(folder: Path, camera: str, light: str, picture: Picture) -> Path:
    """Where it was written; one of that name is replaced whole. Raises SiteError."""
    if not _LIGHT.fullmatch(light):
        raise _wrong(Path(light), light, "a-z 0-9 _ -")
    file = folder / REFERENCES / camera / f"{light}.png"
    temporary = file.with_name(f"{light}.new.png")
    encoded, data = cv2.imencode(".png", np.round(np.clip(picture, 0, 255) * _SCALE).astype(np.uint16))
    try:
        if not encoded:
            raise OSError("PNG")
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data.tobytes())
        temporary.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _wrong(file, error.strerror or str(error)) from None
    return file


def _wrong(file: Path, got: str, expected: str = "") -> SiteError:
    return SiteError(both("furniture.problem.reference"), where=str(file), got=got, expected=expected)
