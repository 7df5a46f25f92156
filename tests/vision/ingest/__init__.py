"""Cameras for the stories of ingest: real files, a real server, real threads."""

from __future__ import annotations

from pathlib import Path

from models.domain.clock import SimulatedClock
from models.domain.media import Frame
from models.domain.site import Camera, Name, Source, SourceKind
from tests.media import number_of
from vision.ingest import FileSource, FrameSource, open_source

NOON_US = 1_780_315_200_000_000
EVERY_PICTURE = 1000.0


def camera(source: Source, analysis_fps: float = EVERY_PICTURE) -> Camera:
    return Camera("door", Name("门口", "door"), source, (160, 96), analysis_fps=analysis_fps)


def file(path: Path, start_utc_us: int | None = None) -> Source:
    return Source(SourceKind.FILE, str(path), start_utc_us=start_utc_us)


def recording(path: Path, analysis_fps: float = EVERY_PICTURE) -> FileSource:
    source = open_source(camera(file(path), analysis_fps), secrets={}, clock=SimulatedClock(), anchor_utc_us=NOON_US)
    assert isinstance(source, FileSource)
    return source


def frames(source: FrameSource) -> list[Frame]:
    return [item for item in source if isinstance(item, Frame)]


def numbers(source: FrameSource) -> list[int]:
    """The numbers painted on the frames of a source."""
    return [number_of(frame.image) for frame in frames(source)]


def counts(source: FrameSource) -> dict[str, int]:
    return {fact.kind.value: fact.count for fact in source.facts}
