"""The colours somebody wears, as far as they tell one person from another while both are followed.

Nobody changes clothes between two cameras. A colour is no identity: it is kept with a presence, on the tape with what
else the rules were told, and nowhere else.
"""

from __future__ import annotations

import math

Lab = tuple[float, float, float]
"""CIE L*a*b*, D65, L 0..100."""
Colour = tuple[Lab | None, Lab | None]
"""Top and bottom; None where a garment has not been seen clearly."""

UNKNOWN: Colour = (None, None)


def garment_distance(a: Colour, b: Colour) -> list[float]:
    """Distance of each part that both show, lightness at half weight (it follows the lamp overhead)."""
    return [
        math.hypot(0.5 * (p[0] - q[0]), p[1] - q[1], p[2] - q[2])
        for p, q in zip(a, b, strict=True)
        if p is not None and q is not None
    ]


def differ(a: Colour, b: Colour, least: float) -> bool:
    """Whether a garment that both show is further apart than that."""
    return any(apart > least for apart in garment_distance(a, b))


def colour_distance(a: Colour, b: Colour) -> float | None:
    """Mean over the parts that both show; None if none."""
    apart = garment_distance(a, b)
    return sum(apart) / len(apart) if apart else None
