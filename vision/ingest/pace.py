"""Which pictures are due when fewer are wanted than come: by their times, never by counting them."""

from __future__ import annotations

import math

from models.domain.media import US

SLACK_US = 1_000
"""A picture this little before its moment is on time: Matroska and FLV round their times to whole milliseconds."""


class Pace:
    """A grid of due moments 1/fps apart, from the first picture on; the first picture at or after each is taken.

    The grid does not move with the pictures, so nothing drifts. fps larger than the stream's takes every picture.
    Raises ValueError unless fps is finite and above 0.
    """

    def __init__(self, fps: float) -> None:
        if not (math.isfinite(fps) and fps > 0):
            raise ValueError(f"Pace: expected fps > 0, got {fps}")
        self._fps = fps
        self._first_us: int | None = None
        self._taken = -1

    def due(self, t_us: int) -> bool:
        """Whether to take the picture of `t_us` (rising from call to call)."""
        if self._first_us is None:
            self._first_us = t_us
        moment = math.floor((t_us - self._first_us + SLACK_US) * self._fps / US)
        if moment <= self._taken:
            return False
        self._taken = moment
        return True
