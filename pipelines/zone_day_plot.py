"""A zone's day as one picture, for the evidence of an incident of its lamps or air-conditioners: who was there, what
each thing was, its window, the incident, and the unknown hatched."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from calibration.lettering import chinese_font
from models.domain.day_sheet import DaySheet, Lane
from models.domain.incident import Incident
from models.domain.media import US
from models.domain.messages import Message
from models.domain.site import Site
from models.texts import Language, text
from pipelines.day_sheets import day_sheets
from pipelines.energy_book import EnergyBook
from pipelines.incident_words import capital, rule_name
from pipelines.zone_courses import ZoneCourses

LOOKS: dict[str, dict[str, Any]] = {
    "on": {"facecolor": "#e0a421"},
    "off": {"facecolor": "#c9d0d5"},
    "occupied": {"facecolor": "#2f6f8f"},
    "empty": {"facecolor": "#dbe7ec"},
    "unknown": {"facecolor": "#eef0f1", "hatch": "////", "edgecolor": "#8a959d", "linewidth": 0},
    "window": {"facecolor": "none", "edgecolor": "#0f5a57", "linewidth": 1.4},
    "incident": {"facecolor": "#c62839"},
}
EDGE = 0.03
"""Shown before and after what is known, as a share of it."""
SHORT_S = 1800.0
"""Within less, the axis tells seconds."""


def zone_day_picture(
    site: Site, messages: Iterable[Message], incident: Incident, language: Language = "zh"
) -> bytes | None:
    """PNG of the incident's zone on its day as far as the messages go; None where they say nothing of it."""
    sheet = _sheet(site, messages, incident)
    if sheet is None or not any(lane.spans for lane in sheet.lanes):
        return None
    begin_us = site.calendar.midnight_us(date.fromisoformat(sheet.day))
    return _drawn(sheet, incident, begin_us, language)


def _sheet(site: Site, messages: Iterable[Message], incident: Incident) -> DaySheet | None:
    zones, book = ZoneCourses(site), EnergyBook(site)
    for message in messages:
        zones.step(message)
        book.step(message)
    if book.span is None:
        return None
    day = site.calendar.day_of(incident.t_confirmed_us).isoformat()
    sheets = day_sheets(site, book, zones.courses, (incident,))
    return next((sheet for sheet in sheets if (sheet.zone, sheet.day) == (incident.zone, day)), None)


def _drawn(sheet: DaySheet, incident: Incident, begin_us: int, language: Language) -> bytes:
    font = chinese_font()
    said: Language = "en" if language == "zh" and font is None else language
    family: dict[str, Any] = {"family": font} if font and said == "zh" else {}
    lanes = [lane for lane in sheet.lanes if lane.kind == "zone" or lane.subject == incident.subject or lane.spans]
    figure = Figure(figsize=(9.6, 1.6 + 0.42 * (len(lanes) + 1)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    known = [edge for lane in lanes for span in lane.spans for edge in span[:2]]
    edge = EDGE * (max(known) - min(known)) + 1.0
    low, high = max(0.0, min(known) - edge), max(known) + edge
    for row, lane in enumerate(lanes):
        for begin, end, value in lane.spans:
            axes.barh(row, (end - begin) / 3600, left=begin / 3600, height=0.56, **LOOKS[value])
        for begin, end in lane.windows:
            axes.barh(row, (end - begin) / 3600, left=begin / 3600, height=0.8, **LOOKS["window"])
    first = (incident.t_first_us - begin_us) / US
    last = high if incident.t_end_us is None else (incident.t_end_us - begin_us) / US
    axes.barh(len(lanes), (last - first) / 3600, left=first / 3600, height=0.5, **LOOKS["incident"])
    axes.set_xlim(low / 3600, high / 3600)
    names = [*(_name(lane, said) for lane in lanes), capital(rule_name(incident, said))]
    axes.set_yticks(range(len(names)), names, **family)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda hour, _: _clock(hour * 3600, seconds=high - low < SHORT_S))
    axes.set_xlabel(text("day.axis", said, day=sheet.day), **family)
    zone = sheet.zone_name.zh if said == "zh" else sheet.zone_name.en
    axes.set_title(text("day.title", said, zone=zone), loc="left", **family)
    axes.legend(handles=_legend(lanes, said), loc="upper left", bbox_to_anchor=(1.0, 1.0), prop=family or None)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _clock(second: float, *, seconds: bool) -> str:
    whole = round(second)
    clock = f"{whole // 3600:02}:{whole % 3600 // 60:02}"
    return f"{clock}:{whole % 60:02}" if seconds else clock


def _name(lane: Lane, language: Language) -> str:
    if lane.kind == "zone":
        return text("ui.energy.people", language)
    return lane.name.zh if language == "zh" else lane.name.en


def _legend(lanes: Iterable[Lane], language: Language) -> list[Artist]:
    seen = {value for lane in lanes for _, _, value in lane.spans} | {"window", "incident"}
    return [Patch(label=text(f"ui.energy.legend.{kind}", language), **LOOKS[kind]) for kind in LOOKS if kind in seen]
