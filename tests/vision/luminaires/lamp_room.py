"""A room in linear light: two lamp groups, daylight, automatic exposure, noise. Made fresh for each frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.domain.media import US, Frame, Run
from models.domain.messages import Scene
from models.domain.presence import Person, Place, Role
from models.domain.site import Camera, Name, Source, SourceKind
from models.domain.truth import Truth

SIZE = (320, 180)
START_US = 1_780_280_400_000_000
RUN = Run("cam", 1, START_US)
CAMERA = Camera("cam", Name("厅", "hall"), Source(SourceKind.FILE, "x.mp4"), SIZE)
LAMPS = {"front": ((40, 12, 30, 8), (120, 12, 30, 8)), "back": ((200, 14, 26, 8), (260, 14, 26, 8))}


def _surfaces() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(3)
    base = np.full((SIZE[1], SIZE[0], 3), 0.35, np.float32)
    base[:40] = 0.7
    for _ in range(70):
        x, y = rng.integers(0, SIZE[0] - 40), rng.integers(45, SIZE[1] - 30)
        cv2.rectangle(base, (int(x), int(y)), (int(x) + 30, int(y) + 22), rng.uniform(0.1, 0.8, 3).tolist(), -1)
    columns, rows = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    falls = {}
    for name, boxes in LAMPS.items():
        near = np.zeros((SIZE[1], SIZE[0]))
        for x, y, w, h in boxes:
            near += 900 / (900 + (columns - x - w / 2) ** 2 + (rows - y - h / 2) ** 2)
        near[:40] *= 0.15  # panels face down: the ceiling gets what comes back from the floor
        falls[name] = near[..., None].astype(np.float32)
    return base, falls


BASE, FALLS = _surfaces()
CURVE = (255 * np.linspace(0, 1, 4096) ** (1 / 2.2)).astype(np.float32)
NOISE = np.random.default_rng(1).normal(0, 1.5, (7, SIZE[1], SIZE[0], 3)).astype(np.float32)


@dataclass(frozen=True)
class Light:
    """daylight: linear, 0 dark night, 1 noon; target: what automatic exposure brings the mean to (None: locked)."""

    on: frozenset[str] = frozenset()
    daylight: float = 0.3
    target: float | None = 0.3
    person: tuple[int, int, int, int] | None = None


def picture(light: Light, seed: int = 0) -> np.ndarray:
    """(180, 320, 3) uint8 BGR, gamma 2.2, noise of 1.5 levels."""
    lit = BASE * (
        0.03 + light.daylight * np.array([1.05, 1.0, 0.95], np.float32) + sum(FALLS[name] for name in light.on)
    )
    for name, boxes in LAMPS.items():
        for x, y, w, h in boxes:
            panel = 6.0 if name in light.on else 0.6 * (0.03 + light.daylight)
            lit[y : y + h, x : x + w] = panel
    if light.person is not None:
        x, y, w, h = light.person
        lit[y : y + h, x : x + w] = 0.05 * (0.1 + light.daylight)
    gain = 1.0 if light.target is None else light.target / float(np.minimum(lit, 2.0).mean())
    levels = CURVE[(np.clip(lit * gain, 0, 1) * 4095).astype(np.int32)] + NOISE[seed % len(NOISE)]
    return np.clip(levels, 0, 255).astype(np.uint8)


def film(course: Iterable[tuple[float, Light]], fps: float, drop: float = 0.0, seed: int = 0) -> Iterator[Frame]:
    """Frames of (second, light) points: the latest point's light; daylight goes in a straight line between them."""
    points, rng = list(course), np.random.default_rng(seed)
    for number in range(int(points[-1][0] * fps) + 1):
        t = number / fps
        if number and rng.random() < drop:
            continue
        now = max(i for i, (at, _) in enumerate(points) if at <= t + 1e-9)
        light = points[now][1]
        if now + 1 < len(points):
            share = (t - points[now][0]) / (points[now + 1][0] - points[now][0])
            day = light.daylight + share * (points[now + 1][1].daylight - light.daylight)
            light = replace(light, daylight=day)
        yield Frame(picture(light, number), RUN, round(t * US))


def scene(frame: Frame, *, view: Truth = Truth.HOLDS, box: tuple[float, float, float, float] | None = None) -> Scene:
    persons = ()
    if box is not None:
        place = Place((box[0], box[3]), 50.0)
        us = frame.utc_us
        persons = (Person("cam/1", Role.UNKNOWN, Truth.HOLDS, place, box, us, us, 0.0),)
    return Scene("cam", frame.run.id, frame.utc_us, persons, (), view)
