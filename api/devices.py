"""Boxes and their tokens: shown once, stored as a hash, good for one site."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.records import SiteRecord
from api.roles import Box
from api.sessions import fingerprint
from models.domain.errors import UsageError
from models.store.opening import Store
from models.store.tables import DeviceRow, SiteRow

_SEEN_EVERY_US = 5_000_000
"""How often a contact is written down: each request would be a write of its own."""


@dataclass(frozen=True, slots=True)
class Device:
    """A registered box. last_seen_us: None before its first contact."""

    id: int
    name: str
    site: str
    revoked: bool
    added_us: int
    last_seen_us: int | None


def add_device(store: Store, site: SiteRecord, name: str, *, now_us: int) -> str:
    """Register a box, and its site if that is new (else the site's names are brought up to date); returns the token.

    Raises UsageError (name taken, id or time zone unfit).
    """
    _check(site, name)
    token = f"gwd_{secrets.token_urlsafe(32)}"
    with store.writing() as session:
        row = session.get(SiteRow, site.id)
        if row is None:
            row = SiteRow(id=site.id, added_us=now_us)
            session.add(row)
        row.name_zh, row.name_en, row.time_zone = site.name.zh, site.name.en, site.time_zone
        session.flush()
        device = DeviceRow(name=name, site_id=site.id, token_hash=fingerprint(token), added_us=now_us)
        try:
            with session.begin_nested():
                session.add(device)
        except IntegrityError as error:
            raise UsageError(
                "The site has a device of that name.",
                got=name,
                next_step="Choose another name, or revoke the old one and use a new name.",
            ) from error
    return token


def list_devices(store: Store) -> list[Device]:
    """By site and name."""
    with store.reading() as session:
        rows = session.scalars(select(DeviceRow).order_by(DeviceRow.site_id, DeviceRow.name))
        return [
            Device(row.id, row.name, row.site_id, row.revoked_us is not None, row.added_us, row.last_seen_us)
            for row in rows
        ]


def revoke_device(store: Store, site: str, name: str, *, now_us: int) -> None:
    """Its token is refused from now on. Raises UsageError (no such device)."""
    with store.writing() as session:
        row = session.scalar(select(DeviceRow).where(DeviceRow.site_id == site, DeviceRow.name == name))
        if row is None:
            raise UsageError(
                "There is no such device.", got=f"{name} of {site}", next_step="See `guiwei devices list`."
            )
        row.revoked_us = row.revoked_us or now_us


def box_of(store: Store, token: str, *, now_us: int) -> Box | None:
    """The box a token belongs to, or None when it is unknown or revoked; notes the contact."""
    query = select(DeviceRow).where(DeviceRow.token_hash == fingerprint(token), DeviceRow.revoked_us.is_(None))
    with store.reading() as session:
        row = session.scalar(query)
    if row is None:
        return None
    if row.last_seen_us is None or now_us - row.last_seen_us >= _SEEN_EVERY_US:
        with store.writing() as session:
            session.execute(update(DeviceRow).where(DeviceRow.id == row.id).values(last_seen_us=now_us))
    return Box(row.id, row.name, row.site_id)


def last_contact_us(session: Session) -> int | None:
    """When any box was last heard of."""
    return session.scalar(select(func.max(DeviceRow.last_seen_us)))


def _check(site: SiteRecord, name: str) -> None:
    for what, value in (("site", site.id), ("name", name)):
        if not value.isprintable() or not 1 <= len(value) <= 64 or value != value.strip():
            raise UsageError(f"The {what} cannot be used.", got=value, expected="1 to 64 printable characters")
    try:
        ZoneInfo(site.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            "The time zone is unknown.", got=site.time_zone, expected="a name such as Asia/Shanghai"
        ) from error
