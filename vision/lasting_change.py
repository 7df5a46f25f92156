"""What has come to stay: places that differ from the empty reference and have not changed since, where nobody is.

A person moves and so never lasts; one who stands still is masked by the detector's boxes. What changes over a large
part of the picture is light: the difference is taken against its own surround, so a lamp switched on is no object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.geometry import Floats
from models.domain.media import US, Image
from vision.registration.features import Map, lab_of

WIDTH_PX = 352
"""Pictures are made this wide: a brief-case at 8 m is still 15 px."""
SMOOTH_PX, SURROUND_PX, COARSER = 1.5, 22.0, 4
DIFFERS = 22.0
"""8-bit steps (L a b) between the resting mean and the reference, less those of the surround. Measured on a real
corridor at 352 x 240: noise of the resting mean 3, a case 45, shadows of passers-by 10."""
RESTLESS = 12.0
"""Steps by which a smoothed pixel must leave its resting mean to count as moving."""
LEAST_AREA = 0.0009
"""Of the picture: 70 px of 352 x 240, a case of 15 x 10 px with its outline."""
FORGET_S = 2.0
MEMORY = 30.0
"""Frames that the resting mean remembers: slow daylight is followed."""


@dataclass(slots=True)
class Thing:
    """Something lasting. box: x0 y0 x1 y1 in pixels of the picture; since_us: when its place came to rest."""

    number: int
    box: tuple[float, float, float, float]
    since_us: int
    seen_us: int


UNLIKE, LIKE, COVERED = 0.5, 0.25, 0.3
"""Shares of a place: so much differs and it is not what was taught there; so little and it is; so much is hidden by
people and nothing is said."""


@dataclass(slots=True)
class WatchedPlace:
    """A place in the picture where something belongs. unlike_us: since when it has not looked as taught."""

    mask: NDArray[np.bool_]
    unlike_us: int | None = None
    hidden: bool = False


@dataclass(slots=True)
class LastingChange:
    """references: pictures with nobody and nothing strange in them. ignored: (n, 2) outlines that are explained
    otherwise (furniture, screens)."""

    size_px: tuple[int, int]
    references: Sequence[Image | Map]
    ignored: Sequence[Floats] = ()
    rest_s: float = 2.0
    watched: Mapping[str, Floats] = field(default_factory=dict)
    """Name -> outline (n, 2) px of a place whose thing may be taken away."""
    places: dict[str, WatchedPlace] = field(default_factory=dict)
    _things: list[Thing] = field(default_factory=list)
    _numbers: int = 0
    _mean: Map | None = None
    _count: Map | None = None
    _since: NDArray[np.int64] | None = None
    _empty: list[Map] = field(default_factory=list)
    _closed: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        self._empty = [self._small(one) for one in self.references]
        height, width = self._empty[0].shape[:2] if self._empty else (1, 1)
        closed = np.zeros((height, width), np.uint8)
        for outline in self.ignored:
            if len(outline) > 2:
                cv2.fillConvexPoly(closed, np.round(outline * (width / self.size_px[0])).astype(np.int32), 1)
        for name, outline in self.watched.items():
            mask = np.zeros((height, width), np.uint8)
            cv2.fillConvexPoly(mask, np.round(outline * (width / self.size_px[0])).astype(np.int32), 1)
            closed |= mask
            self.places[name] = WatchedPlace(mask > 0)
        self._closed = np.asarray(cv2.dilate(closed, np.ones((5, 5), np.uint8)) > 0, np.bool_)

    def look(self, image: Image, utc_us: int, people: Iterable[tuple[float, float, float, float]]) -> list[Thing]:
        """All that lasts by now."""
        if not self._empty:
            return []
        now = self._small(image)
        crowd = self._crowd(people, now.shape)
        if self._mean is None or self._count is None or self._since is None:
            self._mean, self._count = now.copy(), np.zeros(now.shape[:2], np.float32)
            self._since = np.full(now.shape[:2], utc_us, np.int64)
        restless = (np.abs(now - self._mean).max(2) > RESTLESS) | crowd
        self._since[restless], self._count[restless], self._mean[restless] = utc_us, 0, now[restless]
        self._count += 1
        self._mean += (now - self._mean) / np.minimum(self._count, MEMORY)[:, :, None]
        away = min(
            (self._away(self._mean, empty) for empty in self._empty), key=lambda d: float(np.minimum(d, 60).mean())
        )
        lasting = (away > DIFFERS) & (utc_us - self._since >= self.rest_s * US) & ~crowd
        for place in self.places.values():
            self._watch(place, now, crowd, utc_us)
        if self._closed is not None:
            lasting &= ~self._closed
        self._matched(self._blobs(lasting), utc_us)
        self._things = [t for t in self._things if utc_us - t.seen_us <= FORGET_S * US or self._hidden(t, crowd)]
        return list(self._things)

    def _watch(self, place: WatchedPlace, now: Map, crowd: NDArray[np.bool_], utc_us: int) -> None:
        place.hidden = bool(crowd[place.mask].mean() > COVERED)
        if place.hidden:
            return
        share = min(float((self._away(now, empty)[place.mask] > DIFFERS).mean()) for empty in self._empty)
        if share < LIKE:
            place.unlike_us = None
        elif share > UNLIKE and place.unlike_us is None:
            place.unlike_us = utc_us

    def _small(self, image: Image | Map) -> Map:
        width = min(WIDTH_PX, image.shape[1])
        height = round(image.shape[0] * width / image.shape[1])
        smaller = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(lab_of(np.asarray(smaller, np.float32)), (0, 0), SMOOTH_PX), np.float32)

    def _away(self, mean: Map, empty: Map) -> Map:
        """(h, w) steps by which a place differs from the reference more than its surround does."""
        step = np.clip(mean - empty, -80, 80)
        height, width = step.shape[:2]
        coarse = cv2.resize(step, (width // COARSER, height // COARSER), interpolation=cv2.INTER_AREA)
        surround = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), SURROUND_PX / COARSER), (width, height))
        return np.asarray(np.abs(step - surround).max(2), np.float32)

    def _crowd(self, people: Iterable[tuple[float, float, float, float]], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        mask, scale = np.zeros(shape[:2], np.uint8), shape[1] / self.size_px[0]
        for x0, y0, x1, y1 in people:
            a, b = (round(x0 * scale) - 3, round(y0 * scale) - 3), (round(x1 * scale) + 3, round(y1 * scale) + 3)
            cv2.rectangle(mask, a, b, 1, -1)
        return np.asarray(mask > 0, np.bool_)

    def _blobs(self, lasting: NDArray[np.bool_]) -> list[tuple[tuple[float, float, float, float], int]]:
        joined = cv2.morphologyEx(lasting.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(joined, np.uint8))
        scale, least, found = self.size_px[0] / lasting.shape[1], LEAST_AREA * lasting.size, []
        assert self._since is not None
        for i in range(1, count):
            own = (labels == i) & lasting
            if own.sum() >= 0.35 * least and stats[i, cv2.CC_STAT_AREA] >= least:
                x, y, w, h = (float(v) * scale for v in stats[i, :4])
                found.append(((x, y, x + w, y + h), int(np.median(self._since[own]))))
        return found

    def _matched(self, blobs: list[tuple[tuple[float, float, float, float], int]], utc_us: int) -> None:
        for box, since_us in blobs:
            known = next((thing for thing in self._things if _touch(thing.box, box)), None)
            if known is None:
                self._numbers += 1
                self._things.append(Thing(self._numbers, box, since_us, utc_us))
            else:
                known.box, known.seen_us = box, utc_us

    def _hidden(self, thing: Thing, crowd: NDArray[np.bool_]) -> bool:
        scale = crowd.shape[1] / self.size_px[0]
        x0, y0, x1, y1 = (round(v * scale) for v in thing.box)
        return bool(crowd[y0 : y1 + 1, x0 : x1 + 1].any())


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
