"""A rule's verdict with its interval, and the incident that a person handles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    WARNING = "warning"
    INCIDENT = "incident"
    HIGH = "high"


class Grade(StrEnum):
    """How fine the measurement was (domain.md section 0.2)."""

    STRICT = "strict"
    VISUAL = "visual"


class Phase(StrEnum):
    OPEN = "open"
    EXTEND = "extend"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: str
    sigma: float | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    value: float
    unit: str
    source: str
    """Where the number comes from: "site file", or the rule's own source."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment worth a picture. label: before | first | confirmed | now | end."""

    label: str
    camera: str
    utc_us: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, one subject, one episode. The engine merges findings of the same (code, subject, t_first_us)."""

    code: str
    subject: str
    phase: Phase
    severity: Severity
    zone: str
    camera: str
    t_first_us: int
    t_confirmed_us: int
    t_end_us: int | None
    measured: Quantity
    threshold: Threshold
    observed_s: float
    """Seconds of the episode the camera could see."""
    blind_s: float
    """Seconds of the episode it could not."""
    end_reason: str | None = None
    """Why it closed: resolved | left | blind | off_duty | end_of_recording."""
    grade: Grade = Grade.VISUAL
    confidence: float = 1.0
    moments: tuple[Moment, ...] = ()
    cues: tuple[str, ...] = ()
    """Text keys (models/texts) of what speaks for it."""
    persons: tuple[str, ...] = ()
    """Presence ids it is about."""
    details: tuple[tuple[str, str], ...] = ()
    """Further figures by name, for pages and evidence (an incident's `extra`)."""
