"""How sure a measurement of an item will be at best, before anything has moved: what its tolerance can be told by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem
from models.domain.media import Image
from vision.registration.align import Seen
from vision.registration.features import Map
from vision.registration.picture_plane import in_pixels, stand_in_view
from vision.registration.register import LEAST_POINTS, SHAPE_MM, SHAPE_SHARE, Standing, register
from vision.registration.taught import look_of


def expected_sigma(
    camera: CameraPose | None,
    item: FurnitureItem,
    others: Sequence[FurnitureItem],
    references: Mapping[str, Image | Map],
) -> float | None:
    """One sigma, in the item's unit, of an item that stands off by its tolerance; None where this camera does not see
    it or knows too little of it. camera: may be None for an item given as an outline in the picture.

    Of several references the one measured by another tells the light's share too; the largest counts."""
    pictures = list(references.items())
    if not pictures:
        return None
    height, width = pictures[0][1].shape[:2]
    stand = stand_in_view(camera, item, others, (width, height))
    if stand is None:
        return None
    looks = [look_of(stand, picture, light) for light, picture in pictures]
    if all(len(look.weight) < LEAST_POINTS for look in looks):
        return None
    found = []
    for number, (_, picture) in enumerate(pictures):
        rest = [look for k, look in enumerate(looks) if k != number] or looks
        verdict = register(rest, Seen(stand, picture))
        if verdict.standing is Standing.MEASURED:
            found.append(in_pixels(verdict.sigma_mm / 1000) if item.outline else verdict.sigma_mm)
    if not found:
        return None
    shape = in_pixels(SHAPE_MM / 1000) if item.outline else SHAPE_MM
    return math.hypot(max(found), min(SHAPE_SHARE * item.tolerance_mm, shape))
