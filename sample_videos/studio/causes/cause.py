"""What could make a monitor raise an incident: who, from when, until when, how long it must last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sample_videos.studio.truth import Truth


@dataclass(frozen=True)
class Cause:
    """Something wrong from t0 to t1 (seconds) that must last need_s; t1 infinite: beyond the clip."""

    subject: str
    t0_s: float
    t1_s: float
    need_s: float
    why: str
    measured: float | None = None
    seen_by_health: bool = False
    """The sick view is itself the cause."""
    settles_s: float = 0.0
    """Time a monitor may need to be sure that it has begun (a guest sits 10 s before it is a seat taken)."""
    harmless: bool = False
    """Looks like a cause and is none, however long it lasts."""


Causes = Callable[[Truth, dict[str, float]], Iterator[Cause]]
"""(truth, limits in force) -> causes, fulfilled or not."""
