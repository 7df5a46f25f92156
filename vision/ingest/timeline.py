"""From a stream's time stamps to microseconds, and what to do when they do not simply rise.

t = (PTS - origin) x time base, rounded to whole microseconds. The origin is the stream's declared start, or the first
picture's PTS. A picture without PTS is dated one average interval after the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from fractions import Fraction
from typing import TypeVar

from models.domain.media import US

GAP_S = 5.0
"""Between two pictures; longer, and nobody saw (models.domain.rules: the rules' own default of max_gap_s)."""
REORDER_S = 1.0
"""Live: a picture this much older than the last is a straggler; older still, and the camera's clock was set back."""


P = TypeVar("P")


class Course(Enum):
    """How a picture's time follows the one before it."""

    ONWARD = "onward"
    LATE = "late"
    """Not later than the last one handed out: leave it out."""
    AHEAD = "ahead"
    """More than GAP_S later: in between nobody saw."""
    BACK = "back"
    """Long before the last one."""


class UndatedError(Exception):
    """A picture without PTS in a stream without an average rate; the source translates it, nobody is shown it."""


class Timeline:
    """Dates the pictures of one stretch of a stream. t_us = 0 at the origin; `last_us` is None before the first."""

    def __init__(self, time_base: Fraction, start_pts: int | None, rate: Fraction | None) -> None:
        self._us_per_tick = time_base * US
        self._start_pts, self._origin_pts = start_pts, Fraction(0)
        self._interval_us = US / rate if rate else None
        self._has_origin = False
        self._dated_us, self._undated = 0, 0
        self.last_us: int | None = None

    def date(self, pts: int | None) -> int:
        """t_us of the next picture; >= 0 for all but stragglers. Raises UndatedError."""
        if pts is None:
            return self._derived_us()
        if not self._has_origin:
            self._set_origin(pts)
        self._dated_us, self._undated = round((pts - self._origin_pts) * self._us_per_tick), 1
        return self._dated_us

    def judge(self, t_us: int) -> Course:
        """How `t_us` follows `last_us`; changes nothing."""
        if self.last_us is None:
            return Course.ONWARD
        step_us = t_us - self.last_us
        if step_us > GAP_S * US:
            return Course.AHEAD
        if step_us > 0:
            return Course.ONWARD
        return Course.BACK if step_us < -REORDER_S * US else Course.LATE

    def _derived_us(self) -> int:
        if self._interval_us is None:
            raise UndatedError
        t_us = self._dated_us + round(self._undated * self._interval_us)
        self._undated += 1
        return t_us

    def _set_origin(self, pts: int) -> None:
        """The declared start, unless pictures came before it or were dated by the rate already."""
        if self._undated:
            assert self._interval_us is not None
            self._origin_pts = pts - self._undated * self._interval_us / self._us_per_tick
        elif self._start_pts is not None and self._start_pts <= pts:
            self._origin_pts = Fraction(self._start_pts)
        else:
            self._origin_pts = Fraction(pts)
        self._has_origin = True


def in_order(
    pictures: Iterable[P], timeline: Timeline, date: Callable[[P], int], leave_out: Callable[[P], None]
) -> Iterator[tuple[int, Course, P]]:
    """A recording's pictures in rising time: (t_us, ONWARD or AHEAD, picture); the others go to `leave_out`.

    A time that jumps ahead is believed only when the next one confirms it: a recorder that writes one wrong time stamp
    must not hide all that follows. `timeline.last_us` is still that of the picture before while one is handed out.
    """
    doubtful: tuple[int, P] | None = None
    for picture in pictures:
        t_us = date(picture)
        if doubtful is not None:
            if t_us > doubtful[0]:
                yield doubtful[0], Course.AHEAD, doubtful[1]
                timeline.last_us = doubtful[0]
            else:
                leave_out(doubtful[1])
            doubtful = None
        course = timeline.judge(t_us)
        if course is Course.AHEAD:
            doubtful = t_us, picture
        elif course is Course.ONWARD:
            yield t_us, course, picture
            timeline.last_us = t_us
        else:
            leave_out(picture)
    if doubtful is not None:
        yield doubtful[0], Course.AHEAD, doubtful[1]
        timeline.last_us = doubtful[0]
