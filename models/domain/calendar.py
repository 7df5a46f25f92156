"""When lights and air-conditioning are owed or allowed: windows, seasons, exceptions (domain.md sections 0.3-0.6, 1.1).

Local minutes of a day, half-open [opens, closes); 24:00 is 1440, a window may cross midnight. Who decides a day's
windows: contract > site override > dated exception > season > default. An *evening opening* decides nothing: it adds
time to whatever was decided (nobody is fined for being open), except where the contract speaks, which prevails (P3-01).
Times of a place with summer time are converted exactly: a local time that the clock skips means the moment of the
change, one that it shows twice means the first for an opening and the second for a closing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from models.domain.instants import datetime_of, us_of_datetime

DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class Season:
    """From this month and day on (domain.md section 0.5: the latest start <= date wins)."""

    id: str
    starts: tuple[int, int]
    open_shift_min: int = 0


class WindowId(StrEnum):
    """The windows of domain.md section 1.1. MUSIC is for reference only: no camera hears it."""

    INTERIOR = "interior"
    EXTERIOR = "exterior"
    GROUND = "ground"
    AC = "ac"
    MUSIC = "music"


class Origin(StrEnum):
    """Who decided a day's windows, strongest first."""

    CONTRACT = "contract"
    OVERRIDE = "override"
    EXCEPTION = "exception"
    SEASON = "season"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Minutes after local midnight, half-open. closes_min may lie on the next day (above 1440)."""

    opens_min: int
    closes_min: int

    def __str__(self) -> str:
        closes = self.closes_min if self.closes_min <= DAY_MIN else self.closes_min - DAY_MIN
        return f"{clock_text(self.opens_min)}-{clock_text(closes)}"


def clock_text(minutes: int) -> str:
    """1440 -> 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


DEFAULT_WINDOWS: Mapping[WindowId, tuple[Window, ...]] = {
    WindowId.INTERIOR: (Window(500, 1050),),
    WindowId.EXTERIOR: (Window(1020, 1440),),
    WindowId.GROUND: (Window(1020, 1200),),
    WindowId.AC: (Window(510, 1050),),
    WindowId.MUSIC: (Window(530, 1050),),
}
"""P3-02, P3-03, P3-05, P4-11, P4-14: the source text's own times."""
SHIFTED = frozenset({WindowId.EXTERIOR, WindowId.GROUND})
"""P4-12 stands under both outdoor windows; openings shift with the season, closings do not."""
EXTENDED = (WindowId.INTERIOR, WindowId.AC)
"""What an evening opening prolongs (and the duty of posts)."""
DEFAULT_SEASONS = (Season("winter", (10, 15)), Season("spring", (3, 1), 60), Season("summer", (6, 1), 120))
"""domain.md section 0.5; the printed table (P4-01..03) names 15 Oct twice and 29 Feb never."""
PRINTED_SEASONS = (
    ("spring", (3, 1), (5, 31)),
    ("summer", (6, 1), (10, 15)),
    ("winter", (10, 15), (2, 28)),
)


@dataclass(frozen=True, slots=True)
class DayException:
    """Days on which other windows hold: a holiday (none), an event. A window it does not name stays as it is."""

    id: str
    first: date
    last: date
    windows: Mapping[WindowId, tuple[Window, ...]]


@dataclass(frozen=True, slots=True)
class EveningOpening:
    """Open until later on one day (P7-05): interior, AC and posts together. until_min may lie after midnight."""

    id: str
    day: date
    until_min: int


@dataclass(frozen=True, slots=True)
class VipVisit:
    """A visit that a manager entered (P3-34..37, P3-45), UTC µs."""

    id: str
    arrives_us: int
    leaves_us: int


