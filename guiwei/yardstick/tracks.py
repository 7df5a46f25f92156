"""Tracking figures by `trackers.eval`, which matches TrackEval: HOTA, IDF1, MOTA, identity switches.

It reads MOTChallenge files, so both a clip and a sequence are written as such. Who need not be found (outside the door,
hardly to be seen) is written as a distractor (class 8): boxes on it are neither right nor wrong, as in the benchmark.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from trackers.eval import evaluate_mot_sequence

from guiwei.yardstick.cast import Box, Cast, Moment, counts
from guiwei.yardstick.clips import Sequence2D
from models.domain.errors import SourceError
from models.domain.media import US, Detections
from vision.tracking import Tracker

PEDESTRIAN, DISTRACTOR = 1, 8
ASSUMED_FPS = 30.0
LEAST_COLUMNS = 7
PACES: tuple[tuple[str, float | None, float], ...] = (
    ("full", None, 0.0),
    ("5fps", 5.0, 0.0),
    ("5fps_drop40", 5.0, 0.4),
)
"""(name, frames a second, share dropped). None: the sequence's own rate."""
DRAWS = 5
"""Which frames are lost moves HOTA by 0.02 either way: dropping is drawn this often, and the mean is told."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Rows (frame from 1, id, box, class) in the order of the frames."""

    rows: tuple[tuple[int, int, Box, int], ...]


@dataclass(frozen=True, slots=True)
class TrackFigures:
    """Of one sequence. n_frames and n_boxes: how much was scored."""

    name: str
    hota: float
    deta: float
    assa: float
    idf1: float
    mota: float
    id_switches: int
    n_frames: int
    n_boxes: int


def clip_figures(name: str, cast: Cast) -> list[TrackFigures]:
    """Presences of each camera against the visible boxes of the persons; the ids are the presences'."""
    found = []
    for camera in sorted({moment.camera for moment in cast.moments}):
        moments = [moment for moment in cast.moments if moment.camera == camera]
        true, told = _laid_out(moments)
        if any(kind == PEDESTRIAN for *_, kind in true.rows) and told.rows:
            found.append(figures_of(f"{name}/{camera}", true, told, len(moments)))
    return found


def _laid_out(moments: Sequence[Moment]) -> tuple[Boxes, Boxes]:
    """What is true and what was told, with numbers for names."""
    numbers: dict[str, int] = {}
    true: list[tuple[int, int, Box, int]] = []
    told: list[tuple[int, int, Box, int]] = []
    for frame, moment in enumerate(moments, 1):
        for sight in moment.sights:
            box = sight.visible_box_px or sight.box_px
            if box is not None:
                number = numbers.setdefault(f"true {sight.id}", len(numbers) + 1)
                true.append((frame, number, box, PEDESTRIAN if counts(sight) else DISTRACTOR))
        for person in moment.persons:
            number = numbers.setdefault(person.id, len(numbers) + 1)
            told.append((frame, number, person.box, PEDESTRIAN))
    return Boxes(tuple(true)), Boxes(tuple(told))


def sequence_figures(sequence: Sequence2D) -> list[TrackFigures]:
    """The product's tracker over the sequence's boxes at its own rate, at 5 a second, and with 40 % of those dropped.

    Raises SourceError for a file that is no MOTChallenge table.
    """
    told = _Table(sequence.name, _fps(sequence), _table(sequence.detections), _truth(sequence.truth))
    return [_at_pace(told, *pace) for pace in PACES]


@dataclass(frozen=True, slots=True)
class _Table:
    """A sequence in memory: frame from 1 -> rows of its file."""

    name: str
    fps: float
    detections: dict[int, list[list[float]]]
    truth: dict[int, list[list[float]]]


def _at_pace(told: _Table, label: str, rate: float | None, drop: float) -> TrackFigures:
    step = round(told.fps / (rate or told.fps))
    frames = [f for f in range(1, max(told.truth) + 1) if (f - 1) % step == 0]
    if not drop:
        return _tracked(told, label, frames)
    kept = round((1 - drop) * len(frames))
    return _mean([_tracked(told, label, sorted(random.Random(draw).sample(frames, kept))) for draw in range(DRAWS)])


def _mean(draws: list[TrackFigures]) -> TrackFigures:
    def mean_of(name: str) -> float:
        return round(float(np.mean([getattr(one, name) for one in draws])), 4)

    return replace(
        draws[0],
        hota=mean_of("hota"),
        deta=mean_of("deta"),
        assa=mean_of("assa"),
        idf1=mean_of("idf1"),
        mota=mean_of("mota"),
        id_switches=round(mean_of("id_switches")),
    )


