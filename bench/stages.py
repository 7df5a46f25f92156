"""`make bench`: milliseconds per analysed frame of each stage, in one run over a sample, with the real network.

Columns: processor time of the one thread that works, time passed (another program on the machine lengthens this one
above all), and the first as a multiple of the time that decoding passes, a ratio that holds from machine to machine
(the decoder works in threads of its own, so its processor time is not seen here). The goal, everything but decode and
inference within 5 ms, is held against processor time.

Evidence falls due with an incident, not with a frame; its cost is spread over all frames of the run (the sample has two
incidents in 90 s, far more than a showroom). What the second net infers on evidence counts as inference. `--frames N`
shortens the run, `--tape FILE` takes stored boxes in place of the network. Inference is looks times the price of one;
how many looks a frame takes is told below the table (vision/detectors/finder.py asks where something is new).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.detect import Counted
from calibration import load_site
from guiwei.box import second_net, settle
from models.domain.clock import SystemClock
from models.domain.energy import AirConditioner, AirconPart, AirconRegion, LampPart, LampRegion, LuminaireGroup
from models.domain.media import Detections, Frame
from models.store import BoxStore
from models.texts import catalogue
from pipelines.album import Album
from pipelines.casebook import CaseBook
from pipelines.engine import Engine
from pipelines.evidence import Evidence
from pipelines.shutter import NotingFinder, Shutter
from vision.aircon import AirconSight
from vision.clothing import lab_of
from vision.detectors import load_detector
from vision.detectors.finder import CropFinder
from vision.detectors.protocol import PersonFinder
from vision.detectors.tape import TapeFinder
from vision.ingest import open_source
from vision.luminaires import LuminaireSight
from vision.observer import CameraObserver

SAMPLE = Path(__file__).parents[1] / "sample_videos" / "c_waiting_s32"
GOAL_MS = 5.0
SIGHT_MS = 3.0
"""Goal of all lamp groups of a camera, and of all its air-conditioners."""
SIGHTS = ("luminaires", "air-conditioners")
STAGES = ("decode", "inference", "track + roles + presence", *SIGHTS, "rules", "mask + keep", "evidence files")
OUTSIDE_GOAL = ("decode", "inference", *SIGHTS)
"""Lamps and air-conditioners are none of the sample's (its site has none): they have a goal of their own."""


class Stopwatch:
    """Seconds per stage, passed and of the processor; a stage inside another is taken out of the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(2))
        self._inner = [np.zeros(2)]

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        began = _now()
        self._inner.append(np.zeros(2))
        try:
            yield
        finally:
            took = _now() - began
            self.seconds[stage] = self.seconds[stage] + took - self._inner.pop()
            self._inner[-1] = self._inner[-1] + took


def _now() -> NDArray[np.float64]:
    return np.array([time.perf_counter(), time.thread_time()])


class TimedFinder:
    """A PersonFinder under the stopwatch."""

    def __init__(self, finder: PersonFinder, watch: Stopwatch) -> None:
        self._finder, self._watch = finder, watch
        self.looked: NDArray[np.float32] = np.zeros((0, 4), np.float32)

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        with self._watch.timing("inference"):
            found = self._finder.find(frame, tracks)
        self.looked = self._finder.looked
        return found


def measured(frames_at_most: int, tape: Path | None, out: Path) -> tuple[Stopwatch, int, int, int]:
    """The stopwatch, frames analysed, incidents found, and looks of the network at frames."""
    watch, site, clock = Stopwatch(), load_site(SAMPLE), SystemClock()
    camera = next(iter(site.cameras.values()))
    detector = None if tape else load_detector(threads=1)
    counted = Counted(detector) if detector else None
    finder = NotingFinder(TimedFinder(CropFinder(counted) if counted else TapeFinder(tape or Path()), watch))
    net = _timed(second_net(detector), watch) if detector else None
    observer, engine, shutter = CameraObserver(site, camera, finder), Engine(site), Shutter(camera)
    lamps, units = LuminaireSight(camera, lamp_groups(camera.id)), AirconSight(camera, aircons(camera.id))
    albums = {camera.id: Album()}
    store = BoxStore(f"sqlite:///{out / 'box.sqlite'}")
    evidence = Evidence(site, out / "evidence", albums, net)
    casebook = CaseBook(store, evidence, out / "evidence", clock, deliver=False, timeline=lambda _incident: None)
    count = 0
    warm_up()
    settle()
    for frame in _decoded(open_source(camera, secrets={}, clock=clock), watch, frames_at_most):
        count += 1
        with watch.timing("track + roles + presence"):
            scene = observer.observe(frame)
        with watch.timing("luminaires"):
            lamps.look(frame, scene)
        with watch.timing("air-conditioners"):
            units.look(frame, scene)
        with watch.timing("mask + keep"):
            if (shot := shutter.take(frame, scene, finder.found)) is not None:
                albums[camera.id].add(shot)
        with watch.timing("rules"):
            changes = engine.step(scene)
        with watch.timing("evidence files"):
            casebook.take(change.incident for change in changes)
            casebook.pass_time(scene.utc_us)
    with watch.timing("evidence files"):
        casebook.finish()
    store.close()
    return watch, count, len(casebook.incidents), counted.looks if counted else 0


def lamp_groups(camera: str) -> dict[str, LuminaireGroup]:
    """Four groups of four lamps and two lit surfaces each: more than any showroom view has shown so far."""
    groups = {}
    for row in range(4):
        spots = [((x, 40 + 60 * row), LampPart.LAMP, (60, 14)) for x in (100, 400, 700, 1000)]
        spots += [((x, 400 + 60 * row), LampPart.SURFACE, (128, 72)) for x in (200, 800)]
        regions = tuple(
            LampRegion(camera, part, ((x, y), (x + w, y), (x + w, y + h), (x, y + h)), (0.5,), (0.0,))
            for (x, y), part, (w, h) in spots
        )
        groups[f"row-{row}"] = LuminaireGroup(f"row-{row}", "灯", "lamps", "hall", regions=regions)
    return groups


def aircons(camera: str) -> dict[str, AirConditioner]:
    """Two wall units of four parts each. Their references are of no unit: every part is measured and placed, and a
    display is read, whatever it shows."""
    found = {}
    for number, x in enumerate((120, 720)):
        boxes = {
            AirconPart.DISPLAY: (x + 120, 60, 66, 48),
            AirconPart.LED: (x + 200, 70, 14, 14),
            AirconPart.LOUVER: (x, 130, 240, 36),
            AirconPart.RIBBON: (x + 100, 170, 60, 140),
        }
        regions = tuple(_taught(camera, part, box) for part, box in boxes.items())
        found[f"ac-{number}"] = AirConditioner(f"ac-{number}", "空调", "AC", "hall", regions=regions)
    return found


def _taught(camera: str, part: AirconPart, box: tuple[int, int, int, int]) -> AirconRegion:
    x, y, w, h = box
    polygon = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    lengths = {AirconPart.DISPLAY: 2, AirconPart.LED: 3, AirconPart.LOUVER: 192, AirconPart.RIBBON: 1}
    on, off = (1.0,) * lengths[part], (0.0,) * lengths[part]
    return AirconRegion(camera, part, polygon, (on,), (off,))


def warm_up() -> None:
    """What a process builds once, whatever it sees: OpenCV's tables of float Lab, the catalogue of texts."""
    lab_of(np.zeros((1, 1, 3), np.uint8), np.ones(3, np.float32))
    catalogue()


