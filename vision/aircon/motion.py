"""Whether something flutters or swings: the spectrum of what moves in a region. Times may be uneven: frames get lost.

A ribbon in the draught of a unit flutters at 0.3 to 3 Hz for as long as the fan runs; somebody who brushes past moves
it once, daylight and exposure are slower. So what counts is movement in each third of the window, not in its mean.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.domain.media import US
from vision.aircon.features import Features

FLUTTER_US = 6 * US
FLUTTER_HZ = (0.3, 3.0)
SWING_US = 30 * US
SWING_HZ = (0.04, 0.5)
"""A swinging louver takes 2 to 25 s there and back; one that is opened or shut stirs one third of the window."""
LEAST_SAMPLES = 4
"""In a third; fewer say nothing about it."""
NOTHING = 1e-3
"""ln is taken of the movement plus this: no movement at all is a number too."""


class Motion:
    """The last seconds of one region's features."""

    def __init__(self, window_us: int = FLUTTER_US, band_hz: tuple[float, float] = FLUTTER_HZ) -> None:
        self._window_us, self._band_hz = window_us, band_hz
        self._seen: deque[tuple[int, Features]] = deque()

    def clear(self) -> None:
        self._seen.clear()

    def add(self, t_us: int, features: Features) -> None:
        """One more frame, later than the one before."""
        self._seen.append((t_us, features))
        while t_us - self._seen[0][0] > self._window_us:
            self._seen.popleft()

    def thirds(self) -> tuple[float, float, float] | None:
        """ln of the movement in each third of the window, oldest first; None until the window is full, and where a
        third of it was hardly seen."""
        if not self._seen or self._seen[-1][0] - self._seen[0][0] < 0.8 * self._window_us:
            return None
        times = np.array([t for t, _ in self._seen], np.float64) / US
        moved = np.array([f for _, f in self._seen])
        ends = times[-1] - self._window_us / US * np.array([1.0, 2 / 3, 1 / 3, 0.0])
        thirds = []
        for begin, end in pairwise(ends):
            within = (times > begin - 1e-6) & (times <= end + 1e-6)
            if within.sum() < LEAST_SAMPLES:
                return None
            thirds.append(stir(times[within], moved[within]))
        return thirds[0], thirds[1], thirds[2]

    def highest_hz(self) -> float:
        """Where the spectrum of the window is highest, within the band."""
        times = np.array([t for t, _ in self._seen], np.float64) / US
        moved = np.array([f for _, f in self._seen])
        hertz = self._hertz(times)
        return round(float(hertz[int(_amplitudes(times, moved, hertz).argmax())]), 2)

    def _hertz(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The band in steps of half the window's resolution, up to what the frame rate can show."""
        low, high = self._band_hz
        step = 0.5 * US / self._window_us
        return np.arange(low, max(low + step, min(high, 0.5 / float(np.median(np.diff(times))))) + 1e-9, step)


def stir(times: NDArray[np.float64], moved: NDArray[np.float64]) -> float:
    """ln of how much (n, features) move about their straight drift. times: (n,) s."""
    return float(np.log(np.sqrt((_levelled(times, moved) ** 2).mean()) + NOTHING))


def _levelled(times: NDArray[np.float64], moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without mean and straight drift: exposure and daylight."""
    about = times - times.mean()
    slope = (about[:, None] * moved).sum(0) / max(float((about**2).sum()), 1e-9)
    return np.asarray(moved - moved.mean(0) - about[:, None] * slope, np.float64)


def _amplitudes(
    times: NDArray[np.float64], moved: NDArray[np.float64], hertz: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Amplitude at each frequency, root mean square over the features; least squares, so times may be uneven."""
    rest = _levelled(times, moved)
    waves = np.exp(-2j * np.pi * np.outer(hertz, times))
    return np.asarray(np.sqrt((np.abs(waves @ rest * 2 / len(times)) ** 2).mean(1)), np.float64)
