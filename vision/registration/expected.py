"""How sure a measurement of an item will be at best, before anything has moved: what its tolerance can be told by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from models.domain.camera_pose import CameraPose
from models.domain.furniture import FurnitureItem
from models.domain.media import Image
from vision.registration.align import Seen
from vision.registration.features import Map
from vision.registration.register import LEAST_POINTS, SHAPE_MM, SHAPE_SHARE, Standing, register
from vision.registration.taught import look_of, stand_of


def expected_sigma_mm(
    camera: CameraPose, item: FurnitureItem, others: Sequence[FurnitureItem], references: Mapping[str, Image | Map]
) -> float | None:
    """One sigma in mm of an item that stands off by its tolerance; None where this camera does not see it or knows too
    little of it. Of several references the one measured by another tells the light's share too; the largest counts."""
    pictures = list(references.items())
    if not pictures:
        return None
    height, width = pictures[0][1].shape[:2]
    stand = stand_of(camera, item, others, (width, height))
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
            found.append(verdict.sigma_mm)
    if not found:
        return None
    return math.hypot(max(found), min(SHAPE_SHARE * item.tolerance_mm, SHAPE_MM))
