"""A zone's floor with every item where it belongs, coloured by how it stands; and a camera's picture with the outlines.

SVG of our own elements: positions and names travel as text, so nothing of a site file is read as markup.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from api.ui.furniture_desk import View
from api.ui.tags import tag
from api.ui.wording import Wording
from models.domain.furniture import ROUND, ItemClass
from models.domain.furniture_check import Check, CheckState

MARGIN_M = 0.6
NEVER = "never"
"""State of an item that no check was brought of yet."""
ENLARGED = 5.0
"""The arrow of an offset is drawn this much longer than it is: 100 mm would not be seen on a plan of ten metres."""
XY = tuple[float, float]


def state_of(check: Check | None) -> str:
    return NEVER if check is None else check.state.value


def floor_plan(
    say: Wording, zone: Mapping[str, Any], items: Sequence[Mapping[str, Any]], checks: Mapping[str, Check]
) -> None:
    """zone, items: as in LayoutBody. x to the right, y up."""
    corners = [tuple(point) for point in zone["outline"]]
    places = [tuple(item["at"]) for item in items]
    points = [*corners, *places]
    left, low = min(x for x, _ in points) - MARGIN_M, min(y for _, y in points) - MARGIN_M
    right, high = max(x for x, _ in points) + MARGIN_M, max(y for _, y in points) + MARGIN_M
    box = f"{left:.2f} {-high:.2f} {right - left:.2f} {high - low:.2f}"
    name = zone["name"]["zh"] if say.language == "zh" else zone["name"]["en"]
    with tag("svg", css="fu-plan", viewBox=box, role="img", aria_label=say("ui.furniture.plan", zone=name)):
        if len(corners) > 2:
            tag("polygon", css="fu-zone", points=_points([(x, -y) for x, y in corners]))
        for item in items:
            _item(say, item, checks.get(item["id"]))


def _item(say: Wording, item: Mapping[str, Any], check: Check | None) -> None:
    x, y = item["at"]
    length, width = item["size_mm"][0] / 1000, item["size_mm"][1] / 1000
    with tag("g", css=f"fu-item is-{state_of(check)}", transform=f"translate({x:.3f} {-y:.3f})"):
        if ItemClass(item["class"]) in ROUND:
            tag("circle", r=f"{max(length, width) / 2:.3f}")
        else:
            with tag("g", transform=f"rotate({-item['heading_deg']:.1f})"):
                tag("rect", x=f"{-length / 2:.3f}", y=f"{-width / 2:.3f}", width=f"{length:.3f}", height=f"{width:.3f}")
                if item["symmetry"] != 0:
                    tag("path", css="fu-front", d=_front(length, width))
        if check is not None and check.dx is not None and check.dy is not None and check.state is CheckState.DISPLACED:
            dx, dy = ENLARGED * check.dx / 1000, -ENLARGED * check.dy / 1000
            tag("line", css="fu-way", x1="0", y1="0", x2=f"{dx:.3f}", y2=f"{dy:.3f}")
            tag("circle", css="fu-tip", cx=f"{dx:.3f}", cy=f"{dy:.3f}", r="0.07")
        name = item["name"]["zh"] if say.language == "zh" else item["name"]["en"]
        tag("text", name, css="fu-name", y=f"{max(length, width) / 2 + 0.28:.3f}")


def _front(length: float, width: float) -> str:
    """A small triangle before the edge that faces forward."""
    side = width / 4
    return f"M{length / 2:.3f} {-side:.3f}l0.1 {side:.3f}l-0.1 {side:.3f}z"


def overlay(say: Wording, view: View, checks: Mapping[str, Check], names: Mapping[str, str]) -> None:
    """The camera's last masked picture with a grid of metres and each item's outline; the lines alone without one."""
    width, height = view.size_px
    name = view.name.zh if say.language == "zh" else view.name.en
    words = say("ui.furniture.overlay", camera=name)
    with tag("figure", css="gw-figure fu-view"):
        with tag("div", css="fu-view-in", style=f"aspect-ratio:{width}/{height}"):
            if view.picture:
                tag("img", src=view.picture, alt=words)
            with tag("svg", viewBox=f"0 0 {width} {height}", role="img", aria_label=words):
                for line in view.grid:
                    tag("polyline", css="fu-grid", points=_points(line))
                for item, outline in view.items.items():
                    with tag("g", css=f"fu-item is-{state_of(checks.get(item))}"):
                        tag("polygon", points=_points(outline))
                        x, y = sum(p[0] for p in outline) / len(outline), min(p[1] for p in outline) - 6
                        tag("text", names.get(item, item), css="fu-tag", x=f"{x:.0f}", y=f"{y:.0f}")
        with tag("figcaption"):
            tag("b", name)
            tag("span", say("ui.furniture.grid"))


def history_plot(say: Wording, checks: Sequence[Check], tolerance: float) -> None:
    """Offsets over the last checks against the tolerance; gaps where nothing was measured."""
    sizes = [None if c.dx is None or c.dy is None else math.hypot(c.dx, c.dy) for c in checks]
    known = [size for size in sizes if size is not None]
    if not known:
        return
    full = max(1.25 * tolerance, 1.1 * max(known), 1.0)
    step = 100 / max(1, len(sizes) - 1)
    words = say("ui.furniture.history", n=len(sizes), last=f"{known[-1]:.0f}", most=f"{max(known):.0f}")
    with tag("svg", css="fu-history", viewBox="0 0 100 30", preserveAspectRatio="none", role="img", aria_label=words):
        limit = 30 - 30 * tolerance / full
        tag("line", css="fu-limit", x1="0", x2="100", y1=f"{limit:.2f}", y2=f"{limit:.2f}")
        run: list[XY] = []
        for i, size in enumerate([*sizes, None]):
            if size is not None:
                run.append((i * step, 30 - 30 * size / full))
            elif run:
                drawn = run if len(run) > 1 else [run[0], (run[0][0] + 1, run[0][1])]
                tag("polyline", css="fu-course", points=_points(drawn))
                run = []


def _points(points: Sequence[XY]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
