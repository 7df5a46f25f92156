"""Pictures with their times, from recordings and live cameras (docs/design/ingest.md has every outcome in a table).

One way in: `open_source`. Everything above it sees `FrameSource` and cannot tell a file from a camera.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.domain.clock import Clock
from models.domain.site import Camera
from vision.ingest.facts import Fact, FactKind
from vision.ingest.faults import Fault, UnreadableError
from vision.ingest.latest import LatestBox
from vision.ingest.locator import locate
from vision.ingest.loss import Loss
from vision.ingest.pace import Pace
from vision.ingest.pictures import Probe, picture_at, pictures, probe
from vision.ingest.protocol import FrameSource
from vision.ingest.recording import FileSource
from vision.ingest.rtsp import Patience, RtspSource

__all__ = [
    "Fact",
    "FactKind",
    "Fault",
    "FileSource",
    "FrameSource",
    "LatestBox",
    "Loss",
    "Pace",
    "Patience",
    "Probe",
    "RtspSource",
    "UnreadableError",
    "open_source",
    "picture_at",
    "pictures",
    "probe",
]


def open_source(
    camera: Camera,
    *,
    secrets: Mapping[str, str],
    clock: Clock,
    anchor_utc_us: int | None = None,
    patience: Patience | None = None,
) -> FrameSource:
    """The camera's analysis stream (`sub_source` where there is one), thinned to `analysis_fps`.

    secrets: name -> password. anchor_utc_us: when a recording began, UTC µs; else its source's `start_utc_us`; a live
    stream is dated by `clock` and needs neither. patience: time-outs and back-off of a live stream. Nothing is
    connected before iterating. Raises UnreadableError (a SourceError) for what can be told without connecting: a
    missing or empty file, a malformed address, a secret that is not there, a recording whose start nobody told.
    """
    source = camera.sub_source or camera.source
    locator = locate(source, secrets)
    if locator.live:
        return RtspSource(locator, camera.id, camera.analysis_fps, clock, patience)
    start_utc_us = source.start_utc_us if anchor_utc_us is None else anchor_utc_us
    if start_utc_us is None:
        raise UnreadableError(Fault.NO_START, where=locator.shown)
    return FileSource(locator, camera.id, camera.analysis_fps, start_utc_us)
