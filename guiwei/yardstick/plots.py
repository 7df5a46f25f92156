"""Calibration: does an error bar of one sigma hold what it promises?"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from calibration.lettering import chinese_font
from guiwei.yardstick.scoring import ClipScore
from models.texts import Language, text

LEAST = 10
"""Fewer errors than this draw no curve worth looking at."""
REACH = 4.0
COLUMNS = 3
PROMISED = ((0.0, 0.0), (0.5, 0.383), (1.0, 0.683), (1.5, 0.866), (2.0, 0.954), (2.5, 0.988), (3.0, 0.997), (4.0, 1.0))
"""Share of a normal error within so many sigmas."""


def standardised(scores: Sequence[ClipScore]) -> dict[str, list[float]]:
    """Quantity -> |error| in the product's own sigmas, of those that have any."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for score in scores:
        for sample in score.samples:
            found[sample.quantity] += [abs(value) for value in sample.z]
    return {name: each for name, each in sorted(found.items()) if each}


def calibration_png(scores: Sequence[ClipScore], language: Language) -> bytes | None:
    """For each quantity the share of errors within k sigmas over k, beside the promise. None where there is none."""
    drawn = {name: each for name, each in standardised(scores).items() if len(each) >= LEAST}
    if not drawn:
        return None
    font = chinese_font()
    said: Language = "en" if font is None else language
    family: dict[str, Any] = {"family": font} if font and said == "zh" else {}
    rows = -(-len(drawn) // COLUMNS)
    figure = Figure(figsize=(10.5, 3.1 * rows), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes, (name, each) in zip(grid, drawn.items(), strict=False):
        reach = np.sort(each)
        axes.plot(*zip(*PROMISED, strict=True), color="#98a3ab", linestyle="--", label=text("eval.plot.promised", said))
        shares = np.arange(1, len(reach) + 1) / len(reach)
        axes.step(reach, shares, where="post", color="#0f5a57", label=text("eval.plot.found", said))
        axes.axvline(2.0, color="#dde2e5", zorder=0)
        axes.set(xlim=(0, REACH), ylim=(0, 1.02))
        axes.set_title(f"{name}  (n = {len(reach)})", fontsize=9, loc="left")
        axes.set_xlabel(text("eval.plot.sigmas", said), fontsize=8, **family)
        axes.tick_params(labelsize=8)
    for axes in grid[len(drawn) :]:
        axes.set_axis_off()
    grid[0].legend(loc="lower right", frameon=False, prop={"size": 8, **family})
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
