"""What goes wrong between the room and the file: pushed, covered and infrared cameras, stuck encoders, bad streams.

All of them work on delivered pictures, so the same spoilt variant can be made of cached passes or of a finished clip.
`Spoiler.picture` acts on the developed picture (float RGB, before noise), `Spoiler.output` on the finished 8-bit one,
`Spoiler.stamps` on the times of frames.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.light import Floats
from sample_videos.studio.sensor import Picture
from sample_videos.studio.shot import DisturbancePart
from sample_videos.studio.truth import CameraMove, ViewState, ViewTruth

IR_WEIGHTS = np.array([0.45, 0.33, 0.22], np.float32)
GAMMA = 2.2
VIEW: dict[str, ViewState] = {
    "night": "night", "black": "black", "frozen": "frozen", "blurred": "blurred", "covered": "covered", "lost": "lost",
    "nudged": "nudged",
}  # fmt: skip
"""Which disturbances make a view lie. Exposure swings, flicker, noise and bad streams do not."""


@dataclass(frozen=True)
class Stamp:
    """One frame of the file: its true time, the time the file says."""

    true_s: float
    told_s: float


class Spoiler:
    """The disturbances of one camera, over time."""

    def __init__(self, parts: Sequence[DisturbancePart], camera: StudioCamera, duration_s: float, seed: int) -> None:
        self._parts, self._camera, self._duration_s, self._seed = tuple(parts), camera, duration_s, seed
        self._frozen: Picture | None = None
        self._cover: dict[str, tuple[Floats, Floats]] = {}

    @classmethod
    def of(
        cls, parts: Sequence[DisturbancePart], name: str, camera: StudioCamera, duration_s: float, seed: int
    ) -> Spoiler:
        """Those of a shot that meet the camera `name`."""
        return cls([p for p in parts if p.camera in (None, name)], camera, duration_s, seed)

    def _now(self, t_s: float, *kinds: str) -> list[DisturbancePart]:
        return [p for p in self._parts if p.kind in kinds and p.from_s <= t_s + 1e-9 < self._until(p)]

    def _until(self, part: DisturbancePart) -> float:
        return self._duration_s + 1 if part.to_s is None else part.to_s

    # ---- pictures

    def picture(self, picture: Floats, t_s: float) -> Floats:
        """The developed picture as this camera really delivers it at t_s."""
        for part in self._now(t_s, "nudged"):
            picture = _turned(picture, self._camera, _turn_of(part, self._camera))
        for part in self._now(t_s, "exposure_swing"):
            swing = math.sin(2 * math.pi * (t_s - part.from_s) / part.period_s)
            picture = _relit(picture, part.strength**swing if part.strength > 0 else 1.0)
        for part in self._now(t_s, "flicker"):
            rows = np.arange(picture.shape[0], dtype=np.float32)[:, None, None]
            wave = np.sin(2 * math.pi * (rows / picture.shape[0] * 2.5 - t_s / part.period_s))
            picture = _relit(picture, 1 + np.float32(min(part.strength, 0.9)) * wave)
        for part in self._now(t_s, "covered"):
            picture = self._covered(picture, part)
        for part in self._now(t_s, "blurred"):
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), part.sigma_px), np.float32)
        for _ in self._now(t_s, "night"):
            picture = _infrared(picture)
        for _ in self._now(t_s, "black"):
            picture = np.full_like(picture, 3.0)
        return picture

    def output(self, picture: Picture, t_s: float) -> Picture:
        """The finished picture as it leaves the encoder's input: frozen, or of a smaller size blown up."""
        for part in self._now(t_s, "resolution"):
            high, wide = picture.shape[:2]
            small = cv2.resize(picture, None, fx=part.scale, fy=part.scale, interpolation=cv2.INTER_AREA)
            picture = np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR), np.uint8)
        if not self._now(t_s, "frozen"):
            self._frozen = picture
        return picture if self._frozen is None else self._frozen

    def _covered(self, picture: Floats, part: DisturbancePart) -> Floats:
        key = f"{part.by}-{part.share}"
        if key not in self._cover:
            self._cover[key] = _cover(picture.shape[0], picture.shape[1], part, self._seed)
        alpha, skin = self._cover[key]
        return np.asarray(picture + (skin - picture) * alpha, np.float32)

    # ---- time

    def stamps(self, times_s: Sequence[float], fps: float) -> list[Stamp]:
        """Frames that are delivered, in the order of the file."""
        rng = np.random.default_rng(self._seed + 991)
        found = []
        for t in times_s:
            if self._now(t, "lost") or any(rng.random() < p.share for p in self._now(t, "dropped")):
                continue
            told = t
            for part in self._now(t, "jitter"):
                told += float(rng.uniform(0, min(abs(part.shift_s) or 0.3 / fps, 0.9 / fps)))
            told += sum(part.shift_s for part in self._now(t, "stamps"))
            found.append(Stamp(t, max(0.0, told)))
        return found

    # ---- truth

    def views(self, camera: str) -> tuple[ViewTruth, ...]:
        """Spells in which the picture lies."""
        parts = [p for p in self._parts if p.kind in VIEW]
        spells = (
            ViewTruth(
                camera=camera,
                state=VIEW[p.kind],
                t_start_s=p.from_s,
                t_end_s=round(min(self._until(p), self._duration_s), 4),
            )
            for p in parts
        )
        return tuple(sorted(spells, key=lambda v: v.t_start_s))

    def moves(self) -> tuple[CameraMove, ...]:
        """Where the camera looks, change by change."""
        found = []
        for part in sorted((p for p in self._parts if p.kind == "nudged"), key=lambda p: p.from_s):
            turned = _turn_of(part, self._camera) @ self._camera.rotation
            rows = tuple(tuple(round(float(v), 9) for v in row) for row in turned)
            dx, dy = part.px
            found.append(CameraMove(t_s=part.from_s, dx_px=dx, dy_px=dy, roll_deg=part.roll_deg, rotation=rows))  # type: ignore[arg-type]
            if part.to_s is not None and part.to_s < self._duration_s:
                found.append(CameraMove(t_s=part.to_s, dx_px=0.0, dy_px=0.0))
        return tuple(found)


