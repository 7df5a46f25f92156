"""Verdicts of furniture checks on samples with known truth: what was moved is raised, what was not never is.

`python -m bench.verdicts [CLIP ...]`. The furniture sight looks at each clip as on the day, a check every two seconds,
people where the truth has them, each item allowed 20 mm and 3 degrees. Taught is what the clip shows first; where the
truth has a twin in another light, that too. `swing` clips are played with an exposure that swings by a fifth every 7 s.
A line a clip; the sums say how many items within 6 m are declared verifiable and how many moved ones were raised.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from bench.registration import NEAR_M, PAIRS, SAMPLES, SETTLE_S, Truth, item_of, opening, still, truth_of
from calibration import load_site
from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.furniture import Furniture, FurnitureItem
from models.domain.media import US, Frame, Image, Run
from models.domain.messages import Observation, Scene
from models.domain.presence import Person, Place, Role
from models.domain.truth import Truth as Known
from vision.furniture_sight import MARGIN_PX, FurnitureSight
from vision.ingest import pictures
from vision.registration.expected import expected_sigma
from vision.registration.solids import hull

ALLOWED_MM, ALLOWED_DEG, MOVED_MM, MOVED_DEG, EVERY_S = 20.0, 3.0, 30.0, 5.0, 2.0
TWINS = {one: other for day, dusk in PAIRS for one, other in ((day, dusk), (dusk, day))}
CLIPS = (
    *TWINS,
    "furniture-tile-day swing",
    "furniture-wood-dusk swing",
    "furniture-near-miss",
    "lights-cloud-day",
    "lights-cloud-day swing",
    "lights-switched-day",
    "vip-lamps-off",
    "post-left",
    "post-relieved",
    "visitor-met",
    "showflat-served",
    "unaccompanied-served",
    "unaccompanied-waits",
    "visitor-waits",
    "visitor-leaves",
    "seated-unserved",
    "lights-guests-evening",
)
SWING, SWING_S = 0.2, 7.0


@dataclass(slots=True)
class Count:
    """near, far: what was told of items that nobody moved. moved: of those moved by MOVED_MM, MOVED_DEG or more within
    NEAR_M and declared verifiable."""

    near: Counter[str] = field(default_factory=Counter)
    far: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    place: int = 0
    turn: int = 0
    items: int = 0
    """Items within NEAR_M, and how many of them are declared verifiable at ALLOWED_MM and at ALLOWED_DEG."""

    def add(self, other: Count) -> None:
        for name in ("near", "far", "moved"):
            getattr(self, name).update(getattr(other, name))
        self.false += other.false
        self.missed += other.missed
        self.place, self.turn, self.items = self.place + other.place, self.turn + other.turn, self.items + other.items


def counted(told_clip: str) -> Count:
    clip, _, swing = told_clip.partition(" ")
    truth, site = truth_of(clip), load_site(SAMPLES / clip)
    camera = site.cameras["hall"]
    pose = pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    references = _references(clip, truth)
    items = {
        one["id"]: replace(item_of(one), tolerance_mm=ALLOWED_MM, turn_tolerance_deg=ALLOWED_DEG)
        for one in truth["items"]
        if one["reference"] is not None
    }
    first = _people(truth, 0.0)
    sight = FurnitureSight(replace(site, furniture=Furniture(items, (), EVERY_S)), camera, dict(references))
    covered = {name for name in sight.items if _covers(pose, items[name], first)}
    away = {name: _distance_m(pose, items[name]) for name in sight.items}
    sigmas = {
        name: expected_sigma(pose, items[name], list(items.values()), references)
        for name in sight.items
        if away[name] <= NEAR_M
    }
    place = {name for name, sigma in sigmas.items() if sigma is not None and sigma.tells_place(items[name])}
    turn = {name for name, sigma in sigmas.items() if sigma is not None and sigma.tells_turn(items[name])}
    if "--declared" in sys.argv:
        for name, sigma in sigmas.items():
            told = "unseen" if sigma is None else f"{sigma.offset:.1f} mm {sigma.turn_deg:.2f} deg"
            print(f"  {clip} {name} {items[name].cls.value} {away[name]:.1f} m: {told}")
    count = Count(place=len(place), turn=len(turn), items=len(sigmas))
    run = Run("hall", 1, 0)
    for t_us, image in pictures(SAMPLES / clip / "recording.mp4", 0, round(truth["duration_s"] * US), 5):
        shown = _swung(image, t_us / US) if swing else image
        people = _people(truth, t_us / US)
        for one in sight.look(Frame(shown, run, t_us), Scene("hall", "hall/1", t_us, people)):
            if one.kind == "furniture" and one.predicate == "in_place" and one.subject not in covered:
                near = away[one.subject] <= NEAR_M
                _put(count, told_clip, truth, one, (near, one.subject in place, one.subject in turn))
    return count


def _put(count: Count, clip: str, truth: Truth, one: Observation, where: tuple[bool, bool, bool]) -> None:
    """where: near; declared verifiable in place; in turn."""
    near, place, turned = where
    told = next(item for item in truth["items"] if item["id"] == one.subject)
    end_s, start_s = one.utc_us / US, one.utc_us / US - EVERY_S - SETTLE_S
    now = [p for p in told["poses"] if p["t_s"] <= start_s + 1e-6][-1:]
    if not now or any(start_s < p["t_s"] <= end_s for p in told["poses"]) or not now[0]["present"]:
        return
    base = told["reference"]
    offset = 1000 * math.hypot(now[0]["x_m"] - base[0], now[0]["y_m"] - base[1])
    turn = abs(now[0]["turn_deg"]) if item_of(told).symmetry != 0 else 0.0
    answer = {Known.FAILS: "raised", Known.HOLDS: "in place"}.get(one.truth, one.cues[0].rpartition(".")[2])
    words = f"{clip} {one.subject} {end_s:.1f} s ({offset:.0f} mm, {turn:.0f} deg): {answer} " + ", ".join(
        f"{name} {value.value:.1f} +- {value.sigma or 0:.1f}"
        for name, value in one.values
        if name in {"offset", "turn"}
    )
    if offset < 0.5 and turn < 0.1:
        (count.near if near else count.far)[answer] += 1
        if answer == "raised":
            count.false.append(words)
    elif (place and offset >= MOVED_MM - 0.5) or (turned and turn >= MOVED_DEG - 0.1):
        count.moved[answer] += 1
        if answer != "raised":
            count.missed.append(words)


def _references(clip: str, truth: Truth) -> dict[str, Image]:
    """What the clip shows before anything happens, and its twin's."""
    if clip in TWINS:
        return {name: still(name, *opening(name)) for name in (clip, TWINS[clip])}
    return {clip: still(clip, 0.0, min(1.2, truth["duration_s"]))}


