"""energy.vip_prep_missed: model lights from T-5 min, AC from T-45 min, all lights but spotlights during the visit
(P3-34, P3-36, P3-37); an interruption is a claim of its own."""

from __future__ import annotations

from models.domain.finding import Severity
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.judged import Case, Cases, EnergyRule, Owner, cases_of
from pipelines.rules.energy.lasting import Now
from pipelines.rules.energy.owed import visit_lead_us
from pipelines.rules.rule import threshold


def vip_prep_missed() -> EnergyRule:
    return EnergyRule("energy.vip_prep_missed", _begin, missed)


def _begin(site: Site, code: str) -> Cases:
    owners: tuple[Owner, ...] = (*site.energy.luminaires.values(), *site.energy.aircons.values())
    owed = tuple(owner for owner in owners if visit_lead_us(owner) is not None)
    return cases_of(site, code, owed, ((Severity.HIGH, threshold(site, code, "limit_s")),), zones=False)


def missed(case: Case, cases: Cases, utc_us: int) -> Now:
    """Off between T minus its lead and the end of a visit."""
    lead_us, thing = visit_lead_us(case.owner), case.thing
    assert lead_us is not None
    visit = cases.calendar.visit_at(utc_us, lead_us)
    if visit is None:
        return Now(utc_us, Truth.FAILS, utc_us, reason="off_duty")
    if thing.truth is Truth.UNKNOWN:
        return Now(utc_us, Truth.UNKNOWN)
    owed_us = visit.arrives_us - lead_us
    if thing.truth is Truth.HOLDS:
        return Now(utc_us, Truth.FAILS, thing.since_us)
    interrupted = thing.since_us > owed_us
    cues = ("rule.cue.vip_interrupted" if interrupted else "rule.cue.vip_not_ready", *thing.cues)
    return Now(utc_us, Truth.HOLDS, max(owed_us, thing.since_us), cues=cues, confidence=thing.confidence)