def _turn_of(part: DisturbancePart, camera: StudioCamera) -> NDArray[np.float64]:
    """Rotation in the camera's frame that brings the middle of the picture to (dx, dy) px from it, and rolls."""
    dx, dy = part.px
    across, down = math.atan2(dx, camera.focal_px), -math.atan2(dy, camera.focal_px)
    found = np.eye(3)
    for axis, angle in ((1, across), (0, down), (2, math.radians(part.roll_deg))):
        vector = np.zeros(3)
        vector[axis] = angle
        found = cv2.Rodrigues(vector)[0] @ found
    return np.asarray(found)


def _turned(picture: Floats, camera: StudioCamera, turn: NDArray[np.float64]) -> Floats:
    """The delivered picture of a camera that was turned about its own place by `turn` (old camera frame to new)."""
    rays = np.concatenate([camera.rays, np.ones((camera.height, camera.width, 1))], 2) @ turn
    flat = rays[..., :2] / rays[..., 2:]
    source = camera.bent(flat) - 0.5
    maps = source.astype(np.float32)
    return np.asarray(
        cv2.remap(picture, maps[..., 0], maps[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.float32
    )


def _relit(picture: Floats, gain: float | NDArray[np.floating]) -> Floats:
    """With its light multiplied."""
    linear = (np.clip(picture, 0, 255) / 255) ** GAMMA * gain
    return np.asarray(np.clip(linear, 0, 1) ** (1 / GAMMA) * 255, np.float32)


def _infrared(picture: Floats) -> Floats:
    """Night mode: no colour, lit from the camera, cloth brighter than to the eye, far things dark."""
    grey = picture @ IR_WEIGHTS
    high, wide = grey.shape
    ys, xs = np.mgrid[0:high, 0:wide]
    r2 = ((xs - wide / 2) / (0.62 * wide)) ** 2 + ((ys - 0.62 * high) / (0.62 * high)) ** 2
    lit = (0.25 + 1.1 * np.exp(-1.6 * r2)) * np.clip(60 + 0.62 * grey, 0, 255)
    return np.asarray(np.repeat(np.clip(lit, 0, 255)[..., None], 3, 2), np.float32)


def _cover(high: int, wide: int, part: DisturbancePart, seed: int) -> tuple[Floats, Floats]:
    """alpha and colour of what is held before the lens: unsharp, because it is far too near."""
    rng = np.random.default_rng(seed + 17)
    ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
    if part.by == "hand":
        radius = math.sqrt(part.share * 1.45)
        r = np.hypot((xs / wide - 0.47) / (0.72 * radius), (ys / high - 0.55) / (0.80 * radius))
        alpha = np.clip((1.05 - r) * 6, 0, 1)
        base = np.array([96, 58, 44], np.float32) * (0.75 + 0.25 * (ys / high))[..., None]
    else:
        alpha = (ys < part.share * high).astype(np.float32)
        base = np.where((xs // 160 % 2 == 0)[..., None], (168, 30, 34), (186, 60, 40)).astype(np.float32)
    mottle = cv2.resize(rng.normal(0, 6, (9, 16)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), wide / 60)
    return soft[..., None], np.asarray(cv2.GaussianBlur(base + mottle[..., None], (0, 0), wide / 80), np.float32)
