"""How real rendered people are to a detector: recall by height in pixels and by visible share, rendered beside real.

    python -m bench.studio_people [--contrast 0.35] [--every 0.4] [CLIP ...]

Rendered: the embedded detector at score >= 0.5 on one picture a second, whole frame squeezed to the network's size, and
six 640x460 crops. A person counts when it stands or walks, as those of MOTChallenge do; its height is that of the whole
silhouette (MOTChallenge boxes are whole bodies, too), its visible share what the render counted. It is found by a box
whose IoU with the whole or with the visible silhouette is at least 0.35.

Real: `../shared/material/tracking/MOT17-02` has boxes and visible shares but no pictures, so that the embedded detector
cannot look at them. Two things are read from it: how the recall of *its* public detections (1920x1080, score >= 0.5)
depends on height and visible share, heights scaled to 1280x720; and how much of its people is hidden at each height.
Weighted with the latter, the rendered recall is one of people hidden as much as real ones are, to be held against what
real MOT17-04 pictures gave the embedded detector at 1280x720: 0.62 at 120-170 px, 0.14 at 80-120 px.

`--contrast` flattens every picture about its own mean before the network sees it, to ask whether contrast is what tells
rendered pictures from those of a square at night.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.domain.media import Image
from sample_videos.studio.gallery import clips_of
from sample_videos.studio.spoil import decoded
from sample_videos.studio.truth import TRUTH_FILE, PersonSight, Truth, read_truth
from vision.detectors import load_detector
from vision.detectors.protocol import Detector
from vision.detectors.suppression import Boxes, iou

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_videos"
REAL = ROOT.parent / "shared" / "material" / "tracking" / "MOT17-02"
Band = tuple[float, float]
Bin = tuple[Band, Band]
HEIGHTS: tuple[Band, ...] = ((60, 80), (80, 120), (120, 170), (170, 260), (260, 720))
SHARES: tuple[Band, ...] = ((0.25, 0.6), (0.6, 0.9), (0.9, 1.01))
"""MOTChallenge itself asks for nobody who shows less than a quarter."""
MOT17_04 = {(80, 120): 0.14, (120, 170): 0.62}
FOUND_IOU, SCORE = 0.35, 0.5
VISIBLE = 0.6
"""The MOT17-04 figures count who shows so much or more."""
CROP = (640, 460)
REAL_SCALE = 1280 / 1920
PEDESTRIAN = 1


@dataclass(frozen=True)
class Case:
    """One person in one picture: height of the whole body in pixels of 1280x720, share that shows, found or not."""

    height_px: float
    visible_share: float
    found: bool


def binned(cases: Iterable[Case]) -> dict[Bin, list[bool]]:
    """Found or not, by height and visible share; who is in no bin is left out."""
    found: dict[Bin, list[bool]] = defaultdict(list)
    for case in cases:
        for low, top in HEIGHTS:
            for least, most in SHARES:
                if low <= case.height_px < top and least <= case.visible_share < most:
                    found[(low, top), (least, most)].append(case.found)
    return found


def reweighted(rendered: Mapping[Bin, list[bool]], real: Mapping[Bin, list[bool]], height: Band) -> float | None:
    """Rendered recall at a height, over the MOT17-04 figures' shares, as if as many were hidden as among real ones.

    None: a share that real people show is not among the rendered ones.
    """
    shares = [share for share in SHARES if share[0] >= VISIBLE and real.get((height, share))]
    if not shares or any(not rendered.get((height, share)) for share in shares):
        return None
    weights = [len(real[height, share]) for share in shares]
    return float(np.average([np.mean(rendered[height, share]) for share in shares], weights=weights))


# ---- rendered


@dataclass(frozen=True)
class Look:
    """How pictures are taken: one in so many seconds, their contrast times so much."""

    every_s: float = 1.0
    contrast: float = 1.0

    def flattened(self, picture: Image) -> Image:
        """The picture with every pixel nearer to the mean of all."""
        mean = float(picture.mean())
        return np.clip((picture.astype(np.float32) - mean) * self.contrast + mean, 0, 255).astype(np.uint8)


def pictures(clip: Path, truth: Truth, taken: Look) -> Iterator[tuple[Image, list[PersonSight]]]:
    """Pictures of every camera with whoever is visible in them."""
    for camera, seen in truth.cameras.items():
        sick = [(v.t_start_s, v.t_end_s) for v in truth.views if v.camera == camera]
        frames = [f for f in truth.frames if f.camera == camera]
        for t, picture in decoded(clip / seen.file, 1 / taken.every_s, truth.duration_s)[1]:
            frame = [f for f in frames if f.t_s <= t + 1e-6][-1]
            people = [p for p in frame.persons if p.visible_box_px and p.box_px and p.posture == "standing"]
            if people and not any(a <= t < b for a, b in sick):
                yield taken.flattened(np.ascontiguousarray(picture[..., ::-1])), people


def whole(detector: Detector, picture: Image) -> Boxes:
    """Boxes of the frame squeezed to the network's size."""
    (found,) = detector.detect([picture])
    return found.boxes[found.scores >= SCORE]


