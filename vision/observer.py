"""Frames of one camera to scenes: find, track, keep presences, tell roles. Only the order of work is here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.domain.clothing import Colour
from models.domain.geometry import Polygon, contains
from models.domain.media import Detections, Frame, Image, Run
from models.domain.messages import Scene
from models.domain.site import Camera, Site
from models.domain.truth import Truth
from vision.clothing import Clothing, Wardrobe
from vision.detectors.protocol import PersonFinder
from vision.emptiness import EmptyReference
from vision.liveness import StillLife
from vision.occupancy import Presences
from vision.place import Box, Locator
from vision.roles import Uniforms
from vision.scene_health import SceneHealth
from vision.tracking import Tracker, intersection, overlap, widened

PERSON = 0
"""COCO-80 class."""
COVER_SCORE = 0.25
"""Boxes down to this score are kept out of the empty reference: better a spot unlearnt than a person learnt."""


class CameraObserver:
    """`observe` every analysed frame in time order. A frame of a new run resets by itself.

    site, camera: as configured; finder: the persons of a frame (an attribute `looked` of (m, 4) boxes, if it has one,
    says where it looked). Raises ValueError when the camera's floor points are degenerate.
    """

    def __init__(self, site: Site, camera: Camera, finder: PersonFinder) -> None:
        self._camera, self._finder = camera, finder
        self._presences = Presences(site, camera.id, Locator(site, camera))
        self._tracker, self._health = Tracker(camera.size_px), SceneHealth()
        self._picture = PictureEvidence(camera.size_px, Uniforms(site))
        self._pictures = [(mask, _around(mask)) for mask in camera.static_person_masks]
        self._run: Run | None = None
        self._last_us: int | None = None

    @property
    def health(self) -> SceneHealth:
        """Fed with every frame before anything else looks at it."""
        return self._health

    def reset(self, run: Run, utc_us: int) -> None:
        """A new run begins: tracks end; presences stay, unseen (vision/occupancy.py says for how long)."""
        self._run, self._last_us = run, None
        self._tracker.reset()
        self._health.reset()
        self._presences.reset(utc_us)

    def observe(self, frame: Frame) -> Scene:
        """The scene at the frame's time. A frame not later than the one before gives the scene as it was."""
        utc_us = frame.utc_us
        if self._run is None or frame.run != self._run:
            self.reset(frame.run, utc_us)
        if self._last_us is not None and utc_us <= self._last_us:
            return Scene(self._camera.id, frame.run.id, self._last_us, self._presences.persons(self._last_us))
        self._last_us = utc_us
        view = self._health.view(frame.image, utc_us)
        if view is Truth.UNKNOWN:
            return Scene(self._camera.id, frame.run.id, utc_us, self._presences.persons(utc_us), (), view)
        persons = self._find(frame)
        sightings = self._tracker.update(persons, utc_us)
        maybe = [_as_box(row) for row in persons.boxes[persons.scores >= COVER_SCORE]]
        self._picture.see(frame, [*maybe, *self._presences.boxes()], self._looked(frame))
        departed = self._presences.step(utc_us, sightings, self._picture)
        return Scene(self._camera.id, frame.run.id, utc_us, self._presences.persons(utc_us), departed)

    def _find(self, frame: Frame) -> Detections:
        """Persons in declared pixels, without those on posters and screens."""
        scale = self._scale(frame.image)
        tracks = np.asarray(self._expected(), np.float32).reshape(-1, 4) / scale
        found = self._finder.find(frame, np.asarray(tracks, np.float32))
        found = found[found.classes == PERSON]
        boxes = np.asarray(found.boxes * scale, np.float32)
        keep = np.array([not self._on_a_picture(_as_box(row)) for row in boxes], np.bool_)
        return Detections(boxes, found.scores, found.classes)[keep]

    def _expected(self) -> list[Box]:
        """Where to look first: every presence, and tracks that are none yet. A coasting track may turn inside out."""
        known = self._presences.boxes()
        tracked = [_as_box(row) for row in self._tracker.boxes() if row[0] < row[2] and row[1] < row[3]]
        return [*known, *(box for box in tracked if all(overlap(box, other) < 0.3 for other in known))]

    def _on_a_picture(self, box: Box) -> bool:
        """Whether the box lies on a static-person mask: its centre, or most of its area."""
        centre = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        for mask, inside in self._pictures:
            size = max((box[2] - box[0]) * (box[3] - box[1]), 1.0)
            if intersection(box, inside) > 0.6 * size and contains(mask, centre):
                return True
        return False

    def _looked(self, frame: Frame) -> NDArray[np.float32] | None:
        looked = getattr(self._finder, "looked", None)
        return None if looked is None else np.asarray(looked, np.float32).reshape(-1, 4) * self._scale(frame.image)

    def _scale(self, image: Image) -> NDArray[np.float32]:
        """(4,) declared pixels per pixel of the frame (a sub-stream is smaller)."""
        width, height = self._camera.size_px
        x, y = width / image.shape[1], height / image.shape[0]
        return np.array([x, y, x, y], np.float32)