def _timed(look: Callable[..., NDArray[np.float32]], watch: Stopwatch) -> Callable[..., NDArray[np.float32]]:
    def timed(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        with watch.timing("inference (second net)"):
            return look(image)

    return timed


def _decoded(source: object, watch: Stopwatch, at_most: int) -> Iterator[Frame]:
    items = iter(source)  # type: ignore[call-overload]
    for _ in range(at_most):
        with watch.timing("decode"):
            item = next(items, None)
        if item is None:
            return
        if isinstance(item, Frame):
            yield item


def table(watch: Stopwatch, count: int) -> str:
    """Per stage ms per frame of the processor and passed, and the ratio to decode; last the sum the goal is about."""
    spent = {stage: 1000 * seconds / count for stage, seconds in watch.seconds.items()}
    stages = [*STAGES, *sorted(set(spent) - set(STAGES))]
    rest = sum((ms for stage, ms in spent.items() if not stage.startswith(OUTSIDE_GOAL)), np.zeros(2))
    rows = [(stage, spent[stage]) for stage in stages if stage in spent]
    rows += [("all", sum(spent.values(), np.zeros(2))), ("everything but decode and inference", rest)]
    decode_ms = spent["decode"][0]
    lines = [f"{'ms per frame':36} {'cpu':>8} {'passed':>8} {'x decode':>9}"]
    lines += [f"{name:36} {ms[1]:8.2f} {ms[0]:8.2f} {ms[1] / decode_ms:9.2f}" for name, ms in rows]
    for sight in SIGHTS:
        took_ms = spent[sight][1]
        lines.append(f"{sight} {SIGHT_MS:.0f} ms: {'held' if took_ms <= SIGHT_MS else 'MISSED'} ({took_ms:.2f} ms)")
    lines.append(f"goal {GOAL_MS:.0f} ms: {'held' if rest[1] <= GOAL_MS else 'MISSED'} ({rest[1]:.2f} ms)")
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--frames", type=int, default=10**9)
    arguments.add_argument("--tape", type=Path)
    asked = arguments.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        watch, count, incidents, looks = measured(asked.frames, asked.tape, Path(folder))
    print(f"{SAMPLE.name}: {count} frames, {incidents} incidents, {looks / count:.2f} looks a frame")
    print(table(watch, count))


if __name__ == "__main__":
    main()
