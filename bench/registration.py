"""How well furniture is measured, on the rendered furniture shots with known truth. `python -m bench.registration`.

Each still step of a shot is averaged and measured with both lights' references; a line a group, as in
docs/design/registration.md. `--each` prints every check, `--near` measures only the items within 6 m. `--nudge 8` shows
the day as a camera sees it that was turned about its own place by so many pixels after it was taught.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from calibration import load_site
from models.domain.camera_pose import pose_from_floor
from models.domain.furniture import ROUND, SYMMETRY, FurnitureItem, ItemClass, Pose, turn_of
from models.domain.media import US
from models.domain.site import Name
from sample_videos.studio.disturbances import Spoiler
from sample_videos.studio.shot import DisturbancePart
from sample_videos.studio.spoil import camera_seen
from sample_videos.studio.truth import TRUTH_FILE, read_truth
from vision.ingest import pictures
from vision.registration import Landmarks, Standing, Verdict, look_of, register_all, stand_of
from vision.registration.landmarks import STILL
from vision.registration.solids import hull

SAMPLES = Path(__file__).parents[1] / "sample_videos"
PAIRS = (("furniture-tile-day", "furniture-tile-dusk"), ("furniture-wood-day", "furniture-wood-dusk"))
CLASSES = {"chair": ItemClass.CHAIR, "plant": ItemClass.PLANT, "sofa": ItemClass.SOFA, "bin": ItemClass.BIN}
NEAR_M, TURNS_DEG, SETTLE_S = 6.0, 20.0, 0.3
Truth = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    clip: str
    item: FurnitureItem
    distance_m: float
    true: tuple[float, float, float] | None
    """dx, dy mm, turn; None: taken away."""
    found: Verdict

    @property
    def moved(self) -> bool:
        return self.true is None or math.hypot(*self.true[:2]) > 0.5 or abs(self.true[2]) > 0.1

    @property
    def error_mm(self) -> float:
        assert self.true is not None
        motion = self.found.motion
        return math.hypot(1000 * motion.dx_m - self.true[0], 1000 * motion.dy_m - self.true[1])

    @property
    def error_deg(self) -> float:
        assert self.true is not None
        return abs(turn_of(self.found.motion.turn_deg - self.true[2], self.item.symmetry))


def measured(clip: str, other: str) -> Iterator[Row]:
    folder, truth = SAMPLES / clip, truth_of(clip)
    camera = load_site(folder).cameras["hall"]
    pose = pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    items = {one["id"]: item_of(one) for one in truth["items"] if one["reference"] is not None}
    times = sorted({0.0, *(p["t_s"] for one in truth["items"] for p in one["poses"]), truth["duration_s"]})
    steps = list(pairwise(times))
    references = {name: still(name, *opening(name)) for name in (clip, other)}
    stands = {name: stand_of(pose, item, list(items.values()), camera.size_px) for name, item in items.items()}
    looks = {
        name: [look_of(stand, picture, light) for light, picture in references.items()]
        for name, stand in stands.items()
        if stand is not None and (stand.distance_m <= NEAR_M or "--near" not in sys.argv)
    }
    outlines = [hull(pose, item) for item in items.values()]
    landmarks = [one for one in (Landmarks.of(p, outlines) for p in references.values()) if one is not None]
    nudge = _nudge(clip)
    for start_s, end_s in steps[1:]:
        picture = nudge.picture(still(clip, start_s, end_s), start_s)
        nobody = np.zeros(picture.shape[:2], np.bool_)
        drift = max((one.drift(picture) for one in landmarks), key=lambda d: d.agreement, default=STILL)
        for name, verdict in register_all(looks, picture, nobody, drift).items():
            told = next(one for one in truth["items"] if one["id"] == name)
            at = next(p for p in reversed(told["poses"]) if p["t_s"] <= start_s + 1e-6)
            base = items[name].pose
            true = (1000 * (at["x_m"] - base.x_m), 1000 * (at["y_m"] - base.y_m), at["turn_deg"])
            yield Row(clip, items[name], looks[name][0].stand.distance_m, true if at["present"] else None, verdict)


def show(rows: list[Row]) -> None:
    for near in (True, False):
        for moved in (True, False):
            some = [r for r in rows if (r.distance_m <= NEAR_M) is near and r.moved is moved and r.true is not None]
            small = [r for r in some if abs(r.true[2]) <= TURNS_DEG] if moved else some
            _line(f"{'within' if near else 'beyond'} {NEAR_M:g} m, {'moved' if moved else 'untouched'}", small)
    for cls in sorted({r.item.cls for r in rows}):
        near_of = [r for r in rows if r.item.cls is cls and r.distance_m <= NEAR_M and r.true is not None]
        _line(f"  {cls.value}, moved", [r for r in near_of if r.moved and abs(r.true[2]) <= TURNS_DEG])
        _line(f"  {cls.value}, untouched", [r for r in near_of if not r.moved])
    gone = [r for r in rows if r.true is None]
    print(f"taken away: {sum(r.found.standing is Standing.GONE for r in gone)} of {len(gone)} gone")


def _line(name: str, rows: list[Row]) -> None:
    known = [r for r in rows if r.found.standing is Standing.MEASURED]
    if not known:
        return
    place = np.array([r.error_mm for r in known])
    inside = float(np.mean([r.error_mm <= 2 * r.found.sigma_mm for r in known]))
    turned = [r for r in known if r.item.symmetry != 0]
    angle = np.array([r.error_deg for r in turned]) if turned else np.zeros(1)
    kept = float(np.mean([r.error_deg <= 2 * r.found.sigma_deg for r in turned])) if turned else 1.0
    middle, far = np.percentile(place, (50, 95))
    print(
        f"{name:28s} {len(known):4d}/{len(rows):4d}  median {middle:5.1f}  p95 {far:5.1f} mm"
        f"  turn p95 {np.percentile(angle, 95):4.1f}  2 sigma {inside:.0%} / {kept:.0%}"
    )


def truth_of(clip: str) -> Truth:
    found: Truth = json.loads((SAMPLES / clip / "truth.json").read_text(encoding="utf-8"))
    return found


def opening(clip: str) -> tuple[float, float]:
    truth = truth_of(clip)
    times = sorted({p["t_s"] for one in truth["items"] for p in one["poses"] if p["t_s"] > 0})
    return 0.0, times[0] if times else float(truth["duration_s"])


def still(clip: str, start_s: float, end_s: float) -> np.ndarray:
    begin, end = round((start_s + SETTLE_S) * US), round((end_s - 0.05) * US)
    frames = [image.astype(np.float32) for _, image in pictures(SAMPLES / clip / "recording.mp4", begin, end, 15)]
    return np.asarray(np.mean(frames, axis=0), np.float32)


def _nudge(clip: str) -> Spoiler:
    """What `--nudge` does to a clip's pictures; nothing without it. Along (4, 3)."""
    told = read_truth(SAMPLES / clip / TRUTH_FILE)
    px = float(sys.argv[sys.argv.index("--nudge") + 1]) if "--nudge" in sys.argv else 0.0
    parts = [DisturbancePart(kind="nudged", px=(0.8 * px, 0.6 * px))] if px else []
    return Spoiler(parts, camera_seen(told.cameras["hall"]), told.duration_s, seed=0)


