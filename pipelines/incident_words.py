"""An incident's rule, place and figures in words, as pictures, tables and explanations say them."""

from __future__ import annotations

from models.domain.incident import Incident
from models.domain.site import Name
from models.texts import Language, catalogue, text


def rule_name(incident: Incident, language: Language) -> str:
    """What people call the rule."""
    return text(f"rule.{incident.code}.name", language)


def place_of(incident: Incident, language: Language, camera: Name) -> str:
    """The post, else the zone, else the camera: by the name of the site file, by id where no name was sent.

    camera: the name of the incident's camera.
    """
    for what in ("post", "zone"):
        if name := incident.extra.get(f"{what}_{language}"):
            return name
    return incident.zone or (camera.zh if language == "zh" else camera.en)


def quantity(incident: Incident, language: Language) -> str:
    """Measured against limit: "20.6 秒（时限 20 秒）"."""
    measured = f"{incident.measured.value:.1f}", unit(incident.measured.unit, language)
    limit = f"{incident.threshold.value:g}", unit(incident.threshold.unit, language)
    return text("explain.quantity", language, measured=" ".join(measured), limit=" ".join(limit))


def unit(name: str, language: Language) -> str:
    """A unit as people read it; a unit without a text stands for itself."""
    key = f"unit.{name}"
    return text(key, language) if key in catalogue() else name


def capital(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
