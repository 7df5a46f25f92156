"""energy.light_on_after_hours, energy.ac_on_after_hours, energy.light_off_in_window: against the windows of the day."""

from __future__ import annotations

from models.domain.energy import AirConditioner
from models.domain.finding import Severity
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.judged import Case, Cases, EnergyRule, cases_of, running
from pipelines.rules.energy.lasting import Now, Step
from pipelines.rules.energy.owed import scheduled_duty, visit_end_us, visit_lead_us, window_of
from pipelines.rules.rule import threshold


def light_on_after_hours() -> EnergyRule:
    return EnergyRule("energy.light_on_after_hours", _lights, after_hours)


def ac_on_after_hours() -> EnergyRule:
    return EnergyRule("energy.ac_on_after_hours", _aircons, after_hours)


def light_off_in_window() -> EnergyRule:
    return EnergyRule("energy.light_off_in_window", _owed, off_in_window)


def _after_steps(site: Site, code: str) -> tuple[Step, ...]:
    return (
        (Severity.INCIDENT, threshold(site, code, "limit_s")),
        (Severity.HIGH, threshold(site, code, "high_s")),
    )


def _lights(site: Site, code: str) -> Cases:
    groups = site.energy.luminaires.values()
    owners = tuple(group for group in groups if group.window is not None and not group.overnight_exempt)
    return cases_of(site, code, owners, _after_steps(site, code), zones=True)


def _aircons(site: Site, code: str) -> Cases:
    return cases_of(site, code, tuple(site.energy.aircons.values()), _after_steps(site, code), zones=True)


def _owed(site: Site, code: str) -> Cases:
    owners = tuple(group for group in site.energy.luminaires.values() if scheduled_duty(site, group))
    return cases_of(site, code, owners, ((Severity.INCIDENT, threshold(site, code, "limit_s")),), zones=False)


def after_hours(case: Case, cases: Cases, utc_us: int) -> Now:
    """On outside the window. Somebody who works late is no excuse but a reason: the severity stays a warning."""
    window, thing, calendar = window_of(case.owner), case.thing, cases.calendar
    assert window is not None
    closed = calendar.closed_at(window, utc_us)
    if closed is None:
        return Now(utc_us, Truth.FAILS, utc_us, reason="off_duty")
    lead_us = visit_lead_us(case.owner)
    if lead_us is not None and calendar.visit_at(utc_us, lead_us) is not None:
        return Now(utc_us, Truth.FAILS, utc_us, reason="off_duty")
    said = running(case)
    if said is None:
        return Now(utc_us, thing.truth, thing.since_us)
    watch = cases.zones[case.owner.zone]
    overtime = watch.status is Truth.FAILS
    cue = "rule.cue.outside_window"
    cues = (cue, *(("rule.cue.overtime",) if overtime else ()), *said.cues)
    return Now(
        utc_us,
        Truth.HOLDS,
        max(closed.start_us, said.since_us, visit_end_us(calendar, utc_us)),
        ceiling=Severity.WARNING if overtime else said.ceiling,
        cues=cues,
        confidence=said.confidence,
    )


def off_in_window(case: Case, cases: Cases, utc_us: int) -> Now:
    """Off although its window asks for it (统一开灯, P3-03, P4-10)."""
    window, thing = window_of(case.owner), case.thing
    assert window is not None
    assert not isinstance(case.owner, AirConditioner)
    opened = cases.calendar.open_at(window, utc_us)
    if opened is None:
        return Now(utc_us, Truth.FAILS, utc_us, reason="off_duty")
    if thing.truth is not Truth.FAILS:
        wrong = Truth.UNKNOWN if thing.truth is Truth.UNKNOWN else Truth.FAILS
        return Now(utc_us, wrong, thing.since_us)
    cues = ("rule.cue.inside_window", *thing.cues)
    return Now(utc_us, Truth.HOLDS, max(opened.start_us, thing.since_us), cues=cues, confidence=thing.confidence)
