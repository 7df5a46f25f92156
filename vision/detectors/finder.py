"""Persons of a frame at a fixed budget of looks: where somebody was, where something moved, and the rest in turn.

A network of 416 x 416 px loses most people of a 1280x720 picture squeezed into it, and looking at every tile of every
frame costs seven inferences. So each frame has a budget of crops. Tracks come first (several in one crop where they
stand close), then what moved, then one tile of a slow sweep over everything, so that also who stands still and unknown
is found within a few seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Detections, Frame
from vision.detectors.merging import Look, merge, persons_of
from vision.detectors.motion import MotionWatch
from vision.detectors.protocol import Detector
from vision.detectors.regions import WELL_SEEN_PX, Region, Size, is_small, margin_of, pack, tiles, whole
from vision.detectors.suppression import Boxes, areas, shared

_CELL_PX = 16
_AGAIN_S = 0.35
"""A moving place where nobody was found is not looked at again before: curtains and screens move all day."""
_SWEEP_S = 1.0
"""The sweep goes on at least so often, however much moves."""
_COVERED = 0.8
_LEAST_HEIGHT = 1 / 6
"""Height in pictures of a person assumed behind a small moving spot (a hand, a head over a counter)."""
_NEVER_US = -(10**15)


class CropFinder:
    """A PersonFinder over any Detector; one instance a camera, frames in time order. Deterministic.

    budget: looks (inferences) a frame at most, 1 or more; fewer are spent while nobody is there and nothing moves.
    Three follow people in two places at once beside the sweep; with more places each is looked at in turn, the longest
    unseen first. The first frame of a run gets a whole sweep whatever the budget. input_px: side of the network's
    input picture. Raises ValueError for a budget below 1.
    """

    def __init__(self, detector: Detector, *, budget: int = 3, input_px: int = 416) -> None:
        if budget < 1:
            raise ValueError(f"a finder needs a budget of at least 1 crop a frame, got {budget}")
        self._detector, self._budget, self._input_px = detector, budget, input_px
        self._run, self._size = "", (0, 0)
        self._halves: Boxes = np.zeros((0, 4), np.float32)
        self.looked: Boxes = np.zeros((0, 4), np.float32)

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        """Persons, score >= 0.1, in pixels of the frame, by falling score. tracks: (n, 4) px, may be empty."""
        first = self._begin(frame)
        moved = self._motion.look(frame.image, frame.t_us)
        tracks = np.asarray(tracks, np.float32).reshape(-1, 4)
        regions = list(self._tiles) if first else self._plan(tracks, moved, frame.t_us)
        looks = self._look(frame, regions, tracks)
        persons, halves = merge(looks, self._size)
        spare = self._budget if first else self._budget - len(regions)
        if len(halves) and spare > 0:  # somebody at a crop's border: look again with the whole person in one crop
            extra = [region for region, _ in pack(_extended(halves), self._size, self._input_px)[:spare]]
            looks += self._look(frame, extra, tracks)
            persons, halves = merge(looks, self._size)
        self._halves = halves
        self.looked = self._seen_well([look.region for look in looks], tracks)
        return persons

    def _begin(self, frame: Frame) -> bool:
        """Starts anew on a new run or picture size; whether this is the first frame."""
        if (self._run, self._size) == (frame.run.id, frame.size_px):
            return False
        self._run, self._size = frame.run.id, frame.size_px
        self._tiles = tiles(self._size, self._input_px)
        self._next_tile, self._swept_us = 0, frame.t_us
        self._motion = MotionWatch()
        self._halves = np.zeros((0, 4), np.float32)
        cells = (math.ceil(self._size[1] / _CELL_PX), math.ceil(self._size[0] / _CELL_PX))
        self._looked_us = np.full(cells, _NEVER_US, np.int64)
        return True

    def _plan(self, tracks: Boxes, moved: Boxes, t_us: int) -> list[Region]:
        """The regions of one frame, at most `budget`."""
        sweep_due = t_us - self._swept_us >= _SWEEP_S * US
        chosen = [whole(self._size)] if is_small(self._size, self._input_px) else []
        spare = 1 if not chosen and (self._budget > 1 or sweep_due) else 0
        around = [region for region in self._around(tracks, t_us) if region not in chosen]
        chosen += around[: self._budget - len(chosen) - spare]
        chosen += self._around_news(moved, chosen, t_us)[: self._budget - len(chosen)]
        if len(chosen) == self._budget and spare and sweep_due:
            chosen.pop()
        if len(chosen) < self._budget:
            chosen += self._sweep(chosen, t_us)
        return chosen

    def _around(self, people: Boxes, t_us: int) -> list[Region]:
        """Crops around people, the longest not looked at first; the whole picture where they are tall enough in it."""
        ordered = people[sorted(range(len(people)), key=lambda n: (-self._age_us(people[n], t_us), n))]
        crops = pack(ordered, self._size, self._input_px)
        tall = [bool(self._tall(ordered[members]).all()) for _, members in crops]
        regions = [whole(self._size) if is_tall else crop for (crop, _), is_tall in zip(crops, tall, strict=True)]
        return list(dict.fromkeys(regions))

    def _around_news(self, moved: Boxes, chosen: Sequence[Region], t_us: int) -> list[Region]:
        """Crops around halves of persons and moving spots, if no chosen crop covers them and none just did."""
        spots = np.concatenate([_extended(self._halves), _tall_enough(moved, self._size)])
        if len(spots) and chosen:
            here = np.array(chosen, np.float32)
            spots = spots[(shared(spots, here) < _COVERED * areas(spots)[:, None]).all(1)]
        waiting = [n for n in range(len(spots)) if self._age_us(spots[n], t_us) >= _AGAIN_S * US]
        return [region for region, _ in pack(spots[waiting], self._size, self._input_px)]

    def _sweep(self, chosen: Sequence[Region], t_us: int) -> list[Region]:
        """The next tile in turn that no chosen region holds already."""
        for _ in self._tiles:
            tile = self._tiles[self._next_tile]
            self._next_tile = (self._next_tile + 1) % len(self._tiles)
            if tile not in chosen:
                self._swept_us = t_us
                return [tile]
        return []

    def _look(self, frame: Frame, regions: Sequence[Region], tracks: Boxes) -> list[Look]:
        crops = [np.ascontiguousarray(frame.image[y0:y1, x0:x1]) for x0, y0, x1, y1 in regions]
        for seen in self._seen_well(regions, tracks):
            self._looked_us[_cells(seen)] = frame.t_us
        found = self._detector.detect(crops)
        return [persons_of(region, one) for region, one in zip(regions, found, strict=True)]

    def _age_us(self, box: Sequence[float] | Boxes, t_us: int) -> int:
        """Since when some part of the box was not looked at closely."""
        part = self._looked_us[_cells(box)]
        return t_us - int(part.min()) if part.size else 0

    def _seen_well(self, regions: Sequence[Region], tracks: Boxes) -> Boxes:
        """(m, 4) regions looked at closely enough to miss nobody in them.

        The squeezed whole picture counts only for the tracks that are tall enough in it.
        """
        close = [region for region in regions if region != whole(self._size) or is_small(self._size, self._input_px)]
        if whole(self._size) in regions:
            close += [margin_of(box, self._size) for box in tracks[self._tall(tracks)]]
        return np.array(close, np.float32).reshape(-1, 4)

    def _tall(self, people: Boxes) -> NDArray[np.bool_]:
        """(n,) whether the whole picture, squeezed to the input, shows them well."""
        least = WELL_SEEN_PX * max(self._size) / self._input_px
        return np.asarray(people[:, 3] - people[:, 1] >= least, np.bool_)


def _cells(box: Sequence[float] | Boxes) -> tuple[slice, slice]:
    x0, y0, x1, y1 = (float(value) / _CELL_PX for value in box)
    return slice(round(y0), max(round(y1), round(y0) + 1)), slice(round(x0), max(round(x1), round(x0) + 1))


def _extended(halves: Boxes) -> Boxes:
    """A half of a person at a crop's border: whole it may be half as large again to each side."""
    more = np.maximum(halves[:, 2:] - halves[:, :2], 1).max(1, keepdims=True) * np.float32(0.4)
    return np.concatenate([halves[:, :2] - more, halves[:, 2:] + more], 1).clip(0)


def _tall_enough(moved: Boxes, size: Size) -> Boxes:
    middle, half = (moved[:, :2] + moved[:, 2:]) / 2, (moved[:, 2:] - moved[:, :2]) / 2
    half = np.stack([half[:, 0], np.maximum(half[:, 1], _LEAST_HEIGHT * size[1] / 2)], 1)
    limit = np.array([size[0], size[1]], np.float32)
    return np.concatenate([(middle - half).clip(0, limit), (middle + half).clip(0, limit)], 1).astype(np.float32)
