"""Where people walked: floor positions of the last half hour, half a second apart, for the plan under an incident."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from models.domain.geometry import XY
from models.domain.media import US
from models.domain.messages import Message, Scene
from models.domain.truth import Truth

EACH_US = US // 2
KEPT_US = 1800 * US
"""As long as pictures are pinned (pipelines/album.py)."""

Step = tuple[int, XY]
"""(UTC µs, metres in the site frame)."""


class Trails:
    """A pipelines.runner.Witness. Positions are those of each camera's presences; unseen people leave none."""

    def __init__(self) -> None:
        self._steps: dict[str, deque[Step]] = {}
        self._swept_us = 0

    def take(self, message: Message) -> None:
        if not isinstance(message, Scene):
            return
        now_us = message.utc_us
        for person in message.persons:
            floor = person.place.floor
            if floor is None or person.seen is not Truth.HOLDS:
                continue
            steps = self._steps.setdefault(person.id, deque())
            if not steps or now_us - steps[-1][0] >= EACH_US:
                steps.append((now_us, floor))
        if now_us - self._swept_us > 60 * US:
            self._sweep(now_us)

    def path(self, persons: Iterable[str], start_us: int, end_us: int) -> list[list[Step]]:
        """One path for each of the presences that was somewhere in [start, end], in the order asked for."""
        found = ([s for s in self._steps.get(name, ()) if start_us <= s[0] <= end_us] for name in persons)
        return [steps for steps in found if steps]

    def _sweep(self, now_us: int) -> None:
        self._swept_us = now_us
        for steps in self._steps.values():
            while steps and steps[0][0] < now_us - KEPT_US:
                steps.popleft()
        self._steps = {name: steps for name, steps in self._steps.items() if steps}
