"""One open container, its one video stream, and its pictures with the damaged ones left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from models.domain.media import Image
from vision.ingest.facts import FactKind, Tally
from vision.ingest.faults import Fault, UnreadableError, fault_of
from vision.ingest.locator import Locator

DECODER_THREADS = 2
HEALED_S = 30.0
"""After damage the next key frame is waited for, but no longer than this: an encoder that sends none refreshes its
pictures piece by piece and has drawn all of them anew by then."""
PLAUSIBLE_FPS = 240
"""More is no rate but the resolution of the encoder's clock, which some write in its place."""
UNREADABLE_IN_A_ROW = 100
"""A stretch of noise longer than this many packets is taken for the end."""


class VideoStream:
    """Open with `open_stream`; close it, or use it as a context."""

    def __init__(self, container: Any, stream: Any, locator: Locator, tally: Tally) -> None:
        self._container, self._stream, self._tally = container, stream, tally
        self.shown = locator.shown
        self._hurt_at_s: float | None = None
        self._hurt = False

    @property
    def time_base(self) -> Fraction:
        return Fraction(self._stream.time_base)

    @property
    def start_pts(self) -> int | None:
        """None for a live stream, whose declared start is not its first picture's."""
        start: int | None = self._stream.start_time
        return start

    @property
    def rate(self) -> Fraction | None:
        """Average pictures a second, if anybody knows."""
        for rate in (self._stream.average_rate, self._stream.guessed_rate):
            if rate and 0 < rate <= PLAUSIBLE_FPS:
                return Fraction(rate)
        return None

    @property
    def duration_s(self) -> float | None:
        """As declared, from the stream or else the container."""
        if self._stream.duration:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    @property
    def codec(self) -> str:
        return str(self._stream.codec_context.name)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height as declared; (0, 0) before a picture came where nothing was declared."""
        return self._stream.codec_context.width, self._stream.codec_context.height

    def seek(self, pts: int) -> None:
        """To the last key frame at or before `pts`; to the beginning where the file cannot seek."""
        try:
            self._container.seek(pts, stream=self._stream, backward=True)
        except av.FFmpegError:
            self._container.seek(0)

    def pictures(self) -> Iterator[Any]:
        """av.VideoFrame after av.VideoFrame, until the end. Raises av.FFmpegError when the connection fails.

        What cannot be decoded is counted, and with it every picture up to the next key frame: libav draws those on
        what it last had, without a sign of it (measured: four pictures shown 1.9 s after they had been).
        """
        for packet in self._packets():
            if packet.is_corrupt:
                self._damaged()
            try:
                frames = packet.decode()
            except av.error.EOFError:
                return
            except av.FFmpegError:
                self._damaged()
                continue
            for frame in frames:
                if self._is_whole(frame):
                    yield frame
                else:
                    self._tally.add(FactKind.WITHHELD_PICTURES)

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> VideoStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _packets(self) -> Iterator[Any]:
        in_a_row = 0
        while in_a_row < UNREADABLE_IN_A_ROW:
            try:
                for packet in self._container.demux(self._stream):
                    in_a_row = 0
                    yield packet
            except av.error.InvalidDataError:
                in_a_row += 1
                self._damaged()
            else:
                return

    def _damaged(self) -> None:
        self._tally.add(FactKind.BROKEN_PACKETS)
        self._hurt, self._hurt_at_s = True, None

    def _is_whole(self, frame: Any) -> bool:
        if frame.is_corrupt and not self._hurt:
            self._damaged()
        if self._hurt:
            if self._hurt_at_s is None:
                self._hurt_at_s = frame.time
            long_ago = None not in (frame.time, self._hurt_at_s) and frame.time - self._hurt_at_s > HEALED_S
            self._hurt = frame.is_corrupt or not (frame.key_frame or long_ago)
        return not self._hurt


Connect = Callable[[Locator, Tally, tuple[float, float] | None], VideoStream]
"""How a source comes to its stream: `open_stream`, or something around it."""


def open_stream(locator: Locator, tally: Tally, timeout_s: tuple[float, float] | None = None) -> VideoStream:
    """Open what `locator` names. timeout_s: to open, to wait for a packet. Raises UnreadableError."""
    opened = _opened(locator, timeout_s)
    if isinstance(opened, Fault):
        # Raised here, outside the handler: libav's error must not travel along as the context of ours.
        raise UnreadableError(opened, where=locator.shown, got="" if locator.live else _looks_like(locator))
    # Cover pictures of a song are video streams too, for libav.
    attached = av.stream.Disposition.attached_pic
    videos = [stream for stream in opened.streams.video if not stream.disposition & attached]
    if not videos:
        kinds = ", ".join(sorted({stream.type for stream in opened.streams})) or "no stream at all"
        opened.close()
        raise UnreadableError(Fault.AUDIO_ONLY, where=locator.shown, got=kinds)
    stream = videos[0]
    stream.codec_context.thread_count = DECODER_THREADS
    # A thread for each frame holds pictures back; live gets them at once.
    stream.codec_context.thread_type = "SLICE" if locator.live else "FRAME"
    return VideoStream(opened, stream, locator, tally)


def bgr(frame: Any) -> Image:
    """av.VideoFrame -> H x W x 3 uint8 BGR, upright (a phone notes its turn in quarter turns beside the picture)."""
    image: Image = frame.to_ndarray(format="bgr24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _opened(locator: Locator, timeout_s: tuple[float, float] | None) -> Any:
    try:
        # Chinese recorders write their titles in GBK: unreadable metadata is no reason to refuse the pictures.
        return av.open(locator.url, options=dict(locator.options), timeout=timeout_s, metadata_errors="replace")
    except av.FFmpegError as error:
        fault = fault_of(error)
    if fault is not Fault.NOT_VIDEO:
        return fault
    if locator.live:
        # libav says "invalid data" when a server is silent, and when it speaks something other than RTSP.
        return Fault.NO_ANSWER
    return Fault.TRUNCATED if _is_mp4(locator) else fault


def _first_bytes(locator: Locator) -> bytes:
    with Path(locator.shown).open("rb") as file:
        return file.read(12)


def _is_mp4(locator: Locator) -> bool:
    """It begins like an MP4, so what is missing is its index, which is written last."""
    return _first_bytes(locator)[4:8] in (b"ftyp", b"mdat", b"moov", b"free", b"wide")


def _looks_like(locator: Locator) -> str:
    path = Path(locator.shown)
    try:
        return f"{path.stat().st_size} bytes that begin with {_first_bytes(locator)!r}"
    except OSError:
        return "a file that may not be read"
