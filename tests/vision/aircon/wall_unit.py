"""A wall unit drawn in linear light with daylight, exposure, noise and a passer-by, sent through real H.264.

Drawn by OpenCV, seen by a camera that exposes for the whole picture; the ribbon flutters at a rate of its own, which no
frame rate divides.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np

from models.domain.energy import AirConditioner, DisplayNumber
from models.domain.media import US, Frame, Run
from models.domain.site import Camera, Name, Source, SourceKind
from vision.aircon.teaching import Course, Lesson, Pictures

SIZE = (480, 270)
RUN = Run("cam", 1, 1_780_280_400_000_000)
CAMERA = Camera("cam", Name("厅", "hall"), Source(SourceKind.FILE, "x.mp4"), SIZE)
PANEL = (214, 66, 262, 92)
FLUTTER_HZ = 1.37
LIT = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abfgcd",
}  # fmt: skip
CURVE = (255 * np.linspace(0, 1, 4096) ** (1 / 2.2)).astype(np.float32)
NOISE = np.random.default_rng(1).normal(0, 1.5, (7, SIZE[1], SIZE[0], 3)).astype(np.float32)


@dataclass(frozen=True)
class Unit:
    """What can be seen of it at a moment; open_deg 0..60. person: a rectangle before everything."""

    number: int | None = None
    led: bool = False
    open_deg: float = 0.0
    blows: bool = False
    daylight: float = 0.5
    person: tuple[int, int, int, int] | None = None


RUNS, STANDS = Unit(24, True, 40.0, True), Unit()
LOCKED = Unit(None, False, 40.0, True)
"""Runs with its display and light switched off."""
Course_ = list[tuple[float, Unit]]


def picture(unit: Unit, t_s: float, seed: int) -> np.ndarray:
    """(270, 480, 3) uint8 BGR."""
    light = 0.05 + unit.daylight
    wall = np.full((SIZE[1], SIZE[0], 3), (0.16, 0.2, 0.26), np.float32) * light
    for k in range(12):
        x, y = (37 * k) % 440, 150 + (53 * k) % 100
        cv2.rectangle(
            wall, (x, y), (x + 30, y + 16), [float(v) * light for v in np.random.default_rng(k).random(3)], -1
        )
    cv2.rectangle(wall, (130, 50), (350, 116), (0.62 * light,) * 3, -1)
    cv2.rectangle(wall, (140, 110), (340, 116), (0.02 * light,) * 3, -1)
    opened = 116 + round(14 * np.sin(np.radians(unit.open_deg)))
    if unit.open_deg:
        cv2.fillPoly(wall, [np.array([[140, 116], [340, 116], [336, opened], [144, opened]])], (0.5 * light,) * 3)
    x0, y0, x1, y1 = PANEL
    cv2.rectangle(wall, (x0, y0), (x1, y1), (0.03 * light,) * 3, -1)
    if unit.number is not None:
        for k, sign in enumerate(f"{unit.number:02d}"):
            _digit(wall, x0 + 6 + 20 * k, y0 + 4, sign)
    cv2.circle(wall, (200, 79), 3, (0.1, 2.5, 0.3) if unit.led else (0.12 * light,) * 3, -1)
    _ribbon(wall, unit, t_s, light)
    if unit.person is not None:
        x, y, w, h = unit.person
        cv2.rectangle(wall, (x, y), (x + w, y + h), (0.05 * light, 0.06 * light, 0.09 * light), -1)
    gain = 0.28 / float(np.minimum(wall, 2.0).mean())
    levels = CURVE[(np.clip(wall * gain, 0, 1) * 4095).astype(np.int32)] + NOISE[seed % len(NOISE)]
    return np.clip(levels, 0, 255).astype(np.uint8)


def _digit(wall: np.ndarray, x: int, y: int, sign: str) -> None:
    w, h, s = 12, 18, 2
    places = {
        "a": (0, 0, w, s), "g": (0, h // 2 - 1, w, h // 2 + 1), "d": (0, h - s, w, h), "f": (0, 0, s, h // 2),
        "b": (w - s, 0, w, h // 2), "e": (0, h // 2, s, h), "c": (w - s, h // 2, w, h),
    }  # fmt: skip
    for name in LIT[sign]:
        a, b, c, d = places[name]
        wall[y + b : y + d, x + a : x + c] = (3.0, 2.6, 2.0)


def _ribbon(wall: np.ndarray, unit: Unit, t_s: float, light: float) -> None:
    s = np.linspace(0, 1, 14)
    if unit.blows:
        phase = 2 * np.pi * FLUTTER_HZ * t_s + 0.8 * np.sin(2 * np.pi * 0.31 * t_s)
        x, y = 290 - 18 * s - 9 * s * np.sin(6 * s - phase), 116 + 46 * s + 4 * s * np.sin(5 * s - phase)
    else:
        x, y = np.full(14, 290.0), 116 + 56 * s
    cv2.polylines(wall, [np.stack([x, y], 1).astype(np.int32)], False, (0.03 * light, 0.04 * light, 0.55 * light), 5)


def film(course: Course_, fps: float, drop: float = 0.0, seed: int = 0) -> Iterator[Frame]:
    """Frames of (second, unit) points as a decoder gives them; `drop` of them lost after decoding."""
    rng = np.random.default_rng(seed)
    times = [n / fps for n in range(int(course[-1][0] * fps))]
    pictures = (picture(next(u for at, u in reversed(course) if at <= t), t, n) for n, t in enumerate(times))
    for t, image in zip(times, _through_h264(pictures, fps), strict=True):
        if not t or rng.random() >= drop:
            yield Frame(image, RUN, round(t * US))


def _through_h264(pictures: Iterator[np.ndarray], fps: float) -> Iterator[np.ndarray]:
    held = io.BytesIO()
    with av.open(held, "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"crf": "27", "preset": "veryfast"}
        for image in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        out.mux(stream.encode())
    held.seek(0)
    with av.open(held) as back:
        for frame in back.decode(video=0):
            yield frame.to_ndarray(format="bgr24")


def taught() -> AirConditioner:
    """The unit as it is learnt from eight seconds of standing and eight of running."""
    course = Course(standing=((0.0, 8.0),), running=((8.0, 16.0),))
    frames = list(film([(0, STANDS), (8, RUNS), (16, RUNS)], 10))
    pictures = Pictures(course)
    for frame in frames:
        pictures.add(frame)
    lesson = Lesson(pictures.parts(SIZE, None), CAMERA, course)
    for frame in frames:
        lesson.add(frame)
    regions, alike = lesson.taught()
    assert not alike
    return AirConditioner("ac", "空调", "AC", "hall", 1500.0, regions, DisplayNumber.SETPOINT)
