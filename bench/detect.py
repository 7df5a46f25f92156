"""Who is found, at what price: recall a person, boxes too many, looks and ms a frame, on the samples at 5 fps.

python -m bench.detect [BUDGET] [CLIP ...]
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from models.domain.media import Detections, Frame, Image, Run
from vision.detectors import load_detector
from vision.detectors.finder import CropFinder
from vision.detectors.protocol import Detector
from vision.detectors.suppression import Boxes, areas, iou, shared

SAMPLES = Path(__file__).parents[1] / "sample_videos"
SCORES = (0.1, 0.3, 0.5)
FOUND_IOU = 0.4
LEAST_VISIBLE = 0.25
STEP_S = 0.2


class Counted:
    """A detector that counts its inferences."""

    def __init__(self, detector: Detector) -> None:
        self.detector, self.looks = detector, 0

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        self.looks += len(images)
        return self.detector.detect(images)


def frames(clip: str) -> Iterator[Frame]:
    """The first frame at or after each step."""
    run, due = Run(clip, 1, 0), 0.0
    with av.open(str(SAMPLES / clip / "recording.mp4")) as container:
        for decoded in container.decode(video=0):
            t_s = float(decoded.pts * decoded.time_base)
            if t_s >= due - 1e-6:
                due = (int((t_s + 1e-6) / STEP_S) + 1) * STEP_S
                yield Frame(decoded.to_ndarray(format="bgr24"), run, round(t_s * 1e6))


def followed(tracks: Boxes, found: Detections) -> Boxes:
    """The simplest of followers, so that the bench needs no tracker: strong boxes, and where a box was before."""
    boxes = found.boxes[found.scores >= 0.4]
    lost = tracks[iou(tracks, found.boxes).max(1, initial=0) < 0.3]
    return np.concatenate([boxes, lost[-3:]]).astype(np.float32)


def told(clip: str) -> dict[int, list[dict[str, Any]]]:
    """Tenths of a second -> persons, also those outside the door."""
    truth = json.loads((SAMPLES / clip / "truth.json").read_text(encoding="utf-8"))
    return {round(10 * one["t_s"]): [p for p in one["persons"] if p["visible_box_px"]] for one in truth["frames"]}


def judge(people: list[dict[str, Any]], found: Detections, hits: dict[str, list[bool]]) -> tuple[int, int]:
    """Adds who was found; returns boxes that lie on a person already found, and boxes on nobody."""
    visible = np.array([p["visible_box_px"] for p in people], np.float32).reshape(-1, 4)
    overlap = iou(visible, found.boxes)
    used: set[int] = set()
    for row, person in zip(overlap, people, strict=True):
        best = int(row.argmax()) if row.size else -1
        hit = best >= 0 and row[best] >= FOUND_IOU and best not in used
        if hit:
            used.add(best)
        if person["inside"] and person["visible_share"] >= LEAST_VISIBLE:
            hits[person["id"]].append(bool(hit))
    rest: NDArray[np.intp] = np.array([n for n in range(len(found)) if n not in used], np.intp)
    on_person = (shared(found.boxes[rest], visible) > FOUND_IOU * areas(found.boxes[rest])[:, None]).any(1)
    return int(on_person.sum()), int((~on_person).sum())


def measure(clip: str, budget: int, detector: Detector) -> None:
    """One clip, printed."""
    counted = Counted(detector)
    finder, truth = CropFinder(counted, budget=budget), told(clip)
    tracks, rows, spent_s = np.zeros((0, 4), np.float32), [], 0.0
    for frame in frames(clip):
        began = time.perf_counter()
        found = finder.find(frame, tracks)
        spent_s += time.perf_counter() - began
        tracks = followed(tracks, found)
        rows.append((truth.get(round(frame.t_us / 1e5), []), found))
    print(f"{clip}: budget {budget}, {counted.looks / len(rows):.2f} looks, {1e3 * spent_s / len(rows):.0f} ms a frame")
    for score in SCORES:
        hits: dict[str, list[bool]] = defaultdict(list)
        extra = [judge(people, found[found.scores >= score], hits) for people, found in rows]
        recalls = ", ".join(f"{person} {np.mean(hit):.3f}" for person, hit in sorted(hits.items()))
        twice, nobody = (sum(column) / len(rows) for column in zip(*extra, strict=True))
        print(f"  score >= {score}: recall {recalls}; a frame {twice:.2f} boxes twice, {nobody:.2f} on nobody")


def main() -> None:
    budget = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    detector = load_detector()
    for clip in sys.argv[2:] or ("e_consult_s45", "c_waiting_s32"):
        measure(clip, budget, detector)


if __name__ == "__main__":
    main()
