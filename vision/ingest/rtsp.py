"""A live camera as a source of frames: decodes in a thread of its own, reconnects by itself, latest picture wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av

from models.domain.clock import Clock
from models.domain.media import US, Frame, Run
from models.domain.messages import StreamLost, StreamResumed
from vision.ingest.facts import Fact, FactKind, Tally
from vision.ingest.faults import Fault, UnreadableError, fault_of
from vision.ingest.latest import LatestBox
from vision.ingest.live_runs import LiveRuns
from vision.ingest.locator import Locator
from vision.ingest.loss import Loss, loss_of
from vision.ingest.pace import Pace
from vision.ingest.stream import Connect, VideoStream, bgr, open_stream
from vision.ingest.timeline import UndatedError

PASSING = frozenset({Fault.UNREACHABLE, Fault.NO_ANSWER, Fault.REFUSED})
"""Faults that go away by themselves: the camera is off, starting or overloaded. A wrong password or path does not."""
SLICE_S = 0.25
"""Back-off is slept in slices, so that `close` need not wait for its end."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a camera. [P]: cameras answer within 2 s on a showroom's own network."""

    open_s: float = 5.0
    read_s: float = 5.0
    """Without a packet for this long the stream is lost; also how long a stopped reader may take to let go."""
    backoff_s: float = 1.0
    """Before the first attempt to reconnect; doubles from attempt to attempt."""
    backoff_max_s: float = 5.0
    locked_out_s: float = 60.0
    """After a refused password: common cameras lock an address out after 5 to 7 of those in half an hour."""

    insist: bool = False
    """Whether a camera that cannot be reached at first is waited for like one that was lost, instead of refused."""

    def waits_s(self) -> Iterator[float]:
        """1, 2, 4, 5, 5 ...: each second waited after the camera is back is a second nobody sees."""
        wait_s = self.backoff_s
        while True:
            yield min(wait_s, self.backoff_max_s)
            wait_s = min(2 * wait_s, self.backoff_max_s)


class RtspSource:
    """Frames of one live stream (vision.ingest.protocol.FrameSource); to be iterated once.

    The first connection is made by the caller of `iter`, and its errors are the caller's: a wrong password, a path
    that is not there, a host that does not answer (unless `Patience.insist`). Later the stream is reconnected for
    ever, with back-off. Each connection, and each jump of the stream's times, is a new run: StreamLost, dated at the
    last picture seen, and StreamResumed, dated at the first one of the new run, are told once each and never dropped.
    """

    def __init__(
        self,
        locator: Locator,
        camera: str,
        analysis_fps: float,
        clock: Clock,
        patience: Patience | None = None,
        connect: Connect = open_stream,
    ) -> None:
        self._locator, self._clock, self._connect = locator, clock, connect
        self._fps, self._patience = analysis_fps, patience or Patience()
        self._tally, self._box = Tally(), LatestBox()
        self._runs = LiveRuns(camera, clock, self._box)
        self._closed = threading.Event()
        self._pace = Pace(analysis_fps)
        self._undated_since_us: int | None = None

    @property
    def dropped(self) -> int:
        return self._box.dropped

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was left out or made up so far, over all runs."""
        return self._tally.facts()

    def close(self) -> None:
        """The iteration ends at once; the connection within `Patience.read_s`."""
        self._closed.set()
        self._box.close()

    def __iter__(self) -> Iterator[Frame | StreamLost | StreamResumed]:
        """Raises UnreadableError."""
        stream = self._first()
        threading.Thread(target=self._work, args=(stream,), name=f"ingest {self._locator.shown}", daemon=True).start()
        try:
            while (item := self._box.take()) is not None:
                yield item
        finally:
            self.close()

    def _first(self) -> VideoStream | None:
        """None when the camera is to be waited for."""
        try:
            return self._open()
        except UnreadableError as error:
            if not self._patience.insist or error.fault not in PASSING:
                raise
            self._runs.lose(loss_of(error.fault))
        return None

    def _open(self) -> VideoStream:
        return self._connect(self._locator, self._tally, (self._patience.open_s, self._patience.read_s))

    def _work(self, stream: VideoStream | None) -> None:
        try:
            while (stream := stream or self._reopened()) is not None:
                with stream:
                    loss = self._read(stream)
                if self._closed.is_set():
                    return
                self._runs.lose(loss)
                stream = None
        except Exception as error:  # noqa: BLE001 - handed to the thread that iterates, which raises it
            self._box.fail(error)

    def _read(self, stream: VideoStream) -> Loss:
        """Pictures into the box until the connection is lost or `close` is called."""
        self._runs.connect(stream.time_base, stream.rate)
        self._undated_since_us = None
        try:
            for picture in stream.pictures():
                if self._closed.is_set():
                    break
                placed = self._placed(picture)
                if placed is None:
                    continue
                self._tally.note_size((picture.width, picture.height))
                if self._is_due(placed[1]):
                    self._box.put(Frame(bgr(picture), *placed))
                if self._runs.out_of_step():
                    return Loss.OUT_OF_STEP
        except av.FFmpegError as error:
            return loss_of(fault_of(error))
        return Loss.ENDED

    def _placed(self, picture: Any) -> tuple[Run, int] | None:
        """Run and t_us; None for a picture to leave out. Raises UnreadableError for a stream that has no times."""
        try:
            placed = self._runs.place(picture.pts)
        except UndatedError:
            # Some servers send the first picture without a time; a stream that goes on so cannot be used.
            self._tally.add(FactKind.UNDATED)
            now_us = self._clock.monotonic_us()
            since_us = self._undated_since_us = self._undated_since_us or now_us
            if now_us - since_us > self._patience.read_s * US:
                raise UnreadableError(Fault.UNDATED, where=self._locator.shown) from None
            return None
        self._undated_since_us = None
        if picture.pts is None:
            self._tally.add(FactKind.DERIVED_TIMES)
        if placed is None:
            self._tally.add(FactKind.OUT_OF_ORDER)
        return placed

    def _is_due(self, t_us: int) -> bool:
        if t_us == 0:
            self._pace = Pace(self._fps)
        return self._pace.due(t_us)

    def _reopened(self) -> VideoStream | None:
        """The next connection, after as many attempts as it takes; None once closed."""
        for wait_s in self._patience.waits_s():
            self._sleep(wait_s)
            if self._closed.is_set():
                return None
            try:
                return self._open()
            except UnreadableError as error:
                if error.fault is Fault.LOGIN_REFUSED:
                    self._sleep(self._patience.locked_out_s)
        return None

    def _sleep(self, seconds: float) -> None:
        while seconds > 0 and not self._closed.is_set():
            self._clock.sleep(min(SLICE_S, seconds))
            seconds -= SLICE_S
