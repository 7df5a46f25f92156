"""The shuttle cart (电瓶车) that comes, stands at its stop and goes: where it is, and who rides on which seat.

It drives at an even speed, brakes evenly over its last metres and leaves the same way. Who boards sits down when the
last of their actions ends, and is gone with the cart. Pure functions of the shot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sample_videos.studio import hall
from sample_videos.studio.furnishing import MODELS, footprint, turned
from sample_videos.studio.shot import CartPart, Shot

KIND, STYLE = "cart", ""
BRAKES_M = 3.0
"""At 2.5 m/s that is 1 m/s2: nobody is thrown about."""
SEATS_M = ((0.3, 0.27), (0.3, -0.27), (-0.7, 0.27), (-0.7, -0.27))
"""In the cart's own frame, the front row first (stage/furniture builds the benches)."""
SEAT_HIGH_M = 0.73
REACH_M = 1.0
"""One boards from so near to its side."""

Place = tuple[float, float]


def stop_of(part: CartPart) -> tuple[float, float, float]:
    """x m, y m, yaw degrees where it stands."""
    (x0, y0), (x1, y1) = part.comes[-2:]
    return x1, y1, round(math.degrees(math.atan2(y1 - y0, x1 - x0)), 3)


def gone_s(part: CartPart) -> float:
    """When it has driven to the end of its way out."""
    return part.departs_s + _drive_s(_length((part.comes[-1], *part.goes)), part.speed_mps)


def coming_s(part: CartPart) -> float:
    """When it appears at the beginning of its way in; negative where it was there before the recording."""
    return part.arrives_s - _drive_s(_length(part.comes), part.speed_mps)


def place(part: CartPart, t_s: float, step_s: float) -> tuple[float, float, float] | None:
    """Where it is; None: not in sight. It moves in steps of `step_s`."""
    if part.arrives_s <= t_s + 1e-9 < part.departs_s:
        return stop_of(part)
    if t_s < part.arrives_s:
        t = part.arrives_s - math.ceil((part.arrives_s - t_s) / step_s - 1e-6) * step_s
        path, left = part.comes, _driven(part.arrives_s - t, part.speed_mps)
        gone = _length(path) - left
    else:
        path = (part.comes[-1], *part.goes)
        gone = _driven(math.floor((t_s - part.departs_s) / step_s + 1e-6) * step_s, part.speed_mps)
    return _on(path, gone) if 0 <= gone < _length(path) - 1e-9 or (t_s < part.arrives_s and gone >= 0) else None


def change_times(part: CartPart, step_s: float) -> Iterator[float]:
    """Moments at which it is elsewhere."""
    steps = math.ceil((part.arrives_s - coming_s(part)) / step_s) + 1
    yield from (round(part.arrives_s - k * step_s, 6) for k in range(steps + 1))
    steps = math.ceil((gone_s(part) - part.departs_s) / step_s) + 1
    yield from (round(part.departs_s + k * step_s, 6) for k in range(steps + 1))


@dataclass(frozen=True)
class Seat:
    """Where somebody rides: x m, y m, yaw degrees."""

    cart: str
    x: float
    y: float
    yaw_deg: float


def ride(shot: Shot, who: str, t_s: float) -> Seat | None:
    """The seat of somebody who boarded, while the cart is in sight; asked for after the last of their actions."""
    for name, part in shot.carts.items():
        if who in part.boards:
            at = place(part, max(t_s, part.arrives_s), shot.quality.step_s)
            if at is None:
                return None
            x, y = turned(SEATS_M[part.boards.index(who)], at)
            return Seat(name, round(x, 3), round(y, 3), round(at[2], 1))
    return None


def clear_of_walls(at: tuple[float, ...]) -> bool:
    """Whether a cart there is wholly outside, before the wall with the door."""
    wall_m = hall.SIZE_M[1] + 0.2
    return all(y > wall_m for _, y in footprint(MODELS[KIND, STYLE], at))


def side_m(at: tuple[float, ...], point: Place) -> float:
    """From a point on the floor to the cart's nearest side; 0 within."""
    c, s = math.cos(math.radians(at[2])), math.sin(math.radians(at[2]))
    dx, dy = point[0] - at[0], point[1] - at[1]
    half_x, half_y = (half / 2 for half in MODELS[KIND, STYLE].size_m[:2])
    return math.hypot(max(0.0, abs(c * dx + s * dy) - half_x), max(0.0, abs(c * dy - s * dx) - half_y))


def _driven(after_s: float, speed_mps: float) -> float:
    """Metres so long after starting from rest; the same before a stop, counted backwards."""
    starting_s = 2 * BRAKES_M / speed_mps
    if after_s <= starting_s:
        return (speed_mps * after_s) ** 2 / (4 * BRAKES_M)
    return BRAKES_M + speed_mps * (after_s - starting_s)


def _drive_s(metres: float, speed_mps: float) -> float:
    """The inverse of `_driven`."""
    if metres <= BRAKES_M:
        return math.sqrt(4 * BRAKES_M * metres) / speed_mps
    return 2 * BRAKES_M / speed_mps + (metres - BRAKES_M) / speed_mps


def _length(path: tuple[Place, ...]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(path))


def _on(path: tuple[Place, ...], metres: float) -> tuple[float, float, float]:
    left = metres
    for a, b in pairwise(path):
        step = math.dist(a, b)
        if left <= step + 1e-9:
            u = left / max(step, 1e-9)
            yaw = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
            return round(a[0] + (b[0] - a[0]) * u, 4), round(a[1] + (b[1] - a[1]) * u, 4), round(yaw, 3)
        left -= step
    raise ValueError(f"{metres} m on a path of {_length(path)} m")
