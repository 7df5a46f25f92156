"""Items off their place, turned, gone, or where none belongs; labels that show."""

from __future__ import annotations

from collections.abc import Iterator

from sample_videos.studio.causes.cause import Cause
from sample_videos.studio.truth import Truth

DISPLACED_MM = {"chair": 100.0, "cabinet": 50.0}
"""domain.md 2.1; whatever is not named: 80 mm."""


def displaced(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, kind, t0, t1, offset, _, present in _pose_spells(truth):
        tolerance = limits.get("tolerance_mm", DISPLACED_MM.get(kind, 80.0))
        if present and offset > 0 and not _equal_stands_there(truth, name, t0):
            why = f"{name} stands {offset:.0f} mm off, tolerance {tolerance:.0f} mm"
            yield Cause(name, t0, t1, limits["reset_grace_s"], why, offset, harmless=offset <= tolerance)
        elif present and offset > 0:
            yield Cause(name, t0, t1, 0.0, f"{name} was exchanged with its equal", offset, harmless=True)


def rotated(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, _, t0, t1, _, turn, present in _pose_spells(truth):
        if present and turn > 0:
            why = f"{name} is turned by {turn:.0f} deg, tolerance {limits['tolerance_deg']:.0f} deg"
            harmless = turn <= limits["tolerance_deg"] or _equal_stands_there(truth, name, t0)
            yield Cause(name, t0, t1, limits["reset_grace_s"], why, turn, harmless=harmless)


def missing(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, _, t0, t1, offset, _, present in _pose_spells(truth):
        if not present:
            yield Cause(name, t0, t1, limits["visible_s"], f"{name} is gone")
        elif offset > 0:
            yield Cause(name, t0, t1, 0.0, f"{name} is {offset:.0f} mm off but there", harmless=True)


def extra(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for item in truth.items:
        if item.reference is None and item.kind != "cart":  # outside, and meant to come
            for pose, after in zip(item.poses, [*item.poses[1:], None], strict=True):
                if pose.present:
                    until = after.t_s if after else float("inf")
                    yield Cause(
                        item.id, pose.t_s, until, limits["lasting_s"], f"a {item.kind} stands where none belongs"
                    )


def exposed(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    """A label that shows more than at rest although its item stands there in tolerance; of one item's, the barest."""
    barest: dict[tuple[str, float], tuple[float, Cause]] = {}
    spells = list(_pose_spells(truth))
    tolerances = truth.limits.get("furniture.displaced", {})
    for label in truth.labels:
        for sight, after in zip(label.seen, [*label.seen[1:], None], strict=True):
            there = next((s for s in spells if s[0] == label.item and s[2] <= sight.t_s < s[3]), None)
            if there is None or not there[6]:
                continue
            tolerance = tolerances.get("tolerance_mm", DISPLACED_MM.get(there[1], 80.0))
            if there[4] <= tolerance and sight.visible_share - label.seen[0].visible_share >= limits["share"]:
                until = after.t_s if after else float("inf")
                why = f"{sight.visible_share:.0%} of label {label.id} is seen"
                cause = Cause(label.item, sight.t_s, until, limits["visible_s"], why, sight.visible_share)
                key, share = (label.item, sight.t_s), sight.visible_share
                if key not in barest or barest[key][0] < share:
                    barest[key] = share, cause
    yield from (cause for _, cause in barest.values())


def _pose_spells(truth: Truth) -> Iterator[tuple[str, str, float, float, float, float, bool]]:
    """item, kind, from, until, offset mm, |turn| deg (reduced by symmetry), present."""
    for item in truth.items:
        if item.reference is not None:
            for pose, after in zip(item.poses, [*item.poses[1:], None], strict=True):
                until = after.t_s if after else float("inf")
                turn = abs(pose.turn_deg)
                if item.symmetry_order > 1:
                    turn %= 360 / item.symmetry_order
                    turn = min(turn, 360 / item.symmetry_order - turn)
                turn = 0.0 if item.symmetry_order == 0 else turn
                yield item.id, item.kind, pose.t_s, until, pose.offset_mm, turn, pose.present


def _equal_stands_there(truth: Truth, name: str, t: float) -> bool:
    """Whether another item of the same model stands on this one's place: a swap of equals is no violation."""
    mine = next(i for i in truth.items if i.id == name)
    assert mine.reference is not None
    for other in truth.items:
        if other.id != name and (other.kind, other.style) == (mine.kind, mine.style):
            pose = [p for p in other.poses if p.t_s <= t][-1]
            if pose.present and abs(pose.x_m - mine.reference[0]) + abs(pose.y_m - mine.reference[1]) < 0.02:
                return True
    return False
