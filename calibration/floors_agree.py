"""Whether cameras that share the floor agree on it: a post drawn in two pictures must lie at one spot.

Each camera's own plane carries its drawing to the floor; the middles may differ by what the drawing hand and the planes
allow, not by half a metre. Posts are small and drawn whole; a hall is drawn as far as each picture shows it, so zones
say nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.domain.geometry import XY
from models.domain.site import Site

FARTHEST_APART_M = 0.5
"""Issue of the several cameras [P]: beyond it two people 1 m apart can no longer be told apart across views."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A post that two cameras put at different spots."""

    post: str
    cameras: tuple[str, str]
    apart_m: float


def contradictions(site: Site) -> list[Contradiction]:
    """Every post drawn in two pictures whose middles on the floor lie too far apart, worst first."""
    planes = {camera.id: camera.ground_plane() for camera in site.cameras.values()}
    found: list[Contradiction] = []
    for place in site.posts.values():
        spots: dict[str, XY] = {}
        for region in place.regions:
            plane = planes.get(region.camera) if region.camera is not None else None
            if region.camera is not None and plane is not None:
                floor = plane.to_floor(np.array(region.polygon, np.float64))
                spots[region.camera] = (float(floor[:, 0].mean()), float(floor[:, 1].mean()))
        found += _apart(place.id, spots)
    return sorted(found, key=lambda one: (-one.apart_m, one.post))


def _apart(place: str, spots: dict[str, XY]) -> Iterator[Contradiction]:
    for a, b in combinations(sorted(spots), 2):
        apart_m = math.dist(spots[a], spots[b])
        if apart_m > FARTHEST_APART_M:
            yield Contradiction(place, (a, b), apart_m)
