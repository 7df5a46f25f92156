"""How long somebody has waited, as an interval: at least, at most (docs/time.md, 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Wait:
    """All in UTC µs and µs.

    Hidden time counts to the maximum at once and to the minimum when the person is seen again at the place; time in
    which somebody unseen may attend counts to the maximum only; paused time counts to neither.
    """

    since_us: int
    paused_us: int = 0
    doubtful_us: int = 0
    """Hidden time that was never counted back: the person may have been away."""
    blind_us: int = 0
    """All hidden time, counted back or not."""
    hidden_since_us: int | None = None
    paused_since_us: int | None = None
    doubted_since_us: int | None = None
    """Since when somebody unseen may be attending."""

    def at_least_us(self, until_us: int) -> int:
        running = (self.hidden_since_us, self.paused_since_us, self.doubted_since_us)
        stops = [until_us, *(t for t in running if t is not None)]
        return max(0, min(stops) - self.since_us - self.paused_us - self.doubtful_us)

    def at_most_us(self, until_us: int) -> int:
        until = until_us if self.paused_since_us is None else min(until_us, self.paused_since_us)
        return max(0, until - self.since_us - self.paused_us)

    def reached_us(self, limit_us: int) -> int:
        """When the minimum came to the limit (ask once it has: the moment in hindsight, between two frames)."""
        return self.since_us + self.paused_us + self.doubtful_us + limit_us

    def unseen_us(self, until_us: int) -> int:
        """Hidden time until then."""
        running = 0 if self.hidden_since_us is None else max(0, until_us - self.hidden_since_us)
        return self.blind_us + running

    def hidden(self, since_us: int) -> Wait:
        return self if self.hidden_since_us is not None else replace(self, hidden_since_us=max(since_us, self.since_us))

    def found(self, now_us: int, *, at_the_place: bool) -> Wait:
        """Seen again: counted back only if it is the place where the person was lost."""
        if self.hidden_since_us is None:
            return self
        gone = now_us - self.hidden_since_us
        doubt = 0 if at_the_place else gone
        return replace(self, hidden_since_us=None, blind_us=self.blind_us + gone, doubtful_us=self.doubtful_us + doubt)

    def bridged(self, blind_us: int) -> Wait:
        """Nothing was seen for a moment, by a camera that was lost or sick: blind, but not in doubt."""
        return self if self.hidden_since_us is not None else replace(self, blind_us=self.blind_us + blind_us)

    def paused(self, now_us: int) -> Wait:
        return self if self.paused_since_us is not None else replace(self, paused_since_us=now_us)

    def going_on(self, now_us: int) -> Wait:
        if self.paused_since_us is None:
            return self
        return replace(self, paused_us=self.paused_us + now_us - self.paused_since_us, paused_since_us=None)

    def doubted(self, since_us: int) -> Wait:
        """From then on somebody unseen may be attending."""
        known = self.doubted_since_us is not None
        return self if known else replace(self, doubted_since_us=max(since_us, self.since_us))

    def settled(self, now_us: int, dwell_us: int) -> Wait:
        """Nobody unseen may be any more; a shorter doubt than dwell_us is none."""
        if self.doubted_since_us is None:
            return self
        doubt_us = now_us - self.doubted_since_us
        return replace(self, doubted_since_us=None).without(doubt_us if doubt_us >= dwell_us else 0)

    def without(self, doubtful_us: int) -> Wait:
        """The same wait with some more time that counts to the maximum only."""
        return replace(self, doubtful_us=self.doubtful_us + doubtful_us)
