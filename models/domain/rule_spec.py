"""What a rule declares: its code, its parameters with their sources, its key figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    default: float
    unit: str
    minimum: float
    maximum: float
    source: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    code: str
    version: str
    pipeline: str
    """waiting | greeting | energy | positioning | health"""
    parameters: tuple[Parameter, ...]
    kpis: tuple[str, ...] = ()

    def settings(self, overrides: Mapping[str, float]) -> dict[str, float]:
        """Parameter -> value in force."""
        return {p.name: overrides.get(p.name, p.default) for p in self.parameters}
