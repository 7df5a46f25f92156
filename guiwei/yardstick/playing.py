"""Plays one clip by the code of `guiwei replay` and lays out what came of it on the clock of its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from calibration import load_site
from guiwei.box import TAPE, Eyes, run_box
from guiwei.replay import Recordings, replay_plan
from guiwei.yardstick.clips import Clip
from guiwei.yardstick.stages import Stopwatch, TimedFinder, TimedSource, timed_net
from models.domain.errors import SourceError
from models.domain.incident import Incident
from models.domain.media import US, Detections
from models.domain.messages import Message
from models.domain.site import Camera, Site
from pipelines.ledger import Row
from pipelines.parties import Party
from pipelines.tape import Tape, read_tape, rerun_engine
from sample_videos.studio.truth import READINGS_FILE, CameraTruth
from vision.detectors.protocol import PersonFinder

Instants = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TruthClock:
    """UTC µs of the product -> seconds of the truth.

    stamps: camera -> (what the file says, what is true), seconds from the first picture, where the two differ.
    """

    start_us: int
    stamps: Mapping[str, tuple[Instants, Instants]] = field(default_factory=dict)

    def s(self, utc_us: int, camera: str = "") -> float:
        told_s = (utc_us - self.start_us) / US
        if camera not in self.stamps:
            return told_s
        return float(np.interp(told_s, *self.stamps[camera]))


@dataclass(frozen=True, slots=True)
class Found:
    """All that the finder found in one frame. boxes: pixels of the declared size."""

    camera: str
    t_s: float
    boxes: Detections


@dataclass(frozen=True, slots=True)
class Played:
    """A clip and what the product said of it. out: the folder of the results."""

    clip: Clip
    site: Site
    out: Path
    clock: TruthClock
    incidents: tuple[Incident, ...]
    messages: tuple[Message, ...]
    parties: tuple[Party, ...]
    rows: tuple[Row, ...]
    found: tuple[Found, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


def play(clip: Clip, out: Path, eyes: Eyes, watch: Stopwatch) -> Played:
    """Replay the clip with its site; the results stay in `out`. Raises GuiweiError, KeyboardInterrupt."""
    finders: dict[str, TimedFinder] = {}

    def finder(camera: Camera) -> PersonFinder:
        return finders.setdefault(camera.id, TimedFinder(eyes.finder(camera), watch))

    net = None if eyes.net is None else timed_net(eyes.net, watch)
    meters = clip.folder / READINGS_FILE
    recordings = Recordings(readings=meters if meters.is_file() else None)
    plan = replay_plan(clip.folder, recordings, out=out, eyes=Eyes(finder, net))
    sources = {name: TimedSource(source, watch) for name, source in plan.sources.items()}
    with watch.timing("all"):
        result = run_box(replace(plan, sources=sources))
    if result.interrupted:
        raise KeyboardInterrupt
    if result.start_us is None:
        raise SourceError(
            "A clip gave no picture.",
            where=str(clip.folder),
            next_step="Check that its recording plays, and render it anew if it does not.",
        )
    told = played(clip, plan.site, read_tape(out / TAPE), out, start_us=result.start_us)
    found = [one for name, each in finders.items() for one in _found(each, plan.site.cameras[name], told.clock)]
    return replace(told, incidents=result.incidents, found=tuple(found))


def played(clip: Clip, site: Site, tape: Tape, out: Path, *, start_us: int | None = None) -> Played:
    """The same from a tape alone: the site's rules are run over it. start_us: UTC µs of the first picture."""
    engine = rerun_engine(tape, site)
    began_us = engine.start_us if start_us is None else start_us
    clock = TruthClock(began_us or tape.header.start_us, _stamps(clip))
    return Played(
        clip, site, out, clock, engine.incidents, tape.messages, tuple(engine.parties()), tuple(engine.intervals())
    )


def site_of(clip: Clip) -> Site:
    """The clip's site as configured. Raises SiteError."""
    return load_site(clip.folder)


def _stamps(clip: Clip) -> dict[str, tuple[Instants, Instants]]:
    told = {name: (camera, camera.frame_times_s) for name, camera in clip.truth.cameras.items()}
    return {
        name: _paired(clip, camera, np.array(true_s, np.float64))
        for name, (camera, true_s) in told.items()
        if true_s is not None
    }


def _paired(clip: Clip, camera: CameraTruth, true_s: Instants) -> tuple[Instants, Instants]:
    with av.open(str(clip.folder / camera.file)) as container:
        stream = container.streams.video[0]
        ticks = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        base = float(stream.time_base or 0)
    told_s = np.array([(tick - ticks[0]) * base for tick in ticks], np.float64)
    if len(told_s) != len(true_s):
        raise SourceError(
            "The truth has another number of frame times than the recording has frames.",
            where=f"{clip.folder / camera.file}",
            got=str(len(told_s)),
            expected=str(len(true_s)),
            next_step="Render the clip anew: truth and recording are not of one piece.",
        )
    rising, first = np.unique(told_s, return_index=True)
    return rising, true_s[first]


def _found(finder: TimedFinder, camera: Camera, clock: TruthClock) -> list[Found]:
    found = []
    for utc_us, boxes, (width, height) in finder.found:
        x, y = camera.size_px[0] / width, camera.size_px[1] / height
        scaled = Detections((boxes.boxes * np.array([x, y, x, y], np.float32)), boxes.scores, boxes.classes)
        found.append(Found(camera.id, clock.s(utc_us, camera.id), scaled))
    return found
