"""Stored figures that may not fall: tests/floors.toml, its comparison with a report, and its renewal.

    [[floor]]
    figure = "codes/greeter.visitor_unapproached/recall"
    value = 1.0
    margin = 0.0
    better = "higher"

A figure falls when it is worse than `value` by more than `margin`. One that can no longer be had (the clip is gone, the
rule is gone) has fallen too: silence is no proof.
"""

from __future__ import annotations

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
LOWER = {"p95": None, "median": None, "n_missed": 0.0, "n_false": 0.0, "wrong": 0.005}
"""Leaf that should be low -> margin; None: MARGIN_SHARE of the value, at least LEAST_MARGIN. Half a percent of wrong
seconds is what is asked of lamps and air-conditioners."""
MARGIN_SHARE = 0.25
LEAST_MARGIN = 0.1
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
    found = dict(figures_in(report))
    known = {floor.figure: floor for floor in floors}
    return tuple(Step(name, known.get(name), found.get(name)) for name in sorted(known.keys() | found.keys()))


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
    tables = [
        f'[[floor]]\nfigure = "{one.figure}"\nvalue = {one.value!r}\nmargin = {one.margin!r}\nbetter = "{one.better}"\n'
        for one in floors
    ]
    return "\n".join([HEAD, *tables])


def figures_in(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """(path, value) of everything in the report that can have a floor."""
    for part in ("codes", "quantities", "tracking"):
        yield from _leaves(part, report[part])


def _leaves(path: str, node: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in node.items():
        here = f"{path}/{name}"
        if isinstance(value, Mapping):
            yield from _leaves(here, value)
        elif (name in HIGHER or name in LOWER) and value is not None:
            yield here, float(value)


def _better(figure: str) -> Better:
    return "higher" if figure.rsplit("/", 1)[-1] in HIGHER else "lower"


def _fresh(step: Step) -> Floor:
    assert step.found is not None
    leaf = step.figure.rsplit("/", 1)[-1]
    better = _better(step.figure)
    margin = HIGHER.get(leaf, LOWER.get(leaf))
    if margin is None:
        margin = round(max(LEAST_MARGIN, MARGIN_SHARE * abs(step.found)), 3)
    return Floor(step.figure, step.found, margin, better)


def _floor(row: Mapping[str, Any]) -> Floor:
    unknown = set(row) - {"figure", "value", "margin", "better"}
    if unknown or row["better"] not in {"higher", "lower"}:
        raise ValueError(f"{row.get('figure')}: {sorted(unknown) or row['better']}")
    return Floor(str(row["figure"]), float(row["value"]), float(row["margin"]), row["better"])
