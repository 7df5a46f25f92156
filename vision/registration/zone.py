"""All items of one view together: what a moved neighbour covers or uncovers is no motion of the item behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.furniture import FurnitureItem, Pose
from models.domain.media import Image
from vision.registration.align import Seen
from vision.registration.features import Map
from vision.registration.landmarks import Drift
from vision.registration.recall import Recall
from vision.registration.register import KEEP, Standing, Verdict, register
from vision.registration.solids import hull
from vision.registration.taught import Look, Stand

MOVED_MM, MOVED_DEG = 20.0, 3.0
"""A neighbour that moved by more changes what is seen of the items behind it."""
STILL_MM = 10.0
MARGIN_PX = 5
SHADOW_SHARE = 0.1
"""Of a nearer neighbour's way: its shadow and its reflection go along (measured: errors behind neighbours that went 30
to 200 mm were 2 to 5 mm)."""
SEEN_GONE = 0.75
"""Share of a place that must be clear of a moved neighbour before its item is told as gone."""
SAME_SHARE = 0.5
"""Of an item's shorter side: two that stand nearer to each other are one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that is judged, where people hide it, and where the camera went since it was taught."""

    picture: Image | Map = field(repr=False)
    hidden: NDArray[np.bool_] = field(repr=False)
    drift: Drift


def register_all(
    items: Mapping[str, Sequence[Look]],
    picture: Image | Map,
    hidden: NDArray[np.bool_],
    drift: Drift,
    recall: Recall | None = None,
) -> dict[str, Verdict]:
    """Item -> verdict. hidden: (h, w) of the picture, True where people are; recall: of the checks before this one.

    Items that do not look untouched are asked again without the pixels that a nearer, moved item covers or uncovered.
    What such a one then still seems to have gone is doubtful by what the two answers differ in, and by a share of its
    neighbour's way (its shadow moved too).
    """
    first = {name: _first(name, looks, Shown(picture, hidden, drift), recall) for name, looks in items.items()}
    movers = [name for name, verdict in first.items() if _has_moved(verdict)]
    found = dict(first)
    for name, looks in items.items():
        stand = looks[0].stand
        nearer = [m for m in movers if m != name and items[m][0].stand.distance_m < stand.distance_m]
        if not nearer or _untouched(first[name]):
            continue
        behind = [m for m in nearer if _overlaps(items[m][0].stand, stand)]
        if behind:
            covered = _covered(behind, items, first, hidden.shape)
            again = _asked(looks, Shown(picture, hidden | covered, drift))
            way_mm = max(first[m].motion.offset_mm for m in behind)
            found[name] = _doubted(again, first[name], way_mm, math.hypot(*stand.item.size_m[:2]) / 2)
    return one_each(items, found)


