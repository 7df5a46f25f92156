"""Frames of the sample recordings, by time, and the truth beside them."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np

from models.domain.media import Frame, Run

SAMPLES = Path(__file__).parents[3] / "sample_videos"


def frames(clip: str, step_s: float = 0.2, start_s: float = 0.0, end_s: float = 1e9) -> Iterator[Frame]:
    """The first frame at or after each step; t_us from the start of the clip."""
    run = Run(clip, 1, 0)
    with av.open(str(SAMPLES / clip / "recording.mp4")) as container:
        stream = container.streams.video[0]
        due, zero = start_s, None
        if start_s > 2:
            zero = 0.0
            container.seek(int(start_s / stream.time_base), stream=stream)
        for decoded in container.decode(stream):
            t_s = float(decoded.pts * decoded.time_base)
            zero = t_s if zero is None else zero
            t_s -= zero
            if t_s > end_s:
                return
            if t_s >= due - 1e-6:
                due = (int((t_s + 1e-6) / step_s) + 1) * step_s
                yield Frame(decoded.to_ndarray(format="bgr24"), run, round(t_s * 1e6))


def picture_at(clip: str, t_s: float) -> np.ndarray:
    return next(frames(clip, start_s=t_s)).image


@cache
def truth(clip: str) -> dict[int, list[dict]]:
    """Tenths of a second -> persons inside the room."""
    told = json.loads((SAMPLES / clip / "truth.json").read_text())
    return {round(10 * f["t_s"]): [p for p in f["persons"] if p["inside"]] for f in told["frames"]}
