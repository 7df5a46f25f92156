"""Tiny videos made in the test: every picture carries its own number as bars, so a test can say which one it got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from models.domain.media import Image

BITS = 10
SIZE_PX = (160, 96)
MILLISECONDS = Fraction(1, 1000)


def numbered(number: int, size_px: tuple[int, int] = SIZE_PX) -> Image:
    """A picture with `number` (0..1023) as ten upright bars, white for one and black for nought, lowest bit left."""
    width, height = size_px
    columns = np.arange(width) * BITS // width
    row = np.where((number >> columns) & 1, 235, 16).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)))


def number_of(image: Image) -> int:
    """The number that `numbered` painted, through any lossy codec."""
    width = image.shape[1]
    centres = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, x in enumerate(centres) if image[:, x].mean() > 128)


def write_video(
    path: Path,
    pictures: Iterable[Image] | int = 20,
    *,
    fps: int = 10,
    times_ms: Sequence[int] | None = None,
    codec: str = "libx264",
    gop: int = 10,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A video of the pictures (or of that many numbered ones), one each 1/fps s or at `times_ms` (rising).

    H.264 without B-frames by default, one key frame in `gop` pictures.
    """
    images = [numbered(n) for n in range(pictures)] if isinstance(pictures, int) else list(pictures)
    times = list(times_ms) if times_ms is not None else [round(1000 * n / fps) for n in range(len(images))]
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.gop_size, stream.codec_context.max_b_frames = gop, 0
        stream.codec_context.thread_count = 1
        stream.codec_context.time_base = MILLISECONDS if codec == "libx264" else Fraction(1, fps)
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "sc_threshold": "0", "forced-idr": "1", **(options or {})}
        for image, t_ms in zip(images, times, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.time_base = MILLISECONDS if codec == "libx264" else Fraction(1, fps)
            frame.pts = t_ms if codec == "libx264" else round(t_ms * fps / 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_audio(path: Path, seconds: float = 0.5) -> Path:
    """A recording without pictures: a quiet tone in the container that the name asks for."""
    codec = "pcm_s16le" if path.suffix == ".wav" else "aac"
    rate = 8000
    tone = np.sin(np.arange(round(rate * seconds)) / 5) * 1000
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(tone.astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def joined(path: Path, *parts: Path) -> Path:
    """The parts' bytes one after another: a legal way to join MPEG-TS and raw H.264."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def damaged(path: Path, source: Path, start: float, end: float, seed: int = 1) -> Path:
    """A copy in which the bytes between two fractions of the file are noise."""
    data = bytearray(source.read_bytes())
    a, b = int(len(data) * start), int(len(data) * end)
    data[a:b] = np.random.default_rng(seed).integers(0, 256, b - a, np.uint8).tobytes()
    path.write_bytes(data)
    return path
