"""Looking at a source without running it: what it is, and single pictures of a recording for evidence."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av

from models.domain.media import US, Image
from models.domain.site import Source
from vision.ingest.facts import Tally
from vision.ingest.faults import Fault, UnreadableError, fault_of
from vision.ingest.locator import Locator, locate, locate_file
from vision.ingest.pace import Pace
from vision.ingest.stream import VideoStream, bgr, open_stream
from vision.ingest.timeline import GAP_S, Timeline, UndatedError, in_order

PROBE_TIMEOUT_S = (10.0, 10.0)
_HASTE = ("fpsprobesize", "analyzeduration", "probesize")
_LEADS_S = (0, 4, 20)
"""How far before the wanted time to seek, one after another: MPEG-TS knows no key frames and lands anywhere, and then
the picture is there only after the next one."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a source is. size_px: width, height of the upright picture. fps: average, None when nobody knows.

    duration_s: None for a live stream, or a file that does not say. picture: the first one.
    """

    size_px: tuple[int, int]
    fps: float | None
    duration_s: float | None
    codec: str
    picture: Image = field(repr=False)


def probe(source: Source, secrets: Mapping[str, str] | None = None) -> Probe:
    """Open, look at the first picture, close. Raises UnreadableError (a SourceError)."""
    locator = locate(source, secrets or {})
    # Nothing is dated here, so libav may take the 2 s it needs to tell the rate of a live stream.
    unhurried = {name: value for name, value in locator.options.items() if name not in _HASTE}
    with open_stream(replace(locator, options=unhurried), Tally(), PROBE_TIMEOUT_S) as stream:
        picture = _first(stream)
        return Probe(
            size_px=(picture.shape[1], picture.shape[0]),
            fps=float(stream.rate) if stream.rate else None,
            duration_s=None if locator.live else stream.duration_s,
            codec=stream.codec,
            picture=picture,
        )


def picture_at(path: Path, t_us: int) -> Image:
    """The picture on show at `t_us` of a recording (µs from its start, as in Frame.t_us of its first run).

    That is the last one at or before it, unless it is older than GAP_S. Raises
    UnreadableError where nobody saw.
    """
    best: tuple[int, Image] | None = None
    for at_us, picture in _dated(path, t_us):
        if at_us > t_us:
            break
        best = at_us, picture
    if best is None or t_us - best[0] > GAP_S * US:
        raise UnreadableError(Fault.NO_PICTURE_THERE, where=str(path), got=f"{t_us / US:.3f} s")
    return bgr(best[1])


def pictures(path: Path, t_start_us: int, t_end_us: int, max_fps: float) -> Iterator[tuple[int, Image]]:
    """(t_us, picture) of a recording in [t_start_us, t_end_us], at most `max_fps` of them a second.

    Raises UnreadableError when the file cannot be read; yields nothing where it shows nothing.
    """
    pace = Pace(max_fps)
    for at_us, picture in _dated(path, t_start_us):
        if at_us > t_end_us:
            return
        if at_us >= t_start_us and pace.due(at_us):
            yield at_us, bgr(picture)


def _first(stream: VideoStream) -> Image:
    fault = Fault.NO_PICTURE
    try:
        for picture in stream.pictures():
            return bgr(picture)
    except av.FFmpegError as error:
        fault = fault_of(error)
    raise UnreadableError(fault, where=stream.shown, got=stream.codec)


def _dated(path: Path, from_us: int) -> Iterator[tuple[int, Any]]:
    """(t_us, av.VideoFrame), rising, from one at or before `from_us` on, dated as FileSource dates them."""
    locator = locate_file(path)
    if _has_times(locator):
        for lead_s in _LEADS_S:
            found = _rising(locator, from_us - lead_s * US)
            first = next(found, None)
            if first is not None and first[0] <= from_us:
                yield first
                yield from found
                return
            found.close()
    # Nothing to seek by, or nothing found by it: count the pictures out from the beginning.
    yield from _rising(locator, 0)


def _has_times(locator: Locator) -> bool:
    """Whether the file dates its pictures."""
    with open_stream(locator, Tally()) as stream:
        return stream.start_pts is not None and getattr(next(stream.pictures(), None), "pts", None) is not None


def _rising(locator: Locator, from_us: int) -> Generator[tuple[int, Any], None, None]:
    """From the place that the container seeks to; from the beginning for from_us <= 0."""
    with open_stream(locator, Tally()) as stream:
        timeline = Timeline(stream.time_base, stream.start_pts, stream.rate)
        if from_us > 0 and stream.start_pts is not None:
            stream.seek(stream.start_pts + int(from_us / (stream.time_base * US)))
        try:
            found = in_order(stream.pictures(), timeline, lambda picture: timeline.date(picture.pts), lambda _: None)
            for t_us, _, picture in found:
                yield t_us, picture
        except UndatedError:
            raise UnreadableError(Fault.UNDATED, where=locator.shown) from None
        except av.FFmpegError:
            return
