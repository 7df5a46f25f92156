"""How real rendered people are to the embedded detector: recall by height in pixels, whole frame and crops.

    python -m bench.studio_people [CLIP ...]

Against what real MOT17-04 gave at 1280x720 in the same way, whole frame squeezed to the network's size, score >= 0.5:
0.62 at 120-170 px, 0.14 at 80-120 px. A rendered person counts when it stands or walks, as the people of MOT17-04
do, and at least 60 % of it is visible; a box counts from an IoU of 0.35 with the visible part on.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models.domain.media import Image
from sample_videos.studio.gallery import clips_of
from sample_videos.studio.spoil import decoded
from sample_videos.studio.truth import TRUTH_FILE, PersonSight, Truth, read_truth
from vision.detectors import load_detector
from vision.detectors.protocol import Detector
from vision.detectors.suppression import Boxes, iou

SAMPLES = Path(__file__).parents[1] / "sample_videos"
HEIGHTS = ((60, 80), (80, 120), (120, 170), (170, 260), (260, 720))
REAL = {(80, 120): 0.14, (120, 170): 0.62}
EVERY_S, VISIBLE, FOUND_IOU, SCORE = 1.0, 0.6, 0.35, 0.5
CROP = (640, 460)


def pictures(clip: Path, truth: Truth) -> Iterator[tuple[Image, list[PersonSight]]]:
    """One picture a second with whoever is visible in it."""
    camera = next(iter(truth.cameras))
    sick = [(v.t_start_s, v.t_end_s) for v in truth.views]
    for t, picture in decoded(clip / truth.cameras[camera].file, 1 / EVERY_S, truth.duration_s)[1]:
        frame = [f for f in truth.frames if f.camera == camera and f.t_s <= t + 1e-6][-1]
        people = [p for p in frame.persons if _counts(p)]
        if people and not any(a <= t < b for a, b in sick):
            yield np.ascontiguousarray(picture[..., ::-1]), people


def _counts(person: PersonSight) -> bool:
    return person.visible_box_px is not None and person.visible_share >= VISIBLE and person.posture == "standing"


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


def main() -> None:
    clips = [Path(name) if Path(name).is_dir() else SAMPLES / name for name in sys.argv[1:]] or clips_of(SAMPLES)
    detector = load_detector()
    hits: dict[tuple[str, tuple[int, int]], list[bool]] = defaultdict(list)
    for clip in clips:
        for picture, people in pictures(clip, read_truth(clip / TRUTH_FILE)):
            for how, boxes in (("whole", whole(detector, picture)), ("crops", cropped(detector, picture))):
                for person in people:
                    assert person.visible_box_px is not None
                    box = np.array([person.visible_box_px], np.float32)
                    high = person.visible_box_px[3] - person.visible_box_px[1]
                    for low, top in HEIGHTS:
                        if low <= high < top:
                            hits[how, (low, top)].append(bool((iou(box, boxes) >= FOUND_IOU).any()))
    for how in ("whole", "crops"):
        for band in HEIGHTS:
            found = hits[how, band]
            real = f", real MOT17-04 {REAL[band]:.2f}" if how == "whole" and band in REAL else ""
            recall = np.mean(found) if found else float("nan")
            print(f"{how} {band[0]}-{band[1]} px: recall {recall:.2f} of {len(found)}{real}")


if __name__ == "__main__":
    main()
