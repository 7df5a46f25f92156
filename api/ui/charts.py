"""Charts of the figures page: geometry as SVG that stretches, words beside it as words, so that they stay readable on
a telephone. Each chart has one sentence for who cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.ui.tags import tag
from models.domain.wait_figures import PostRow

CROWDED = 75.0
"""A limit further right than this (per cent) leaves no room for the label of the axis' end."""
STATUSES = ("attended", "unattended", "unknown")


def survival_chart(curve: Sequence[tuple[float, float]], limit_s: float, last_s: float, words: tuple[str, ...]) -> None:
    """Share that still waits (100 % to 0 %, downwards) against seconds (0 to last_s), with the limit as a line.

    words: (the sentence, label of 0, label of the limit, label of last_s).
    """
    sentence, first, limit, last = words
    scale = 100 / last_s if last_s > 0 else 0.0
    points = [(0.0, 1.0), *curve]
    steps = [f"M0 {100 * (1 - points[0][1]):.2f}"]
    for at_s, share in points[1:]:
        steps.append(f"H{scale * at_s:.2f}V{100 * (1 - share):.2f}")
    line = "".join(steps) + "H100"
    with tag("div", css="gw-chart", role="img", aria_label=sentence):
        with tag("div", css="gw-chart-y", aria_hidden="true"):
            for height in ("100%", "50%", "0"):
                tag("span", height)
        with tag("div", css="gw-chart-plot", aria_hidden="true"):
            with _drawing():
                tag("path", css="grid", d="M0 50H100")
                tag("path", css="area", d=f"{line}V100H0Z")
                tag("path", css="line", d=line)
                tag("path", css="limit", d=f"M{min(scale * limit_s, 100):.2f} 0V100")
            with tag("div", css="gw-chart-x"):
                tag("span", first)
                tag("span", limit, "limit", style=f"left:{min(scale * limit_s, 100):.2f}%")
                tag("span", last if scale * limit_s < CROWDED else "")


def hours_chart(came: Mapping[int, int], registered: Mapping[int, int], sentence: str) -> None:
    """Columns hour by hour: parties, and registrations beside them where there are any."""
    told = {*came, *registered}
    hours = range(min(told, default=9), max(told, default=17) + 1)
    most = max([*came.values(), *registered.values(), 1])
    kinds = [("came", came)] + ([("registered", registered)] if registered else [])
    with tag("div", css="gw-hours", role="img", aria_label=sentence):
        for hour in hours:
            with tag("div", css="gw-hour", aria_hidden="true"):
                with tag("div", css="gw-hour-bars"):
                    for kind, counts in kinds:
                        count = counts.get(hour, 0)
                        with tag("i", css=kind, style=f"height:{100 * count / most:.1f}%"):
                            tag("b", str(count) if count else "", "num")
                tag("span", str(hour), "num")


def duty_chart(spans: Iterable[PostRow], first_us: int, last_us: int, sentence: str) -> None:
    """One post's duty from left to right: attended, unattended, not to be judged."""
    length = max(last_us - first_us, 1)
    paths = dict.fromkeys(STATUSES, "")
    for row in spans:
        start, end = (100 * (t - first_us) / length for t in (row.start_us, row.end_us))
        paths[row.status] += f"M{start:.3f} 0H{max(end, start + 0.05):.3f}V100H{start:.3f}Z"
    with tag("div", css="gw-duty", role="img", aria_label=sentence), _drawing():
        for status in STATUSES:
            tag("path", css=status, d=paths[status] or None)


def _drawing() -> Any:
    made = tag("svg", preserveAspectRatio="none", focusable="false")
    made.props["viewBox"] = "0 0 100 100"
    return made
