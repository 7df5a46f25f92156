"""One picture of a timeline: bars for seen and unseen, service, blind time (hatched), and the limit as a line."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from calibration.lettering import chinese_font
from models.domain.media import US
from models.texts import Language, text
from pipelines.timeline import Bar, Timeline

LIMIT_LOOK: dict[str, Any] = {"color": "#b3382c", "linestyle": "--", "linewidth": 1.5}
LOOKS: dict[str, dict[str, Any]] = {
    "claim": {"facecolor": "#b3382c"},
    "seen": {"facecolor": "#2f6f8f"},
    "unseen": {"facecolor": "#bcd3de", "hatch": "///", "edgecolor": "#2f6f8f"},
    "near": {"facecolor": "#3f8f4f"},
    "blind": {"facecolor": "#e6e6e6", "hatch": "xxx", "edgecolor": "#7a7a7a"},
    "attended": {"facecolor": "#3f8f4f"},
    "unattended": {"facecolor": "#d08a2e"},
    "unknown": {"facecolor": "#e6e6e6", "hatch": "...", "edgecolor": "#7a7a7a"},
}


def picture(shown: Timeline, title: dict[Language, str], language: Language = "zh") -> bytes:
    """The timeline as PNG, about 960 px wide. Labels are English where no font can write Chinese."""
    font = chinese_font()
    said: Language = "en" if language == "zh" and font is None else language
    family: dict[str, Any] = {"family": font} if font and said == "zh" else {}
    lanes = list(dict.fromkeys((bar.lane, bar.who) for bar in shown.bars))
    figure = Figure(figsize=(9.6, 1.5 + 0.42 * len(lanes)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for bar in shown.bars:
        row, start = lanes.index((bar.lane, bar.who)), _s(bar.t_start_us, shown)
        axes.barh(row, _s(bar.t_end_us, shown) - start, left=start, height=0.6, **LOOKS[bar.kind])
    axes.axvline(_s(shown.limit_us, shown), **LIMIT_LOOK)
    axes.set_xlim(_s(shown.t_start_us, shown), _s(max(shown.t_end_us, shown.t_start_us + US), shown))
    axes.set_yticks(range(len(lanes)), [_lane(lane, who, said) for lane, who in lanes], **family)
    axes.invert_yaxis()
    axes.set_xlabel(text("explain.axis", said), **family)
    axes.set_title(title[said], loc="left", **family)
    axes.legend(handles=_legend(shown.bars, said), loc="upper left", bbox_to_anchor=(1.0, 1.0), prop=family or None)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _lane(lane: str, who: str, language: Language) -> str:
    return text(f"explain.lane.{lane}", language, who=who)


def _legend(bars: tuple[Bar, ...], language: Language) -> list[Artist]:
    kinds = [kind for kind in LOOKS if any(bar.kind == kind for bar in bars)]
    limit = Line2D([], [], label=text("explain.limit", language), **LIMIT_LOOK)
    return [limit, *(Patch(label=text(f"explain.bar.{kind}", language), **LOOKS[kind]) for kind in kinds)]


def _s(utc_us: int, shown: Timeline) -> float:
    return (utc_us - shown.start_us) / US