def cropped(detector: Detector, picture: Image) -> Boxes:
    """Boxes of six overlapping crops."""
    high, wide = picture.shape[:2]
    corners = [(x, y) for y in (0, high - CROP[1]) for x in (0, (wide - CROP[0]) // 2, wide - CROP[0])]
    boxes = []
    for x, y in corners:
        found = whole(detector, picture[y : y + CROP[1], x : x + CROP[0]])
        boxes.append(found + np.array([x, y, x, y], np.float32))
    return np.concatenate(boxes)


def case_of(person: PersonSight, boxes: Boxes, scale: float) -> Case:
    """scale: from pixels of the picture to those of 1280x720."""
    own = np.array([person.box_px, person.visible_box_px], np.float32)
    high = float(own[0, 3] - own[0, 1]) * scale
    return Case(high, person.visible_share, len(boxes) > 0 and bool((iou(own, boxes) >= FOUND_IOU).any()))


def rendered_cases(clips: Iterable[Path], detector: Detector, taken: Look) -> dict[str, list[Case]]:
    """Cases by how the network looked: `whole` or `crops`."""
    cases: dict[str, list[Case]] = {"whole": [], "crops": []}
    for clip in clips:
        for picture, people in pictures(clip, read_truth(clip / TRUTH_FILE), taken):
            scale = 1280 / picture.shape[1]
            for how, look in (("whole", whole), ("crops", cropped)):
                boxes = look(detector, picture)
                cases[how] += [case_of(person, boxes, scale) for person in people]
    return cases


# ---- real


def real_cases(folder: Path) -> Iterator[Case]:
    """Pedestrians of a MOTChallenge folder, found by its public detections or not, five frames a second."""
    true, told = _rows(folder / "gt" / "gt.txt"), _rows(folder / "det" / "det.txt")
    told = told[told[:, 6] >= SCORE]
    asked = (true[:, 6] == 1) & (true[:, 7] == PEDESTRIAN)
    for frame in np.unique(true[:, 0])[::6]:
        boxes = _corners(told[told[:, 0] == frame])
        people = true[asked & (true[:, 0] == frame)]
        for row, box in zip(people, _corners(people), strict=True):
            found = len(boxes) > 0 and bool((iou(box[None], boxes) >= FOUND_IOU).any())
            yield Case(float(row[5]) * REAL_SCALE, float(row[8]), found)


def _rows(file: Path) -> NDArray[np.float64]:
    return np.loadtxt(file, delimiter=",", ndmin=2)


def _corners(rows: NDArray[np.float64]) -> Boxes:
    return np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], 1).astype(np.float32)


# ---- the table


def table(columns: Mapping[str, Mapping[Bin, list[bool]]]) -> Iterator[str]:
    """A line a bin, a column each: recall and number of cases."""
    yield f"{'height px':>10} {'visible':>9}" + "".join(f"{name:>24}" for name in columns)
    for height in HEIGHTS:
        for share in SHARES:
            cells = []
            for found in columns.values():
                cases = found.get((height, share), [])
                cells.append(f"{np.mean(cases):.2f} of {len(cases)}" if cases else "-")
            label = f"{height[0]:g}-{height[1]:g}", f"{share[0]:g}-{min(share[1], 1):g}"
            yield f"{label[0]:>10} {label[1]:>9}" + "".join(f"{cell:>24}" for cell in cells)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--contrast", type=float, default=1.0)
    asked.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    asked.add_argument("clips", nargs="*", metavar="CLIP")
    told = asked.parse_args()
    clips = [Path(name) if Path(name).is_dir() else SAMPLES / name for name in told.clips] or clips_of(SAMPLES)
    cases = rendered_cases(clips, load_detector(), Look(told.every, told.contrast))
    rendered = {how: binned(found) for how, found in cases.items()}
    columns = {"rendered, whole frame": rendered["whole"], "rendered, crops": rendered["crops"]}
    if not REAL.is_dir():
        print("\n".join(table(columns)))
        print(f"{REAL} is not here: nothing real to hold it against")
        return
    real = binned(real_cases(REAL))
    print("\n".join(table({**columns, "MOT17-02, its detector": real})))
    for height in HEIGHTS:
        mixed = reweighted(rendered["whole"], real, height)
        against = f"real MOT17-04 {MOT17_04[height]:.2f}" if height in MOT17_04 else "no real figure"
        shown = "no rendered people hidden as real ones are" if mixed is None else f"{mixed:.2f}"
        print(f"{height[0]:g}-{height[1]:g} px, whole frame, hidden as in MOT17-02: {shown} ({against})")


if __name__ == "__main__":
    main()
