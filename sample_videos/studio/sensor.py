"""A surveillance camera's picture chain: metering, exposure, tone curve, sharpening, noise, text overlay."""

from __future__ import annotations

from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.light import Floats, luminance, srgb
from sample_videos.studio.shot import SensorPart

Picture = NDArray[np.uint8]
LUT_RANGE = 8.0


def metered(linear: Floats, brightest: float) -> float:
    """The gain at which the middle of the picture is right; the brightest 7 % (lamps, windows) do not count."""
    small = cv2.resize(luminance(linear), (64, 36), interpolation=cv2.INTER_AREA)
    capped = np.minimum(small, np.percentile(small, 93))
    return min(brightest, 0.20 / max(1e-5, float(capped.mean())))


def _tone_curve() -> Floats:
    """4096 entries over 0..LUT_RANGE: soft shoulder, sRGB, a little contrast; 0..255."""
    x = np.linspace(0, LUT_RANGE, 4096)
    y = np.clip(x * (1 + x / 9.0) / (1 + x) * 1.35, 0, 1)
    y = srgb(y)
    y = y + 0.10 * (y - 0.5) * (1 - np.abs(2 * y - 1)) * 2 - 0.02
    return np.asarray(np.clip(y, 0, 1) * 255, np.float32)


class Sensor:
    """One camera's chain; its exposure has a memory. All randomness comes from the seed."""

    def __init__(self, part: SensorPart, size: tuple[int, int], seed: int, name: str) -> None:
        self._part, self._rng, self.exposure, self._name = part, np.random.default_rng(seed), 0.0, name
        self._size, self._curve = size, _tone_curve()
        width, height = size
        self._grain = [self._grain_sheet(width, height) for _ in range(5)]
        ys, xs = np.mgrid[0:height, 0:width]
        r2 = ((xs - width / 2) ** 2 + (ys - height / 2) ** 2) / (width**2 / 4 + height**2 / 4)
        self._vignette = (1 - 0.22 * r2).astype(np.float32)[..., None]

    def _grain_sheet(self, width: int, height: int) -> Floats:
        """Luma noise and coarser chroma noise, as denoised CCTV shows it."""
        fine = self._rng.normal(0, 1, (height, width, 3)).astype(np.float32)
        coarse = self._rng.normal(0, 1, (height // 2, width // 2, 3)).astype(np.float32)
        coarse = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 0.7), (width, height)) * 1.6
        chroma = np.array([0.6, 0.5, 0.7], np.float32)
        return np.asarray(0.75 * fine.mean(2, keepdims=True) + 0.30 * fine + 0.55 * coarse * chroma, np.float32)

    def expose(self, linear: Floats, dt_s: float) -> float:
        """Gain in force after dt_s more of this picture; the first picture is exposed at once."""
        want = metered(linear + self._veil(linear), self._part.brightest)
        if self.exposure == 0.0:
            self.exposure = want
        self.exposure *= (want / self.exposure) ** min(1.0, dt_s / self._part.settles_s)
        return self.exposure

    def _veil(self, linear: Floats) -> Floats:
        """(3,) what stray light between the lens's surfaces adds to every pixel."""
        return np.asarray(self._part.veil * linear.mean((0, 1)), np.float32)

    def developed(self, linear: Floats, gain: float) -> Floats:
        """(h, w, 3) 0..255, before noise."""
        x = np.clip((linear + self._veil(linear)) * self._vignette * np.float32(gain / LUT_RANGE), 0, 1)
        y = np.take(self._curve, (x * 4095).astype(np.int32))
        return np.asarray(y + self._part.sharp * (y - cv2.GaussianBlur(y, (0, 0), 1.1)), np.float32)

    def grained(self, picture: Floats, gain: float) -> Picture:
        """With the noise of this gain, as 8 bit."""
        sheet = self._grain[self._rng.integers(len(self._grain))]
        sheet = np.roll(
            sheet, (int(self._rng.integers(sheet.shape[0])), int(self._rng.integers(sheet.shape[1]))), (0, 1)
        )
        if self._rng.random() < 0.5:
            sheet = sheet[:, ::-1]
        strength = np.float32(self._part.noise * (1.1 + 1.1 * np.sqrt(max(0.3, gain))))
        level = np.float32(1.15) - np.float32(0.5 / 255) * picture
        return np.asarray(np.clip(picture + sheet * level * strength, 0, 255), np.uint8)

    def labelled(self, picture: Picture, shown: datetime) -> Picture:
        """With time and camera name, as recorders write them. RGB."""
        if not self._part.overlay:
            return picture
        found, size = np.ascontiguousarray(picture), self._size[0] / 1280
        spots = (
            (shown.strftime("%Y-%m-%d %H:%M:%S"), (int(24 * size), int(40 * size))),
            (self._name, (int(24 * size), self._size[1] - int(24 * size))),
        )
        for text, at in spots:
            for colour, thick in (((0, 0, 0), 4), ((255, 255, 255), 2)):
                cv2.putText(found, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.8 * size, colour, thick, cv2.LINE_AA)
        return found
