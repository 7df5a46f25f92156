"""Stored figures that may not fall: tests/floors.toml, its comparison with a report, and its renewal.

    [[floor]]
    figure = "codes/greeter.visitor_unapproached/recall"
    value = 1.0
    margin = 0.0
    better = "higher"

A figure falls when it is worse than `value` by more than `margin`. One that can no longer be had (the clip is gone, the
rule is gone) has fallen too: silence is no proof.

The same build gives the same figures on one kind of processor. On another a network's answers differ in their last
digits: a box moves by a pixel, somebody is found a frame sooner, and what stood on the edge falls to the other side. A
new floor's margin leaves room for a frame of time and for one case of a share; a count of incidents gets none, unless
its own case was seen to tip (docs/eval.md): then the margin is set by hand, and `why` says by which case.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from models.domain.errors import UsageError

Better = Literal["higher", "lower"]
HIGHER = {
    "recall": 0.0,
    "precision": 0.0,
    "n_must_not_kept": 0.0,
    "n_blind_kept": 0.0,
    "n_blind_told": 0.0,
    "right": 0.02,
    "within_2_sigma": 0.03,
    "hota": 0.02,
    "idf1": 0.02,
}
"""Leaf of a figure that should be high -> margin of a new floor. Counts and shares of incidents have none: they are
few, and every one of them is somebody's."""
LOWER = {"p95": None, "median": None, "n_missed": 0.0, "n_false": 0.0, "wrong": 0.02}
"""Leaf that should be low -> margin; None: MARGIN_SHARE of the value, at least LEAST_MARGIN, of a time FRAME_S."""
SWITCHED, WRONG_SWITCHED = ("quantities/luminaire_", "quantities/aircon_"), 0.005
"""Half a percent of wrong seconds is what is asked of lamps and air-conditioners: no network looks at them, and none of
their cases may tip."""
MARGIN_SHARE = 0.25
LEAST_MARGIN = 0.1
FRAME_S = 0.25
"""A frame at 5 a second, and what is interpolated in it."""
CASES = 1.5
"""Of a share one case may tip, whichever way it is rounded."""
TIMES = re.compile(r".*_s/|quantities/measured\.(wait|greeter)\.")
HEAD = """# Figures of `guiwei eval sample_videos` that may not fall by more than their margin (docs/eval.md).
# Written by `guiwei eval sample_videos --floors tests/floors.toml --update-floors`, which shows what it changes.
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """figure: path into the report, parts divided by "/"."""

    figure: str
    value: float
    margin: float
    better: Better
    why: str = ""
    """Why the margin is another than a new floor's."""

    def holds(self, found: float | None) -> bool:
        """Whether the figure has not fallen."""
        if found is None:
            return False
        worse = self.value - found if self.better == "higher" else found - self.value
        return worse <= self.margin + 1e-9


@dataclass(frozen=True, slots=True)
class Step:
    """A floor beside what was found now. floor None: new; found None: no longer to be had."""

    figure: str
    floor: Floor | None
    found: float | None
    n: int | None = None
    """Of how many cases it is a share or a spread, where the report says so."""

    @property
    def fell(self) -> bool:
        return self.floor is not None and not self.floor.holds(self.found)


def read_floors(file: Path) -> tuple[Floor, ...]:
    """Raises UsageError: no such file, no TOML, or not of the form above."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get("floor", [])
        return tuple(_floor(row) for row in rows)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            "The floors cannot be read.",
            where=str(file),
            got=str(error),
            expected="[[floor]] tables with figure, value, margin and better = higher | lower",
            next_step="Write them anew with --update-floors.",
        ) from error


def compared(floors: Sequence[Floor], report: Mapping[str, Any]) -> tuple[Step, ...]:
    """Every floor and every figure that could be one, in the order of their names."""
    found = {name: (value, n) for name, value, n in _figures(report)}
    known = {floor.figure: floor for floor in floors}
    nothing = None, None
    return tuple(Step(name, known.get(name), *found.get(name, nothing)) for name in sorted(known.keys() | found.keys()))


def renewed(steps: Sequence[Step]) -> tuple[Floor, ...]:
    """The floors for the next time: values as found, margins as they were; what is gone is dropped."""
    kept = []
    for step in steps:
        never = step.floor is None and step.found == 0.0 and _better(step.figure) == "higher"
        if step.found is None or never:  # what stands at nought cannot fall
            continue
        kept.append(_fresh(step) if step.floor is None else replace(step.floor, value=step.found))
    return tuple(kept)


def written(floors: Sequence[Floor]) -> str:
    """The file's text."""
    return "\n".join([HEAD, *(_table(one) for one in floors)])


def _table(one: Floor) -> str:
    why = f"why = {json.dumps(one.why, ensure_ascii=False)}\n" if one.why else ""
    values = f'value = {one.value!r}\nmargin = {one.margin!r}\nbetter = "{one.better}"\n'
    return f'[[floor]]\nfigure = "{one.figure}"\n{values}{why}'


def figures_in(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """(path, value) of everything in the report that can have a floor."""
    return ((name, value) for name, value, _ in _figures(report))


def _figures(report: Mapping[str, Any]) -> Iterator[tuple[str, float, int | None]]:
    for part in ("codes", "quantities", "tracking"):
        yield from _leaves(part, report[part])


def _leaves(path: str, node: Mapping[str, Any]) -> Iterator[tuple[str, float, int | None]]:
    for name, value in node.items():
        here = f"{path}/{name}"
        if isinstance(value, Mapping):
            yield from _leaves(here, value)
        elif (name in HIGHER or name in LOWER) and value is not None:
            yield here, float(value), node.get("n")


def _better(figure: str) -> Better:
    return "higher" if figure.rsplit("/", 1)[-1] in HIGHER else "lower"


def _fresh(step: Step) -> Floor:
    assert step.found is not None
    leaf = step.figure.rsplit("/", 1)[-1]
    margin = HIGHER.get(leaf, LOWER.get(leaf))
    if leaf == "wrong" and step.figure.startswith(SWITCHED):
        margin = WRONG_SWITCHED
    if margin is None:
        least = FRAME_S if TIMES.match(step.figure) else LEAST_MARGIN
        margin = max(least, MARGIN_SHARE * abs(step.found))
    elif margin and step.n and not step.figure.startswith(SWITCHED):
        margin = max(margin, CASES / step.n)
    return Floor(step.figure, step.found, round(margin, 3), _better(step.figure))


def _floor(row: Mapping[str, Any]) -> Floor:
    unknown = set(row) - {"figure", "value", "margin", "better", "why"}
    if unknown or row["better"] not in {"higher", "lower"}:
        raise ValueError(f"{row.get('figure')}: {sorted(unknown) or row['better']}")
    return Floor(str(row["figure"]), float(row["value"]), float(row["margin"]), row["better"], str(row.get("why", "")))
