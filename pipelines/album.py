"""The pictures a box remembers: masked, bounded in number and bytes, thinner the older they are.

The last seconds are kept whole, for the clip; most of them fall out again unused, so the small ones are not coded,
which takes longer than all else that is done to them. Of what is older only large pictures stay, one each 10 s for a
quarter of an hour and one a minute for two hours, so that the picture before a long episode is still there. Pictures
just before somebody appeared or left a post are pinned: an episode may begin there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from models.domain.media import US, Image

RECENT_S = 20.0
"""Kept whole: twice the length of a clip, for moments that are known some seconds later."""
DECADES: tuple[tuple[float, float], ...] = ((900.0, 10.0), (7200.0, 60.0))
"""(age up to, one picture each), seconds."""
PINNED_S = 1800.0
PINS = 128
LIMIT_BYTES = 96 * 2**20
"""A camera's pictures in memory [P]: 20 s at 5 fps are about 35 MB."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A person on a picture. box: pixels of the camera's declared size."""

    person: str
    role: str
    box: Box


@dataclass(frozen=True, slots=True)
class Shot:
    """One masked picture. large: of the frame's own size; else reduced, good for a clip only."""

    utc_us: int
    jpeg: bytes = field(repr=False)
    """Empty where the picture is kept uncoded."""
    large: bool
    figures: tuple[Figure, ...] = ()
    longer_px: int = 0
    """The picture's longer side; 0 where it is not told."""
    uncoded: Image | None = field(default=None, repr=False, compare=False)
    """BGR, or I420 (one plane of 3/2 the height)."""

    @property
    def n_bytes(self) -> int:
        return len(self.jpeg) + (0 if self.uncoded is None else self.uncoded.nbytes)


class Album:
    """Shots of one camera in time order. Not shared between threads: whoever judges the scenes keeps it."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._recent: deque[Shot] = deque()
        self._older: list[Shot] = []
        self._pins: deque[Shot] = deque(maxlen=PINS)
        self.n_bytes = 0
        self.unmasked_us: int | None = None
        """When a picture last had to be dropped because it could not be masked."""

    @property
    def latest(self) -> Shot | None:
        """The newest large shot."""
        return next((shot for shot in reversed(self._recent) if shot.large), None)

    def add(self, shot: Shot) -> None:
        """Take in a shot later than all before; thins what has grown old."""
        self._recent.append(shot)
        self.n_bytes += shot.n_bytes
        moved = False
        while self._recent[0].utc_us < shot.utc_us - RECENT_S * US:
            moved |= self._retire(self._recent.popleft())
        if moved:
            self._thin(shot.utc_us)
        while self.n_bytes > self._limit_bytes and len(self._recent) > 1:
            self._drop_one()

    def pin(self, utc_us: int) -> None:
        """Keep the last large shot at or before that moment: something began there."""
        shot = self.before(utc_us)
        if shot is not None and shot not in self._pins:
            self._pins.append(shot)

    def before(self, utc_us: int) -> Shot | None:
        """The last large shot at or before the moment; None when none is that old."""
        return max((s for s in self._large() if s.utc_us <= utc_us), key=lambda s: s.utc_us, default=None)

    def nearest(self, utc_us: int, within_s: float) -> Shot | None:
        """The large shot nearest to the moment, the earlier of two; None when none is within reach."""
        found = min(self._large(), key=lambda s: (abs(s.utc_us - utc_us), s.utc_us), default=None)
        return found if found is not None and abs(found.utc_us - utc_us) <= within_s * US else None

    def first_of(self, persons: Set[str], start_us: int, end_us: int) -> Shot | None:
        """The first large shot in [start, end] that shows one of the persons."""
        shown = (
            shot
            for shot in self._large()
            if start_us <= shot.utc_us <= end_us and any(figure.person in persons for figure in shot.figures)
        )
        return min(shown, key=lambda s: s.utc_us, default=None)

    def between(self, start_us: int, end_us: int) -> list[Shot]:
        """Recent shots of any size in [start, end], in order."""
        return [shot for shot in self._recent if start_us <= shot.utc_us <= end_us]

    def _large(self) -> Iterable[Shot]:
        yield from self._pins
        yield from self._older
        yield from (shot for shot in self._recent if shot.large)

    def _retire(self, shot: Shot) -> bool:
        if shot.large:
            self._older.append(shot)
            return True
        self.n_bytes -= shot.n_bytes
        return False

    def _thin(self, now_us: int) -> None:
        kept: list[Shot] = []
        for shot in self._older:
            every_s = _every_s((now_us - shot.utc_us) / US)
            # Fixed slots of time, so that thinning again and again keeps the same shots.
            new_slot = every_s is not None and (
                not kept or kept[-1].utc_us // round(every_s * US) != shot.utc_us // round(every_s * US)
            )
            if new_slot:
                kept.append(shot)
            else:
                self.n_bytes -= shot.n_bytes
        self._older = kept
        while self._pins and self._pins[0].utc_us < now_us - PINNED_S * US:
            self._pins.popleft()

    def _drop_one(self) -> None:
        gone = self._older.pop(0) if self._older else self._recent.popleft()
        self.n_bytes -= gone.n_bytes


def _every_s(age_s: float) -> float | None:
    return next((every_s for up_to_s, every_s in DECADES if age_s <= up_to_s), None)
