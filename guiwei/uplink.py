"""Where a box delivers to and fetches from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Uplink:
    """Where the box delivers to. token: the device's, never shown.

    patience_s: how long a run that has ended tries to deliver what is left before it says so.
    """

    api: str
    token: str = field(repr=False)
    patience_s: float = 60.0
