"""Furniture of one camera: still pictures are gathered while nobody moves in them, and each item is then measured.

A check is due every `check_every_s`. From then on frames are averaged for `GATHER_S`; a frame with somebody in view
adds what that person does not hide. Items with somebody within `CLEAR_M` are left for later: *occupied* is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.finding import Quantity
from models.domain.furniture import CLEAR_M, FurnitureItem, beyond, turn_of
from models.domain.media import US, Frame, Image
from models.domain.messages import Observation, Scene
from models.domain.presence import Person
from models.domain.site import Camera, Site
from models.domain.truth import Truth
from vision.label_discs import Disc, discs_of, share_of
from vision.registration import STILL, Drift, Landmarks, Look, Standing, Verdict, holds, look_of, register_all
from vision.registration.features import Map
from vision.registration.picture_plane import in_pixels, stand_in_view
from vision.registration.recall import Recall
from vision.registration.register import WELL_TURNED_DEG
from vision.registration.solids import hull
from vision.screening import screening

GATHER_S = 2.0
MARGIN_PX = 12
"""People are hidden with this much around their boxes: hair, shadows, a swinging arm."""
LEAST_FRAMES = 3
STEADY_PX = 3.0
"""How far the last frame of a check may lie from its mean: one frame's own noise is below 1 px, a nudge is more."""
LARGEST_SIGMA_MM = 150.0
CLEAR_HEIGHTS = 0.9
"""CLEAR_M in a picture without a floor: of the height of a person's box, who is about 1.7 m tall."""
BARE_SHARE = 0.10
"""domain.md 2.1: of the disc, camera grade."""

WHY = {
    Standing.HIDDEN: "furniture.cue.hidden",
    Standing.AMBIGUOUS: "furniture.cue.ambiguous",
    Standing.TOO_FAINT: "furniture.cue.too_faint",
    Standing.POSE_UNKNOWN: "furniture.cue.pose_unknown",
    Standing.GONE: "furniture.cue.gone",
}


@dataclass(slots=True)
class _Gathering:
    """Frames since `since_us`: sum and count per pixel, and who was near what."""

    since_us: int
    total: NDArray[np.float32]
    count: NDArray[np.float32]
    frames: int = 0
    near: set[str] = field(default_factory=set)