def one_each(items: Mapping[str, Sequence[Look]], found: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """One thing cannot stand for two labels: where two equals (class, size) are told in one spot, it is the one whose
    label is nearer, and the other is gone. Equals that changed places are thereby each in place: a swap is none."""
    out = dict(found)
    seen = [name for name in found if found[name].standing is Standing.MEASURED]
    seen.sort(key=lambda name: found[name].motion.offset_mm)
    for i, name in enumerate(seen):
        stand = items[name][0].stand
        here = _now(stand, found[name])
        for nearer in seen[:i]:
            other = items[nearer][0].stand
            if out[nearer].standing is not Standing.MEASURED or not _equals(stand.item, other.item):
                continue
            there = _now(other, found[nearer])
            if math.dist((here.x_m, here.y_m), (there.x_m, there.y_m)) < SAME_SHARE * min(stand.item.size_m[:2]):
                out[name] = replace(found[name], standing=Standing.GONE)
                break
    return out


def _equals(one: FurnitureItem, other: FurnitureItem) -> bool:
    return one.cls is other.cls and one.zone == other.zone and one.size_m == other.size_m


def _doubted(again: Verdict, first: Verdict, way_mm: float, radius_m: float) -> Verdict:
    """An answer beside a neighbour that moved; gone, where enough of its place was left to see that."""
    if _untouched(again):
        return again
    if again.standing is Standing.GONE:
        return again if again.seen >= SEEN_GONE else replace(again, standing=Standing.HIDDEN)
    if again.standing is not Standing.MEASURED or first.standing is not Standing.MEASURED:
        return replace(again, sigma_mm=math.hypot(again.sigma_mm, way_mm))
    here, there = again.motion, first.motion
    apart_mm = 1000 * math.hypot(here.dx_m - there.dx_m, here.dy_m - there.dy_m)
    shadow_mm = SHADOW_SHARE * way_mm
    shadow_deg = math.degrees(shadow_mm / 1000 / radius_m)
    return replace(
        again,
        sigma_mm=math.hypot(again.sigma_mm, apart_mm, shadow_mm),
        sigma_deg=math.hypot(again.sigma_deg, here.turn_deg - there.turn_deg, shadow_deg),
    )


def _untouched(verdict: Verdict) -> bool:
    still = verdict.motion.offset_mm < STILL_MM and abs(verdict.motion.turn_deg) < MOVED_DEG
    return verdict.standing is Standing.MEASURED and verdict.explained >= KEEP and still


def _overlaps(front: Stand, back: Stand) -> bool:
    """Whether the nearer item's outline, with room to move, meets the other's."""
    outlines = [hull(stand.camera, stand.item) for stand in (front, back)]
    if not all(len(outline) for outline in outlines):
        return False
    (a0, a1), (b0, b1) = ((o.min(0), o.max(0)) for o in outlines)
    room = 0.15 * (a1 - a0).max()
    return bool((a0 - room <= b1).all() and (b0 <= a1 + room).all())


def _first(name: str, looks: Sequence[Look], shown: Shown, recall: Recall | None) -> Verdict:
    window = looks[0].stand.window
    if recall is None or window.cut(shown.hidden).any():
        return _asked(looks, shown)
    piece = window.of(shown.picture)
    verdict = recall.verdict(name, piece)
    if verdict is None:
        verdict = _asked(looks, shown)
        recall.keep(name, piece, verdict)
    return verdict


def _asked(looks: Sequence[Look], shown: Shown) -> Verdict:
    stand = looks[0].stand
    cut = stand.window.cut(shown.hidden)
    return register(looks, Seen(stand, shown.picture, cut if cut.any() else None, shown.drift))


def _has_moved(verdict: Verdict) -> bool:
    if verdict.standing in {Standing.GONE, Standing.POSE_UNKNOWN}:
        return True
    motion = verdict.motion
    return verdict.standing is Standing.MEASURED and (motion.offset_mm > MOVED_MM or abs(motion.turn_deg) > MOVED_DEG)


def _covered(
    nearer: Sequence[str],
    items: Mapping[str, Sequence[Look]],
    verdicts: Mapping[str, Verdict],
    shape: tuple[int, ...],
) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.uint8)
    for name in nearer:
        stand = items[name][0].stand
        for pose in (stand.item.pose, _now(stand, verdicts[name])):
            outline = hull(stand.camera, stand.item, pose)
            if len(outline):
                cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 1)
    size = 2 * MARGIN_PX + 1
    return np.asarray(cv2.dilate(mask, np.ones((size, size), np.uint8)) > 0, np.bool_)


def _now(stand: Stand, verdict: Verdict) -> Pose:
    """Where it stands, or where its outline lies though nobody knows how; else at its label."""
    pose, motion = stand.item.pose, verdict.motion
    lies = verdict.standing is Standing.POSE_UNKNOWN and verdict.least_turn_deg > 0
    if verdict.standing is not Standing.MEASURED and not lies:
        return pose
    return replace(
        pose,
        x_m=pose.x_m + motion.dx_m,
        y_m=pose.y_m + motion.dy_m,
        heading_deg=pose.heading_deg + motion.turn_deg,
    )
