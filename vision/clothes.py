"""What one presence wears, and whether its track has come to show somebody else. Pure.

Tracks change hands where people pass each other: the box of the one who is hidden goes on with the one who hides.
Nobody changes clothes meanwhile. Told by one garment that clearly differs, for a second of clear sight, after a moment
in which the track can have changed (boxes that met, or out of sight); where there was none, somebody has turned round
or taken off a coat, and what is worn is learnt anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from models.domain.clothing import UNKNOWN, Colour, Lab, differ, garment_distance
from models.domain.media import US
from models.domain.truth import Truth
from vision.place import Box, Located

UNLIKE = 24.0
"""Lab distance of one garment from which it is another one. Of one person between two places of a room the mean of both
was up to 14 on the samples."""
ALIKE = 20.0
KNOWN = 4
"""Glimpses after which it is known what somebody wears."""
SLOWLY = 0.1
"""Share of a new glimpse in what is remembered, once there have been many."""
CHANGED_S, CHANGED_GLIMPSES = 1.0, 3
"""So long something else is worn before the track shows somebody else."""
RELEARNT_S = 2.5
MIXED_S = 3.0
"""How long before the first other glimpse the track can have changed: who comes out from behind another is covered at
first [P]."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One clear sight of the clothes: when, what, and where the person was."""

    utc_us: int
    colour: Colour
    box: Box
    located: Located


@dataclass(slots=True)
class Clothes:
    """The memory of one presence."""

    colour: Colour = UNKNOWN
    glimpses: int = 0
    own: Glimpse | None = None
    """The last that showed what is remembered."""
    _others: list[Glimpse] = field(default_factory=list)
    _mixed: bool = False
    _by_role: bool = False
    """The others are told by a uniform worn or missing."""

    def first(self, colour: Colour) -> None:
        """Where nothing is known yet."""
        if self.glimpses == 0:
            self.colour = colour

    @property
    def known(self) -> bool:
        return self.glimpses >= KNOWN

    @property
    def told(self) -> Colour:
        """What the person certainly wears: nothing before it is known, nor while the track shows something else."""
        return self.colour if self.known and not self._others else UNKNOWN

    @property
    def doubted(self) -> bool:
        """Something else has been worn twice, since the track can have changed hands."""
        return self.own is not None and self._mixed and len(self._others) > 1

    def settle(self) -> None:
        """The track is right again."""
        self._others.clear()

    def see(self, glimpse: Glimpse, *, mixed_us: int, contradicted: Truth) -> bool:
        """One more glimpse; whether it showed what is remembered, and that was known. contradicted: whether the role
        speaks against it; mixed_us: when the track can last have changed hands."""
        other = contradicted is Truth.HOLDS
        if not other and not (self.known and unlike(self.colour, glimpse.colour)):
            if contradicted is Truth.UNKNOWN and self._others and self._by_role:
                return False  # a uniform half hidden takes nothing back
            sure = self.known
            if unlike(self.colour, glimpse.colour):
                # One of the two was of somebody else: known is what was seen alike KNOWN times.
                self.colour, self.glimpses = UNKNOWN, 0
            share = max(SLOWLY, 1 / (self.glimpses + 1))
            top, bottom = (_blend(old, new, share) for old, new in zip(self.colour, glimpse.colour, strict=True))
            self.colour, self.glimpses, self.own = (top, bottom), self.glimpses + 1, glimpse
            self._others.clear()
            return sure
        if self._others and unlike(self._others[-1].colour, glimpse.colour):
            self._others.clear()
        if not self._others:
            since_us = (glimpse.utc_us if self.own is None else min(self.own.utc_us, glimpse.utc_us)) - MIXED_S * US
            self._mixed = mixed_us >= since_us
            self._by_role = other
        self._others.append(glimpse)
        if not self._mixed and glimpse.utc_us - self._others[0].utc_us >= RELEARNT_S * US and not other:
            self.colour, self.own = _middle(self._others), glimpse
            self._others.clear()
        return False

    def changed(self, utc_us: int) -> bool:
        """Whether the track shows somebody else by now."""
        others = self._others
        long = len(others) >= CHANGED_GLIMPSES and others[-1].utc_us - others[0].utc_us >= CHANGED_S * US
        return long and self._mixed and self.own is not None and others[-1].utc_us == utc_us

    def parted(self) -> tuple[Glimpse, int, Colour]:
        """(last own glimpse, since when the other one has been followed, what they wear); the other is forgotten.

        To be asked where `changed` or `doubted` holds."""
        others, self._others = self._others, []
        assert self.own is not None
        return self.own, others[0].utc_us, _middle(others)


def unlike(one: Colour, other: Colour) -> bool:
    """Whether a garment that both show clearly differs."""
    return differ(one, other, UNLIKE)


def alike(one: Colour, other: Colour) -> bool:
    """Whether the tops are known and no garment differs."""
    apart = garment_distance(one, other)
    return one[0] is not None and other[0] is not None and all(d <= ALIKE for d in apart)


def _middle(glimpses: list[Glimpse]) -> Colour:
    tops = [g.colour[0] for g in glimpses if g.colour[0] is not None]
    bottoms = [g.colour[1] for g in glimpses if g.colour[1] is not None]
    return _median(tops), _median(bottoms)


def _median(colours: list[Lab]) -> Lab | None:
    if not colours:
        return None
    return median(c[0] for c in colours), median(c[1] for c in colours), median(c[2] for c in colours)


def _blend(old: Lab | None, new: Lab | None, share: float) -> Lab | None:
    if old is None or new is None:
        return new if old is None else old
    return old[0] + share * (new[0] - old[0]), old[1] + share * (new[1] - old[1]), old[2] + share * (new[2] - old[2])
