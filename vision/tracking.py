"""Boxes to tracks: ByteTrack fed with media time. A track id means nothing beyond "the same box a moment ago"."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import supervision as sv
from numpy.typing import NDArray
from trackers import ByteTrackTracker
from trackers.utils.iou import BIoU

from models.domain.geometry import PERSON_HEIGHT_M
from models.domain.media import US, Detections
from vision.place import EDGE_PX, Box

START_SCORE = 0.55
"""PicoDet-S: a person needs this to start a track (design.md, Detectors)."""
LOW_SCORE = 0.2
"""Scores down to this may continue one (ByteTrack's second stage)."""
TRACE_SCORE = 0.1
"""At the picture's border scores down to this tell when somebody tracked now first showed: half a person scores low."""
COAST_S = 3.0
"""A track without a box lives this long; what is lost longer is found again by place (vision/occupancy.py). Measured on
MOT17-02 at 5 fps with 40 % dropped, mean of twelve draws: 1.5 s HOTA 0.310, 3 s 0.319, 4 s 0.318."""
REFERENCE_FPS = 5.0
"""The rate whose frame step the motion model counts as one: what a camera is analysed at. With the library's default of
30 a step of 0.2 s spreads the expected boxes six steps wide and ids switch: MOT17-02 at 5 fps HOTA 0.296, IDF1 0.358
with 30; 0.347, 0.412 with 5, and at 30 fps it gains too (`guiwei eval ../shared/material/tracking`)."""
BACKDATE_S = 1.5
HURRY_MPS = 2.5
MOVE_BUFFER = 0.15
"""Boxes are widened by this share on each side before they are compared: at 5 fps with drops a walker of 1.3 m/s moves
his own width between two frames. Wider takes the neighbour for him: as above, 0.2 HOTA 0.319, 0.15 0.325, 0.1 0.324."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A tracked box of this frame. first_us: UTC µs of the earliest box that belongs to the track, untracked included;
    `first_box` is that one."""

    track: int
    box: Box
    score: float
    first_us: int
    first_box: Box


class Tracker:
    """Call `update` once a frame, in time order; `reset` on a new run."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size = size_px
        self._engine: Any = None
        self._start_us: int | None = None
        self._last_us = 0
        self._begun: dict[int, tuple[int, Box, int]] = {}
        self._highest = -1
        self._loose: deque[tuple[int, Box]] = deque()
        self.reset()

    def reset(self) -> None:
        """Forget all tracks; ids go on counting, so that an old id never comes back."""
        self._floor_id = self._highest + 1
        self._engine = ByteTrackTracker(
            lost_track_buffer=round(COAST_S * 30),
            frame_rate=REFERENCE_FPS,
            track_activation_threshold=START_SCORE,
            high_conf_det_threshold=START_SCORE,
            minimum_consecutive_frames=1,
            minimum_iou_threshold=0.1,
            iou=BIoU(MOVE_BUFFER),
        )
        self._start_us = None
        self._loose.clear()

    def update(self, persons: Detections, utc_us: int) -> list[Sighting]:
        """persons: boxes in declared pixels, all scores. A frame not later than the one before gives nothing."""
        if self._start_us is None:
            self._start_us = utc_us
        elif utc_us <= self._last_us:
            return []
        self._last_us = utc_us
        usable = whole_persons(persons[persons.scores >= LOW_SCORE])
        found = self._engine.update(
            sv.Detections(xyxy=usable.boxes.astype(np.float64), confidence=usable.scores.astype(np.float64)),
            timestamp=(utc_us - self._start_us) / US,
        )
        sightings = []
        for box, score, track in zip(found.xyxy, found.confidence, found.tracker_id, strict=True):
            if track >= 0:
                sightings.append(self._sighting(int(track) + self._floor_id, _box(box), float(score), utc_us))
        self._remember(persons, sightings, utc_us)
        return sorted(sightings, key=lambda s: s.track)

    def _cut(self, box: Box) -> bool:
        width, height = self._size
        return box[0] <= EDGE_PX or box[1] <= EDGE_PX or box[2] >= width - EDGE_PX or box[3] >= height - EDGE_PX

    def boxes(self) -> NDArray[np.float32]:
        """(n, 4) where the live tracks are expected now."""
        rows = [t.get_state_bbox() for t in self._engine.tracks]
        return np.asarray(rows, np.float32).reshape(-1, 4)

    def _sighting(self, track: int, box: Box, score: float, utc_us: int) -> Sighting:
        if track not in self._begun:
            self._begun[track] = (*self._backdated(box, utc_us), utc_us)
            self._highest = max(self._highest, track)
        first_us, first_box, _ = self._begun[track]
        self._begun[track] = (first_us, first_box, utc_us)
        return Sighting(track, box, score, first_us, first_box)

    def _backdated(self, box: Box, utc_us: int) -> tuple[int, Box]:
        """Follow untracked boxes back in time as long as the next one lies within a hurried step's reach."""
        first_us, first = utc_us, box
        for seen_us, earlier in reversed(self._loose):
            gap_s = (first_us - seen_us) / US
            scale = max(first[3] - first[1], earlier[3] - earlier[1]) / PERSON_HEIGHT_M
            reach = (HURRY_MPS * gap_s + 0.3) * scale
            if 0 < gap_s <= 1.0 and math.dist(_middle(first), _middle(earlier)) <= reach:
                first_us, first = seen_us, earlier
        return first_us, first

    def _remember(self, persons: Detections, tracked: list[Sighting], utc_us: int) -> None:
        for row, score in zip(persons.boxes, persons.scores, strict=True):
            box = _box(row)
            needed = TRACE_SCORE if self._cut(box) else 2 * LOW_SCORE
            if score >= needed and all(overlap(box, s.box) < 0.5 for s in tracked):
                self._loose.append((utc_us, box))
        while self._loose and utc_us - self._loose[0][0] > BACKDATE_S * US:
            self._loose.popleft()
        self._begun = {k: v for k, v in self._begun.items() if utc_us - v[2] <= (COAST_S + 1) * US}


def whole_persons(persons: Detections) -> Detections:
    """Drop the second box of one person: a part (no legs, one half) inside the whole, crowns level.

    Two persons one behind the other differ in crown height or stand aside; crops of a finder give parts that do not.
    """
    boxes = [_box(row) for row in persons.boxes]
    keep = np.ones(len(boxes), np.bool_)
    for i, a in enumerate(boxes):
        for j, b in enumerate(boxes):
            if i != j and keep[i] and keep[j] and _is_part(a, b):
                whole_is_weak = persons.scores[j] < LOW_SCORE * 2 and persons.scores[i] >= START_SCORE
                keep[j if whole_is_weak else i] = False
    return persons[keep]


def _is_part(part: Box, whole: Box) -> bool:
    # The crowns first: they rule out most pairs for the least work.
    if abs(part[1] - whole[1]) > 0.08 * (whole[3] - whole[1]):
        return False
    size = area(part)
    return size < area(whole) and intersection(part, whole) >= 0.8 * size


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def intersection(a: Box, b: Box) -> float:
    """Shared area, px²."""
    # Asked of each pair of boxes several times a frame, and most pairs lie apart.
    if a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]:
        return 0.0
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0..1."""
    shared = intersection(a, b)
    return shared / (area(a) + area(b) - shared) if shared > 0 else 0.0


def widened(box: Box, share: float) -> Box:
    """The box with `share` of its width and height added on each side."""
    w, h = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    return box[0] - w, box[1] - h, box[2] + w, box[3] + h


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _box(row: NDArray[Any]) -> Box:
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])
