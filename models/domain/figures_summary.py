"""What a period's rows come to: figures by kind of wait and by post, arrivals by hour against registrations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.domain.instants import datetime_of, us_of_datetime
from models.domain.registrations import Registration
from models.domain.site import Name
from models.domain.wait_figures import PostFigures, PostRow, WaitFigures, WaitRow, post_figures, wait_figures

RECEPTION = "wait.reception"
"""The wait that every party of the hall has: its rows are the arrivals."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of wait over the period. limit_s: the limit in force for the latest of its waits."""

    figures: WaitFigures
    limit_s: float


@dataclass(frozen=True, slots=True)
class FiguresSummary:
    """arrivals, registered: local hour (0..23) -> count over all days. spans: the posts' rows, by time."""

    kinds: tuple[Kind, ...]
    posts: tuple[PostFigures, ...]
    spans: tuple[PostRow, ...]
    arrivals: Mapping[int, int] = field(default_factory=dict)
    registered: Mapping[int, int] = field(default_factory=dict)
    posts_named: Mapping[str, Name] = field(default_factory=dict)

    @property
    def parties(self) -> int:
        return sum(self.arrivals.values())

    @property
    def registrations(self) -> int:
        return sum(self.registered.values())

    @property
    def registration_rate(self) -> float | None:
        """Registrations over parties counted (domain.md 2.5); None where nobody came or nothing was registered."""
        return self.registrations / self.parties if self.parties and self.registrations else None


def days_us(first: date, last: date, time_zone: str) -> tuple[int, int]:
    """UTC µs of local days, both included, as [from, to)."""
    zone = ZoneInfo(time_zone)
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    return us_of_datetime(start), us_of_datetime(end)


def summary_of(
    waits: Sequence[WaitRow],
    posts: Sequence[PostRow],
    registered: Iterable[Registration],
    time_zone: str,
    posts_named: Mapping[str, Name] | None = None,
) -> FiguresSummary:
    """The period's rows as figures; the caller has chosen the period."""
    kinds = []
    for kind in sorted({row.kind for row in waits}):
        latest = max((row for row in waits if row.kind == kind), key=lambda row: row.in_us)
        kinds.append(Kind(wait_figures(kind, waits), latest.limit_s))
    return FiguresSummary(
        tuple(kinds),
        tuple(post_figures(post, posts) for post in sorted({row.post for row in posts})),
        tuple(sorted(posts, key=lambda row: (row.start_us, row.post))),
        by_hour((row.in_us for row in waits if row.kind == RECEPTION), time_zone),
        by_hour((one.at_us for one in registered), time_zone),
        posts_named or {},
    )


def by_hour(moments_us: Iterable[int], time_zone: str) -> Mapping[int, int]:
    """Local hour -> how many."""
    zone = ZoneInfo(time_zone)
    return Counter(datetime_of(at_us).astimezone(zone).hour for at_us in moments_us)
