"""Who may do what (domain.md section 3.1), as one declared table; everything asks `Viewer`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.domain.incident import State
from models.texts import Language


class UserRole(StrEnum):
    """The people of a showroom who sign in."""

    SITE_MANAGER = "site_manager"
    SATISFACTION_SPECIALIST = "satisfaction_specialist"
    SAFETY_OFFICER = "safety_officer"
    CLIENT_BUTLER = "client_butler"
    DOOR_CONCIERGE = "door_concierge"
    CARPARK_CONCIERGE = "carpark_concierge"
    WATER_BAR = "water_bar"
    SHOWFLAT_BUTLER = "showflat_butler"
    SALES_CONSULTANT = "sales_consultant"
    CLEANER = "cleaner"
    MYSTERY_SHOPPER = "mystery_shopper"
    AUDITOR = "auditor"


class Permission(StrEnum):
    VIEW = "view"
    """Incidents and camera states, without pictures."""
    EVIDENCE = "evidence"
    """Masked pictures and clips; each view is written down."""
    ACKNOWLEDGE = "acknowledge"
    """Say "I have seen it"."""
    ACT = "act"
    """Confirm, dismiss, close."""
    CALENDAR = "calendar"
    """Enter VIP visits and evening openings."""
    REGISTER = "register"
    """Enter the front desk's registrations."""
    FIGURES = "figures"
    """Key figures of waits and posts: how colleagues work, so for supervisors only."""
    PATROL = "patrol"
    """Bring close-ups of legs and labels (the strict grade)."""
    PROPOSE_BASELINE = "propose_baseline"
    """Say that the layout in force shall be the one to measure by."""
    APPROVE_BASELINE = "approve_baseline"
    """Bring a baseline into force, or take it out."""
    ACCESS_LOG = "access_log"
    """Read who looked at what."""
    ADMINISTER = "administer"
    """Read the metrics and everything else of the running."""


_P = Permission
_RECIPIENT = frozenset({_P.VIEW, _P.ACKNOWLEDGE})

PERMISSIONS: Mapping[UserRole, frozenset[Permission]] = {
    UserRole.SITE_MANAGER: frozenset(Permission),
    UserRole.SATISFACTION_SPECIALIST: frozenset(
        {
            _P.VIEW,
            _P.EVIDENCE,
            _P.ACKNOWLEDGE,
            _P.ACT,
            _P.REGISTER,
            _P.FIGURES,
            _P.PATROL,
            _P.PROPOSE_BASELINE,
        }
    ),
    UserRole.SAFETY_OFFICER: frozenset({_P.VIEW, _P.EVIDENCE, _P.ACKNOWLEDGE, _P.PATROL}),
    UserRole.CLIENT_BUTLER: frozenset({_P.VIEW, _P.EVIDENCE, _P.ACKNOWLEDGE, _P.PATROL}),
    UserRole.DOOR_CONCIERGE: _RECIPIENT,
    UserRole.CARPARK_CONCIERGE: _RECIPIENT,
    UserRole.WATER_BAR: _RECIPIENT,
    UserRole.SHOWFLAT_BUTLER: _RECIPIENT,
    UserRole.SALES_CONSULTANT: _RECIPIENT,
    UserRole.CLEANER: _RECIPIENT,
    UserRole.MYSTERY_SHOPPER: frozenset({_P.VIEW}),
    UserRole.AUDITOR: frozenset({_P.VIEW, _P.EVIDENCE, _P.FIGURES, _P.ACCESS_LOG}),
}
"""Role -> what it may do. A mystery shopper never sees camera evidence; an auditor only reads."""

MOVES: Mapping[State, Permission] = {
    State.ACKNOWLEDGED: Permission.ACKNOWLEDGE,
    State.CONFIRMED: Permission.ACT,
    State.DISMISSED: Permission.ACT,
    State.CLOSED: Permission.ACT,
}
"""State a person may move an incident to -> the permission it takes. SELF_CORRECTED is the camera's alone."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person. sites: None for all, else the ids this person sees."""

    user_id: int
    name: str
    role: UserRole
    language: Language
    sites: frozenset[str] | None

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]

    def sees(self, site_id: str) -> bool:
        return self.sites is None or site_id in self.sites


@dataclass(frozen=True, slots=True)
class Box:
    """An authenticated device: writes for its own site; reads its meters' readings and its calendar, nothing else."""

    device_id: int
    name: str
    site_id: str
