"""A month of windows as one picture: a row a day, a bar a window, VIP visits and sunset on top."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from calibration.lettering import chinese_font
from models.domain.calendar import WindowId
from models.domain.media import US
from models.domain.site import Site
from models.domain.sun import sunset_us
from models.texts import Language, text

LOOKS = {WindowId.INTERIOR: "#e0b040", WindowId.AC: "#4f9fbf", WindowId.EXTERIOR: "#6a5fa8", WindowId.GROUND: "#9f8fd0"}
BAR = 0.2
HOUR_US = 3600 * US


def calendar_picture(site: Site, days: Sequence[date], language: Language = "zh") -> bytes:
    """PNG. Labels are English where no font can write Chinese."""
    font = chinese_font()
    said: Language = "en" if language == "zh" and font is None else language
    family: dict[str, Any] = {"family": font} if font and said == "zh" else {}
    figure = Figure(figsize=(10.5, 1.6 + 0.32 * max(len(days), 3)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for row, day in enumerate(days):
        midnight_us = site.calendar.midnight_us(day)
        for lane, (window, colour) in enumerate(LOOKS.items()):
            for span in site.calendar.spans(window, day):
                start, end = ((moment - midnight_us) / HOUR_US for moment in (span.start_us, span.end_us))
                axes.barh(row + (lane - 1.5) * BAR, end - start, left=start, height=BAR, color=colour)
        for visit in site.calendar.hours.visits:
            start, end = ((moment - midnight_us) / HOUR_US for moment in (visit.arrives_us, visit.leaves_us))
            if 0 <= start < 24:
                axes.barh(row, end - start, left=start, height=0.9, fill=False, edgecolor="#b3382c", linewidth=1.6)
        location = site.calendar.hours.location
        sunset = None if location is None else sunset_us(location, day)
        if sunset is not None:
            axes.plot([(sunset - midnight_us) / HOUR_US], [row], marker="D", markersize=4, color="#222222")
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 2))
    axes.set_yticks(
        range(len(days)), [f"{d:%m-%d} {text(f'calendar.weekday.{d.weekday()}', said)}" for d in days], **family
    )
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(text("calendar.axis", said, zone=site.time_zone), **family)
    axes.set_title(site.name.zh if said == "zh" else site.name.en, loc="left", **family)
    axes.legend(handles=_legend(said), loc="upper left", bbox_to_anchor=(1.0, 1.0), prop=family or None)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _legend(language: Language) -> list[Any]:
    bars = [Patch(color=colour, label=text(f"calendar.window.{w}", language)) for w, colour in LOOKS.items()]
    return [
        *bars,
        Patch(fill=False, edgecolor="#b3382c", label=text("calendar.legend.vip", language)),
        Patch(color="#222222", label=text("calendar.legend.sunset", language)),
    ]
