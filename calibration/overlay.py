"""A drawing of what a site file says, on a neutral grid in place of the picture: nobody is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from calibration.view import CameraView, Mask
from models.domain.errors import UsageError
from models.domain.geometry import XY
from models.domain.media import Image
from models.domain.site import Camera, Site

_GROUND, _GRID, _INK = (245, 245, 245), (225, 225, 225), (60, 60, 60)
_ZONE, _POST, _ENTRANCE, _INSIDE = (180, 140, 60), (60, 140, 60), (40, 40, 220), (40, 160, 240)
_PRIVACY, _STATIC = (30, 30, 30), (160, 60, 160)
_GRID_PX = 80


def draw_site(site: Site) -> Image:
    """All cameras, one below the other, each of its declared size; (h, w, 3) uint8 BGR.

    Zones blue, posts green, entrance lines red with an arrow inwards, privacy masks black, static-person masks purple.
    """
    pictures = [draw_camera(site, camera) for camera in site.cameras.values()]
    width = max(p.shape[1] for p in pictures)
    padded = [cv2.copyMakeBorder(p, 0, 0, 0, width - p.shape[1], cv2.BORDER_CONSTANT, value=_GROUND) for p in pictures]
    return np.asarray(np.vstack(padded), np.uint8)


def draw_camera(site: Site, camera: Camera) -> Image:
    """One camera of the site, as in `draw_site`."""
    width, height = camera.size_px
    picture: Image = np.full((height, width, 3), _GROUND, np.uint8)
    picture[::_GRID_PX, :] = picture[:, ::_GRID_PX] = _GRID
    view = CameraView(camera)
    for zone in site.zones.values():
        _paint(picture, [view.mask(r) for r in zone.regions], _ZONE, zone.id)
    for post in site.posts.values():
        _paint(picture, [view.mask(r) for r in post.regions], _POST, post.id)
    for colour, polygons in ((_PRIVACY, camera.privacy_masks), (_STATIC, camera.static_person_masks)):
        _paint(picture, [view.of_picture(p) for p in polygons], colour, "")
    for line in site.entrances:
        if line.camera in {None, camera.id}:
            ends = view.path(line.a, line.b, on_floor=line.camera is None)
            middle = ((line.a[0] + line.b[0]) / 2, (line.a[1] + line.b[1]) / 2)
            inwards = view.path(middle, line.inside, on_floor=line.camera is None)
            _draw_entrance(picture, ends, inwards, line.id)
    for point in camera.floor_points:
        cv2.drawMarker(picture, _pixel(point.image), _INK, cv2.MARKER_CROSS, 12, 1)
        _write(picture, "{:g}, {:g}".format(*point.floor), point.image, _INK, 0.4)
    _write(picture, f"{camera.id} {width}x{height}", (8, height - 10), _INK)
    return picture


def write_picture(picture: Image, file: Path) -> None:
    """Write a PNG. Raises UsageError when the file cannot be written."""
    encoded, data = cv2.imencode(".png", picture)
    try:
        if not encoded:
            raise OSError("PNG")
        file.write_bytes(data.tobytes())
    except OSError as error:
        raise UsageError(
            "The picture cannot be written.",
            where=file.name,
            got=error.strerror or str(error),
            next_step="Name a file in a folder that exists and can be written to.",
        ) from None


def _paint(picture: Image, masks: Iterable[Mask], colour: Sequence[int], name: str) -> None:
    for mask in masks:
        if not mask.any():
            continue
        tint = 0.75 * picture[mask > 0] + 0.25 * np.array(colour)
        picture[mask > 0] = np.round(tint).astype(np.uint8)
        outline, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(picture, outline, -1, colour, 2)
        rows, columns = np.nonzero(mask)
        _write(picture, name, (float(columns.mean()), float(rows.mean())), colour)


def _draw_entrance(picture: Image, ends: list[XY], inwards: list[XY], name: str) -> None:
    if ends:
        cv2.polylines(picture, [np.array([_pixel(p) for p in ends], np.int32)], False, _ENTRANCE, 3, cv2.LINE_AA)
        _write(picture, name, ends[0], _ENTRANCE)
    if len(inwards) > 1:
        cv2.arrowedLine(picture, _pixel(inwards[0]), _pixel(inwards[-1]), _INSIDE, 2, cv2.LINE_AA, tipLength=0.2)


def _write(picture: Image, words: str, at: XY, colour: Sequence[int], scale: float = 0.55) -> None:
    x, y = _pixel((at[0] + 4, at[1] - 4))
    (width, height), below = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    cv2.rectangle(picture, (x - 1, y - height - 1), (x + width + 1, y + below), _GROUND, -1)
    cv2.putText(picture, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA)


def _pixel(at: XY) -> tuple[int, int]:
    return round(at[0]), round(at[1])
