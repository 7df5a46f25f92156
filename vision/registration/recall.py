"""What an item was found to be, for as long as its picture stays as it was: the same pixels give the same verdict.

A measurement of a dozen items takes a third of a second, and in most minutes nobody has touched anything. A picture is
compared with the one that was measured, not with the one before it, so that slow change adds up and is measured anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import Image
from vision.registration.features import Map
from vision.registration.register import Verdict

BLOCK_PX = 8
SAME_LEVELS = 3.5
"""Largest change of any block, grey levels. Measured on the furniture samples, checks of 2 s at 5 fps: 1.2 to 3.3 where
nobody touched anything (what compression makes of a still scene), 5.5 and more where an item went 30 mm."""


@dataclass(frozen=True, slots=True)
class _Measured:
    grey: NDArray[np.float32] = field(repr=False)
    verdict: Verdict


class Recall:
    """Verdicts by item. Ask with every picture of the item's own window; tell what was measured in it."""

    def __init__(self) -> None:
        self._known: dict[str, _Measured] = {}

    def verdict(self, item: str, window: Image | Map) -> Verdict | None:
        """None when the item was not measured yet or its picture has changed. window: (h, w, 3), nobody before it."""
        known = self._known.get(item)
        if known is None:
            return None
        grey = _blocks(window)
        same = grey.shape == known.grey.shape and float(np.abs(grey - known.grey).max(initial=0.0)) <= SAME_LEVELS
        return known.verdict if same else None

    def keep(self, item: str, window: Image | Map, verdict: Verdict) -> None:
        """What was measured in that picture."""
        self._known[item] = _Measured(_blocks(window), verdict)


def _blocks(window: Image | Map) -> NDArray[np.float32]:
    height, width = window.shape[:2]
    size = max(1, width // BLOCK_PX), max(1, height // BLOCK_PX)
    grey = cv2.cvtColor(np.ascontiguousarray(window, np.float32), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
