"""Whether taught floor points span the floor and agree with each other."""

from __future__ import annotations

import numpy as np

from calibration.problem import Problem
from calibration.site_file import CameraPart
from models.domain.geometry import Floats, FloorPoint, GroundPlane, Lens
from models.texts import both

LARGEST_RESIDUAL_M = 0.3
"""Root mean square. A tile edge is clicked to some 3 px, below 0.1 m within 15 m; more means two marks were swapped."""
_SMALLEST_SPREAD = 1e-3
"""Second smallest singular value of the normalised homography equations against the largest; 0 on a line."""


def floor_problem(camera: CameraPart) -> Problem | None:
    """Why no ground plane follows from a camera's floor points, or None. Place and key are the caller's."""
    points = floor_points_of(camera)
    if len(points) < 4:
        return Problem(both("site.problem.few_floor_points"), got=str(len(points)), expected=">= 4")
    if spread_of(points) < _SMALLEST_SPREAD:
        return Problem(both("site.problem.floor_line"), next_step=both("site.next.spread_points"))
    try:
        plane = GroundPlane.from_points(points, lens_of(camera))
    except ValueError:
        return Problem(both("site.problem.floor_line"), next_step=both("site.next.spread_points"))
    if plane.residual_m > LARGEST_RESIDUAL_M:
        suspect = _suspect(points, lens_of(camera))
        return Problem(
            both("site.problem.floor_disagrees"),
            got=f"{plane.residual_m:.2f} m",
            expected=f"<= {LARGEST_RESIDUAL_M:g} m",
            next_step=both("site.next.check_point", number=suspect) if suspect else both("site.next.check_points"),
        )
    return None


def _suspect(points: tuple[FloorPoint, ...], lens: Lens | None) -> int:
    """Number (from 1) of the point without which the others agree best; 0 when so few are left that any would do."""
    if len(points) < 6:
        return 0
    rest = [points[:i] + points[i + 1 :] for i in range(len(points))]
    residuals = [
        GroundPlane.from_points(r, lens).residual_m if spread_of(r) >= _SMALLEST_SPREAD else np.inf for r in rest
    ]
    return int(np.argmin(residuals)) + 1


def floor_points_of(camera: CameraPart) -> tuple[FloorPoint, ...]:
    return tuple(FloorPoint(p.image, p.floor) for p in camera.floor_points)


def lens_of(camera: CameraPart) -> Lens | None:
    lens = camera.lens
    return Lens(lens.fx, lens.fy, lens.cx, lens.cy, lens.distortion) if lens else None


def spread_of(points: tuple[FloorPoint, ...]) -> float:
    """How well the points determine a homography: 0 when they do not (all, or all but one, on one line)."""
    image = _normalised(np.array([p.image for p in points], np.float64))
    floor = _normalised(np.array([p.floor for p in points], np.float64))
    rows = []
    for (u, v), (x, y) in zip(image, floor, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v, -x], [0, 0, 0, u, v, 1, -y * u, -y * v, -y]]
    values = np.linalg.svd(np.array(rows), compute_uv=False)
    return float(values[7] / values[0])


def _normalised(points: Floats) -> Floats:
    centred = points - points.mean(0)
    scale = np.sqrt((centred**2).sum(1).mean())
    return np.asarray(centred / max(scale, 1e-12), np.float64)
