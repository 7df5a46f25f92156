"""A line that says how far a replay is: media time, speed, incidents so far. Silent when the output is piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from models.domain.clock import Clock
from models.domain.media import US
from models.texts import Language, text
from pipelines.runner import Headway


@contextmanager
def headway_shown(console: Console, clock: Clock, language: Language) -> Iterator[Callable[[Headway], None]]:
    """Takes `Headway` and shows it at most four times a second."""
    if not console.is_terminal:
        yield lambda _headway: None
        return
    began_us = clock.monotonic_us()
    with Live(console=console, refresh_per_second=4, transient=True) as shown:

        def show(headway: Headway) -> None:
            shown.update(Text(headway_line(headway, clock.monotonic_us() - began_us, language)))

        yield show


def headway_line(headway: Headway, took_us: int, language: Language) -> str:
    """One line; took_us: wall time since the start."""
    minutes, seconds = divmod(headway.media_us // US, 60)
    speed = headway.media_us / max(took_us, 1)
    media = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return text(
        "replay.progress", language, camera=headway.camera, media=media, speed=speed, incidents=headway.incidents
    )
