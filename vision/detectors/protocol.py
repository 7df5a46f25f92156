"""The seam between pictures and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.domain.media import Detections, Frame, Image


class Detector(Protocol):
    """A network: a batch of pictures to boxes in pixels of each picture (all scores above the network's own floor)."""

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """One Detections an image, same order."""
        ...


class PersonFinder(Protocol):
    """Persons of one frame, in pixels of that frame, low scores included (>= 0.1) for the tracker's second stage."""

    looked: NDArray[np.float32]
    """(m, 4) regions of the last frame, px, looked at closely enough to find who is there. A track whose box lies whole
    in one of them and was not found is missed; a track outside of all was not looked for."""

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        """tracks: (n, 4) float32 boxes where somebody was a moment ago: look there first."""
        ...
