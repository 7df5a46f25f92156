"""What the energy rules share: each follows its things, keeps one claim a thing, and judges them at every tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from models.domain.calendar import Calendar
from models.domain.energy import AirConditioner, LuminaireGroup
from models.domain.finding import Finding, Severity
from models.domain.messages import EndOfRecording, Message, Observation, Scene
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.energy.lasting import About, Lasting, Now, Step, ended, lasted, open_claim
from pipelines.rules.energy.owed import calendar_after
from pipelines.rules.energy.thing import SUSPECTED, Thing
from pipelines.rules.energy.vacancy import ZoneWatch
from pipelines.rules.rule import OpenClaim, settings

Owner = LuminaireGroup | AirConditioner


@dataclass(frozen=True, slots=True)
class Case:
    """One thing under a rule, with its running claim."""

    owner: Owner
    thing: Thing
    about: About
    claim: Lasting | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """The state of an energy rule. zones: the watches of the zones it asks about."""

    site: Site
    calendar: Calendar
    steps: tuple[Step, ...]
    max_gap_us: int
    cases: tuple[Case, ...]
    zones: dict[str, ZoneWatch] = field(default_factory=dict)
    at_us: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """That a thing is on, since when, and how gravely that may be told."""

    since_us: int
    ceiling: Severity
    cues: tuple[str, ...]
    confidence: float


def running(case: Case) -> Running | None:
    """None where it is not known to be on. A suspicion is a warning to be confirmed; it prolongs nothing graver."""
    thing, suspicion = case.thing, case.thing.suspicion
    if thing.truth is Truth.HOLDS:
        return Running(thing.since_us, Severity.HIGH, thing.cues, thing.confidence)
    graver = case.claim is not None and case.claim.told not in {None, Severity.WARNING}
    if suspicion is None or graver:
        return None
    cues = ("rule.cue.suspected", *(cue for cue in suspicion.cues if cue != SUSPECTED))
    return Running(suspicion.since_us, Severity.WARNING, cues, suspicion.confidence)


class Condition(Protocol):
    """What a rule forbids."""

    def __call__(self, case: Case, cases: Cases, utc_us: int, /) -> Now: ...


def cases_of(site: Site, code: str, owners: tuple[Owner, ...], steps: tuple[Step, ...], *, zones: bool) -> Cases:
    """The state before the first message. zones: whether the rule asks who is in the things' zones."""
    values = settings(site, code)
    max_gap_us = us(values["max_gap_s"])
    transient_us = us(values.get("transient_s", 30.0))
    asked = sorted({owner.zone for owner in owners}) if zones else []
    watches = {name: ZoneWatch.of(site.zones[name], site, transient_us, max_gap_us) for name in asked}
    cases = tuple(Case(owner, Thing(owner.id), _about(site, code, owner, watches)) for owner in owners)
    return Cases(site, site.calendar, steps, max_gap_us, cases, watches)


def _about(site: Site, code: str, owner: Owner, watches: dict[str, ZoneWatch]) -> About:
    """The camera that sees the thing, else one that sees its zone."""
    seen_by = [region.camera for region in owner.regions]
    watch = watches.get(owner.zone) or ZoneWatch.of(site.zones[owner.zone], site, 0, 0)
    return About(code, owner.id, owner.zone, seen_by[0] if seen_by else watch.camera)


def stepped(cases: Cases, message: Message, condition: Condition) -> tuple[Cases, tuple[Finding, ...]]:
    """The state after a message and the findings. Judged at ticks, and when a thing or the calendar changes."""
    if isinstance(message, Scene):
        if all(watch.unmoved(message) for watch in cases.zones.values()):
            return cases, ()
        return replace(cases, zones={name: watch.after(message) for name, watch in cases.zones.items()}), ()
    now_us = max(cases.at_us, message.utc_us)
    zones = {name: watch.after(message) for name, watch in cases.zones.items()}
    calendar = calendar_after(cases.calendar, message)
    followed = tuple(replace(case, thing=case.thing.after(message)) for case in cases.cases)
    cases = replace(cases, zones=zones, calendar=calendar, cases=followed, at_us=now_us)
    if isinstance(message, Observation):
        return cases, ()  # the next tick, at most a second away, judges: the same whatever the frame rate
    if isinstance(message, EndOfRecording):
        said = [f for c in cases.cases for f in ended(c.claim, condition(c, cases, now_us), c.about, cases.steps)]
        return replace(cases, cases=tuple(replace(case, claim=None) for case in cases.cases)), tuple(said)
    return _judged(cases, now_us, condition)


def _judged(cases: Cases, now_us: int, condition: Condition) -> tuple[Cases, tuple[Finding, ...]]:
    after: list[Case] = []
    findings: list[Finding] = []
    for case in cases.cases:
        now = condition(case, cases, now_us)
        claim, said = lasted(case.claim, now, case.about, cases.steps, cases.max_gap_us)
        after.append(case if claim is case.claim else replace(case, claim=claim))
        findings += said
    return replace(cases, cases=tuple(after)), tuple(findings)


def claims_of(cases: Cases) -> tuple[OpenClaim, ...]:
    return tuple(open_claim(case.claim, case.about) for case in cases.cases if case.claim is not None)


@dataclass(frozen=True, slots=True)
class EnergyRule:
    """A rule of models.domain.rules: a code, how its state begins, and what it forbids."""

    code: str
    begin: Callable[[Site, str], Cases]
    condition: Condition

    def initial(self, site: Site) -> Cases:
        return self.begin(site, self.code)

    def step(self, state: Cases, message: Message) -> tuple[Cases, tuple[Finding, ...]]:
        return stepped(state, message, self.condition)

    def claims(self, state: Cases) -> tuple[OpenClaim, ...]:
        return claims_of(state)
