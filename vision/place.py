"""Where somebody stands: from a person's box to a foot point in the picture and a place on the floor.

With a calibrated floor there are two ways to read a box. *Foot*: the bottom centre is where the soles touch the floor.
*Head*: the top centre is the crown of a standing or seated person of known or assumed stature. The foot is used unless
it cannot be visible: the box ends at the picture's lower edge, or it is shorter than its owner would be there and the
head says something more plausible (nearer to where the person was a moment ago; or, at first sight, inside the walkable
area while the foot is not, or the box is shorter than a seated person's). The head's sigma carries the unknown stature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.domain.geometry import PERSON_HEIGHT_M, XY, GroundPlane, Polygon, corners, nearest_on_border, side
from models.domain.presence import Place
from models.domain.site import Camera, EntranceLine, Site
from vision.pose import pose_of
from vision.posture import Crown

Box = tuple[float, float, float, float]
"""x0 y0 x1 y1 in pixels of the camera's declared size."""

STATURE_SIGMA_M = 0.1
"""One sigma of an adult's height (models.domain.geometry.PERSON_HEIGHT_M)."""
KNOWN_SIGMA_M = 0.03
"""One sigma of a height that was measured on the person's own whole sightings."""
KNOWN_WHOLE = (0.95, 1.1)
UNKNOWN_WHOLE = (1.0, 1.2)
"""Box height over the owner's standing height between which the soles count as visible, for a known and an assumed
stature (3 px of 120 px, two sigma of stature). With 0.4 m of leg hidden the foot point runs 17 % too far while the
ratio falls by as little as 7 %; so of somebody unmeasured only a tall box is surely whole."""
OUTSIDE_COST = 2.0
"""A metre outside the walkable area speaks against a reading like two metres of sudden movement."""
FAVOUR_M = 0.3
"""The foot is the finer reading wherever both are right: the head must be this much nearer to what was expected."""
SEATED_RATIO = 0.62
"""Below it even a seated person (crown at 1.2-1.35 m, 0.70-0.79 of 1.7 m) is cut by furniture; 10 % detector slack."""
SEATED_SHARE, SEATED_SIGMA = 0.76, 0.05
"""Crown of a seated person over the own standing height: seat at 0.45 m and 52 % of the stature above it."""
EDGE_PX = 6.0
"""A box side this near to the picture's border is cut by it (measured: boxes of leaving persons end 0-4 px from it)."""


@dataclass(frozen=True, slots=True)
class Located:
    """A place, and how it was read: `by_head` when the soles were not visible; `ratio` = box height / standing height
    of a 1.7 m person there (1.0 without a floor)."""

    place: Place
    by_head: bool = False
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Stature:
    """How tall somebody is, metres from sole to crown."""

    height_m: float = PERSON_HEIGHT_M
    sigma_m: float = STATURE_SIGMA_M

    @property
    def whole(self) -> tuple[float, float]:
        return KNOWN_WHOLE if self.sigma_m <= KNOWN_SIGMA_M else UNKNOWN_WHOLE


ANYBODY = Stature()


def box_height(box: Box) -> float:
    return box[3] - box[1]


def foot_of(box: Box) -> XY:
    """Bottom centre, pixels."""
    return (box[0] + box[2]) / 2, box[3]


