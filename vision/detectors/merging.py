"""One list of persons from several looks at one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.media import Detections
from vision.detectors.regions import Region, Size
from vision.detectors.suppression import Boxes, areas, iou, keep_one_of_each, shared

PERSON = 0
"""COCO-80 class."""

LEAST_SCORE = 0.1

_SAME_IOU = 0.5
_TOLD = 0.3
"""From here a box explains what another look shows only half of."""
_WEAKER = 0.6
"""A box mostly shared with another of which it has not this share of the score is a part of that person, or two in
one box; real pairs one behind the other score alike."""
_AS_TALL = 0.8
"""Boxes mostly shared that also begin and end at the same heights are one person with and without the arms."""
_MOSTLY = 0.7
_AT_BORDER = 0.015
"""Share of a crop's side: a box that ends so near an inner border is cut by it."""
_WORTH_A_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Look:
    """What the network told of one region, in pixels of the whole picture."""

    region: Region
    found: Detections


def persons_of(region: Region, found: Detections) -> Look:
    """Persons with a score that counts, moved from pixels of the region to pixels of the picture."""
    kept = found[(found.classes == PERSON) & (found.scores >= LEAST_SCORE)]
    x0, y0 = region[:2]
    return Look(region, Detections(kept.boxes + np.array([x0, y0, x0, y0], np.float32), kept.scores, kept.classes))


def merge(looks: Sequence[Look], size: Size) -> tuple[Detections, Boxes]:
    """Persons seen whole, each once, by falling score; and (m, 4) boxes cut by a crop's border that nothing explains.

    A cut box has a wrong foot and perhaps a second half elsewhere: it is never reported, but worth a look of its own.
    """
    everything = _joined([look.found for look in looks])
    cut = np.concatenate([_is_cut(look, size) for look in looks]) if looks else np.zeros(0, np.bool_)
    sound, halves = everything[~cut], everything[cut]
    persons = _without_parts(sound[keep_one_of_each(sound.boxes, sound.scores, _SAME_IOU)])
    halves = halves[halves.scores >= _WORTH_A_LOOK]
    told = persons.boxes[persons.scores >= _TOLD]
    explained = (shared(halves.boxes, told) > _MOSTLY * areas(halves.boxes)[:, None]).any(1)
    return persons, halves.boxes[~explained]


def _joined(parts: Sequence[Detections]) -> Detections:
    if not parts:
        return Detections.empty()
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.classes for part in parts]),
    )


def _is_cut(look: Look, size: Size) -> NDArray[np.bool_]:
    """(n,) whether a box ends at a border of the region that is not the picture's own border."""
    x0, y0, x1, y1 = look.region
    across, down = _AT_BORDER * (x1 - x0), _AT_BORDER * (y1 - y0)
    boxes = look.found.boxes
    left = (boxes[:, 0] < x0 + across) & (x0 > 0)
    top = (boxes[:, 1] < y0 + down) & (y0 > 0)
    right = (boxes[:, 2] > x1 - across) & (x1 < size[0])
    bottom = (boxes[:, 3] > y1 - down) & (y1 < size[1])
    return np.asarray(left | top | right | bottom, np.bool_)


def _without_parts(persons: Detections) -> Detections:
    """Drops boxes that repeat a part of a stronger one, or have a stronger one in them. Sorted by score."""
    boxes, scores = persons.boxes, persons.scores
    smaller = np.minimum(areas(boxes)[:, None], areas(boxes)[None])
    mostly = shared(boxes, boxes) > _MOSTLY * smaller
    upright = np.stack([np.zeros(len(boxes)), boxes[:, 1], np.ones(len(boxes)), boxes[:, 3]], 1).astype(np.float32)
    same = mostly & ((scores[:, None] < _WEAKER * scores[None]) | (iou(upright, upright) > _AS_TALL))
    repeats = np.tril(same, -1).any(axis=1)  # a row against the earlier, stronger columns
    return persons[np.flatnonzero(~repeats)]
