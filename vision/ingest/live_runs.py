"""The runs of a live camera: when one begins, what its pictures' times are, and that a loss is told once."""

from __future__ import annotations

from fractions import Fraction

from models.domain.clock import Clock
from models.domain.media import US, Run
from models.domain.messages import StreamLost, StreamResumed
from vision.ingest.latest import LatestBox
from vision.ingest.loss import Loss
from vision.ingest.timeline import Course, Timeline

OUT_OF_STEP_S = 10.0
"""How far a run's times may drift from ours before a new run is begun: a camera's quartz (50 ppm) takes two days, a
decoder that cannot keep up takes minutes, and reconnecting throws its backlog away."""


class LiveRuns:
    """Numbers the runs of one camera over all its connections and tells the box of losses and new runs.

    A run's time zero is its first picture; its anchor is the clock's UTC when that picture was decoded, never before
    the last picture of the run before.
    """

    def __init__(self, camera: str, clock: Clock, box: LatestBox) -> None:
        self._camera, self._clock, self._box = camera, clock, box
        self._number = 0
        self._run: Run | None = None
        self.connect(Fraction(1), None)
        self._began_us = 0
        self._last_utc_us = clock.utc_us()
        self._lost = False

    def connect(self, time_base: Fraction, rate: Fraction | None) -> None:
        """A connection stands; its first picture will begin a run."""
        self._time_base, self._rate = time_base, rate
        self._timeline, self._run = Timeline(time_base, None, rate), None

    def lose(self, loss: Loss) -> None:
        """The run is over. Told once, dated at its last picture, however often reconnecting fails."""
        self._run = None
        if not self._lost:
            self._lost = True
            self._box.put(StreamLost(self._camera, self._last_utc_us, loss))

    def place(self, pts: int | None) -> tuple[Run, int] | None:
        """The run and t_us of the next picture; None for a straggler. Raises UndatedError.

        Times that jump (either way) end the run and begin another on the same connection.
        """
        t_us = self._timeline.date(pts)
        course = self._timeline.judge(t_us)
        if course is Course.LATE:
            return None
        if course in (Course.AHEAD, Course.BACK):
            self.lose(Loss.GAP if course is Course.AHEAD else Loss.CLOCK_SET_BACK)
            self.connect(self._time_base, self._rate)
            t_us = self._timeline.date(pts)
        run = self._run or self._begin(t_us)
        self._timeline.last_us = t_us
        self._last_utc_us = run.anchor_utc_us + t_us
        return run, t_us

    def out_of_step(self) -> bool:
        """Whether the run's times have drifted away from the clock's."""
        if self._run is None:
            return False
        by_clock_us = self._clock.monotonic_us() - self._began_us
        return abs(by_clock_us - (self._timeline.last_us or 0)) > OUT_OF_STEP_S * US

    def _begin(self, t_us: int) -> Run:
        self._number += 1
        now_utc_us = self._clock.utc_us()
        if self._number > 1:
            now_utc_us = max(now_utc_us, self._last_utc_us + 1)
        self._began_us = self._clock.monotonic_us() - t_us
        self._run = Run(self._camera, self._number, now_utc_us - t_us)
        if self._lost:
            self._lost = False
            self._box.put(StreamResumed(self._camera, self._run.id, now_utc_us))
        return self._run