class Locator:
    """Boxes of one camera to places. Raises ValueError when the camera's floor points are degenerate."""

    def __init__(self, site: Site, camera: Camera) -> None:
        self.plane: GroundPlane | None = camera.ground_plane()
        self.size_px = camera.size_px
        self._pose = pose_of(camera) if self.plane is not None else None
        self._walkable = _walkable(site, camera)

    def cut(self, box: Box) -> frozenset[str]:
        """Borders of the picture that cut the box: of left, top, right, bottom."""
        width, height = self.size_px
        near = {
            "left": box[0] <= EDGE_PX,
            "top": box[1] <= EDGE_PX,
            "right": box[2] >= width - EDGE_PX,
            "bottom": box[3] >= height - EDGE_PX,
        }
        return frozenset(name for name, holds in near.items() if holds)

    def within_picture(self, box: Box) -> Box:
        """Detectors overshoot the border by a pixel or two; a foot point there would lie in no zone."""
        width, height = self.size_px
        x0, x1 = (min(max(v, 0.0), width - 1.0) for v in (box[0], box[2]))
        y0, y1 = (min(max(v, 0.0), height - 1.0) for v in (box[1], box[3]))
        return x0, y0, x1, y1

    def locate(
        self, box: Box, expected: XY | None = None, stature: Stature = ANYBODY, *, soles_hidden: bool = False
    ) -> Located:
        """expected: floor metres where the person was a moment ago, if known. soles_hidden: somebody nearer to the
        camera is before the box's lower end, so that the foot may be read too far away."""
        box = self.within_picture(box)
        if self.plane is None:
            return Located(Place(foot_of(box), max(box_height(box), 1.0) / PERSON_HEIGHT_M))
        foot = self._by_foot(box)
        if foot is None:
            return self._by_head(box, stature) or Located(Place(foot_of(box), box_height(box) / PERSON_HEIGHT_M))
        cut = self.cut(box)
        share = foot.ratio * PERSON_HEIGHT_M / stature.height_m
        assert foot.place.floor is not None
        whole = stature.whole[0] <= share <= stature.whole[1] and self._outside_m(foot.place.floor) < 0.5
        stands = self._foot_stands(foot, expected, whole=whole) and (whole or not soles_hidden)
        if "top" in cut or ("bottom" not in cut and stands):
            return foot
        head = self._by_crown(box, stature, expected)
        if head is None:
            return foot
        if "bottom" in cut or self._head_fits(foot, head, expected, whole=whole):
            return head
        upright = self._by_head(box, stature) if soles_hidden and not whole else None
        return foot if upright is None else _between_readings(foot, upright)

    def _foot_stands(self, foot: Located, expected: XY | None, *, whole: bool) -> bool:
        """Whether no reading of the head could be better: most frames need not ask for one."""
        return whole if expected is None else self._jump_m(foot, expected) <= FAVOUR_M

    def _jump_m(self, foot: Located, expected: XY) -> float:
        """What speaks against the foot: metres of sudden movement, and metres outside the walkable area."""
        assert foot.place.floor is not None
        return math.dist(foot.place.floor, expected) + OUTSIDE_COST * self._outside_m(foot.place.floor)

    def _by_crown(self, box: Box, stature: Stature, expected: XY | None) -> Located | None:
        """The crown read as of somebody standing, or seated where that lies nearer to where the person was: who sits
        down does not come metres nearer to the camera."""
        standing = self._by_head(box, stature)
        if standing is None or expected is None:
            return standing
        seated = self._by_head(box, Stature(stature.height_m * SEATED_SHARE, stature.height_m * SEATED_SIGMA))
        assert standing.place.floor is not None
        if seated is None or seated.place.floor is None:
            return standing
        return min(standing, seated, key=lambda one: math.dist(one.place.floor or expected, expected))

    def _head_fits(self, foot: Located, head: Located, expected: XY | None, *, whole: bool) -> bool:
        assert foot.place.floor is not None
        assert head.place.floor is not None
        if expected is not None:
            # Much in favour of the foot when the whole person seems to be in the box, for then what was expected may
            # have come from a coarse head.
            favour_m = FAVOUR_M + (2.5 * head.place.sigma_m if whole else 0.0)
            return math.dist(head.place.floor, expected) + favour_m < self._jump_m(foot, expected)
        return foot.ratio < SEATED_RATIO or self._outside_m(foot.place.floor) > 0.5 + foot.place.sigma_m

    def _by_foot(self, box: Box) -> Located | None:
        assert self.plane is not None
        assert self._pose is not None
        foot = foot_of(box)
        (x, y), sigma = self.plane.spot(foot)
        # Beyond the horizon the homography answers with a point behind the camera.
        if not math.isfinite(x + y) or self._pose.seen_from_camera((x, y, 0.0))[2] <= 0.1:
            return None
        standing = self.standing_px((x, y))
        return Located(
            Place(foot, standing / PERSON_HEIGHT_M, (x, y), sigma), ratio=box_height(box) / max(standing, 1.0)
        )

    def _by_head(self, box: Box, stature: Stature) -> Located | None:
        """The place under the crown; None where the box is too tall to be of somebody who stands there."""
        assert self._pose is not None
        crown = ((box[0] + box[2]) / 2, box[1])
        spot = self._pose.at_height(crown, stature.height_m)
        if spot is None:
            return None
        centre = self._pose.centre
        clearance = max(abs(centre[2]) - stature.height_m, 0.2)
        sigma = math.dist(spot, centre[:2]) * stature.sigma_m / clearance
        spot = self._pulled_in(spot, sigma)
        standing = self.standing_px(spot)
        ratio = box_height(box) / max(standing, 1.0)
        if ratio * PERSON_HEIGHT_M / stature.height_m > stature.whole[1]:
            return None  # the box reaches below where the soles would be: there is more of the person than would hide
        place = Place(self._pose.project((*spot, 0.0)), standing / PERSON_HEIGHT_M, spot, sigma)
        return Located(place, by_head=True, ratio=ratio)

    def crown(self, box: Box, located: Located, stature: Stature) -> Crown:
        """How high the box's upper end is above the place, for somebody of that stature."""
        cut = self.cut(box)
        shape = box_height(box) / max(box[2] - box[0], 1.0)
        whole = not located.by_head and not cut
        floor = located.place.floor
        if floor is None or "top" in cut:
            return Crown(None, None, shape, whole and floor is None)
        assert self._pose is not None
        sole = self._pose.project((*floor, 0.0))
        tip = self._pose.project((*floor, self._pose.up * stature.height_m))
        share = (sole[1] - box[1]) / max(sole[1] - tip[1], 1.0)
        return Crown(share, share * stature.height_m, shape, whole)

    def standing_px(self, floor: XY) -> float:
        """Pixels from sole to crown of a 1.7 m person standing at a floor point."""
        assert self._pose is not None
        tall = self._pose.up * PERSON_HEIGHT_M
        return math.dist(self._pose.project((*floor, 0.0)), self._pose.project((*floor, tall)))

    def _outside_m(self, floor: XY) -> float:
        """Metres from the walkable area, 0 inside or where none is known."""
        return min((_outside(polygon, floor) for polygon in self._walkable), default=0.0)

    def _pulled_in(self, spot: XY, sigma: float) -> XY:
        """Nobody stands behind the wall: a coarse place outside the walkable area is moved to its border."""
        if not self._walkable or not 0 < self._outside_m(spot) < 3 * sigma:
            return spot
        return min((nearest_on_border(polygon, spot) for polygon in self._walkable), key=lambda p: math.dist(p, spot))


