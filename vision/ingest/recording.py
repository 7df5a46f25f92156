"""A recording as a source of frames: as fast as the machine decodes, ends when the file ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import av

from models.domain.media import US, Frame, Run
from models.domain.messages import StreamLost, StreamResumed
from vision.ingest.facts import Fact, FactKind, Tally
from vision.ingest.faults import Fault, UnreadableError
from vision.ingest.locator import Locator
from vision.ingest.loss import Loss
from vision.ingest.pace import Pace
from vision.ingest.stream import Connect, VideoStream, bgr, open_stream
from vision.ingest.timeline import Course, Timeline, UndatedError, in_order

EARLY_S = 1.0
"""A file that ends this much before its declared end is told to have ended early."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the reading is: the run, when it began on the file's own timeline, and its pace."""

    run: Run
    start_us: int
    pace: Pace


class FileSource:
    """Frames of one file (vision.ingest.protocol.FrameSource). Each iteration reads it anew from the beginning.

    Every picture keeps its own time, whatever is wrong around it: t_us = 0 is the file's start, and `Frame.utc_us`
    is `anchor_utc_us` plus the time in the file. Left out and counted in `facts`: broken packets, the pictures drawn
    on them, a picture not later than the one before (until time has passed that one), and one whose time alone jumps
    ahead. The size may change. More than GAP_S without a picture is StreamLost / StreamResumed with a new run. A
    broken tail ends the recording in order.
    """

    dropped = 0
    """A file waits for its reader."""

    def __init__(
        self,
        locator: Locator,
        camera: str,
        analysis_fps: float,
        anchor_utc_us: int,
        connect: Connect = open_stream,
    ) -> None:
        self._locator, self._camera, self._connect = locator, camera, connect
        self._fps, self._anchor_utc_us = analysis_fps, anchor_utc_us
        self._tally = Tally()
        self._closed = threading.Event()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was left out or made up so far, in this iteration."""
        return self._tally.facts()

    def close(self) -> None:
        self._closed.set()

    def __iter__(self) -> Iterator[Frame | StreamLost | StreamResumed]:
        """Raises UnreadableError."""
        self._tally = Tally()
        with self._connect(self._locator, self._tally, None) as stream:
            timeline = Timeline(stream.time_base, stream.start_pts, stream.rate)
            yield from self._frames(stream, timeline)
            if not self._closed.is_set():
                self._finish(stream, timeline)

    def _frames(self, stream: VideoStream, timeline: Timeline) -> Iterator[Frame | StreamLost | StreamResumed]:
        place = _Place(Run(self._camera, 1, self._anchor_utc_us), 0, Pace(self._fps))
        pictures = self._pictures(stream)
        for t_us, course, picture in in_order(pictures, timeline, partial(self._date, timeline), self._leave_out):
            if course is Course.AHEAD and timeline.last_us is not None:
                place = self._next(place, t_us)
                yield StreamLost(self._camera, self._anchor_utc_us + timeline.last_us, Loss.GAP)
                yield StreamResumed(self._camera, place.run.id, place.run.anchor_utc_us)
            self._tally.note_size((picture.width, picture.height))
            if place.pace.due(t_us):
                yield Frame(bgr(picture), place.run, t_us - place.start_us)

    def _pictures(self, stream: VideoStream) -> Iterator[Any]:
        """Up to the end, the first error of the disk, or `close`."""
        try:
            for picture in stream.pictures():
                if self._closed.is_set():
                    return
                yield picture
        except av.FFmpegError:
            self._tally.add(FactKind.BROKEN_PACKETS)

    def _date(self, timeline: Timeline, picture: Any) -> int:
        try:
            t_us = timeline.date(picture.pts)
        except UndatedError:
            raise UnreadableError(Fault.UNDATED, where=self._locator.shown) from None
        if picture.pts is None:
            self._tally.add(FactKind.DERIVED_TIMES)
        return t_us

    def _leave_out(self, _picture: Any) -> None:
        self._tally.add(FactKind.OUT_OF_ORDER)

    def _next(self, place: _Place, t_us: int) -> _Place:
        run = Run(self._camera, place.run.number + 1, self._anchor_utc_us + t_us)
        return _Place(run, t_us, Pace(self._fps))

    def _finish(self, stream: VideoStream, timeline: Timeline) -> None:
        if timeline.last_us is None:
            raise UnreadableError(Fault.NO_PICTURE, where=self._locator.shown, got=stream.codec)
        missing_s = (stream.duration_s or 0.0) - timeline.last_us / US
        if missing_s > EARLY_S + (1 / stream.rate if stream.rate else 0):
            self._tally.add(FactKind.ENDED_EARLY, round(missing_s))
