"""signal.disagreement: a meter and the picture contradict each other. For maintenance, not for staff (4.2)."""

from __future__ import annotations

from models.domain.finding import Severity
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.energy.judged import Case, Cases, EnergyRule, Owner, cases_of
from pipelines.rules.energy.lasting import Now
from pipelines.rules.rule import threshold


def signal_disagreement() -> EnergyRule:
    return EnergyRule("signal.disagreement", _begin, disagreement)


def _begin(site: Site, code: str) -> Cases:
    metered = {meter.subject for meter in site.energy.meters.values()}
    owners: tuple[Owner, ...] = (*site.energy.luminaires.values(), *site.energy.aircons.values())
    both = tuple(owner for owner in owners if owner.id in metered and owner.regions)
    return cases_of(site, code, both, ((Severity.WARNING, threshold(site, code, "limit_s")),), zones=False)


def disagreement(case: Case, _cases: Cases, utc_us: int) -> Now:
    """Both are sure and differ."""
    truth = case.thing.contradicted
    onset_us = max((w.since_us for w in case.thing.witnesses), default=utc_us) if truth is Truth.HOLDS else utc_us
    return Now(utc_us, truth, onset_us, cues=("rule.cue.meter_against_picture",), confidence=case.thing.confidence)