class PictureEvidence:
    """vision.presence.Evidence out of real pictures."""

    def __init__(self, size_px: tuple[int, int], uniforms: Uniforms) -> None:
        self._size, self._uniforms = size_px, uniforms
        self._reference, self._wardrobe = EmptyReference(size_px), Wardrobe()
        self._still: dict[int, StillLife] = {}
        self._image: Image = np.zeros((1, 1, 3), np.uint8)
        self._utc_us = 0
        self._looked: NDArray[np.float32] | None = None
        self._clothes: dict[Box, tuple[Clothing, Colour]] = {}

    def see(self, frame: Frame, covered: list[Box], looked: NDArray[np.float32] | None) -> None:
        """The frame all questions are about. covered, looked: boxes in declared pixels."""
        self._image, self._utc_us, self._looked = frame.image, frame.utc_us, looked
        self._clothes.clear()
        self._reference.see(frame.small, frame.utc_us, covered)
        self._wardrobe.look(frame.image, frame.utc_us)

    def looked(self, box: Box) -> bool:
        if self._looked is None:
            return True
        # A look that cuts the person may miss it; the last tenth of a box is the detector's own uncertainty.
        x0, y0, x1, y1 = widened(box, -0.1)
        areas = self._looked
        return bool(((areas[:, 0] <= x0) & (x1 <= areas[:, 2]) & (areas[:, 1] <= y0) & (y1 <= areas[:, 3])).any())

    def empty(self, box: Box) -> Truth:
        return self._reference.empty(box)

    def first_change_us(self, box: Box, since_us: int) -> int | None:
        return self._reference.first_change_us(box, since_us)

    def colour(self, box: Box, px_per_m: float) -> Colour:
        return self._clothing(box, px_per_m)[1]

    def worn(self, box: Box, px_per_m: float, *, legs: bool = True) -> bool | None:
        if not self._uniforms.taught:
            return None
        clothing = self._clothing(box, px_per_m)[0]
        return self._uniforms.worn(clothing if legs else replace(clothing, bottom=None))

    def stirs(self, key: int, box: Box) -> bool:
        if key not in self._still:
            self._still[key] = StillLife(self._image, self._in_frame(box), self._utc_us)
            return False
        return self._still[key].stirs(self._image, self._utc_us)

    def _clothing(self, box: Box, px_per_m: float) -> tuple[Clothing, Colour]:
        """Asked several times of one box in a frame (role, memory, mix-ups): looked at once."""
        if box not in self._clothes:
            scale = self._image.shape[0] / self._size[1]
            clothing = self._wardrobe.of(self._image, self._in_frame(box), px_per_m * scale)
            self._clothes[box] = clothing, clothing.colour()
        return self._clothes[box]

    def _in_frame(self, box: Box) -> Box:
        x, y = self._image.shape[1] / self._size[0], self._image.shape[0] / self._size[1]
        return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def _around(polygon: Polygon) -> Box:
    columns, rows = [x for x, _ in polygon], [y for _, y in polygon]
    return min(columns), min(rows), max(columns), max(rows)


def _as_box(row: NDArray[np.float32] | NDArray[np.float64]) -> Box:
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])
