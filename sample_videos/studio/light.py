"""Linear light: every state of lamps and daylight is a weighted sum of the passes of one render."""

from __future__ import annotations

import json
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Passes = Mapping[str, Floats]
Gains = dict[str, tuple[float, float, float]]
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709."""
DUSK_SKY = (0.75, 0.85, 1.25)


def srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1: 0..1 of linear light to 0..1 of a picture."""
    return np.asarray(np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))


def gains(lamps: Mapping[str, bool], sky: float, sun: float) -> Gains:
    """Group -> linear RGB gain; a low sky is bluer."""
    low = min(1.0, max(0.0, (0.3 - sky) / 0.3))
    tint = [1 + (c - 1) * low for c in DUSK_SKY]
    found = {name: (float(on),) * 3 for name, on in lamps.items()}
    return {**found, "sky": (sky * tint[0], sky * tint[1], sky * tint[2]), "sun": (sun, sun, sun)}


def key_of(told: Gains) -> str:
    """The same light, the same text."""
    return json.dumps({k: [round(x, 4) for x in v] for k, v in told.items()})


def combined(passes: Passes, told: Gains) -> Floats:
    """(h, w, 3) linear picture under this light."""
    found = sum(
        passes[name] * np.asarray(gain, np.float32) for name, gain in told.items() if name in passes and any(gain)
    )
    if isinstance(found, int):
        return np.zeros_like(next(iter(passes.values())))
    return np.asarray(found, np.float32)


def luminance(picture: Floats) -> Floats:
    return np.asarray(picture @ LUMINANCE, np.float32)


def smoothstep(x: NDArray[np.floating], low: float, high: float) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def blurred(picture: NDArray[np.floating], sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), sigma), np.float32)


def edge_distance(high: int, wide: int) -> Floats:
    """(h, w): pixels to the nearest border."""
    x, y = np.arange(wide), np.arange(high)
    return np.minimum(np.minimum(x, wide - 1 - x)[None], np.minimum(y, high - 1 - y)[:, None]).astype(np.float32)
