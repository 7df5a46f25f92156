"""Tables of the API side: who may come in, what happened, and who looked at it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.incident import State
from models.store.base import Base, Serial, Short, Text, Us

_STATES = ", ".join(f"'{state}'" for state in State)


class SiteRow(Base):
    """A site the API knows: it appears when the first device is registered for it."""

    __tablename__ = "site"

    id: Mapped[Short] = mapped_column(primary_key=True)
    name_zh: Mapped[Text]
    name_en: Mapped[Text]
    time_zone: Mapped[Short]
    added_us: Mapped[Us]


class DeviceRow(Base):
    """A box that may write for one site. Only the SHA-256 of its token is kept."""

    __tablename__ = "device"

    id: Mapped[Serial]
    name: Mapped[Short]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    token_hash: Mapped[Short] = mapped_column(unique=True)
    added_us: Mapped[Us]
    revoked_us: Mapped[Us | None]
    last_seen_us: Mapped[Us | None]

    __table_args__ = (UniqueConstraint("site_id", "name"),)


class UserRow(Base):
    """A person who signs in. `epoch` grows when all sessions are to end (password changed, disabled)."""

    __tablename__ = "user_account"

    id: Mapped[Serial]
    name: Mapped[Short] = mapped_column(unique=True)
    password_hash: Mapped[Text]
    role: Mapped[Short]
    language: Mapped[Short]
    all_sites: Mapped[bool]
    disabled_us: Mapped[Us | None]
    epoch: Mapped[int] = mapped_column(default=1)
    added_us: Mapped[Us]


class UserSiteRow(Base):
    """Which sites a person without `all_sites` sees."""

    __tablename__ = "user_site"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)


class SessionRow(Base):
    """A signed-in browser. Only the SHA-256 of the cookie is kept."""

    __tablename__ = "session"

    token_hash: Mapped[Short] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    epoch: Mapped[int]
    created_us: Mapped[Us]
    expires_us: Mapped[Us]


class IncidentRow(Base):
    """An incident at its highest revision, and the state people brought it to."""

    __tablename__ = "incident"

    dedupe_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int]
    state: Mapped[Short]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    site_version: Mapped[Short]
    code: Mapped[Short]
    rule_version: Mapped[Short]
    grade: Mapped[Short]
    zone: Mapped[Short]
    camera: Mapped[Short]
    subject: Mapped[str] = mapped_column(String(200))
    severity: Mapped[Short]
    first_us: Mapped[Us]
    confirmed_us: Mapped[Us]
    ended_us: Mapped[Us | None]
    end_reason: Mapped[Short | None]
    measured_value: Mapped[float]
    measured_unit: Mapped[Short]
    measured_sigma: Mapped[float | None]
    threshold_value: Mapped[float]
    threshold_unit: Mapped[Short]
    threshold_source: Mapped[Text]
    observed_s: Mapped[float]
    blind_s: Mapped[float]
    confidence: Mapped[float]
    cues: Mapped[list[str]] = mapped_column(JSON)
    evidence_note: Mapped[Text | None]
    source: Mapped[Short]
    extra: Mapped[dict[str, str]] = mapped_column(JSON)
    received_us: Mapped[Us]
    changed_us: Mapped[Us]
    """When the server last changed anything of it, by a box or by a person."""

    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("revision >= 1", name="revision"),
        Index(None, "confirmed_us", "dedupe_key"),
        Index(None, "site_id", "state"),
        Index(None, "changed_us"),
    )


class TransitionRow(Base):
    """One move of an incident. Append-only: triggers refuse update and delete."""

    __tablename__ = "transition"

    id: Mapped[Serial]
    dedupe_key: Mapped[str] = mapped_column(ForeignKey("incident.dedupe_key"), index=True)
    at_us: Mapped[Us]
    actor_kind: Mapped[Short]
    """user | device"""
    actor: Mapped[Short]
    role: Mapped[Short]
    from_state: Mapped[Short | None]
    to_state: Mapped[Short]
    reason: Mapped[Short | None]
    comment: Mapped[Text | None]
    rule_version: Mapped[Short]


class EvidenceRow(Base):
    """A file announced by a box. `path` (relative to the evidence folder) is there once its bytes are."""

    __tablename__ = "evidence_file"

    dedupe_key: Mapped[str] = mapped_column(ForeignKey("incident.dedupe_key"), primary_key=True)
    name: Mapped[Short] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[Short]
    content_type: Mapped[Short]
    sha256: Mapped[Short]
    n_bytes: Mapped[Us]
    start_us: Mapped[Us]
    end_us: Mapped[Us]
    path: Mapped[Text | None]
    stored_us: Mapped[Us | None]


class CameraRow(Base):
    """The last that was told of a camera, and its last masked picture."""

    __tablename__ = "camera_state"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    camera_id: Mapped[Short] = mapped_column(primary_key=True)
    name_zh: Mapped[Text]
    name_en: Mapped[Text]
    state: Mapped[Short]
    since_us: Mapped[Us]
    reason: Mapped[Text | None]
    observed_s: Mapped[float]
    blind_s: Mapped[float]
    dropped_frames: Mapped[Us]
    told_us: Mapped[Us]
    picture_path: Mapped[Text | None]
    picture_taken_us: Mapped[Us | None]


class AccessRow(Base):
    """Who looked at which evidence, when. Append-only: triggers refuse update and delete."""

    __tablename__ = "access_log"

    id: Mapped[Serial]
    at_us: Mapped[Us] = mapped_column(index=True)
    user_name: Mapped[Short]
    role: Mapped[Short]
    site_id: Mapped[Short]
    dedupe_key: Mapped[Short | None]
    camera_id: Mapped[Short | None]
    file: Mapped[Text]


class SignalRow(Base):
    """A reading of a meter on its way to the box of its site. Sent twice it is one row."""

    __tablename__ = "signal"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    meter: Mapped[Short]
    kind: Mapped[Short]
    """power | relay | setpoint | temperature"""
    value: Mapped[float]
    at_us: Mapped[Us]
    received_us: Mapped[Us] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("site_id", "meter", "kind", "at_us"),)


class CalendarRow(Base):
    """What a manager entered into the calendar or took back; rows are only added, the latest of an entry holds."""

    __tablename__ = "calendar_entry"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    entry_id: Mapped[Short]
    kind: Mapped[Short]
    """vip_visit | evening_opening"""
    starts_us: Mapped[Us]
    ends_us: Mapped[Us]
    cancelled: Mapped[bool]
    user_name: Mapped[Short]
    at_us: Mapped[Us]


class RegistrationRow(Base):
    """One registration of the front desk; a reference is there once a site."""

    __tablename__ = "registration"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    reference: Mapped[Short]
    at_us: Mapped[Us] = mapped_column(index=True)
    user_name: Mapped[Short]
    received_us: Mapped[Us]

    __table_args__ = (UniqueConstraint("site_id", "reference"),)


class FiguresRow(Base):
    """What a run of a box left for the figures of one UTC day; told again it is replaced."""

    __tablename__ = "figures"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    run: Mapped[Short]
    """First frame of the run: 20260601T022000Z."""
    day: Mapped[Short]
    """2026-06-01, UTC, by the rows' beginning."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As models/domain/figures_document.py writes it."""
    told_us: Mapped[Us]

    __table_args__ = (UniqueConstraint("site_id", "run", "day"),)


