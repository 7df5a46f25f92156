"""What the energy and calendar pages ask of the services, and the part of the desk that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from api.calendar import Entry, cancel, enter, entries
from api.energy import days_known, zone_days
from api.incidents import MAX_PAGE, IncidentFilter, list_incidents
from api.records import sites
from api.refusal import RefusalError
from api.roles import Permission, Viewer
from api.sessions import viewer_of
from api.ui.cards import SiteCard
from api.ui.wording import DEFAULT_ZONE, zone_of
from models.domain.calendar import wall_to_us
from models.domain.clock import Clock
from models.domain.day_sheet import DaySheet
from models.domain.incident import Incident
from models.domain.site import Name
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class Flag:
    """An incident of the day in a zone: where it leads, and what it is about. Times UTC µs."""

    key: str
    code: str
    subject: str
    first_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class ZoneCard:
    """One zone's day."""

    site: SiteCard
    sheet: DaySheet
    as_of_us: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class EnergyDay:
    """day: the day shown, "" where nothing is known yet; days: all known ones, latest first."""

    day: str
    days: tuple[str, ...]
    zones: tuple[ZoneCard, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """The calendar as the reader sees it. may_enter: whether the role may change it."""

    sites: tuple[SiteCard, ...]
    entries: tuple[Entry, ...]
    may_enter: bool
    now_us: int


class EnergyDesk(Protocol):
    """Implemented beside `api.ui.handling.Desk`; the token is checked at every call. All raise RefusalError."""

    def energy(self, token: str, day: str) -> EnergyDay:
        """The day asked for, or the latest known where it is no day or empty."""
        ...

    def planned(self, token: str) -> Planned: ...

    def enter(self, token: str, site: str, kind: str, span: tuple[int, int]) -> None:
        """span: UTC µs. Raises RefusalError(not_permitted, entry_order, in_the_past, site_unknown)."""
        ...

    def take_back(self, token: str, entry: str) -> None: ...


class EnergyService:
    """Implements EnergyDesk on the API's own services."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def now_us(self) -> int:
        return self._clock.utc_us()

    def energy(self, token: str, day: str) -> EnergyDay:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            days = days_known(session, viewer)
            shown = day if _is_day(day) else (days[0] if days else "")
            known = sites(session)
            found = zone_days(session, viewer, shown) if shown else []
            flags = _flags(session, viewer)
        cards = tuple(
            ZoneCard(
                site := _site(one.site, {s.id: SiteCard(s.id, s.name, s.time_zone) for s in known.values()}),
                one.sheet,
                one.as_of_us,
                tuple(f for where, f in flags if where == (one.site, one.sheet.zone) and _on(f, shown, site)),
            )
            for one in found
        )
        return EnergyDay(shown, tuple(days), cards)

    def planned(self, token: str) -> Planned:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            mine = [s for s in sites(session).values() if viewer.sees(s.id)]
            found = tuple(entries(session, viewer))
        cards = tuple(SiteCard(s.id, s.name, s.time_zone) for s in sorted(mine, key=lambda s: s.id))
        return Planned(cards, found, viewer.may(Permission.CALENDAR), self.now_us())

    def enter(self, token: str, site: str, kind: str, span: tuple[int, int]) -> None:
        with self._store.writing() as session:
            enter(session, self._viewer(session, token), site, kind, span, now_us=self.now_us())

    def take_back(self, token: str, entry: str) -> None:
        with self._store.writing() as session:
            cancel(session, self._viewer(session, token), entry, now_us=self.now_us())

    def _viewer(self, session: Session, token: str) -> Viewer:
        if (viewer := viewer_of(session, token, self.now_us())) is None:
            raise RefusalError("not_signed_in")
        return viewer


def _flags(session: Session, viewer: Viewer) -> list[tuple[tuple[str, str], Flag]]:
    """The latest incidents of lamps and air-conditioners, by site and zone."""
    page = list_incidents(session, viewer, IncidentFilter(), limit=MAX_PAGE)
    return [((i.site, i.zone), _flag(i)) for i in (r.incident for r in page.items) if i.code.startswith("energy.")]


def _flag(incident: Incident) -> Flag:
    return Flag(incident.dedupe_key, incident.code, incident.subject, incident.t_first_us, incident.t_end_us)


def _on(flag: Flag, day: str, site: SiteCard) -> bool:
    """Whether an incident touches a local day."""
    begin_us, end_us = day_bounds(day, site.time_zone)
    return flag.first_us < end_us and (flag.ended_us is None or flag.ended_us > begin_us)


def day_bounds(day: str, zone: str) -> tuple[int, int]:
    """A local day's midnights, UTC µs. Raises ValueError for no day."""
    first = datetime.combine(date.fromisoformat(day), time())
    return wall_to_us(first, zone_of(zone)), wall_to_us(first + timedelta(days=1), zone_of(zone))


def _site(ident: str, known: dict[str, SiteCard]) -> SiteCard:
    return known.get(ident, SiteCard(ident, Name(ident, ident), DEFAULT_ZONE))


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
