"""Sites for presence tests: a bare camera, and a 12 x 8 m hall seen by the samples' camera."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from models.domain.geometry import FloorPoint, Lens
from models.domain.media import Detections, Frame, Run
from models.domain.site import (
    Camera,
    EntranceLine,
    Name,
    Post,
    Region,
    Site,
    Source,
    SourceKind,
    UniformColour,
    Zone,
    ZoneKind,
)

START_US = 1_770_000_000_000_000
NAME = Name("大厅", "hall")
ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "sample_videos"
TAPES = Path(__file__).parent / "tapes"
HALL_M = ((0.0, 0.0), (12.0, 0.0), (12.0, 8.0), (0.0, 8.0))


def bare_site(size_px: tuple[int, int] = (768, 432)) -> Site:
    """One camera, one zone over the whole picture, nothing taught."""
    width, height = size_px
    camera = Camera("cam1", NAME, Source(SourceKind.FILE, "clip.mp4"), size_px)
    picture = ((0, 0), (width, 0), (width, height), (0, height))
    hall = Zone("hall", NAME, ZoneKind.HALL, (Region(picture, "cam1"),))
    return Site("bare", NAME, "Asia/Shanghai", Path(), "v", {"cam1": camera}, {"hall": hall})


def truth(sample: str) -> dict:
    return json.loads((SAMPLES / sample / "truth.json").read_text(encoding="utf-8"))


def hall_site(sample: str = "c_waiting_s32", *, uniforms: bool = True, counter: bool = True) -> Site:
    """The samples' hall, calibrated from the truth beside the recording: poster, door, desk post, navy jackets."""
    camera = hall_camera(sample)
    hall = Zone("hall", NAME, ZoneKind.HALL, (Region(HALL_M),))
    behind_desk = Region(((10.75, 1.5), (12.0, 1.5), (12.0, 4.6), (10.75, 4.6)))
    desk = Post("desk", NAME, "reception", "hall", (behind_desk,), behind_counter=True)
    navy = UniformColour("navy-jacket", (11.5, 4.0, -8.0), tolerance=18.0)
    return Site(
        "hall",
        NAME,
        "Asia/Shanghai",
        Path(),
        "v",
        {"hall": camera},
        {"hall": hall},
        (EntranceLine("door", "hall", (4.9, 8.0), (6.9, 8.0), (5.9, 7.0)),),
        {"desk": desk} if counter else {},
        (navy,) if uniforms else (),
    )


def hall_camera(sample: str) -> Camera:
    seen = truth(sample)["cameras"]["hall"]
    told = seen["lens"]
    lens = Lens(told["fx"], told["fy"], told["cx"], told["cy"], tuple(told["distortion"]))
    spots = ((1.5, 1.5), (6, 1), (10, 1.2), (10, 7), (6, 7.5), (2, 7), (5, 4))
    pixels = floor_pixels(sample, spots)
    points = tuple(FloorPoint((float(p[0]), float(p[1])), s) for p, s in zip(pixels, spots, strict=True))
    poster = ((219, 121), (312, 121), (336, 250), (246, 250))
    return Camera(
        "hall",
        NAME,
        Source(SourceKind.FILE, "recording.mp4"),
        (1280, 720),
        lens=lens,
        floor_points=points,
        static_person_masks=(poster,),
    )


def floor_pixels(sample: str, spots: Iterable[tuple[float, float]], height_m: float = 0.0) -> np.ndarray:
    """(n, 2) pixels of points `height_m` above the floor, by the renderer's own pose."""
    seen = truth(sample)["cameras"]["hall"]
    turn, _ = cv2.Rodrigues(np.array(seen["rotation"]))
    points = np.array([(x, y, height_m) for x, y in spots], np.float64)
    told = seen["lens"]
    matrix = np.array([[told["fx"], 0, told["cx"]], [0, told["fy"], told["cy"]], [0, 0, 1]])
    shift, distortion = np.array(seen["translation_m"]), np.array(told["distortion"])
    pixels, _ = cv2.projectPoints(points, turn, shift, matrix, distortion)
    return pixels.reshape(-1, 2)


class TapedFinder:
    """Boxes found earlier in the same recording: rows of t_us and boxes; the nearest row in time answers."""

    def __init__(self, tape: Path) -> None:
        self._rows = [json.loads(line) for line in tape.read_text(encoding="utf-8").splitlines()]

    def find(self, frame: Frame, tracks: np.ndarray) -> Detections:
        row = min(self._rows, key=lambda r: abs(r["t_us"] - frame.t_us))
        assert abs(row["t_us"] - frame.t_us) <= 60_000, "the tape has no boxes for this frame"
        return Detections.of(row["boxes"])


class ScriptedFinder:
    """Boxes by time: a list of (from_s, until_s, rows) in which every matching entry contributes its rows."""

    def __init__(self, script: list[tuple[float, float, list[list[float]]]]) -> None:
        self._script = script

    def find(self, frame: Frame, tracks: np.ndarray) -> Detections:
        t = frame.t_us / 1e6
        return Detections.of([row for begin, end, rows in self._script if begin <= t < end for row in rows])


def recorded(path: Path, camera: str, fps: float = 5.0, drop: float = 0.0, seed: int = 0) -> Iterator[Frame]:
    """Frames of a recording at about fps, a share of them dropped at random."""
    chance, run = random.Random(seed), Run(camera, 1, START_US)
    due, first = 0.0, None
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            first = picture.time if first is None else first
            t = picture.time - first
            if t + 1e-6 < due:
                continue
            while due <= t + 1e-6:
                due += 1 / fps
            if chance.random() >= drop:
                yield Frame(picture.to_ndarray(format="bgr24"), run, round(t * 1e6))


def seconds(utc_us: int) -> float:
    return (utc_us - START_US) / 1e6
