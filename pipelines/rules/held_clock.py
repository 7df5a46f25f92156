"""The clock of a claim about a post: it runs while the post can be told, and unknown time holds it (domain.md 2.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.posts import PostWatch


@dataclass(frozen=True, slots=True)
class HeldClock:
    """Runs from since_us on, UTC µs. held_us: unknown time that is over; held_since_us: since when it is held now."""

    since_us: int
    held_us: int = 0
    held_since_us: int | None = None

    def lasted_us(self, until_us: int) -> int:
        """Known time only."""
        until = until_us if self.held_since_us is None else min(until_us, self.held_since_us)
        return max(0, until - self.since_us - self.held_us)

    def blind_us(self, until_us: int) -> int:
        """Unknown time only."""
        running = 0 if self.held_since_us is None else max(0, until_us - self.held_since_us)
        return self.held_us + running

    def reached_us(self, limit_us: int) -> int:
        """When the known time was as long as the limit, as far as unknown time is over."""
        return self.since_us + limit_us + self.held_us

    def after(self, watch: PostWatch) -> HeldClock:
        """The clock once the watch has taken in one more message."""
        if watch.status == "unknown" and self.held_since_us is None:
            return replace(self, held_since_us=max(watch.since_us, self.since_us))
        if watch.status != "unknown" and self.held_since_us is not None:
            held_us = self.held_us + max(0, watch.since_us - self.held_since_us)
            return replace(self, held_us=held_us, held_since_us=None)
        return self
