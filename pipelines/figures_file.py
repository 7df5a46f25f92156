"""The files of key figures: one a run, named by its first frame, so that a box's folder gathers its days."""

from __future__ import annotations

import json
import os
from pathlib import Path

from models.domain.errors import UsageError
from models.domain.instants import datetime_of
from models.domain.wait_figures import PostRow, WaitRow
from models.texts import both
from pipelines.engine import Engine
from pipelines.figures import figures_document, rows_of

FOLDER = "figures"


def write_figures(out: Path, engine: Engine) -> None:
    """Write `out`/figures/<first frame>.json under a temporary name, then rename it."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime_of(engine.start_us or 0):%Y%m%dT%H%M%SZ}.json"
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(figures_document(engine), file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


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
            document = json.loads(file.read_text(encoding="utf-8"))
            zone = str(document["time_zone"])
            some_waits, some_posts = rows_of(document)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise UsageError(both("report.broken"), where=str(file), got=f"{type(error).__name__}: {error}") from None
        waits += some_waits
        posts += some_posts
    return zone, tuple(waits), tuple(posts)
