"""Pictures into a file as a surveillance encoder would: H.264 without B-frames, or MJPEG; each frame has its time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.shot import EncoderPart

CLOCK = 90_000
"""Ticks a second, as in RTP and MPEG."""


class Recording:
    """A file being written. `add` takes RGB pictures in rising time; one of another size is written scaled up."""

    def __init__(self, file: Path, size: tuple[int, int], fps: float, part: EncoderPart) -> None:
        self._out = av.open(str(file), "w", options={"movflags": "+faststart"} if file.suffix == ".mp4" else {})
        rate = Fraction(fps).limit_denominator(1000)
        codec = {"h264": "libx264", "mjpeg": "mjpeg"}[part.codec]
        stream: Any = self._out.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p" if part.codec == "h264" else "yuvj420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, CLOCK)
        if part.codec == "h264":
            gop = max(1, round(fps * part.gop_s))
            stream.options = {
                "preset": "fast",
                "profile": "main",
                "crf": str(part.crf),
                "maxrate": f"{part.kbps}k",
                "bufsize": f"{part.kbps}k",
                "g": str(gop),
                "keyint_min": str(gop),
                "bf": "0",
                "sc_threshold": "0",
                "threads": "1",  # the same bytes on every machine
            }
        self._stream, self._last = stream, -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what the encoder still holds and end the file."""
        for packet in self._stream.encode():
            self._out.mux(packet)
        self._out.close()

    def add(self, picture: NDArray[np.uint8], t_s: float) -> None:
        """picture: (h, w, 3) RGB; t_s: its stamp, later than the one before by at least a tick."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
        self._last = max(self._last + 1, round(t_s * CLOCK))
        frame.pts, frame.time_base = self._last, Fraction(1, CLOCK)
        for packet in self._stream.encode(frame):
            self._out.mux(packet)
