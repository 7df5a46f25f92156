"""A short clip out of masked shots: MP4, H.264, yuv420p, each picture at its own time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np

from models.domain.media import Image
from pipelines.album import Shot

WIDTH_PX = 640
MILLISECOND = Fraction(1, 1000)


HALVING = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))
"""A JPEG can be read at a half, a quarter or an eighth of its size, the half in a quarter of the time."""


def decoded(shot: Shot, least_px: int | None = None) -> Image:
    """The shot's picture; with `least_px` a large one may come reduced, its longer side no shorter than that.

    Raises ValueError when its bytes are no picture.
    """
    if shot.uncoded is not None:
        return _bgr(shot.uncoded)
    spare = 1 if least_px is None else shot.longer_px // least_px
    how = next((flag for times, flag in HALVING if spare >= times), cv2.IMREAD_COLOR)
    image = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), how)
    if image is None:
        raise ValueError("a stored picture cannot be read")
    return np.asarray(image, np.uint8)


def uncoded(image: Image) -> Image:
    """A BGR picture in half the bytes, as the clip's encoder takes it anyway: I420. Of an odd size: as it is."""
    odd = image.shape[0] % 2 or image.shape[1] % 2
    return image if odd else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _bgr(image: Image) -> Image:
    return image if image.ndim == 3 else np.asarray(cv2.cvtColor(image, cv2.COLOR_YUV2BGR_I420), np.uint8)


def clip_size(size_px: tuple[int, int]) -> tuple[int, int]:
    """Width and height for the clip: 640 px wide at most, even numbers as yuv420p needs them."""
    shrink = min(1.0, WIDTH_PX / max(size_px))
    return max(2, round(size_px[0] * shrink / 2) * 2), max(2, round(size_px[1] * shrink / 2) * 2)


def mp4(pictures: Sequence[tuple[int, Image]]) -> bytes:
    """An MP4 of (UTC µs, picture of one even size), rising. One thread, so that the same pictures give the same bytes.

    Raises ValueError for no picture or when the encoder refuses.
    """
    if not pictures:
        raise ValueError("a clip needs a picture")
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format="mp4") as container:
            stream = _stream(container, pictures[0][1])
            for utc_us, image in pictures:
                # The encoder's own conversion takes three times as long.
                frame = av.VideoFrame.from_ndarray(uncoded(image), format="yuv420p")
                frame.time_base, frame.pts = MILLISECOND, (utc_us - pictures[0][0]) // 1000
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise ValueError(f"the clip cannot be encoded: {error}") from error
    return buffer.getvalue()


def _stream(container: Any, image: Image) -> Any:
    stream = container.add_stream("libx264", rate=25)
    stream.height, stream.width = image.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = MILLISECOND
    stream.codec_context.thread_count = 1
    stream.options = {"preset": "ultrafast", "crf": "25", "bf": "0"}
    return stream
