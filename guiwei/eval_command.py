"""`guiwei eval`: how good the product is, on recordings whose truth is known."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from guiwei.language_option import Speech, Spoken
from guiwei.pull_progress import pull_shown
from guiwei.replay_command import Network
from guiwei.yardstick.clips import material_below
from guiwei.yardstick.evaluation import Evaluated, Told, Work, evaluate
from guiwei.yardstick.floors import Step, compared, read_floors, renewed, written
from guiwei.yardstick.page import page
from guiwei.yardstick.summary import codes_table, errors_table, floors_table, stages_table, tracking_table
from models.domain.errors import FloorError, StoreError, UsageError
from models.domain.rules import PLANNED
from models.texts import Language, both, text
from models.weights import DEFAULT
from vision.detectors import load_detector

_RATE = re.compile(r"\d{1,4}(\.\d{1,3})?")
FASTEST_FPS = 240.0
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help=both("cli.eval.dirs"), show_default=False)]


def evaluation(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    folders: Folders,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help=both("cli.eval.json"))] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help=both("cli.eval.html"))] = None,
    floors: Annotated[Path | None, typer.Option(metavar="FILE", help=both("cli.eval.floors"))] = None,
    update_floors: Annotated[bool, typer.Option("--update-floors", help=both("cli.eval.update"))] = False,
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help=both("cli.eval.keep"))] = None,
    weights: Network = DEFAULT,
    boxes: Annotated[Path | None, typer.Option(metavar="DIR", help=both("cli.eval.boxes"))] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help=both("cli.eval.workers"))] = 0,
    fps: Annotated[list[str] | None, typer.Option("--fps", metavar="NAME=RATE", help=both("cli.eval.fps"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Measure, print, write, and compare with the floors."""
    if update_floors and floors is None:
        raise UsageError(both("cli.eval.update.alone"), where="--update-floors", next_step="--floors FILE")
    stored = () if floors is None or (update_floors and not floors.exists()) else read_floors(floors)
    material = material_below(folders, _rates(fps or ()))
    said: Language = language.value
    if material.clips:
        with pull_shown(said) as progress:  # once, here: the workers find it on the shelf
            load_detector(weights, progress=progress)
    with _folder(keep) as out, _progress(said) as told:
        done = evaluate(material, Work(out, weights, boxes, html_file is not None, workers), told)
    steps = compared(stored, done.report) if floors is not None else ()
    if json_file is not None:
        _write(json_file, json.dumps(done.report, ensure_ascii=False, indent=2) + "\n")
    if html_file is not None:
        _write(html_file, page(done, steps, said))
    _show(done, said)
    for file in (json_file, html_file):
        if file is not None:
            Console(soft_wrap=True).print(text("eval.done.written", said, file=file), markup=False, highlight=False)
    if floors is not None:
        _settle(floors, steps, said, update=update_floors)


def _rates(told: Sequence[str]) -> dict[str, float]:
    """NAME=RATE -> name and frames a second. Raises UsageError."""
    found = {}
    for one in told:
        name, _, rate = one.rpartition("=")
        if not name or not _RATE.fullmatch(rate) or not 0 < float(rate) <= FASTEST_FPS:
            raise UsageError(
                both("cli.eval.fps.off"), where="--fps", got=one, expected=f"NAME=RATE, 0 < RATE <= {FASTEST_FPS:g}"
            )
        found[name] = float(rate)
    return found


def _settle(file: Path, steps: Sequence[Step], language: Language, *, update: bool) -> None:
    """Show how the floors stand; renew them, or raise FloorError when one has fallen."""
    console = Console(soft_wrap=True)
    if update:
        _write(file, written(renewed(steps)))
    shown = [step for step in steps if _changed(step) and (update or step.fell)]
    if shown:
        console.print(floors_table(shown, language))
    else:
        count = sum(step.floor is not None for step in steps)
        console.print(
            text("eval.floors.same" if update else "eval.floors.held", language, count=count), highlight=False
        )
    fallen = [step.figure for step in steps if step.fell]
    if fallen and not update:
        raise FloorError(
            both("cli.eval.fell"), where=str(file), got=", ".join(fallen), next_step=both("cli.eval.fell.next")
        )


def _changed(step: Step) -> bool:
    return step.floor is None or step.found != step.floor.value


def _show(done: Evaluated, language: Language) -> None:
    console, report = Console(), done.report
    if report["clips"]:
        console.print(codes_table(report, language))
        names = ", ".join(sorted(PLANNED))
        console.print(text("eval.done.not_implemented", language, codes=names), markup=False, highlight=False)
        console.print(errors_table(report, language))
    if (tracking := tracking_table(report, language)).row_count:
        console.print(tracking)
    console.print(stages_table(report, language))


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where the clips' results go: the one asked for, else one that goes away."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="guiwei-eval-") as folder:
        yield Path(folder)


@contextmanager
def _progress(language: Language) -> Iterator[Told]:
    """A line a clip on standard error: a log of continuous integration wants to see it go on, too."""
    console = Console(stderr=True, soft_wrap=True)

    def told(done: int, whole: int, name: str) -> None:
        console.print(text("eval.progress", language, done=done, all=whole, name=name), markup=False, highlight=False)

    yield told


def _write(file: Path, content: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise StoreError(both("cli.eval.unwritable"), where=str(file), got=error.strerror or str(error)) from error
