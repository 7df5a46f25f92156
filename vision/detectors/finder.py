"""Persons of a frame at a fixed budget of looks: where somebody was, where something moved, and the rest in turn.

A network of 416 x 416 px loses most people of a 1280x720 picture squeezed into it, and looking at every tile of every
frame costs seven inferences. So each frame has a budget of crops. Tracks come first (several in one crop where they
stand close), then what moved, then one tile of a slow sweep over everything, so that also who stands still and unknown
is found within a few seconds. Where the picture is as it was when it was last looked at, the network would say the same
again: such a place is left alone until the sweep comes round (REFRESH_S), and an empty, still room costs next to
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.domain.media import US, Detections, Frame
from vision.detectors.answers import SAME_IOU, Answers
from vision.detectors.attention import Attention
from vision.detectors.merging import Look, merge, persons_of
from vision.detectors.motion import MotionWatch
from vision.detectors.protocol import Detector
from vision.detectors.regions import WELL_SEEN_PX, Region, Size, is_small, margin_of, pack, tiles, whole
from vision.detectors.suppression import Boxes, areas, iou, shared

_AGAIN_S = 0.35
"""A moving place where nobody was found is not looked at again before: curtains and screens move all day."""
_STOPPED_S = 2.0
"""The same for a place that has not changed any more since it was looked at: a chair that was moved, somebody who
stopped and was missed. After some 20 s it is no news to MotionWatch, and left to the sweep."""
_SWEEP_S = 1.0
"""A sweep that has something to do goes on at least so often, however much moves."""
REFRESH_S = 5.0
"""A tile in which nothing changes is looked at again this often: nobody is overlooked for longer, wherever he sits."""
_NEWS_CELLS, _TILE_CELLS = 3, 8
"""Cells that must have changed since they were looked at to be worth another look, of a moving spot and of a tile. Who
shows with head and shoulders over a far counter is 24, a clock burnt into the picture 2 to 10."""
_COVERED = 0.8
_LEAST_HEIGHT = 1 / 6
"""Height in pictures of a person assumed behind a small moving spot (a hand, a head over a counter)."""


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
        self._attention.see(self._motion.grey, frame.t_us)
        tracks = np.asarray(tracks, np.float32).reshape(-1, 4)
        standing = self._answers.standing(tracks, self._attention, frame.t_us)
        asked = tracks[iou(tracks, standing.boxes).max(1, initial=0) < SAME_IOU]
        regions = list(self._tiles) if first else self._plan(asked, moved, frame.t_us)
        looks = [Look(whole(self._size), standing), *self._look(frame, regions, tracks)]
        persons, halves = merge(looks, self._size)
        spare = self._budget if first else self._budget - len(regions)
        # Somebody at a crop's border, and perhaps somebody far away: look again with the whole person in one crop.
        tiled = self._within_tiles(persons, regions)
        spots = np.concatenate([_extended(halves), self._answers.doubtful(tiled, tracks, frame.t_us)])
        if len(spots) and spare > 0:
            extra = [region for region, _ in pack(spots, self._size, self._input_px)[:spare]]
            looks += self._look(frame, extra, tracks)
            persons, halves = merge(looks, self._size)
        self._halves = halves
        self._answers.note(persons, standing, frame.t_us)
        well = self._seen_well([look.region for look in looks[1:]], tracks)
        self.looked = np.concatenate([well, self._answers.margins(standing.boxes)])
        return persons

    def _begin(self, frame: Frame) -> bool:
        """Starts anew on a new run or picture size; whether this is the first frame."""
        if (self._run, self._size) == (frame.run.id, frame.size_px):
            return False
        self._run, self._size = frame.run.id, frame.size_px
        self._tiles = tiles(self._size, self._input_px)
        self._tiles_us = [frame.t_us] * len(self._tiles)
        self._next_tile, self._swept_us = 0, frame.t_us
        self._motion = MotionWatch()
        self._motion.look(frame.image, frame.t_us)
        self._attention = Attention(self._size, self._motion.grey)
        self._halves = np.zeros((0, 4), np.float32)
        self._answers = Answers(self._size)
        return True

    def _plan(self, tracks: Boxes, moved: Boxes, t_us: int) -> list[Region]:
        """The regions of one frame, at most `budget`."""
        if is_small(self._size, self._input_px):
            if not len(tracks) and self._due(t_us) is None:
                return []
            self._tiles_us[0] = t_us
            return [whole(self._size)]
        sweep_due = t_us - self._swept_us >= _SWEEP_S * US
        around, spare = self._around(tracks), 1 if self._budget > 1 or sweep_due else 0
        chosen = self._meant(around[: self._budget - spare], tracks)
        must = sweep_due and self._due(t_us) is not None
        chosen += self._meant(self._around_news(moved, chosen)[: self._budget - len(chosen) - must], tracks)
        tile = self._due(t_us)
        if tile is None:
            self._swept_us = t_us
            chosen += around[self._budget - spare :][: self._budget - len(chosen)]
        elif len(chosen) < self._budget:
            self._next_tile, self._swept_us, self._tiles_us[tile] = (tile + 1) % len(self._tiles), t_us, t_us
            chosen.append(self._tiles[tile])
        return chosen

    def _meant(self, regions: list[Region], tracks: Boxes) -> list[Region]:
        """The same regions: they are going to be looked at, so that what changed in them needs no look of its own."""
        self._attention.note(self._seen_well(regions, tracks))
        return regions

    def _due(self, t_us: int) -> int | None:
        """Number of the next tile in turn that was not looked at for long, or changed since. The squeezed whole picture
        waits for its turn: what changes is looked at closely first."""
        for step in range(len(self._tiles)):
            tile = (self._next_tile + step) % len(self._tiles)
            close = self._tiles[tile] != whole(self._size) or len(self._tiles) == 1
            long_ago = t_us - self._tiles_us[tile] >= REFRESH_S * US
            if long_ago or (close and self._attention.changed(self._tiles[tile]) >= _TILE_CELLS):
                return tile
        return None

    def _around(self, people: Boxes) -> list[Region]:
        """Crops around people, the longest not looked at first; the whole picture where they are tall enough in it."""
        ordered = people[sorted(range(len(people)), key=lambda n: (-self._attention.age_us(people[n]), n))]
        crops = pack(ordered, self._size, self._input_px)
        tall = [bool(self._tall(ordered[members]).all()) for _, members in crops]
        regions = [whole(self._size) if is_tall else crop for (crop, _), is_tall in zip(crops, tall, strict=True)]
        return list(dict.fromkeys(regions))

    def _around_news(self, moved: Boxes, chosen: Sequence[Region]) -> list[Region]:
        """Crops around halves of persons and moving spots, if no chosen crop covers them and none just did."""
        moved = _tall_enough(moved, self._size)
        waiting = [spot for spot in _extended(self._halves) if self._attention.age_us(spot) >= _AGAIN_S * US]
        waiting += [spot for spot in moved if self._attention.age_us(spot) >= self._again_s(spot) * US]
        spots = np.array(waiting, np.float32).reshape(-1, 4)
        if len(spots) and chosen:
            here = np.array(chosen, np.float32)
            spots = spots[(shared(spots, here) < _COVERED * areas(spots)[:, None]).all(1)]
        return [region for region, _ in pack(spots, self._size, self._input_px)]

    def _again_s(self, spot: Boxes) -> float:
        return _AGAIN_S if self._attention.changed(spot) >= _NEWS_CELLS else _STOPPED_S

    def _within_tiles(self, persons: Detections, regions: Sequence[Region]) -> Detections:
        """Those whom a tile of this frame shows: who is faint in a crop of their own has been looked at closely."""
        tiled = np.array([one for one in regions if one in self._tiles and one != whole(self._size)], np.float32)
        covered = shared(persons.boxes, tiled.reshape(-1, 4)) > _COVERED * areas(persons.boxes)[:, None]
        return persons[np.flatnonzero(covered.any(1))]

    def _look(self, frame: Frame, regions: Sequence[Region], tracks: Boxes) -> list[Look]:
        crops = [np.ascontiguousarray(frame.image[y0:y1, x0:x1]) for x0, y0, x1, y1 in regions]
        self._attention.note(self._seen_well(regions, tracks))
        found = self._detector.detect(crops)
        return [persons_of(region, one) for region, one in zip(regions, found, strict=True)]

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


def _extended(halves: Boxes) -> Boxes:
    """A half of a person at a crop's border: whole it may be half as large again to each side."""
    more = np.maximum(halves[:, 2:] - halves[:, :2], 1).max(1, keepdims=True) * np.float32(0.4)
    return np.concatenate([halves[:, :2] - more, halves[:, 2:] + more], 1).clip(0)


def _tall_enough(moved: Boxes, size: Size) -> Boxes:
    middle, half = (moved[:, :2] + moved[:, 2:]) / 2, (moved[:, 2:] - moved[:, :2]) / 2
    half = np.stack([half[:, 0], np.maximum(half[:, 1], _LEAST_HEIGHT * size[1] / 2)], 1)
    limit = np.array([size[0], size[1]], np.float32)
    return np.concatenate([(middle - half).clip(0, limit), (middle + half).clip(0, limit)], 1).astype(np.float32)
