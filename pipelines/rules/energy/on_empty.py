"""energy.light_on_empty, energy.ac_on_empty: on although nobody has been in the zone for long (人走灯灭, P4-05)."""

from __future__ import annotations

from models.domain.finding import Severity
from models.domain.site import LightingPolicy, Site
from models.domain.truth import Truth
from pipelines.rules.energy.judged import Case, Cases, EnergyRule, cases_of, running
from pipelines.rules.energy.lasting import Now, Step
from pipelines.rules.energy.owed import vacant_duty, visit_end_us, visit_lead_us
from pipelines.rules.rule import threshold


def light_on_empty() -> EnergyRule:
    return EnergyRule("energy.light_on_empty", _lights, on_empty)


def ac_on_empty() -> EnergyRule:
    return EnergyRule("energy.ac_on_empty", _aircons, on_empty)


def _steps(site: Site, code: str) -> tuple[Step, ...]:
    return (
        (Severity.INCIDENT, threshold(site, code, "limit_s")),
        (Severity.HIGH, threshold(site, code, "high_s")),
    )


def _lights(site: Site, code: str) -> Cases:
    owners = tuple(group for group in site.energy.luminaires.values() if vacant_duty(site, group))
    return cases_of(site, code, owners, _steps(site, code), zones=True)


def _aircons(site: Site, code: str) -> Cases:
    units = site.energy.aircons.values()
    owners = tuple(unit for unit in units if site.zones[unit.zone].lighting is LightingPolicy.VACANCY)
    return cases_of(site, code, owners, _steps(site, code), zones=True)


def on_empty(case: Case, cases: Cases, utc_us: int) -> Now:
    """On, and nobody but transients since `vacant_us`; while a transient is there, it is not known to be empty.

    What a visit asks for in advance (air-conditioning three quarters of an hour before) may run in an empty room.
    """
    watch, thing = cases.zones[case.owner.zone], case.thing
    occupied = watch.status is Truth.FAILS
    lead_us = visit_lead_us(case.owner)
    if lead_us is not None and cases.calendar.visit_at(utc_us, lead_us) is not None:
        return Now(utc_us, Truth.FAILS, utc_us, reason="off_duty")
    if thing.truth is Truth.FAILS:
        return Now(utc_us, Truth.FAILS, thing.since_us)
    if occupied and watch.vacant_us is None:
        return Now(utc_us, Truth.FAILS, 0)
    said = running(case)
    if said is None or watch.status is not Truth.HOLDS or watch.vacant_us is None:
        return Now(utc_us, Truth.UNKNOWN)
    onset_us = max(watch.vacant_us, said.since_us, visit_end_us(cases.calendar, utc_us))
    return Now(
        utc_us,
        Truth.HOLDS,
        onset_us,
        said.ceiling,
        cues=("rule.cue.zone_empty", *said.cues),
        confidence=said.confidence,
    )
