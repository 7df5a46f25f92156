"""Learns what the parts of a unit look like standing and running; a person says when in the clip it does which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.domain.energy import AirconPart, AirconRegion
from models.domain.geometry import Polygon
from models.domain.media import US, Frame, Image
from models.domain.site import Camera
from vision.aircon.features import Features, PartEye
from vision.aircon.finding import found_parts
from vision.aircon.motion import LEAST_SAMPLES, stir
from vision.aircon.references import Way, spoken, spread
from vision.reference_cells import CellBook

Span = tuple[float, float]
"""From and until, seconds from the clip's first frame."""
MARGIN_S = 0.5
"""Around a switching nothing is taken."""
MOST_PICTURES = 60
"""Of each state, for finding the parts: at 1280x720 they take 330 MB."""
PIECE_S = 2.0
"""A ribbon's movement is measured over this long, as it is judged (a third of the window)."""
CLEAR = 0.9
"""Share of a lesson's own readings that what was taught must tell right; otherwise the part is left out."""


@dataclass(frozen=True, slots=True)
class Course:
    """When the unit stands and when it runs."""

    standing: tuple[Span, ...]
    running: tuple[Span, ...]

    def state(self, t_s: float) -> bool | None:
        """True while it runs, False while it stands, None near a switching and where nothing was said."""
        for on, spans in ((False, self.standing), (True, self.running)):
            if any(begin + MARGIN_S <= t_s <= end - MARGIN_S for begin, end in spans):
                return on
        return None

    def seconds(self, *, on: bool) -> float:
        return sum(end - begin for begin, end in (self.running if on else self.standing))


class Pictures:
    """First pass: pictures of both states, spread over the time that the course gives them."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._taken: dict[bool, list[Image]] = {False: [], True: []}
        self._last_s: dict[bool, float] = {}
        self.first_us: int | None = None
        self.last: Image | None = None

    def add(self, frame: Frame) -> None:
        self.first_us = frame.utc_us if self.first_us is None else self.first_us
        t_s = (frame.utc_us - self.first_us) / US
        on = self._course.state(t_s)
        if on is None:
            return
        spacing_s = self._course.seconds(on=on) / MOST_PICTURES
        if t_s - self._last_s.get(on, -1e9) >= spacing_s and len(self._taken[on]) < MOST_PICTURES:
            self._taken[on].append(frame.image)
            self._last_s[on] = t_s
            self.last = frame.image if on else self.last

    @property
    def enough(self) -> bool:
        return all(len(taken) >= LEAST_SAMPLES for taken in self._taken.values())

    def parts(self, declared_px: tuple[int, int], around: Polygon | None) -> dict[AirconPart, Polygon]:
        """Polygons in declared px. around: where to look, declared px; the whole picture where None."""
        standing, running = np.array(self._taken[False]), np.array(self._taken[True])
        height, width = running.shape[1:3]
        scale = np.array([declared_px[0] / width, declared_px[1] / height])
        within = None
        if around is not None:
            (x0, y0), (x1, y1) = np.array(around).min(0) / scale, np.array(around).max(0) / scale
            within = max(0, int(x0)), max(0, int(y0)), min(width, int(x1) + 1), min(height, int(y1) + 1)
        return {
            part: tuple((round(float(x), 1), round(float(y), 1)) for x, y in np.array(polygon) * scale)
            for part, polygon in found_parts(standing, running, within).items()
        }


class Lesson:
    """Second pass: the features of every part in both states."""

    def __init__(self, parts: Mapping[AirconPart, Polygon], camera: Camera, course: Course) -> None:
        declared_px = camera.size_px
        self._course, self._declared_px = course, declared_px
        self._regions = [AirconRegion(camera.id, part, polygon) for part, polygon in parts.items()]
        self._eyes: list[PartEye] = []
        self._first_us: int | None = None
        self._seen: list[list[tuple[float, bool, Features]]] = [[] for _ in self._regions]
        self.cells = CellBook(declared_px, camera.privacy_masks)

    def add(self, frame: Frame) -> None:
        self._first_us = frame.utc_us if self._first_us is None else self._first_us
        t_s = (frame.utc_us - self._first_us) / US
        on = self._course.state(t_s)
        if on is None:
            return
        if not self._eyes:
            every = [region.polygon for region in self._regions]
            self._eyes = [
                PartEye(r, self._declared_px, frame.size_px, [p for p in every if p is not r.polygon])
                for r in self._regions
            ]
        self.cells.add(frame.image, {region.polygon: on for region in self._regions})
        for eye, seen in zip(self._eyes, self._seen, strict=True):
            features = eye.features(frame.image)
            if features is not None:
                seen.append((t_s, on, features))

    def taught(self) -> tuple[tuple[AirconRegion, ...], tuple[AirconPart, ...]]:
        """The regions with their references, and the parts that look alike in both states."""
        regions, alike = [], []
        for region, seen in zip(self._regions, self._seen, strict=True):
            readings = _stirs(seen) if region.part is AirconPart.RIBBON else [(on, f) for _, on, f in seen]
            known = _with_references(region, readings)
            if known is None:
                alike.append(region.part)
            else:
                regions.append(known)
        return tuple(regions), tuple(alike)


def _with_references(region: AirconRegion, readings: Sequence[tuple[bool, Features]]) -> AirconRegion | None:
    states = {on: [features for state, features in readings if state is on] for on in (True, False)}
    if not states[True] or not states[False]:
        return None
    known = replace(region, on=spread(states[True]), off=spread(states[False]))
    way = Way(known)
    if not way.open:
        return None
    right = [spoken(way.position(f)).name == ("HOLDS" if on else "FAILS") for on, f in readings]
    return known if sum(right) >= CLEAR * len(right) else None


def _stirs(seen: Sequence[tuple[float, bool, Features]]) -> list[tuple[bool, Features]]:
    """How much a ribbon moves in pieces of two seconds that lie within one state."""
    found: list[tuple[bool, Features]] = []
    begin = 0
    for end in range(1, len(seen) + 1):
        if end == len(seen) or seen[end][1] is not seen[begin][1] or seen[end][0] - seen[begin][0] >= PIECE_S:
            piece = seen[begin:end]
            if len(piece) >= LEAST_SAMPLES and piece[-1][0] - piece[0][0] >= 0.6 * PIECE_S:
                times, moved = np.array([t for t, _, _ in piece]), np.array([f for _, _, f in piece])
                found.append((piece[0][1], np.array([stir(times, moved)])))
            begin = end
    return found
