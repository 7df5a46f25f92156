"""Why an incident is there, in plain words and one picture: what was seen, when unknown, which threshold from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from models.domain.incident import Incident
from models.domain.media import US
from models.domain.site import Name
from models.texts import LANGUAGES, Language, text
from pipelines.incident_words import capital, place_of, rule_name, unit
from pipelines.tape import Tape
from pipelines.timeline import Bar, Timeline, timeline
from pipelines.timeline_plot import picture

STRETCHES = {
    "unseen": "explain.unseen",
    "unknown": "explain.post_unknown",
    "blind": "explain.lost",
    "near": "explain.met",
}
"""Kind of bar -> the sentence that tells it."""
MANY = 3
"""Stretches of a kind told in words; the picture shows all."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """words: sentences by language; picture_png: the timeline."""

    words: dict[Language, tuple[str, ...]]
    picture_png: bytes

    def told(self, language: Language) -> str:
        """All sentences, one a line."""
        return "\n".join(self.words[language])


def explain(tape: Tape, incident: Incident, language: Language = "zh") -> Explanation:
    """Explain an incident from the tape of its run. language: of the picture's labels."""
    shown = timeline(tape, incident)
    words = {name: tuple(_sentences(tape, incident, shown, name)) for name in LANGUAGES}
    titles = {name: _title(incident, name) for name in LANGUAGES}
    return Explanation(words, picture(shown, titles, language))


def _title(incident: Incident, language: Language) -> str:
    return text(
        "explain.title", language, name=capital(rule_name(incident, language)), place=_place(incident, language)
    )


def _place(incident: Incident, language: Language) -> str:
    camera = Name(*(text("explain.lane.camera", name, who=incident.camera) for name in LANGUAGES))
    return place_of(incident, language, camera)


def _sentences(tape: Tape, incident: Incident, shown: Timeline, language: Language) -> list[str]:
    said = [
        _what(incident, language),
        text(f"rule.{incident.code}.summary", language),
        _when(incident, shown, language),
        _measured(incident, language),
        *_sight(incident, shown, language),
    ]
    if incident.cues:
        joint = "；" if language == "zh" else "; "
        said.append(text("explain.cues", language, cues=joint.join(text(cue, language) for cue in incident.cues)))
    if tape.truncated:
        said.append(text("explain.truncated", language))
    return said


def _what(incident: Incident, language: Language) -> str:
    known = {
        "severity": capital(text(f"severity.{incident.severity}", language)),
        "name": rule_name(incident, language),
        "place": _place(incident, language),
    }
    if not incident.zone:
        return text("explain.what", language, **known)
    return text("explain.what_seen", language, **known, camera=incident.camera)


def _when(incident: Incident, shown: Timeline, language: Language) -> str:
    moments = {"first": _s(incident.t_first_us, shown), "confirmed": _s(incident.t_confirmed_us, shown)}
    if incident.t_end_us is None:
        return text("explain.when_open", language, **moments)
    reason = text(f"end_reason.{incident.end_reason}", language)
    return text("explain.when", language, **moments, end=_s(incident.t_end_us, shown), reason=reason)


def _measured(incident: Incident, language: Language) -> str:
    measured, limit = incident.measured, incident.threshold
    site_file = limit.source == "site file"
    said = {
        "value": f"{measured.value:.1f}",
        "unit": unit(measured.unit, language),
        "limit": f"{limit.value:g}",
        "source": text("explain.threshold_site", language) if site_file else limit.source,
    }
    if not measured.sigma:
        return text("explain.measured", language, **said)
    return text("explain.measured_sigma", language, **said, sigma=f"{measured.sigma:.1f}")


def _sight(incident: Incident, shown: Timeline, language: Language) -> Iterator[str]:
    """What was seen and not, then the stretches of it, at most MANY of a kind."""
    figures = {"observed": f"{incident.observed_s:.1f}", "blind": f"{incident.blind_s:.1f}"}
    yield text("explain.sight" if incident.blind_s else "explain.sight_all", language, **figures)
    told: Counter[str] = Counter()
    for bar in shown.bars:
        if bar.kind not in STRETCHES:
            continue
        told[bar.kind] += 1
        if told[bar.kind] <= MANY:
            yield capital(_stretch(bar, shown, language))
    if more := sum(max(0, count - MANY) for count in told.values()):
        yield text("explain.more", language, count=more)


def _stretch(bar: Bar, shown: Timeline, language: Language) -> str:
    who = text("explain.lane.person", language, who=bar.who)
    return text(STRETCHES[bar.kind], language, start=_s(bar.t_start_us, shown), end=_s(bar.t_end_us, shown), who=who)


def _s(utc_us: int, shown: Timeline) -> str:
    return f"{(utc_us - shown.start_us) / US:.1f}"