def _tracked(sequence: _Table, label: str, frames: list[int]) -> TrackFigures:
    name, fps, detections, truth = sequence.name, sequence.fps, sequence.detections, sequence.truth
    everything = np.array([row[:6] for rows in (*truth.values(), *detections.values()) for row in rows])
    size = int((everything[:, 2] + everything[:, 4]).max()), int((everything[:, 3] + everything[:, 5]).max())
    tracker = Tracker(size)
    told, true = list[tuple[int, int, Box, int]](), list[tuple[int, int, Box, int]]()
    for number, frame in enumerate(frames, 1):
        rows = [(*_box(row), row[6], 0.0) for row in detections.get(frame, [])]
        for sighting in tracker.update(Detections.of(rows), round((frame - 1) / fps * US)):
            told.append((number, sighting.track + 1, sighting.box, PEDESTRIAN))
        # A pedestrian marked 0 is not to be considered at all; other classes matter as distractors only.
        asked = [row for row in truth.get(frame, []) if row[6] or row[7] != PEDESTRIAN]
        true += [(number, int(row[1]), _box(row), int(row[7])) for row in asked]
    return figures_of(f"{name}/{label}", Boxes(tuple(true)), Boxes(tuple(told)), len(frames))


def figures_of(name: str, true: Boxes, told: Boxes, n_frames: int) -> TrackFigures:
    """HOTA over all its thresholds, the others at IoU 0.5."""
    with tempfile.TemporaryDirectory(prefix="guiwei-") as folder:
        truth_file, told_file = Path(folder) / "gt.txt", Path(folder) / "told.txt"
        _write(truth_file, true)
        _write(told_file, told)
        result = evaluate_mot_sequence(truth_file, told_file, ["CLEAR", "HOTA", "Identity"])
    return TrackFigures(
        name,
        hota=round(float(result.HOTA.HOTA), 4),
        deta=round(float(result.HOTA.DetA), 4),
        assa=round(float(result.HOTA.AssA), 4),
        idf1=round(float(result.Identity.IDF1), 4),
        mota=round(float(result.CLEAR.MOTA), 4),
        id_switches=int(result.CLEAR.IDSW),
        n_frames=n_frames,
        n_boxes=sum(kind == PEDESTRIAN for *_, kind in true.rows),
    )


def _write(file: Path, boxes: Boxes) -> None:
    lines = [
        f"{frame},{one},{x0:.3f},{y0:.3f},{x1 - x0:.3f},{y1 - y0:.3f},1,{kind},1\n"
        for frame, one, (x0, y0, x1, y1), kind in boxes.rows
    ]
    file.write_text("".join(lines), encoding="utf-8")


def _box(row: Sequence[float]) -> Box:
    return row[2], row[3], row[2] + row[4], row[3] + row[5]


def _truth(path: Path) -> dict[int, list[list[float]]]:
    """Nine columns: MOT16 and later, the 8th is the class. Ten: the 2015 form, where it is a world coordinate."""
    table = _table(path)
    for rows in table.values():
        for row in rows:
            if len(row) != 9:
                row[7:] = [float(PEDESTRIAN)]
    return table


def _table(path: Path) -> dict[int, list[list[float]]]:
    rows: dict[int, list[list[float]]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, cells in enumerate(csv.reader(file), 1):
                row = [float(cell) for cell in cells]
                if len(row) < LEAST_COLUMNS:
                    raise _refused(path, f"line {number}: {len(row)} columns")
                rows[int(row[0])].append(row)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise _refused(path, str(error)) from error
    if not rows:
        raise _refused(path, "an empty file")
    return dict(rows)


def _refused(path: Path, got: str) -> SourceError:
    return SourceError(
        "This is no MOTChallenge table.",
        where=str(path),
        got=got,
        expected="frame, id, left, top, width, height, score, ... in each line, separated by commas",
        next_step="Give the gt.txt and det.txt of the benchmark as they are.",
    )


def _fps(sequence: Sequence2D) -> float:
    """What was said of it; else frameRate of seqinfo.ini, and ASSUMED_FPS where the folder has none."""
    if sequence.fps is not None:
        return sequence.fps
    file = sequence.folder / "seqinfo.ini"
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            if key.strip().lower() == "framerate":
                return float(value)
    return ASSUMED_FPS


def mean(figures: Iterable[TrackFigures]) -> dict[str, float]:
    """Weighted by the boxes scored."""
    each = list(figures)
    weights = np.array([one.n_boxes for one in each], np.float64)
    names = ("hota", "deta", "assa", "idf1", "mota")
    if not weights.sum():
        return {}
    return {name: float(np.average([getattr(one, name) for one in each], weights=weights)) for name in names} | {
        "id_switches": float(sum(one.id_switches for one in each))
    }
