"""The report as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from guiwei.yardstick.floors import Step
from guiwei.yardstick.stages import STAGES
from models.texts import Language, text

Report = Mapping[str, Any]
NUMBERS = ("median", "p95", "bias")


def codes_table(report: Report, language: Language) -> Table:
    """Codes that have a rule and something to be measured by, or that were raised."""
    table = _table("eval.done.codes", language)
    heads = ("code", "n_truth", "n_found", "missed", "false", "precision", "recall", "late", "must_not", "blind")
    _columns(table, heads, language)
    for code, one in report["codes"].items():
        if one["implemented"] and any(one[name] for name in ("n_truth", "n_found", "n_must_not", "n_blind")):
            late = one["time_error_s"]
            table.add_row(
                code,
                *(str(one[name]) for name in ("n_truth", "n_found", "n_missed", "n_false")),
                number(one["precision"]),
                number(one["recall"]),
                f"{number(late['median'])} / {number(late['p95'])}",
                f"{one['n_must_not_kept']}/{one['n_must_not']}",
                f"{one['n_blind_kept']}/{one['n_blind']}",
            )
    return table


def errors_table(report: Report, language: Language) -> Table:
    """Quantities: errors, and shares of right, wrong, unknown."""
    table = _table("eval.done.quantities", language)
    _columns(table, ("quantity", "n", *NUMBERS, "within", "right", "wrong", "unknown"), language)
    for name, one in report["quantities"].items():
        numbers = [number(one.get(key)) for key in NUMBERS]
        shares = [percent(one.get(key)) for key in ("within_2_sigma", "right", "wrong", "unknown")]
        table.add_row(name, str(one["n"]), *numbers, *shares)
    return table


def tracking_table(report: Report, language: Language) -> Table:
    """HOTA and its kin of every clip and sequence."""
    table = _table("eval.done.tracking", language)
    names = ("hota", "deta", "assa", "idf1", "mota")
    _columns(table, ("sequence", *names, "id_switches", "n_boxes"), language)
    rows = {**report["tracking"]["sequences"]}
    for clip in report["clips"]:
        rows |= clip["tracking"]
    for name, one in rows.items():
        counts = (str(one["id_switches"]), str(one["n_boxes"]))
        table.add_row(name, *(f"{one[key]:.3f}" for key in names), *counts)
    return table


def stages_table(report: Report, language: Language) -> Table:
    """Where the time went."""
    stages = report["stages"]
    table = Table(title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.title = text("eval.done.stages", language, wall=stages["wall_s"], film=stages["film_s"])
    _columns(table, ("stage", "seconds", "per_second"), language)
    for stage in STAGES:
        spent = (number(stages["seconds"][stage]), number(stages["for_a_second_of_film"][stage]))
        table.add_row(text(f"eval.stage.{stage}", language), *spent)
    return table


def floors_table(steps: Sequence[Step], language: Language) -> Table:
    """Stored figures beside the present ones."""
    table = _table("eval.floors.title", language)
    for name in ("figure", "was", "now", "note"):
        table.add_column(text(f"eval.floors.col.{name}", language), overflow="fold")
    for step in steps:
        was = None if step.floor is None else step.floor.value
        table.add_row(step.figure, number(was), number(step.found), text(f"eval.floors.{_note(step)}", language))
    return table


def _note(step: Step) -> str:
    if step.floor is None:
        return "new"
    if step.found is None:
        return "gone"
    if step.fell:
        return "fell"
    higher = step.found > step.floor.value
    return "better" if higher == (step.floor.better == "higher") else "worse"


def _table(title: str, language: Language) -> Table:
    return Table(title=text(title, language), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def _columns(table: Table, names: Sequence[str], language: Language) -> None:
    for place, name in enumerate(names):
        justify: Any = "left" if place == 0 else "right"
        # Names are what one looks for: the numbers' headings give way.
        table.add_column(text(f"eval.page.col.{name}", language), justify=justify, overflow="fold", no_wrap=place == 0)


def number(value: float | None) -> str:
    """Three digits that say something; a dash for what cannot be had."""
    return "–" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
