"""Key figures of waits and posts from rows that a box kept (domain.md 2.5). Pure arithmetic.

A wait that was seen to end (served, or left) is known, between its minimum and its maximum: the middle stands for it.
One that sight was lost of, or that still ran at the end, is *censored* at its minimum. Quantiles are those of the
Kaplan-Meier curve (scipy.stats.ecdf on right-censored data), so censored waits count for as long as they were seen; the
largest wait is the largest that was seen, censored or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.domain.media import US

ENDED = frozenset({"served", "abandoned"})
GREETED_S = 30.0
"""domain.md 2.5: parties approached within 30 s."""


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One party's wait. end: served | abandoned | censored | end_of_recording, None while it runs."""

    kind: str
    zone: str
    party: str
    size: int
    in_us: int
    wait_min_s: float
    wait_max_s: float
    end: str | None
    limit_s: float

    @property
    def known(self) -> bool:
        return self.end in ENDED

    @property
    def wait_s(self) -> float:
        return (self.wait_min_s + self.wait_max_s) / 2 if self.known else self.wait_min_s


@dataclass(frozen=True, slots=True)
class PostRow:
    """One stretch of a post's duty. status: attended | unattended | unknown."""

    post: str
    status: str
    start_us: int
    end_us: int

    @property
    def seconds(self) -> float:
        return (self.end_us - self.start_us) / US


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """Of one kind of wait. Shares are 0..1, None where nothing is known. median_s, p90_s: None where the curve does
    not come down so far."""

    kind: str
    parties: int
    known: int
    abandoned: int
    median_s: float | None
    p90_s: float | None
    max_s: float
    within_share: float | None
    greeted_share: float | None
    curve: tuple[tuple[float, float], ...]
    """(seconds, share that still waits): the Kaplan-Meier curve."""

    @property
    def abandoned_share(self) -> float | None:
        return self.abandoned / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class PostFigures:
    """attendance = attended / judged seconds; observability = judged / duty seconds."""

    post: str
    duty_s: float
    judged_s: float
    attended_s: float

    @property
    def attendance(self) -> float | None:
        return self.attended_s / self.judged_s if self.judged_s else None

    @property
    def observability(self) -> float | None:
        return self.judged_s / self.duty_s if self.duty_s else None


def wait_figures(kind: str, rows: Sequence[WaitRow]) -> WaitFigures:
    """The figures of all rows of that kind."""
    mine = [row for row in rows if row.kind == kind]
    curve = survival(mine)
    decided = [within for row in mine if (within := _within(row, row.limit_s)) is not None]
    greeted = [within for row in mine if (within := _within(row, GREETED_S)) is not None]
    return WaitFigures(
        kind=kind,
        parties=len(mine),
        known=sum(row.known for row in mine),
        abandoned=sum(row.end == "abandoned" for row in mine),
        median_s=_quantile(curve, 0.5),
        p90_s=_quantile(curve, 0.9),
        max_s=max((row.wait_s for row in mine), default=0.0),
        within_share=sum(decided) / len(decided) if decided else None,
        greeted_share=sum(greeted) / len(greeted) if greeted else None,
        curve=curve,
    )


def survival(rows: Sequence[WaitRow]) -> tuple[tuple[float, float], ...]:
    """(seconds, share that still waits), from (0, 1) on; empty without rows."""
    if not rows:
        return ()
    ended = [row.wait_s for row in rows if row.known]
    censored = [row.wait_s for row in rows if not row.known]
    if not ended:
        return ((0.0, 1.0),)
    # Half a second to import, and only who asks for a curve needs it.
    from scipy import stats  # noqa: PLC0415

    sample = stats.CensoredData(uncensored=ended, right=censored)
    curve = stats.ecdf(sample).sf
    points = zip(np.asarray(curve.quantiles).tolist(), np.asarray(curve.probabilities).tolist(), strict=True)
    return ((0.0, 1.0), *points)


def post_figures(post: str, rows: Iterable[PostRow]) -> PostFigures:
    """The figures of one post over its duty."""
    mine = [row for row in rows if row.post == post]
    judged = [row for row in mine if row.status != "unknown"]
    return PostFigures(
        post=post,
        duty_s=sum(row.seconds for row in mine),
        judged_s=sum(row.seconds for row in judged),
        attended_s=sum(row.seconds for row in judged if row.status == "attended"),
    )


def _within(row: WaitRow, limit_s: float) -> bool | None:
    """Whether a party was served within the limit; None where nobody can say. Who gave up was not."""
    if row.wait_min_s > limit_s or row.end == "abandoned":
        return False
    return True if row.end == "served" and row.wait_max_s <= limit_s else None


def _quantile(curve: Sequence[tuple[float, float]], share: float) -> float | None:
    """The first moment at which that share no longer waits."""
    return next((at_s for at_s, waiting in curve if waiting <= 1 - share + 1e-9), None)
