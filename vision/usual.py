"""What a number of the picture usually is, and for how long it has been far below that."""

from __future__ import annotations

from models.domain.media import US

USUAL_US = 60 * US
"""What is usual follows the picture in about this time."""


class Usual:
    """Feed in time order. share: of the usual value, below which it has fallen. least: a usual value below this tells
    nothing."""

    def __init__(self, share: float, least: float = 0.0) -> None:
        self._share, self._least = share, least
        self._value: float | None = None
        self._fallen_us: int | None = None
        self._last_us = 0

    def fallen_us(self, value: float, utc_us: int) -> int | None:
        """For how long it has been below; None while it is not."""
        step_us, self._last_us = utc_us - self._last_us, utc_us
        if self._value is None:
            self._value = value
        if self._value < self._least or value >= self._share * self._value:
            self._fallen_us = None
            self._value += (value - self._value) * min(1.0, max(0, step_us) / USUAL_US)
            return None
        if self._fallen_us is None:
            self._fallen_us = utc_us
        return utc_us - self._fallen_us

    def untold(self, utc_us: int) -> None:
        """The picture has no such number now: the time counts as followed."""
        self._last_us = utc_us

    def settle(self, value: float) -> None:
        """This is what is usual from now on."""
        self._value, self._fallen_us = value, None
