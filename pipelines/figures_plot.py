"""Plots of the reports as PNG: survival curve, bars hour by hour, posts over time."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from calibration.lettering import chinese_font
from models.domain.instants import datetime_of
from models.domain.wait_figures import PostRow, WaitFigures, WaitRow
from models.texts import Language, text
from pipelines.timeline_plot import LOOKS

BLUE, ORANGE = "#2f6f8f", "#d08a2e"


def survival_plot(figures: WaitFigures, limit_s: float, language: Language) -> bytes:
    """Share that still waits against seconds, and the limit."""
    figure, axes = _axes(3.2)
    seconds, shares = zip(*(figures.curve or ((0.0, 1.0),)), strict=True)
    last = max(figures.max_s, limit_s) * 1.05
    axes.step([*seconds, last], [*shares, shares[-1]], where="post", color=BLUE, linewidth=1.8)
    axes.axvline(limit_s, color="#b3382c", linestyle="--", linewidth=1.2)
    axes.set(xlim=(0, last), ylim=(0, 1.03))
    axes.set_xlabel(text("report.axis.seconds", language))
    axes.set_ylabel(text("report.axis.still", language))
    return _png(figure, axes)


def hours_plot(waits: Sequence[WaitRow], registered: Mapping[int, int], time_zone: str, language: Language) -> bytes:
    """Parties that came in, local hour by hour, beside registrations where there are any."""
    zone = ZoneInfo(time_zone)
    came = Counter(datetime_of(row.in_us).astimezone(zone).hour for row in waits)
    hours = range(min([*came, *registered], default=9), max([*came, *registered], default=17) + 1)
    figure, axes = _axes(2.8)
    shift = 0.2 if registered else 0.0
    axes.bar([h - shift for h in hours], [came[h] for h in hours], 0.38 if registered else 0.7, color=BLUE,
             label=text("report.arrivals", language))  # fmt: skip
    if registered:
        axes.bar([h + shift for h in hours], [registered.get(h, 0) for h in hours], 0.38, color=ORANGE,
                 label=text("report.registered", language))  # fmt: skip
        axes.legend(frameon=False, fontsize=8)
    axes.set_xticks(list(hours))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(text("report.axis.hour", language))
    return _png(figure, axes)


def posts_plot(posts: Sequence[PostRow], time_zone: str, language: Language) -> bytes:
    """One lane a post: attended, unattended, not to be judged."""
    names = sorted({row.post for row in posts})
    figure, axes = _axes(1.0 + 0.45 * len(names))
    start_us = min(row.start_us for row in posts)
    for row in posts:
        span = (row.start_us - start_us) / 6e7, row.seconds / 60
        axes.broken_barh([span], (names.index(row.post) - 0.32, 0.64), **LOOKS[row.status])
    axes.set_yticks(range(len(names)), names)
    begin = datetime_of(start_us).astimezone(ZoneInfo(time_zone))
    axes.set_xlabel(text("report.axis.minutes", language, start=f"{begin:%Y-%m-%d %H:%M}"))
    return _png(figure, axes)


def _axes(height_in: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.2, height_in), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return figure, axes


def _png(figure: Figure, axes: Axes) -> bytes:
    font, legend = chinese_font(), axes.get_legend()
    if font is not None:
        for words in (axes.xaxis.label, axes.yaxis.label, *(legend.get_texts() if legend is not None else ())):
            words.set_fontfamily(font)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
