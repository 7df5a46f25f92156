"""The frames of a clip that something is taught from, with the seconds that have passed shown on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from rich.console import Console
from rich.progress import Progress

from calibration import Secrets
from models.domain.clock import SystemClock
from models.domain.media import US, Frame
from models.domain.site import Camera
from vision.ingest import open_source


def clip_frames(camera: Camera, anchor_us: int) -> Iterator[Frame]:
    """The clip is closed however it ends. Raises UnreadableError."""
    source = open_source(camera, secrets=Secrets(), clock=SystemClock(), anchor_utc_us=anchor_us)
    with closing(source), Progress(console=Console(stderr=True), transient=True) as bar:
        task, first_us = bar.add_task("", total=None), None
        for item in source:
            if isinstance(item, Frame):
                first_us = item.utc_us if first_us is None else first_us
                bar.update(task, description=f"{(item.utc_us - first_us) / US:.0f} s")
                yield item
