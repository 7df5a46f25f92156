"""Whether a zone is empty (domain.md 2.2): nobody in any camera that covers it, nine tenths of its floor in view.

Anybody counts, also cleaners and guards, seated, half hidden or present unseen (a presence is anchored to its place).
Whoever stays for less than `transient_s` does not restart the empty clock, but while somebody is there the zone is not
empty. Posters and screens are no presences (static_person_masks, vision/liveness).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calibration.view import CameraView
from models.domain.media import US
from models.domain.messages import Message, Scene
from models.domain.site import Region, Site, Zone
from models.domain.truth import Truth
from pipelines.rules.continuity import Continuity
from pipelines.rules.coverage import cameras_of, view_of

OFTEN_US = US // 2
"""Scenes that show the same people are looked at this often."""
LEAST_VISIBLE = 0.9
"""domain.md 2.2: at least 90 % of the walkable floor."""


@dataclass(frozen=True, slots=True)
class ZoneSight:
    """One camera's view of the zone. there: (person, since when in the zone, UTC µs)."""

    thread: Continuity
    there: tuple[tuple[str, int], ...] = ()

    @property
    def telling(self) -> bool:
        return not (self.thread.blind or self.thread.broken) and self.thread.good_us is not None


@dataclass(frozen=True, slots=True)
class ZoneWatch:
    """status: HOLDS while empty, FAILS while somebody is there, UNKNOWN otherwise; since `since_us`.

    vacant_us: since when nobody was there but transients, None while or before somebody stays. covered: whether the
    cameras see enough of the floor to say "empty" at all.
    """

    zone: str
    sights: tuple[ZoneSight, ...]
    covered: bool
    transient_us: int
    max_gap_us: int
    status: Truth = Truth.UNKNOWN
    since_us: int = 0
    vacant_us: int | None = None

    @classmethod
    def of(cls, zone: Zone, site: Site, transient_us: int, max_gap_us: int) -> ZoneWatch:
        cameras = cameras_of(zone.regions, site)
        sights = tuple(ZoneSight(Continuity(camera)) for camera in cameras)
        covered = visible_share(zone, site) >= LEAST_VISIBLE
        return cls(zone.id, sights, covered, transient_us, max_gap_us)

    def after(self, message: Message) -> ZoneWatch:
        """The watch after one more message."""
        sights = tuple(self._sight(sight, message) for sight in self.sights)
        if sights == self.sights and not isinstance(message, Scene):
            return self
        now = replace(self, sights=sights)
        status = now._status()
        if status is not self.status:
            now = replace(now, status=status, since_us=message.utc_us)
        return now._vacancy(self, message.utc_us)

    def unmoved(self, scene: Scene) -> bool:
        """Whether the scene tells nothing new: the same people half a second later at most."""
        for sight in self.sights:
            thread = sight.thread
            if thread.camera != scene.camera:
                continue
            if thread.blind or thread.broken or thread.good_us is None or thread.run != scene.run:
                return False
            if scene.view is Truth.UNKNOWN or scene.utc_us - thread.good_us >= OFTEN_US:
                return False
            there = [person.id for person in scene.persons if self.zone in person.zones]
            if len(there) != len(sight.there) or (there and set(there) != {name for name, _ in sight.there}):
                return False
        return True

    def _status(self) -> Truth:
        if any(sight.there for sight in self.sights if sight.telling):
            return Truth.FAILS
        everywhere = self.covered and self.sights and all(sight.telling for sight in self.sights)
        return Truth.HOLDS if everywhere else Truth.UNKNOWN

    def _vacancy(self, before: ZoneWatch, now_us: int) -> ZoneWatch:
        stays = [since_us for sight in self.sights for _, since_us in sight.there]
        left = [since_us for sight in before.sights for _, since_us in sight.there]
        if any(now_us - since_us >= self.transient_us for since_us in stays):
            return replace(self, vacant_us=None) if self.vacant_us is not None else self
        if not stays and any(now_us - since_us >= self.transient_us for since_us in left):
            return replace(self, vacant_us=now_us)
        if self.vacant_us is None and self.status is Truth.HOLDS:
            return replace(self, vacant_us=now_us)
        cut = any(sight.thread.broken for sight in self.sights)
        return replace(self, vacant_us=None) if cut and self.vacant_us is not None else self

    def _sight(self, sight: ZoneSight, message: Message) -> ZoneSight:
        thread = sight.thread.after(message, self.max_gap_us)
        if not isinstance(message, Scene) or message.camera != thread.camera or message.view is Truth.UNKNOWN:
            return sight if thread == sight.thread else replace(sight, thread=thread)
        known = {} if thread.resumed else dict(sight.there)
        there = tuple(
            sorted(
                (person.id, known.get(person.id, max(person.entered_us, message.utc_us - self.transient_us)))
                for person in message.persons
                if self.zone in person.zones
            )
        )
        return ZoneSight(thread, there)

    @property
    def camera(self) -> str:
        """The camera whose pictures show the zone best."""
        return self.sights[0].thread.camera if self.sights else ""

    @property
    def broken(self) -> bool:
        return any(sight.thread.broken for sight in self.sights)


def visible_share(zone: Zone, site: Site) -> float:
    """The least share of any of the zone's floors that some camera has in its picture, unmasked; 0 where none has."""
    return min((_region_share(region, site) for region in zone.regions), default=0.0)


def _region_share(region: Region, site: Site) -> float:
    if region.camera is not None:
        cameras = [site.cameras[region.camera]] if region.camera in site.cameras else []
        shares = {camera.id: 1.0 for camera in cameras}
    else:
        shares = {camera.id: view_of(region.polygon, camera).share for camera in site.cameras.values()}
    return max((share * _unmasked(region, site, name) for name, share in shares.items() if share), default=0.0)


def _unmasked(region: Region, site: Site, name: str) -> float:
    """Share of the region's pixels that no privacy mask hides."""
    camera = site.cameras[name]
    if not camera.privacy_masks:
        return 1.0
    view = CameraView(camera, step_px=4)
    shown = view.mask(region) > 0
    hidden = np.logical_or.reduce([view.of_picture(mask) > 0 for mask in camera.privacy_masks])
    return 1.0 - float((shown & hidden).sum()) / max(1, int(shown.sum()))
