"""A line that says that a network is being fetched, and a bar while it is; nothing when it lies here already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from models.texts import Language, text
from models.weights import DEFAULT
from models.weights.carrier import Progress as Report


@contextmanager
def pull_shown(language: Language) -> Iterator[Report]:
    """Takes (bytes done, bytes in all) as a pull goes on."""
    console = Console(stderr=True)
    bar = Progress(TextColumn("  "), BarColumn(), DownloadColumn(), console=console, transient=True)
    task = bar.add_task("", total=None)

    def report(done: int, total: int) -> None:
        if not bar.live.is_started:
            console.print(text("weights.pulling", language, name=DEFAULT), markup=False, highlight=False)
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()
