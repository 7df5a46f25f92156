"""Teaching a uniform: from sightings of people who wear it to one colour with a tolerance, and what it will be mistaken
for. Pure: pixels of cloth in, a lesson or a named doubt out.

The colour is the median of the sightings' medians, so that one sighting under another lamp weighs no more than any
other; the tolerance reaches to where nine tenths of the cloth lie. Light is taken out before (vision/clothing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from models.domain.clothing import Lab
from models.domain.site import UniformColour
from vision.clothing import Floats

FEWEST_SIGHTINGS = 5
"""Fewer may all be under one lamp, or of one fold."""
CLOTH_SHARE = 0.9
CORE = 16.0
"""Pixels this near to the middle are its cloth; a shirt under a jacket, a tie and skin are further away."""
NARROWEST, WIDEST = 8.0, 26.0
"""CIE76. Camera noise and folds spread one cloth by 5-8; beyond 26 a tolerance takes in its neighbours' colours."""
MOSTLY_WORN = 0.4
"""Share of a garment that must be near the colour, as roles ask for it (vision/roles.py)."""
APART = 6.0
"""Two uniforms are told apart when their medians keep this far beyond what both tolerances share, halved [P]."""

CLOTHES: dict[str, Lab] = {
    "black": (12.0, 0.0, 0.0),
    "dark_grey": (30.0, 0.0, 0.0),
    "grey": (55.0, 0.0, 0.0),
    "white": (92.0, 0.0, 2.0),
    "beige": (78.0, 3.0, 16.0),
    "brown": (33.0, 12.0, 20.0),
    "navy": (18.0, 6.0, -22.0),
    "jeans": (38.0, -1.0, -22.0),
    "blue": (40.0, 12.0, -50.0),
    "light_blue": (72.0, -8.0, -20.0),
    "green": (45.0, -40.0, 30.0),
    "dark_green": (26.0, -18.0, 10.0),
    "yellow": (85.0, 2.0, 70.0),
    "orange": (65.0, 42.0, 60.0),
    "red": (42.0, 62.0, 40.0),
    "wine": (24.0, 32.0, 10.0),
    "pink": (72.0, 32.0, 2.0),
    "purple": (34.0, 40.0, -36.0),
}
"""What visitors wear, D65. Median colours of common cloth [P]."""


class Doubt(StrEnum):
    """Why nothing can be taught from these sightings."""

    TOO_FEW = "too_few"
    NOT_ONE_CLOTH = "not_one_cloth"
    SAME_AS = "same_as"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A uniform as it can be written into the site file. mistaken_for: keys of CLOTHES that visitors may wear."""

    colour: UniformColour
    sightings: int
    spread: float
    mistaken_for: tuple[str, ...]


class UnteachableError(Exception):
    """doubt, and what it is about (counts, a spread, another uniform's name)."""

    def __init__(self, doubt: Doubt, about: str) -> None:
        super().__init__(f"{doubt}: {about}")
        self.doubt, self.about = doubt, about


def taught(name: str, part: str, cloth: Sequence[Floats], known: Iterable[UniformColour]) -> Lesson:
    """The lesson of (n, 3) Lab pixels of one part, a sighting each. known: uniforms that are taught already.

    Raises UnteachableError: too few sightings, not one cloth, or not to be told apart from another uniform.
    """
    if len(cloth) < FEWEST_SIGHTINGS:
        raise UnteachableError(Doubt.TOO_FEW, f"{len(cloth)} < {FEWEST_SIGHTINGS}")
    middle = np.median([np.median(pixels, axis=0) for pixels in cloth], axis=0)
    everything = np.vstack(list(cloth))
    for _ in range(3):  # shirt, tie and skin lie in the same part: keep to what is near the middle, and find it anew
        core = everything[np.linalg.norm(everything - middle, axis=1) <= CORE]
        middle = np.median(core, axis=0) if len(core) else middle
    distances = np.linalg.norm(everything - middle, axis=1)
    within = distances[distances <= CORE]
    spread = float(np.quantile(within, CLOTH_SHARE)) if len(within) else WIDEST
    worn = [float((np.linalg.norm(pixels - middle, axis=1) <= WIDEST).mean()) for pixels in cloth]
    if float(np.median(worn)) < MOSTLY_WORN or float(np.quantile(worn, 0.2)) < MOSTLY_WORN / 2:
        raise UnteachableError(Doubt.NOT_ONE_CLOTH, f"{spread:.0f}")
    lab = (round(float(middle[0]), 1), round(float(middle[1]), 1), round(float(middle[2]), 1))
    colour = UniformColour(name, lab, round(max(NARROWEST, spread), 1), part)
    for other in known:
        if other.name != name and other.part == part and _too_near(colour, other):
            raise UnteachableError(Doubt.SAME_AS, other.name)
    confused = tuple(key for key, lab in CLOTHES.items() if _distance(colour.lab, lab) <= colour.tolerance)
    return Lesson(colour, len(cloth), spread, confused)


def _too_near(one: UniformColour, other: UniformColour) -> bool:
    return _distance(one.lab, other.lab) < max(one.tolerance, other.tolerance) / 2 + APART


def _distance(a: Lab, b: Lab) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))