@dataclass(frozen=True, slots=True)
class Hours:
    """What the site file and its managers say of time."""

    contract: Mapping[WindowId, tuple[Window, ...]] = field(default_factory=dict)
    override: Mapping[WindowId, tuple[Window, ...]] = field(default_factory=dict)
    exceptions: tuple[DayException, ...] = ()
    evenings: tuple[EveningOpening, ...] = ()
    visits: tuple[VipVisit, ...] = ()
    location: tuple[float, float] | None = None
    """Latitude and longitude in degrees, for sunset hints."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One window id on one day. exceptions and evenings: ids of what changed it."""

    windows: tuple[Window, ...]
    origin: Origin
    evenings: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    """Evening openings that the contract overrules."""


@dataclass(frozen=True, slots=True)
class Span:
    """UTC µs, half-open."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Asks about days are local; asks about moments are UTC µs."""

    time_zone: str
    seasons: tuple[Season, ...] = DEFAULT_SEASONS
    hours: Hours = field(default_factory=Hours)
    _known: dict[tuple[WindowId, date], list[Span]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Answers of `_around`: rules ask every second of data time."""

    def season(self, day: date) -> Season:
        """The season with the latest start on or before the day, across the turn of the year."""
        ordered = sorted(self.seasons or DEFAULT_SEASONS, key=lambda s: s.starts)
        begun = [s for s in ordered if s.starts <= (day.month, day.day)]
        return (begun or ordered)[-1]

    def plan(self, window: WindowId, day: date) -> DayPlan:
        """Which windows hold on a day, and who says so."""
        decided, origin = self._decided(window, day)
        evenings = [e for e in self.hours.evenings if e.day == day] if window in EXTENDED else []
        if origin is Origin.CONTRACT or not evenings:
            return DayPlan(decided, origin, (), tuple(e.id for e in evenings))
        longest = max(evening.until_min for evening in evenings)
        return DayPlan(_prolonged(decided, longest), origin, tuple(e.id for e in evenings))

    def _decided(self, window: WindowId, day: date) -> tuple[tuple[Window, ...], Origin]:
        for origin, said in ((Origin.CONTRACT, self.hours.contract), (Origin.OVERRIDE, self.hours.override)):
            if window in said:
                return said[window], origin
        dated = [e for e in self.hours.exceptions if e.first <= day <= e.last and window in e.windows]
        if dated:
            shortest = min(
                dated, key=lambda e: ((e.last - e.first), e.id)
            )  # a day within a holiday week speaks for itself
            return shortest.windows[window], Origin.EXCEPTION
        shift = self.season(day).open_shift_min if window in SHIFTED else 0
        if not shift:
            return DEFAULT_WINDOWS[window], Origin.DEFAULT
        shifted = (Window(w.opens_min + shift, w.closes_min) for w in DEFAULT_WINDOWS[window])
        return tuple(w for w in shifted if w.opens_min < w.closes_min), Origin.SEASON

    def spans(self, window: WindowId, day: date) -> tuple[Span, ...]:
        """The windows that begin on that local day, as moments."""
        found = (self._span(w, day) for w in self.plan(window, day).windows)
        return tuple(span for span in found if span.start_us < span.end_us)

    def day_of(self, utc_us: int) -> date:
        return datetime_of(utc_us).astimezone(ZoneInfo(self.time_zone)).date()

    def open_at(self, window: WindowId, utc_us: int) -> Span | None:
        """The stretch in which the window is open around that moment (windows that touch are one), None outside."""
        return next((s for s in self._around(window, utc_us) if s.start_us <= utc_us < s.end_us), None)

    def closed_at(self, window: WindowId, utc_us: int) -> Span | None:
        """The stretch between two windows around that moment, within a day to either side; None inside a window."""
        spans = self._around(window, utc_us)
        if any(s.start_us <= utc_us < s.end_us for s in spans):
            return None
        day = self.day_of(utc_us)
        first = max([s.end_us for s in spans if s.end_us <= utc_us], default=self.midnight_us(day - timedelta(days=1)))
        last = min(
            [s.start_us for s in spans if s.start_us > utc_us], default=self.midnight_us(day + timedelta(days=2))
        )
        return Span(first, last)

    def midnight_us(self, day: date) -> int:
        """The first moment of a local day."""
        return self._moment(day, 0, later=False)

    def visit_at(self, utc_us: int, before_us: int = 0) -> VipVisit | None:
        """The visit that is on, or begins within `before_us`; the earliest of several."""
        on = [v for v in self.hours.visits if v.arrives_us - before_us <= utc_us < v.leaves_us]
        return min(on, key=lambda v: (v.arrives_us, v.id), default=None)

    def _around(self, window: WindowId, utc_us: int) -> list[Span]:
        day = self.day_of(utc_us)
        if (window, day) in self._known:
            return self._known[window, day]
        days = (day + timedelta(days=shift) for shift in (-1, 0, 1))
        spans = sorted((s for d in days for s in self.spans(window, d)), key=lambda s: s.start_us)
        merged: list[Span] = []
        for span in spans:
            if merged and span.start_us <= merged[-1].end_us:
                merged[-1] = Span(merged[-1].start_us, max(merged[-1].end_us, span.end_us))
            else:
                merged.append(span)
        self._known[window, day] = merged
        return merged

    def _span(self, window: Window, day: date) -> Span:
        return Span(self._moment(day, window.opens_min, later=False), self._moment(day, window.closes_min, later=True))

    def _moment(self, day: date, minutes: int, *, later: bool) -> int:
        zone = ZoneInfo(self.time_zone)
        wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
        return wall_to_us(wall, zone, later=later)


def wall_to_us(wall: datetime, zone: ZoneInfo, *, later: bool = False) -> int:
    """UTC µs of a local time without offset. A skipped time gives the moment of the change."""
    aware = wall.replace(tzinfo=zone, fold=int(later))
    utc_us = us_of_datetime(aware)
    if datetime_of(utc_us).astimezone(zone).replace(tzinfo=None) == wall:
        return utc_us
    low, high = sorted(us_of_datetime(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    before = _offset(low, zone)
    while high - low > 1_000_000:
        middle = (low + high) // 2_000_000 * 1_000_000
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high // 1_000_000 * 1_000_000


def _offset(utc_us: int, zone: ZoneInfo) -> timedelta | None:
    return datetime_of(utc_us).astimezone(zone).utcoffset()


def _prolonged(windows: tuple[Window, ...], until_min: int) -> tuple[Window, ...]:
    """The last window of the day lasts until then; a day without one opens for the evening from 17:30 on."""
    if not windows:
        return (Window(1050, until_min),) if until_min > 1050 else ()
    *rest, last = sorted(windows)
    return (*rest, Window(last.opens_min, max(last.closes_min, until_min)))


@dataclass(frozen=True, slots=True)
class SeasonAnomaly:
    """A day that a printed season table names twice ("double") or never ("hole"), and the season that holds."""

    kind: str
    month: int
    day: int
    claimed_by: tuple[str, ...]
    resolved: str


def season_anomalies(calendar: Calendar) -> tuple[SeasonAnomaly, ...]:
    """Days of the source text's season table (P4-01..03) that it names twice or never."""
    found = []
    start = date(2028, 1, 1)  # a leap year has every day
    for day in (start + timedelta(days=n) for n in range(366)):
        claims = tuple(name for name, first, last in PRINTED_SEASONS if _printed(first, last, (day.month, day.day)))
        if len(claims) != 1:
            kind = "double" if claims else "hole"
            found.append(SeasonAnomaly(kind, day.month, day.day, claims, calendar.season(day).id))
    return tuple(found)


def _printed(first: tuple[int, int], last: tuple[int, int], day: tuple[int, int]) -> bool:
    return first <= day <= last if first <= last else day >= first or day <= last


def overlapping(windows: tuple[Window, ...]) -> tuple[Window, Window] | None:
    """Two windows of one day that overlap (touching is allowed), also across midnight into the next day."""
    ordered = sorted(windows)
    if len(ordered) > 1:
        ordered.append(Window(ordered[0].opens_min + DAY_MIN, ordered[0].closes_min + DAY_MIN))
    return next(((a, b) for a, b in pairwise(ordered) if b.opens_min < a.closes_min), None)
