"""One check of one item, as it is written down, told and shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.domain.furniture import FurnitureItem, beyond
from models.domain.messages import Observation
from models.domain.truth import Truth

UNVERIFIABLE = "furniture.cue.unverifiable"


class CheckState(StrEnum):
    OK = "ok"
    DISPLACED = "displaced"
    ROTATED = "rotated"
    MISSING = "missing"
    UNKNOWN = "unknown"
    UNVERIFIABLE = "unverifiable"
    """Measured, but the tolerance is below three sigma."""


@dataclass(frozen=True, slots=True)
class Check:
    """utc_us; offsets in the item's unit (mm on a calibrated floor, px in a picture); None where nothing was measured.

    why: text key of what speaks for it. baseline: version in force, 0 for none.
    """

    utc_us: int
    item: str
    camera: str
    state: CheckState
    why: str
    baseline: int
    unit: str = "mm"
    dx: float | None = None
    dy: float | None = None
    turn_deg: float | None = None
    sigma: float | None = None
    sigma_deg: float | None = None

    def fields(self) -> dict[str, Any]:
        """As a line of measurements.jsonl, without the time."""
        unit = self.unit
        return {
            "item": self.item,
            "camera": self.camera,
            f"dx_{unit}": _rounded(self.dx),
            f"dy_{unit}": _rounded(self.dy),
            "dtheta_deg": _rounded(self.turn_deg),
            f"sigma_{unit}": _rounded(self.sigma),
            "sigma_deg": _rounded(self.sigma_deg),
            "state": self.state.value,
            "why": self.why,
            "baseline": self.baseline,
        }


def check_of(item: FurnitureItem, told: Observation, baseline: int) -> Check | None:
    """The check that an observation of kind "furniture" tells; None for one that says nothing of its own (an item that
    is present is told by its place)."""
    why = told.cues[0] if told.cues else ""
    if told.predicate == "present":
        if told.truth is not Truth.FAILS:
            return None
        return Check(told.utc_us, item.id, told.camera, CheckState.MISSING, why or "furniture.cue.gone", baseline)
    if told.predicate != "in_place":
        return None
    values = dict(told.values)
    offset, turn = values.get("offset"), values.get("turn")
    if offset is None:
        return Check(told.utc_us, item.id, told.camera, CheckState.UNKNOWN, why, baseline, item.unit)
    away = {name: values[name].value for name in ("offset_x", "offset_y") if name in values}
    return Check(
        utc_us=told.utc_us,
        item=item.id,
        camera=told.camera,
        state=_state(item, told, abs(offset.value), offset.sigma or 0.0),
        why=why,
        baseline=baseline,
        unit=offset.unit,
        dx=away.get("offset_x"),
        dy=away.get("offset_y"),
        turn_deg=None if turn is None else turn.value,
        sigma=offset.sigma,
        sigma_deg=None if turn is None else turn.sigma,
    )


def _state(item: FurnitureItem, told: Observation, offset: float, sigma: float) -> CheckState:
    if told.truth is Truth.HOLDS:
        return CheckState.OK
    if told.truth is Truth.UNKNOWN:
        return CheckState.UNVERIFIABLE if UNVERIFIABLE in told.cues else CheckState.UNKNOWN
    away = beyond(offset, sigma, item.tolerance_mm) is Truth.FAILS
    return CheckState.DISPLACED if away else CheckState.ROTATED


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
