"""The three values of an observation: holds, fails, unknown.

Unknown is never a violation and never a pass; it is summed as *observability*.
"""

from __future__ import annotations

from enum import StrEnum


class Truth(StrEnum):
    """What is known of a statement."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """HOLDS for True, FAILS for False, UNKNOWN for None."""
        return cls.UNKNOWN if value is None else cls.HOLDS if value else cls.FAILS
