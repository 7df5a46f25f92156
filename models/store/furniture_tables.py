"""Tables of furniture on the server: what boxes told of layouts and checks, baselines, and patrol photographs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, Serial, Short, Text, Us


class LayoutRow(Base):
    """Where everything of a site belongs, as its box told last (docs/design/contracts.md)."""

    __tablename__ = "furniture_layout"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    site_version: Mapped[Short]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    told_us: Mapped[Us]


class CheckRow(Base):
    """One check of one item. Sent twice it is one row; the oldest go."""

    __tablename__ = "furniture_check"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    item: Mapped[Short]
    camera: Mapped[Short]
    at_us: Mapped[Us]
    state: Mapped[Short]
    why: Mapped[Short]
    baseline: Mapped[int]
    unit: Mapped[Short]
    dx: Mapped[float | None]
    dy: Mapped[float | None]
    turn_deg: Mapped[float | None]
    sigma: Mapped[float | None]
    sigma_deg: Mapped[float | None]

    __table_args__ = (
        UniqueConstraint("site_id", "item", "camera", "at_us"),
        Index(None, "site_id", "at_us"),
    )


class BaselineRow(Base):
    """A word about a baseline: proposed, approved, taken out of force. Rows are only added; the latest word holds."""

    __tablename__ = "baseline_word"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    version: Mapped[int]
    state: Mapped[Short]
    """proposed | frozen | superseded"""
    since_us: Mapped[Us]
    layout_version: Mapped[Short]
    user_name: Mapped[Short]
    role: Mapped[Short]
    note: Mapped[Text]
    at_us: Mapped[Us]


class PatrolPhotoRow(Base):
    """What a close-up measured. The photograph itself is not kept, only the cut around the foot (`path`)."""

    __tablename__ = "patrol_photo"

    id: Mapped[Serial]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    item: Mapped[Short]
    label: Mapped[int]
    at_us: Mapped[Us]
    user_name: Mapped[Short]
    role: Mapped[Short]
    truth: Mapped[Short]
    offset_mm: Mapped[float]
    sigma_mm: Mapped[float]
    play_mm: Mapped[float]
    dedupe_key: Mapped[Short | None]
    path: Mapped[Text]
