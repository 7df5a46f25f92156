"""What the network said a moment ago and still stands for, so that it need not be asked again."""

from __future__ import annotations

import numpy as np

from models.domain.media import US, Detections
from vision.detectors.attention import Attention
from vision.detectors.regions import Size, margin_of
from vision.detectors.suppression import Boxes, iou

KEPT_S = 0.8
"""Whoever is followed and was found for sure is not asked for again before, as long as nothing stirs where they are:
the answer stands. Less than the second for which somebody found counts as seen (vision/presence.py)."""
FAINT, SURE = 0.25, 0.6
"""A tile shows who is 36 px tall at the far wall with 26 px, and scores 0.3 to 0.6 by chance; a crop of their own shows
them with 70 and makes sure. Once is enough: before, repeated sweeps waited for the lucky one."""
SAME_IOU = 0.5
_KNOWN_IOU = 0.3
_DOUBTED_S = 2.0
"""Whom a closer look could not make sure of is not looked at closely again before."""


class Answers:
    """One instance a run and picture size, frames in time order."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._sure, self._sure_us = Detections.empty(), list[int]()
        self._doubted: list[tuple[int, Boxes]] = []

    def standing(self, tracks: Boxes, attention: Attention, t_us: int) -> Detections:
        """Boxes found for sure of late, one for each track that has one, where nothing has stirred since."""
        found = self._sure[np.array([t_us - at_us < KEPT_S * US for at_us in self._sure_us], np.bool_)]
        if not len(found) or not len(tracks):
            return Detections.empty()
        likest = np.unique(iou(tracks, found.boxes).argmax(1))
        same = iou(found.boxes[likest], tracks).max(1) >= SAME_IOU
        still = np.array([attention.changed(box) == 0 for box in self.margins(found.boxes[likest])], np.bool_)
        return found[likest[same & still]]

    def note(self, persons: Detections, standing: Detections, t_us: int) -> None:
        """Whom this frame tells for sure, and since when: what only stood on is as old as it was."""
        since = {box.tobytes(): at_us for box, at_us in zip(self._sure.boxes, self._sure_us, strict=True)}
        old = {box.tobytes() for box in standing.boxes}
        self._sure = persons[persons.scores >= SURE]
        self._sure_us = [since[key] if (key := box.tobytes()) in old else t_us for box in self._sure.boxes]

    def doubtful(self, persons: Detections, tracks: Boxes, t_us: int) -> Boxes:
        """(n, 4) faint boxes that no track explains and that were not doubted of late: each is given once."""
        self._doubted = [(at_us, box) for at_us, box in self._doubted if t_us - at_us < _DOUBTED_S * US]
        faint = persons.boxes[(persons.scores >= FAINT) & (persons.scores < SURE)]
        known = np.array([*tracks, *(box for _, box in self._doubted)], np.float32).reshape(-1, 4)
        found: Boxes = faint[iou(faint, known).max(1, initial=0) < _KNOWN_IOU]
        self._doubted += [(t_us, box) for box in found]
        return found

    def margins(self, people: Boxes) -> Boxes:
        """(n, 4) the room about each that a sound look takes in."""
        return np.array([margin_of(box, self._size) for box in people], np.float32).reshape(-1, 4)