def _people(truth: Truth, t_s: float) -> tuple[Person, ...]:
    frame = max((f for f in truth["frames"] if f["t_s"] <= t_s + 1e-6), key=lambda f: f["t_s"], default=None)
    found: list[Person] = []
    for one in frame["persons"] if frame else ():
        boxes = one.get("boxes", {}).get("hall") or one
        if boxes.get("visible_share", 0) > 0.02 and boxes.get("box_px"):
            x0, y0, x1, y1 = (float(v) for v in boxes["box_px"])
            place = Place(((x0 + x1) / 2, y1), 100.0, (one["x_m"], one["y_m"]), 0.1)
            found.append(Person(one["id"], Role.UNKNOWN, Known.HOLDS, place, (x0, y0, x1, y1), 0, round(t_s * US), 0.0))
    return tuple(found)


def _covers(pose: CameraPose, item: FurnitureItem, people: tuple[Person, ...]) -> bool:
    outline = hull(pose, item)
    if not len(outline):
        return True
    low, high = outline.min(0) - 2 * MARGIN_PX, outline.max(0) + 2 * MARGIN_PX
    boxes = [person.box for person in people]
    return any(x0 < high[0] and low[0] < x1 and y0 < high[1] and low[1] < y1 for x0, y0, x1, y1 in boxes)


def _distance_m(pose: CameraPose, item: FurnitureItem) -> float:
    return math.dist((item.pose.x_m, item.pose.y_m, item.size_m[2] / 2), tuple(pose.centre))


def _swung(image: Image, t_s: float) -> Image:
    gain = 1 + SWING * math.sin(2 * math.pi * t_s / SWING_S)
    return np.asarray(np.clip(image.astype(np.float32) * gain, 0, 255), np.uint8)


def _words(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counter.most_common()) or "-"


def _lines(count: Count) -> Iterator[str]:
    yield f"  untouched, within {NEAR_M:g} m: {sum(count.near.values())} ({_words(count.near)})"
    yield f"  untouched, beyond: {sum(count.far.values())} ({_words(count.far)})"
    if count.moved:
        far = f"{MOVED_MM:g} mm or {MOVED_DEG:g} deg and more"
        yield f"  moved {far}, declared verifiable: {sum(count.moved.values())} ({_words(count.moved)})"


def main() -> None:
    total = Count()
    for clip in [name for name in sys.argv[1:] if not name.startswith("--")] or CLIPS:
        count = counted(clip)
        print(clip, *_lines(count), sep="\n", flush=True)
        total.add(count)
    place, turn = total.place / max(1, total.items), total.turn / max(1, total.items)
    told = f"{place:.0%} at {ALLOWED_MM:g} mm, {turn:.0%} at {ALLOWED_DEG:g} degrees"
    print("all", *_lines(total), f"  declared verifiable, of items within {NEAR_M:g} m: {told}", sep="\n")
    print(*("  FALSE  " + words for words in total.false), *("  missed " + words for words in total.missed), sep="\n")


if __name__ == "__main__":
    main()
