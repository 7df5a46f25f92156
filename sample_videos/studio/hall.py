"""The sales hall that shots are played in: 12 x 8 x 3.2 m, its furniture by a seed. A shot may move, add and leave out.

Reception desk in the back right, four negotiation tables with their chairs, sofas by the window, the sand table, door
and window in the back wall (y = 8). Origin in the corner below the usual camera.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from sample_videos.studio.furnishing import Placed

SIZE_M = (12.0, 8.0, 3.2)
DOOR = (4.9, 6.9, 2.4)
"""x0, x1, height."""
WINDOW = (7.9, 11.0, 0.75, 2.55)
"""x0, x1, z0, z1."""
RECEPTION_POST = ((10.75, 1.5), (12.0, 1.5), (12.0, 4.6), (10.75, 4.6))


@dataclass(frozen=True)
class LampGroup:
    """Luminaires on one switch: (x, y, side m, watt of Blender's area light)."""

    id: str
    zone: str
    spots: tuple[tuple[float, float, float, float], ...]
    overnight: bool = False


LAMPS = (
    LampGroup("front", "hall", tuple((x, 1.9, 0.6, 22.0) for x in (2.0, 4.6, 7.2, 9.8))),
    LampGroup("back", "hall", tuple((x, y, 0.6, 22.0) for x in (2.0, 4.6, 7.2, 9.8) for y in (4.3, 6.6))),
    LampGroup("counter", "hall", tuple((10.6, y, 0.22, 14.0) for y in (2.0, 3.0, 4.0))),
    LampGroup("night", "hall", ((7.4, 7.3, 0.22, 10.0),), overnight=True),
)
AIRCON_AT = (12.0, 5.4, 2.55)


def furniture(seed: int, chairs: str, plants: str) -> tuple[Placed, ...]:
    """The plan of a seed: the same seed, the same places to the millimetre."""
    rng = random.Random(seed)

    def off(reach: float = 0.15) -> float:
        return round(rng.uniform(-reach, reach), 4)

    found = [
        Placed("desk", "reception_desk", "", (10.35, 3.0, 180.0)),
        Placed("stchair", "chair", "office", (11.15, 3.0 + off(), 180 + off(20))),
    ]
    tables = (("round", 3.5, 2.6), ("rect", 6.3, 1.7), ("round", 6.5, 4.4), ("rect", 3.1, 5.5))
    around = {
        "round": ((0.72, 0, 180), (-0.72, 0, 0), (0, 0.72, 270)),
        "rect": ((0.33, 0.62, 270), (-0.33, 0.62, 270), (0.33, -0.62, 90), (-0.33, -0.62, 90)),
    }
    chair = 0
    for number, (style, x0, y0) in enumerate(tables):
        x, y = x0 + off(), y0 + off()
        found.append(Placed(f"table{number}", "table", style, (x, y, 0.0), seed + number))
        for dx, dy, yaw in around[style]:
            place = (x + dx + off(0.03), y + dy + off(0.03), yaw + off(6))
            found.append(Placed(f"chair{chair}", "chair", chairs, place))
            chair += 1
    found += [
        Placed("sofa0", "sofa", "long", (9.35, 7.35, 270.0)),
        Placed("sofa1", "sofa", "single", (11.2, 6.15, 180.0)),
        Placed("ctable", "coffee_table", "", (9.35, 6.25, 0.0), seed + 9),
        Placed("plant0", "plant", plants, (11.5, 7.5, 0.0), seed + 11),
        Placed("plant1", "plant", plants, (7.45, 7.45, 40.0), seed + 12),
        Placed("plant2", "plant", plants, (4.9 + off(0.2), 3.6 + off(0.2), 0.0), seed + 13),
        Placed("plant3", "plant", plants, (9.0, 0.55, 80.0), seed + 14),
        Placed("bin", "bin", "", (4.45, 7.6, 0.0)),
        Placed("bench", "bench", "", (3.1, 7.6, 270.0)),
        Placed("model", "model_table", "", (8.5 + off(0.1), 4.15 + off(0.1), 0.0), seed + 15),
    ]
    rounded = (tuple(round(v, 4) for v in item.at) for item in found)
    return tuple(
        Placed(item.id, item.kind, item.style, (at[0], at[1], at[2]), item.seed)
        for item, at in zip(found, rounded, strict=True)
    )
