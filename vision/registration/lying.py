"""How an item looks that does not stand on the floor: laid over on its back, its face, or a side; stacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.domain.camera_pose import CameraPose
from models.domain.furniture import XYZ, FurnitureItem, Part, Pose

STACKED, TABLE_M, LEAST_NEARER = (0.25, 0.5), 0.74, 0.4
"""How far up an equal stands upon an item, of its height; how high a table is."""


def laid(parts: Sequence[Part], size_m: XYZ) -> tuple[tuple[Part, ...], ...]:
    """The same parts on the item's back, face, left and right, its middle where it was and its lowest corner on the
    floor. A lying cylinder is the box about it."""
    length, width, height = size_m
    back = tuple(
        Part((height / 2 - z, y, length / 2 + x), (tall, wide, long))
        for (x, y, z), (long, wide, tall) in ((part.centre, part.size) for part in parts)
    )
    side = tuple(
        Part((x, z - height / 2, width / 2 + y), (long, tall, wide))
        for (x, y, z), (long, wide, tall) in ((part.centre, part.size) for part in parts)
    )
    return back, _overturned(back, length), side, _overturned(side, width)


def _overturned(parts: Sequence[Part], height: float) -> tuple[Part, ...]:
    """Upside down, about the item's own x."""
    return tuple(Part((x, -y, height - z), part.size) for part in parts for x, y, z in (part.centre,))


def lifted(parts: Sequence[Part], by_m: float) -> tuple[Part, ...]:
    """The same parts so much higher."""
    return tuple(Part((part.centre[0], part.centre[1], part.centre[2] + by_m), part.size, part.round) for part in parts)


def unstanding(item: FurnitureItem, camera: CameraPose) -> Iterator[tuple[tuple[Part, ...], Pose]]:
    """Ways in which an item does not stand on its feet, each with where: laid over at its label; upon another thing,
    nearer to the camera in the same direction; and at its label with an equal upon it."""
    pose, height = item.pose, item.size_m[2]
    for parts in laid(item.parts, item.size_m):
        yield parts, pose
    x, y, top = (float(value) for value in camera.centre)
    for by_m in (*(share * height for share in STACKED), TABLE_M):
        nearer = 1 - by_m / max(0.1, top - height / 2)
        if nearer > LEAST_NEARER:
            yield (
                lifted(item.parts, by_m),
                replace(pose, x_m=x + nearer * (pose.x_m - x), y_m=y + nearer * (pose.y_m - y)),
            )
    for share in STACKED:
        yield (*item.parts, *lifted(item.parts, share * height)), pose
