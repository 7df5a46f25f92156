"""How much of an item's colours is left around its place: tells a piece that is gone from one turned or tipped."""

from __future__ import annotations

import numpy as np

from vision.registration.align import Seen
from vision.registration.features import histogram
from vision.registration.taught import Look

LEAST_TELLING = 1.0
"""Colours that are this much likelier on the item than around it speak for it (log 2.7)."""


def presence(look: Look, seen: Seen) -> float:
    """Pixels of the item's own colours in its window, as a share of those when it was taught.

    1 where the item looks like its surroundings: then colour cannot say that it is gone.
    """
    inside, outside, taught = look.palette
    telling = np.log((inside + 1e-3) / (outside + 1e-3)) > LEAST_TELLING
    if taught[telling].sum() < 0.25 * look.item_pixels:
        return 1.0
    now = histogram(seen.lab, None if seen.hidden is None else (~seen.hidden).astype(np.uint8))
    return float(np.minimum(now, 2 * taught + 5)[telling].sum() / max(1.0, taught[telling].sum()))
