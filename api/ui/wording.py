"""How the pages say things: durations, moments and names, in the reader's language and the site's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.domain.finding import Quantity, Threshold
from models.domain.incident import State
from models.texts import LANGUAGES, Language, catalogue, text

DEFAULT_ZONE = "Asia/Shanghai"
"""Shown where a site has no readable time zone (domain.md section 6)."""

_SOURCES = {"site file": "ui.source.site_file"}
"""Threshold sources of the vocabulary (`models.domain.finding.Threshold.source`) that have words of their own."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One reader's language."""

    language: Language

    def __call__(self, key: str, **places: object) -> str:
        return text(key, self.language, **places)

    def known(self, key: str, otherwise: str) -> str:
        """The text of a key that came from outside, or `otherwise` if the catalogue does not have it."""
        return self(key) if key in catalogue() else otherwise

    def rule(self, code: str) -> str:
        """A rule's name as a heading; the code of a rule this server does not know."""
        key = f"rule.{code}.name"
        return capital(self(key)) if key in catalogue() else code

    def state(self, state: State) -> str:
        return capital(self(f"state.{state}"))

    def cue(self, key: str) -> str:
        return self.known(key, key)

    def source(self, threshold: Threshold) -> str:
        """Where the limit comes from."""
        return self.known(_SOURCES.get(threshold.source, threshold.source), threshold.source)

    def duration(self, seconds: float) -> str:
        """1 decimal below ten seconds, whole seconds below an hour, minutes above."""
        if seconds < 9.95:
            return self("ui.seconds", s=f"{seconds:.1f}".removesuffix(".0"))
        whole = round(seconds)
        if whole < 120:
            return self("ui.seconds", s=whole)
        if whole < 3600:
            return self("ui.minutes" if whole % 60 else "ui.minutes.whole", m=whole // 60, s=whole % 60)
        return self("ui.hours", h=whole // 3600, m=whole % 3600 // 60)

    def quantity(self, quantity: Quantity | Threshold) -> str:
        if quantity.unit == "s":
            return self.duration(quantity.value)
        return self("ui.quantity", value=f"{quantity.value:g}", unit=quantity.unit)

    def moment(self, utc_us: int, zone: str, form: str = "long") -> str:
        """Local time of a site. form: short | long | clock (texts `ui.time.*`)."""
        return datetime.fromtimestamp(utc_us / 1e6, UTC).astimezone(zone_of(zone)).strftime(self(f"ui.time.{form}"))

    def ago(self, then_us: int, now_us: int) -> str:
        minutes = max(0, now_us - then_us) // 60_000_000
        if minutes < 1:
            return self("ui.ago.now")
        if minutes < 60:
            return self("ui.ago.minutes", n=minutes)
        if minutes < 48 * 60:
            return self("ui.ago.hours", n=minutes // 60)
        return self("ui.ago.days", n=minutes // 1440)


def capital(words: str) -> str:
    """With a capital letter, where the script has them."""
    return words[:1].upper() + words[1:]


def language_of(*wishes: str | None) -> Language:
    """The first wish that is a language of the catalogue, else Chinese."""
    for wish in wishes:
        for language in LANGUAGES:
            if wish == language:
                return language
    return "zh"


def zone_of(name: str) -> ZoneInfo:
    """A site's zone; Shanghai's where it has no readable one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT_ZONE)
