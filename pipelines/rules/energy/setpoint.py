"""energy.ac_setpoint_out_of_range: set below 26 degrees in summer or above 20 in winter (State Council notice)."""

from __future__ import annotations

from models.domain.calendar import Season
from models.domain.finding import Severity
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.judged import Case, Cases, EnergyRule, cases_of
from pipelines.rules.energy.lasting import Now
from pipelines.rules.rule import settings, threshold

COOLING, HEATING = range(5, 10), (10, 11, 12, 1, 2)
"""Months in which a cooling / heating season begins; a spring season asks nothing."""


def ac_setpoint_out_of_range() -> EnergyRule:
    return EnergyRule("energy.ac_setpoint_out_of_range", _begin, out_of_range)


def _begin(site: Site, code: str) -> Cases:
    steps = ((Severity.WARNING, threshold(site, code, "limit_s")),)
    return cases_of(site, code, tuple(site.energy.aircons.values()), steps, zones=False)


def out_of_range(case: Case, cases: Cases, utc_us: int) -> Now:
    """Only a unit that runs and whose set-point is read; without a reading nothing is known."""
    thing = case.thing
    setpoint = thing.value("setpoint")
    if thing.truth is Truth.FAILS:
        return Now(utc_us, Truth.FAILS, thing.since_us)
    if thing.truth is Truth.UNKNOWN or setpoint is None:
        return Now(utc_us, Truth.UNKNOWN)
    season = cases.calendar.season(cases.calendar.day_of(utc_us))
    wrong = _wrong(setpoint, season, settings(cases.site, case.about.code))
    if wrong is None:
        return Now(utc_us, Truth.FAILS, utc_us)
    cues = (wrong, *thing.cues)
    return Now(utc_us, Truth.HOLDS, utc_us if case.claim is None else case.claim.since_us, cues=cues)


def _wrong(setpoint: float, season: Season, values: dict[str, float]) -> str | None:
    if season.starts[0] in COOLING and setpoint < values["summer_min_c"]:
        return "rule.cue.set_too_cold"
    if season.starts[0] in HEATING and setpoint > values["winter_max_c"]:
        return "rule.cue.set_too_warm"
    return None