def _between_readings(foot: Located, head: Located) -> Located:
    """The foot's place, as unsure as the crown of somebody who stands makes it: half the way between the two."""
    assert foot.place.floor is not None
    assert head.place.floor is not None
    apart_m = math.dist(foot.place.floor, head.place.floor)
    return replace(foot, place=replace(foot.place, sigma_m=math.hypot(foot.place.sigma_m, apart_m / 2)))


def _walkable(site: Site, camera: Camera) -> list[Polygon]:
    """The floor polygons of zones and posts, and the ground before the doors; none where the floor is not zoned."""
    if not camera.floor_points:
        return []
    areas = [region for zone in site.zones.values() for region in zone.regions]
    areas += [region for post in site.posts.values() for region in post.regions]
    floors = [region.polygon for region in areas if region.camera is None]
    doors = [_doorstep(line) for line in site.entrances if line.camera is None]
    return [*floors, *doors] if floors else []


def _doorstep(line: EntranceLine) -> Polygon:
    """The ground outside a door where people are seen coming: 4 m deep, 2 m wider than the line on each side."""
    a, b = np.array(line.a), np.array(line.b)
    along = (b - a) / np.linalg.norm(b - a)
    out = np.array([-along[1], along[0]]) * (1.0 if side(line.a, line.b, line.inside) < 0 else -1.0)
    corners = (a - 2 * along, b + 2 * along, b + 2 * along + 4 * out, a - 2 * along + 4 * out)
    return tuple((float(x), float(y)) for x, y in corners)


def _outside(polygon: Polygon, point: XY) -> float:
    return max(0.0, -float(cv2.pointPolygonTest(corners(polygon), (float(point[0]), float(point[1])), True)))