def item_of(one: dict[str, Any]) -> FurnitureItem:
    cls = CLASSES.get(one["kind"], ItemClass.CABINET)
    if one["kind"] == "chair" and one["style"] == "arm":
        cls = ItemClass.ARMCHAIR
    if one["kind"] == "table":
        cls = ItemClass.ROUND_TABLE if one["style"] == "round" else ItemClass.TABLE
    symmetry = 0 if cls in ROUND else SYMMETRY.get(cls, 1)
    place, name = Pose(*one["reference"]), Name(one["id"], one["id"])
    return FurnitureItem(one["id"], name, "hall", cls, tuple(one["size_m"]), place, 80, 10, symmetry)


def main() -> None:
    rows: list[Row] = []
    for pair in PAIRS:
        for clip, other in (pair, pair[::-1]):
            for row in measured(clip, other):
                rows.append(row)
                if "--each" in sys.argv:
                    off = f"{row.error_mm:6.1f} mm {row.error_deg:5.1f}" if row.true is not None else "gone"
                    sure = f"{row.found.sigma_mm:6.1f} {row.found.sigma_deg:5.1f} {row.found.explained:.2f}"
                    what = f"{row.clip:20s} {row.item.id:10s} {row.item.cls.value:11s} {row.distance_m:4.1f} m"
                    print(what, row.true, row.found.standing.value, row.found.light[-4:], off, sure, flush=True)
    show(rows)


if __name__ == "__main__":
    main()
