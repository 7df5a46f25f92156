"""The incident book: findings in, incidents opened, extended, merged and closed. Pure.

Findings of the same code, subject and first moment are one incident. Its revision grows when its severity, its end or
its cues change, and for the measured value alone at most every 30 s of data time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Moment, Phase
from models.domain.incident import Incident, dedupe_key
from models.domain.media import US
from models.domain.messages import Message
from models.domain.rules import RULES
from models.domain.site import Site
from pipelines.rules.baselines import baselined

TELL_AGAIN_S = 30.0


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """An incident as it stands after a change, and the moments worth a picture that came with it."""

    phase: Phase
    incident: Incident
    moments: tuple[Moment, ...] = ()
    persons: tuple[str, ...] = ()
    """Presence ids the incident is about."""


@dataclass(frozen=True, slots=True)
class IncidentBook:
    """All incidents of a recording, in the order in which they opened."""

    site: Site
    incidents: tuple[Incident, ...] = ()

    def after(self, finding: Finding) -> tuple[IncidentBook, IncidentChange | None]:
        """The book after one finding; no change when it says nothing new."""
        key = dedupe_key(self.site.id, finding.code, finding.subject, finding.t_first_us)
        known = next((incident for incident in self.incidents if incident.dedupe_key == key), None)
        if known is None:
            new = _incident(self.site, key, finding)
            return replace(self, incidents=(*self.incidents, new)), _change(Phase.OPEN, new, finding)
        if known.t_end_us is not None or not _news(known, finding):
            return self, None
        revised = replace(_incident(self.site, key, finding), revision=known.revision + 1)
        merged = replace(revised, cues=(*known.cues, *(cue for cue in finding.cues if cue not in known.cues)))
        book = replace(self, incidents=tuple(merged if i.dedupe_key == key else i for i in self.incidents))
        return book, _change(Phase.EXTEND if merged.t_end_us is None else Phase.CLOSE, merged, finding)

    def rebased(self, message: Message) -> IncidentBook:
        """The book of a site whose baseline is another from now on."""
        furniture = baselined(self.site.furniture, message)
        return self if furniture is self.site.furniture else replace(self, site=replace(self.site, furniture=furniture))

    def closed(self, at_us: int, reason: str) -> tuple[IncidentBook, tuple[IncidentChange, ...]]:
        """Every open incident closed: the box stops, or finds incidents that a killed run left open."""
        over = {
            i.dedupe_key: replace(i, t_end_us=max(at_us, i.t_confirmed_us), end_reason=reason, revision=i.revision + 1)
            for i in self.incidents
            if i.t_end_us is None
        }
        book = replace(self, incidents=tuple(over.get(i.dedupe_key, i) for i in self.incidents))
        return book, tuple(IncidentChange(Phase.CLOSE, incident) for incident in over.values())


def _news(known: Incident, finding: Finding) -> bool:
    if finding.t_end_us is not None or finding.severity is not known.severity:
        return True
    return abs(finding.measured.value - known.measured.value) >= TELL_AGAIN_S - 1 / US


def _change(phase: Phase, incident: Incident, finding: Finding) -> IncidentChange:
    return IncidentChange(phase, incident, finding.moments, finding.persons)


def _incident(site: Site, key: str, finding: Finding) -> Incident:
    return Incident(
        dedupe_key=key,
        code=finding.code,
        rule_version=RULES[finding.code].version,
        site=site.id,
        site_version=site.version,
        zone=finding.zone,
        camera=finding.camera,
        subject=finding.subject,
        severity=finding.severity,
        grade=finding.grade,
        t_first_us=finding.t_first_us,
        t_confirmed_us=finding.t_confirmed_us,
        t_end_us=finding.t_end_us,
        end_reason=finding.end_reason,
        measured=finding.measured,
        threshold=finding.threshold,
        observed_s=finding.observed_s,
        blind_s=finding.blind_s,
        confidence=finding.confidence,
        cues=finding.cues,
        extra=_extra(site, finding),
    )


def _extra(site: Site, finding: Finding) -> dict[str, str]:
    """Whom it is about, and what people call the place: pages and pictures show names, not ids."""
    extra = {"persons": " ".join(finding.persons)} if finding.persons else {}
    extra |= dict(finding.details)
    item = site.furniture.items.get(finding.subject)
    if item is not None:
        extra["baseline"] = str(site.furniture.baseline_at(finding.t_first_us).version)
    named = (("zone", site.zones.get(finding.zone)), ("post", site.posts.get(finding.subject)), ("item", item))
    for what, place in named:
        if place is not None:
            extra |= {f"{what}_zh": place.name.zh, f"{what}_en": place.name.en}
    rota = _rota_position(site, finding)
    return extra | {"rota_position": rota} if rota else extra


def _rota_position(site: Site, finding: Finding) -> str:
    """Whom to tell (domain.md 2.4): the place in the rota that the post names; of a visitor who waits, the first that a
    post of that zone names. "" for nobody in particular, and for what is no business of a post."""
    post = site.posts.get(finding.subject)
    if post is not None:
        return post.rota_position
    if not finding.code.startswith(("wait.", "greeter.")):
        return ""
    return next((p.rota_position for p in site.posts.values() if p.zone == finding.zone and p.rota_position), "")
