"""Run, Frame and Detections: what comes out of a camera and out of a detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""H x W x 3, uint8, BGR."""

US = 1_000_000
"""Microseconds in a second."""

SMALL_PX = 640
"""Longer side of a frame's small picture: half of 720p, which is the cheapest to make."""


@dataclass(frozen=True, slots=True)
class Run:
    """One unbroken connection of a camera. A reconnect starts a new one."""

    camera: str
    number: int
    anchor_utc_us: int
    """UTC of the run's time zero (the first frame has t_us >= 0)."""

    @property
    def id(self) -> str:
        return f"{self.camera}/{self.number}"


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture with its time. Time = PTS x time base, in whole microseconds from the run's start."""

    image: Image = field(repr=False)
    run: Run
    t_us: int
    _small: list[Image] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def utc_us(self) -> int:
        return self.run.anchor_utc_us + self.t_us

    @property
    def small(self) -> Image:
        """The picture with a longer side of at most SMALL_PX, made once: several look at it. Not to be written to."""
        if not self._small:
            self._small.append(reduced(self.image, SMALL_PX))
        return self._small[0]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width, height."""
        return self.image.shape[1], self.image.shape[0]


def reduced(image: Image, longer_px: int) -> Image:
    """The picture itself where it is no larger, else one of that longer side, averaged over the pixels it takes in."""
    shrink = longer_px / max(image.shape[:2])
    if shrink >= 1.0:
        return image
    size = max(1, round(image.shape[1] * shrink)), max(1, round(image.shape[0] * shrink))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes of one picture.

    boxes: (n, 4) float32, x0 y0 x1 y1 in pixels of that picture; scores: (n,) float32 in 0..1;
    classes: (n,) int32, COCO-80 index (person is 0). Raises ValueError when the shapes disagree.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int32]

    def __post_init__(self) -> None:
        n = len(self.scores)
        if self.boxes.shape != (n, 4) or self.classes.shape != (n,) or self.scores.shape != (n,):
            raise ValueError(
                f"Detections: expected boxes (n, 4), scores (n,), classes (n,), got "
                f"{self.boxes.shape}, {self.scores.shape}, {self.classes.shape}"
            )

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, mask: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Detections:
        return Detections(self.boxes[mask], self.scores[mask], self.classes[mask])

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> Detections:
        """From rows of x0, y0, x1, y1, score, class."""
        table = np.asarray(rows, np.float32).reshape(-1, 6)
        return cls(table[:, :4].copy(), table[:, 4].copy(), table[:, 5].astype(np.int32))

    @classmethod
    def empty(cls) -> Detections:
        return cls.of([])