class EnergyDayRow(Base):
    """What one run of a box said last of a zone's local day (api/energy_bodies.py)."""

    __tablename__ = "energy_day"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    zone: Mapped[Short] = mapped_column(primary_key=True)
    day: Mapped[Short] = mapped_column(primary_key=True, index=True)
    """YYYY-MM-DD"""
    run_us: Mapped[Us] = mapped_column(primary_key=True)
    as_of_us: Mapped[Us]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class BoxIncidentRow(Base):
    """On the box: an incident as last written, as the JSON that travels."""

    __tablename__ = "box_incident"

    dedupe_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision: Mapped[int]
    is_open: Mapped[bool]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class OutboxRow(Base):
    """On the box: one thing to deliver, in order per `dedupe_key`.

    Without `next_attempt_us` the API refused it for good; it is kept.
    """

    __tablename__ = "outbox"

    id: Mapped[Serial]
    dedupe_key: Mapped[Short]
    kind: Mapped[Short]
    """incident | evidence | camera"""
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    path: Mapped[Text | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_us: Mapped[Us | None]
    delivered_us: Mapped[Us | None]
    error: Mapped[Text | None]

    __table_args__ = (
        Index(None, "delivered_us", "next_attempt_us"),
        Index(None, "dedupe_key"),
    )