class FurnitureSight:
    """A pipelines.camera_feed.Sight. references: light -> picture of the camera with nobody in it.

    Tells kind "furniture": predicate "in_place" (values offset_x, offset_y, offset in mm, or in px for an item given
    as an outline in the picture; turn in degrees) and "present"; and kind "camera", predicate "geometry" when the
    camera was checked against its landmarks.
    """

    def __init__(self, site: Site, camera: Camera, references: Mapping[str, Image | Map]) -> None:
        self._camera, self._every_us = camera, int(site.furniture.check_every_s * US)
        self._gather_us = min(int(GATHER_S * US), self._every_us)
        self._looks: dict[str, list[Look]] = {}
        self._items: dict[str, FurnitureItem] = {}
        self._landmarks: list[Landmarks] = []
        self._discs: tuple[Disc, ...] = ()
        self._due_us: int | None = None
        self._gathering: _Gathering | None = None
        self._recall = Recall()
        self.elsewhere: set[str] = set()
        """Items in the picture plane that the last check found off their outline: they are not gone."""
        self.pose = _pose(camera)
        self._teach(self.pose, site, references)

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the items that this camera measures."""
        return tuple(self._looks)

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        """What the check that ends with this frame found; nothing in between."""
        if not self._looks:
            return ()
        if scene.view is not Truth.HOLDS:
            self._gathering = None
            return ()
        if self._due_us is None:
            self._due_us = scene.utc_us
        if self._gathering is None and scene.utc_us >= self._due_us:
            height, width = frame.image.shape[:2]
            self._gathering = _Gathering(
                scene.utc_us, np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
            )
        now = self._gathering
        if now is None:
            return ()
        self._add(now, frame.image, scene)
        if scene.utc_us - now.since_us < self._gather_us or now.frames < LEAST_FRAMES:
            return ()
        self._gathering, self._due_us = None, now.since_us + self._every_us
        return self._told(now, frame.image, scene.utc_us)

    def _teach(self, pose: CameraPose | None, site: Site, references: Mapping[str, Image | Map]) -> None:
        width, height = size_px = self._camera.size_px
        mine = [i for i in site.furniture.items.values() if i.camera in {"", self._camera.id}]
        standing = [i for i in site.furniture.items.values() if not i.outline]
        fitting = {k: p for k, p in references.items() if p.shape[:2] == (height, width)}
        for item in mine if fitting else ():
            before = standing if pose is None or item.outline else screening(pose, item, standing)
            stand = stand_in_view(pose, item, before, size_px)
            if stand is not None:
                self._items[item.id] = item
                self._looks[item.id] = [look_of(stand, picture, light) for light, picture in fitting.items()]
        outlines = [np.array(i.outline, np.float64) for i in mine if i.outline]
        if pose is not None:
            self._discs = discs_of(pose, [i for i in mine if not i.outline], size_px, fitting.values())
            outlines += [hull(pose, item) for item in standing]
        found = [Landmarks.of(picture, outlines) for picture in fitting.values()] if self._looks else []
        self._landmarks = [one for one in found if one is not None]

    def _add(self, now: _Gathering, image: Image, scene: Scene) -> None:
        free = np.ones(image.shape[:2], np.uint8)
        for person in scene.persons:
            x0, y0, x1, y1 = (round(v) for v in person.box)
            cv2.rectangle(free, (x0 - MARGIN_PX, y0 - MARGIN_PX), (x1 + MARGIN_PX, y1 + MARGIN_PX), 0, -1)
            for item in self._items.values():
                if self._near(item, person):
                    now.near.add(item.id)
        cv2.accumulate(image, now.total, mask=free)
        cv2.accumulate(free, now.count)
        now.frames += 1

    def _near(self, item: FurnitureItem, person: Person) -> bool:
        if item.outline:
            return _beside(item, person.box)
        floor = person.place.floor
        if floor is None and self.pose is not None:
            place = self.pose.at_height([person.place.image])[0]
            floor = (float(place[0]), float(place[1])) if np.isfinite(place).all() else None
        if floor is None:
            return False
        reach_m = CLEAR_M + max(item.size_m[:2]) / 2
        return math.dist(floor, (item.pose.x_m, item.pose.y_m)) < reach_m

    def _told(self, now: _Gathering, last: Image, utc_us: int) -> list[Observation]:
        picture = np.asarray(now.total / np.maximum(now.count, 1)[:, :, None], np.float32)
        hidden = now.count < now.frames / 2
        drift = self._drift(picture, hidden)
        if drift is None:
            told = [self._unknown(item, utc_us, "furniture.cue.camera_moved") for item in self._items]
            return [self._geometry(Truth.FAILS, utc_us, 0.0), *told]
        if not self._steady(drift, self._drift(last, hidden)):
            return [self._unknown(item, utc_us, "furniture.cue.camera_moved") for item in self._items]
        told = [self._geometry(Truth.HOLDS, utc_us, drift.largest_px(self._camera.size_px))]
        told += [self._unknown(name, utc_us, "furniture.cue.occupied") for name in sorted(now.near)]
        clear = {name: looks for name, looks in self._looks.items() if name not in now.near}
        for name, verdict in register_all(clear, picture, hidden, drift, self._recall).items():
            told += self._judged(self._items[name], verdict, utc_us)
        return [*told, *self._labels(now, picture, hidden, drift, utc_us)]

    def _labels(
        self, now: _Gathering, picture: Map, hidden: NDArray[np.bool_], drift: Drift, utc_us: int
    ) -> Iterator[Observation]:
        """Of each item the label that shows most; unknown where none can be told."""
        shares: dict[str, list[float | None]] = {}
        for disc in self._discs:
            near = disc.item in now.near
            shares.setdefault(disc.item, []).append(None if near else share_of(disc, picture, hidden, drift))
        for name, each in shares.items():
            known = [share for share in each if share is not None]
            yield self._covered(name, max(known) if known else None, utc_us)

    def _covered(self, item: str, share: float | None, utc_us: int) -> Observation:
        if share is None:
            return self._told_of_label(item, Truth.UNKNOWN, (), "furniture.cue.label_small", utc_us)
        truth, cue = (Truth.FAILS, "furniture.cue.label_bare") if share >= BARE_SHARE else (Truth.HOLDS, "")
        values = (("share", Quantity(100 * share, "%")),)
        return self._told_of_label(item, truth, values, cue, utc_us)

    def _told_of_label(
        self, item: str, truth: Truth, values: tuple[tuple[str, Quantity], ...], cue: str, utc_us: int
    ) -> Observation:
        cues = (cue,) if cue else ()
        return Observation("label", item, "covered", truth, utc_us, self._camera.id, values, cues)

    def _drift(self, picture: Image | Map, hidden: NDArray[np.bool_]) -> Drift | None:
        """None: the camera has moved too far. Without landmarks it is taken to stand still."""
        found = [one.drift(picture, hidden) for one in self._landmarks]
        best = max(found, key=lambda drift: drift.agreement, default=STILL)
        return best if holds(best, self._camera.size_px) else None

    def _steady(self, drift: Drift, last: Drift | None) -> bool:
        """Whether the camera stood still while the picture was gathered: a mean of two views shows nothing as it is."""
        if last is None:
            return False
        width, height = self._camera.size_px
        corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)], np.float64)
        apart = np.linalg.norm(corners @ (drift.matrix - last.matrix).T, axis=1)
        return bool(apart.max() <= STEADY_PX)

    def _judged(self, item: FurnitureItem, verdict: Verdict, utc_us: int) -> list[Observation]:
        if verdict.standing is Standing.GONE:
            self.elsewhere.discard(item.id)
            unknown = self._unknown(item.id, utc_us, WHY[verdict.standing])
            return [unknown] if item.outline else [unknown, self._present(item.id, Truth.FAILS, utc_us)]
        if verdict.standing is not Standing.MEASURED or verdict.sigma_mm > LARGEST_SIGMA_MM:
            return [self._unknown(item.id, utc_us, WHY.get(verdict.standing, "furniture.cue.ambiguous"))]
        truth, cue = judged(item, verdict)
        turn = turn_of(verdict.motion.turn_deg, item.symmetry)
        dx, dy, sigma = told_offset(item, verdict)
        self.elsewhere.discard(item.id)
        if item.outline and truth is Truth.FAILS:
            self.elsewhere.add(item.id)
        values: tuple[tuple[str, Quantity], ...] = (
            ("offset_x", Quantity(dx, item.unit, sigma)),
            ("offset_y", Quantity(dy, item.unit, sigma)),
            ("offset", Quantity(math.hypot(dx, dy), item.unit, sigma)),
            ("turn", Quantity(turn, "deg", verdict.sigma_deg)),
        )
        cues: tuple[str, ...] = (cue,)
        if abs(turn) > WELL_TURNED_DEG:
            # Faces that the reference never showed: the angle is a floor, not a figure (docs/design/registration.md).
            cues = (cue, "furniture.cue.turned_more")
            least = turned_least(item, verdict)
            if least is not None:
                values = (*values, ("turn_least", Quantity(least, "deg")))
        place = Observation(
            "furniture", item.id, "in_place", truth, utc_us, self._camera.id, values, cues, verdict.explained
        )
        # Whether a place in a picture is empty is the lasting sight's to say.
        return [place] if item.outline else [place, self._present(item.id, Truth.HOLDS, utc_us)]

    def _unknown(self, item: str, utc_us: int, cue: str) -> Observation:
        return Observation("furniture", item, "in_place", Truth.UNKNOWN, utc_us, self._camera.id, (), (cue,), 0.0)

    def _present(self, item: str, truth: Truth, utc_us: int) -> Observation:
        return Observation("furniture", item, "present", truth, utc_us, self._camera.id)

    def _geometry(self, truth: Truth, utc_us: int, drift_px: float) -> Observation:
        values = (("drift", Quantity(drift_px, "px")),) if truth is Truth.HOLDS else ()
        return Observation("camera", self._camera.id, "geometry", truth, utc_us, self._camera.id, values)


def turned_least(item: FurnitureItem, verdict: Verdict) -> float | None:
    """What an item is turned by at least, degrees, by its points or by its outline, whichever knows more. None where
    its turn can be measured, or where that floor is within its tolerance."""
    turn = abs(turn_of(verdict.motion.turn_deg, item.symmetry))
    least = max(verdict.least_turn_deg, turn - 2 * verdict.sigma_deg)
    return least if turn > WELL_TURNED_DEG and least > item.turn_tolerance_deg else None


def judged(item: FurnitureItem, verdict: Verdict) -> tuple[Truth, str]:
    """Whether a measured item stands where it belongs, and the cue that says why. Unverifiable is never in place."""
    dx, dy, sigma = told_offset(item, verdict)
    turn = abs(turn_of(verdict.motion.turn_deg, item.symmetry))
    checks = [(beyond(math.hypot(dx, dy), sigma, item.tolerance_mm), "furniture.cue.displaced")]
    if item.symmetry != 0:
        well = turned_least(item, verdict) is not None
        told = Truth.FAILS if well else beyond(turn, verdict.sigma_deg, item.turn_tolerance_deg)
        checks.append((told, "furniture.cue.rotated"))
    for truth, cue in checks:
        if truth is Truth.FAILS:
            return truth, cue
    if any(truth is Truth.UNKNOWN for truth, _ in checks):
        return Truth.UNKNOWN, "furniture.cue.unverifiable"
    return Truth.HOLDS, "furniture.cue.in_place"


def told_offset(item: FurnitureItem, verdict: Verdict) -> tuple[float, float, float]:
    """(x, y, sigma) in the item's own unit: mm along the room's axes; px to the right and downwards in the picture."""
    dx_m, dy_m, sigma_m = verdict.motion.dx_m, verdict.motion.dy_m, verdict.sigma_mm / 1000
    if item.outline:
        return in_pixels(dx_m), -in_pixels(dy_m), in_pixels(sigma_m)
    return 1000 * dx_m, 1000 * dy_m, 1000 * sigma_m


def _beside(item: FurnitureItem, box: tuple[float, float, float, float]) -> bool:
    """Whether somebody is about as near to an outline in the picture as CLEAR_M."""
    low, high = np.min(item.outline, axis=0), np.max(item.outline, axis=0)
    x0, y0, x1, y1 = box
    apart = max(0.0, x0 - high[0], low[0] - x1), max(0.0, y0 - high[1], low[1] - y1)
    return math.hypot(*apart) < CLEAR_HEIGHTS * (y1 - y0)


def _pose(camera: Camera) -> CameraPose | None:
    if len(camera.floor_points) < 4:
        return None
    try:
        return pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    except ValueError:
        return None
