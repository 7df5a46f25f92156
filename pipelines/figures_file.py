"""The files of key figures: one a run, named by its first frame, so that a box's folder gathers its days."""

from __future__ import annotations

import json
import os
from pathlib import Path

from models.domain.errors import UsageError
from models.domain.figures_document import FiguresDocument, document_of, fields_of
from models.domain.instants import datetime_of
from models.domain.wait_figures import PostRow, WaitRow
from models.texts import both
from pipelines.engine import Engine
from pipelines.figures import figures_of

FOLDER = "figures"


def run_name(engine: Engine) -> str:
    """What a run's figures are called: its first frame."""
    return f"{datetime_of(engine.start_us or 0):%Y%m%dT%H%M%SZ}"


def write_figures(out: Path, engine: Engine) -> FiguresDocument:
    """Write `out`/figures/<first frame>.json under a temporary name, then rename it; gives what was written."""
    folder, document = out / FOLDER, figures_of(engine)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run_name(engine)}.json"
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(fields_of(document), file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return document


def read_figures(out: Path) -> tuple[str, tuple[WaitRow, ...], tuple[PostRow, ...]]:
    """Time zone, waits and posts of every run in a box's folder. Raises UsageError where there is none, or no ours."""
    waits: list[WaitRow] = []
    posts: list[PostRow] = []
    zone = "UTC"
    files = sorted((out / FOLDER).glob("*.json"))
    if not files:
        raise UsageError(both("report.none"), where=str(out), next_step=both("report.none.next"))
    for file in files:
        try:
            document = document_of(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise UsageError(both("report.broken"), where=str(file), got=f"{type(error).__name__}: {error}") from None
        zone = document.time_zone
        waits += document.waits
        posts += document.posts
    return zone, tuple(waits), tuple(posts)
