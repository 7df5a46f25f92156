"""The seam between a camera and the rest: live and recorded differ in nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from vision.ingest.facts import Fact


class FrameSource(Protocol):
    """Frames in time order, with the stream's losses and new runs told in between."""

    @property
    def dropped(self) -> int:
        """Frames decoded but never handed out, because a newer one came first."""
        ...

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was left out or made up so far: broken packets, pictures out of order, an early end. Empty is good."""
        ...

    def __iter__(self) -> Iterator[Frame | StreamLost | StreamResumed]:
        """Raises SourceError when the source cannot be read at all. A file ends; a live source goes on till `close`."""
        ...

    def close(self) -> None:
        """Stop; safe from another thread; safe twice."""
        ...
