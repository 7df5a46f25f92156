"""What a rule is: (state, message) -> (state, findings). Pure, no clock, no frame counts, three values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from models.domain.finding import Finding, Threshold
from models.domain.messages import Message
from models.domain.rules import RULES
from models.domain.site import Site

State = TypeVar("State")
TELL_AGAIN_US = 30_000_000
"""A running finding is told anew at most this often in data time, unless its severity changes."""


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """Something that may become an incident: what evidence should keep a first picture of."""

    code: str
    subject: str
    zone: str
    camera: str
    t_first_us: int
    persons: tuple[str, ...] = ()
    """Presence ids it is about."""


class Rule(Protocol[State]):
    """One rule of models.domain.rules.RULES."""

    @property
    def code(self) -> str:
        """Its incident code."""
        ...

    def initial(self, site: Site) -> State:
        """The state before the first message."""
        ...

    def step(self, state: State, message: Message) -> tuple[State, tuple[Finding, ...]]:
        """The state after a message and the findings that it opens, extends or closes."""
        ...

    def claims(self, state: State) -> tuple[OpenClaim, ...]:
        """What may still become, or is, a finding."""
        ...


def settings(site: Site, code: str) -> dict[str, float]:
    """Parameter -> value in force at the site."""
    return RULES[code].settings(site.rules.get(code, {}))


def threshold(site: Site, code: str, name: str) -> Threshold:
    """A parameter's value with where it comes from: "site file" when the site overrides it."""
    overrides = site.rules.get(code, {})
    parameter = next(p for p in RULES[code].parameters if p.name == name)
    source = "site file" if name in overrides else parameter.source
    return Threshold(float(overrides.get(name, parameter.default)), parameter.unit, source)
