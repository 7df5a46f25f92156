"""How sure a measurement of an item will be at best, before anything has moved: what its tolerances can be told by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.domain.camera_pose import CameraPose
from models.domain.furniture import VERIFIABLE, FurnitureItem
from models.domain.media import Image
from vision.registration.align import Seen
from vision.registration.features import Map
from vision.registration.picture_plane import in_pixels, stand_in_view
from vision.registration.register import LEAST_POINTS, Standing, model_sigma, moved_sigma, register
from vision.registration.taught import Stand, look_of


@dataclass(frozen=True, slots=True)
class Expected:
    """One sigma of an item that stands off by its tolerance, in its own unit, and of one that is turned by it, degrees
    (0 for something round)."""

    offset: float
    turn_deg: float

    def tells_place(self, item: FurnitureItem) -> bool:
        """Whether its tolerance of place is at least three sigma."""
        return VERIFIABLE * self.offset <= item.tolerance_mm

    def tells_turn(self, item: FurnitureItem) -> bool:
        return VERIFIABLE * self.turn_deg <= item.turn_tolerance_deg


def expected_sigma(
    camera: CameraPose | None,
    item: FurnitureItem,
    others: Sequence[FurnitureItem],
    references: Mapping[str, Image | Map],
) -> Expected | None:
    """What one camera will be unsure by; None where it does not see the item or knows too little of it. camera: may be
    None for an item given as an outline in the picture.

    Of several references the one measured by another tells the light's share too; the largest counts. The fit counts as
    one of an item that moved (`moved_sigma`), and what being moved adds (`model_sigma`) as if it stood off by its
    tolerance."""
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
        seen = Seen(stand, picture)
        verdict = register(rest, seen)
        if verdict.standing is Standing.MEASURED:
            nearest = next(look for look in rest if look.light == verdict.light)
            found.append(_off_by_its_tolerance(stand, moved_sigma(nearest, seen)))
    if not found:
        return None
    offset_mm, turn_deg = max(one[0] for one in found), max(one[1] for one in found)
    return Expected(in_pixels(offset_mm / 1000) if item.outline else offset_mm, turn_deg if item.symmetry else 0.0)


def _off_by_its_tolerance(stand: Stand, own: tuple[float, float]) -> tuple[float, float]:
    item = stand.item
    allowed_mm = item.tolerance_mm * (1000 / in_pixels(1.0) if item.outline else 1.0)
    moved_mm, _ = model_sigma(stand, allowed_mm, 0.0)
    _, turned_deg = model_sigma(stand, 0.0, item.turn_tolerance_deg)
    return math.hypot(own[0], moved_mm), math.hypot(own[1], turned_deg)
