"""Extra things, and things taken from a place in the picture: lasting changes that no person and no furniture explains.

Works with and without a calibrated floor: all of it is in the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.finding import Quantity
from models.domain.furniture import FurnitureItem
from models.domain.geometry import Floats
from models.domain.media import US, Frame, Image
from models.domain.messages import Observation, Scene
from models.domain.site import Camera, Site
from models.domain.truth import Truth
from vision.lasting_change import LastingChange, Thing
from vision.registration.features import Map
from vision.registration.solids import hull

LOOKS_PER_S = 5.0
"""At 2.5 a man walking away far down a corridor is taken for something at rest (measured); at 3 no more."""
REACH = 1.35
"""Around an item's outline nothing extra is said: it may have been pushed there."""


class LastingSight:
    """A pipelines.camera_feed.Sight. Tells kind "furniture": predicate "extra" of "<camera>-<n>" (HOLDS while it lies
    there, value "rest" in seconds), and predicate "present" of items that are given as an outline in the picture."""

    def __init__(
        self,
        site: Site,
        camera: Camera,
        references: Mapping[str, Image | Map],
        elsewhere: Collection[str] = frozenset(),
    ) -> None:
        """elsewhere: items known to stand beside their outline, as whoever measures them keeps it."""
        self._elsewhere = elsewhere
        self._camera, self._every_us = camera, int(site.furniture.check_every_s * US)
        items = [i for i in site.furniture.items.values() if i.camera in {"", camera.id}]
        self._watched = {i.id: np.array(i.outline, np.float64) for i in items if i.outline}
        outlines = [*_outlines(camera, items), *(np.array(m, np.float64) for m in camera.static_person_masks)]
        fitting = [p for p in references.values() if (p.shape[1], p.shape[0]) == camera.size_px]
        self._change = LastingChange(camera.size_px, fitting, outlines, watched=self._watched) if fitting else None
        self._looked_us, self._told_us = -US, -self._every_us
        self._open: dict[int, int] = {}

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        """What lasts, each time a check is due."""
        if (
            self._change is None
            or scene.view is not Truth.HOLDS
            or scene.utc_us - self._looked_us < 0.9 * US / LOOKS_PER_S
        ):
            return ()
        self._looked_us = scene.utc_us
        things = self._change.look(frame.image, scene.utc_us, [person.box for person in scene.persons])
        if scene.utc_us - self._told_us < self._every_us:
            return ()
        self._told_us = scene.utc_us
        return [*self._extras(things, scene.utc_us), *self._places(scene.utc_us)]

    def _extras(self, things: list[Thing], utc_us: int) -> list[Observation]:
        told = []
        for thing in things:
            rest = Quantity((utc_us - thing.since_us) / US, "s", 1 / LOOKS_PER_S)
            told.append(self._say("extra", f"{self._camera.id}-{thing.number}", Truth.HOLDS, utc_us, rest))
        gone = self._open.keys() - {thing.number for thing in things}
        told += [self._say("extra", f"{self._camera.id}-{number}", Truth.FAILS, utc_us) for number in sorted(gone)]
        self._open = {thing.number: thing.since_us for thing in things}
        return told

    def _places(self, utc_us: int) -> list[Observation]:
        told = []
        for name, place in self._change.places.items() if self._change else ():
            there = place.unlike_us is None or name in self._elsewhere
            truth = Truth.UNKNOWN if place.hidden else Truth.of(there)
            told.append(self._say("present", name, truth, utc_us))
        return told

    def _say(self, what: str, who: str, truth: Truth, utc_us: int, rest: Quantity | None = None) -> Observation:
        values = (("rest", rest),) if rest is not None else ()
        return Observation("furniture", who, what, truth, utc_us, self._camera.id, values)


def _outlines(camera: Camera, items: Sequence[FurnitureItem]) -> list[Floats]:
    """Where the furniture stands in the picture, with room for a push."""
    pose = _pose(camera)
    if pose is None:
        return []
    found = [hull(pose, item) for item in items if not item.outline]
    return [outline.mean(0) + REACH * (outline - outline.mean(0)) for outline in found if len(outline)]


def _pose(camera: Camera) -> CameraPose | None:
    try:
        return pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    except ValueError:
        return None
