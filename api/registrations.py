"""The front desk's registrations on record: a batch is taken whole, or refused by name with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.incidents import permit
from api.refusal import RefusalError
from api.roles import Permission, Viewer
from calibration.registrations import told_of
from models.domain.registrations import Registration, checked
from models.store.tables import RegistrationRow, SiteRow

EXPECTED = "R-001, 2026-06-01T10:20:00+08:00"
Line = tuple[int, str, str]
"""(position, reference, time)."""


def register(session: Session, viewer: Viewer, site_id: str, lines: Sequence[Line], *, now_us: int) -> int:
    """Store a batch; returns how many. Raises RefusalError(not_permitted, site_unknown, registrations_bad)."""
    permit(viewer, Permission.REGISTER)
    site = session.get(SiteRow, site_id) if viewer.sees(site_id) else None
    if site is None:
        raise RefusalError("site_unknown", where="site_id", got=site_id[:100])
    return record(session, site, lines, by=viewer.name, language_is_en=viewer.language == "en", now_us=now_us)


def record(
    session: Session, site: SiteRow, lines: Sequence[Line], *, by: str, language_is_en: bool = False, now_us: int
) -> int:
    """What `register` does once it is known who asks: the CSV import of the command goes in here."""
    known = _known(session, site.id, {reference.strip() for _, reference, _ in lines})
    found, problems = checked(lines, site.time_zone, now_us=now_us, known=known)
    if problems:
        got = told_of(problems, "en" if language_is_en else "zh")
        raise RefusalError("registrations_bad", where=site.id, got=got, expected=EXPECTED)
    words = {"site_id": site.id, "user_name": by, "received_us": now_us}
    rows = [{"reference": one.reference, "at_us": one.at_us} | words for one in found]
    if rows:
        session.execute(insert(RegistrationRow), rows)
    return len(rows)


def registrations(session: Session, site_id: str, span_us: tuple[int, int]) -> list[Registration]:
    """Those of a site in [from, to), by time."""
    query = select(RegistrationRow).where(
        RegistrationRow.site_id == site_id, RegistrationRow.at_us >= span_us[0], RegistrationRow.at_us < span_us[1]
    )
    ordered = query.order_by(RegistrationRow.at_us, RegistrationRow.reference)
    return [Registration(row.reference, row.at_us) for row in session.scalars(ordered)]


def _known(session: Session, site_id: str, references: set[str]) -> set[str]:
    """Which of these are on record; asked in parts, since databases take only so many values in one question."""
    wanted, found = sorted(reference[:100] for reference in references), set[str]()
    for start in range(0, len(wanted), 500):
        query = select(RegistrationRow.reference).where(
            RegistrationRow.site_id == site_id, RegistrationRow.reference.in_(wanted[start : start + 500])
        )
        found |= set(session.scalars(query))
    return found
