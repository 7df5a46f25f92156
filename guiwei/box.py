"""Puts a box together: cameras, engine, evidence, database, delivery. Replay and live differ in what they hand in."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from guiwei.figures_keeper import FiguresKeeper
from guiwei.meters import meters_read
from guiwei.sights import sights_of
from guiwei.uplink import Uplink
from guiwei.witness import TapeKeeper
from models.domain.clock import Clock
from models.domain.errors import GuiweiError, UsageError
from models.domain.incident import Incident
from models.domain.media import Frame, Image, Run
from models.domain.site import Camera, Site
from models.store import BoxStore
from models.store.box import Parcel
from models.texts import Language, text
from pipelines.album import Album
from pipelines.camera_feed import CameraFeed, Told
from pipelines.camera_watch import CameraWatch
from pipelines.casebook import CaseBook
from pipelines.day_reports import DayReports
from pipelines.engine import Engine
from pipelines.evidence import Evidence
from pipelines.inlet import SignalInlet
from pipelines.layout_report import layout_body
from pipelines.measurements import LAYOUT, MeasurementLog
from pipelines.merging import Merge
from pipelines.outbox import Outbox, Tell, api_client
from pipelines.results import write_results
from pipelines.runner import Desk, Headway, Runner
from pipelines.second_look import Boxes, SecondNet
from pipelines.shutter import LOW_SCORE, NotingFinder
from pipelines.trails import Trails
from vision.detectors import load_detector
from vision.detectors.finder import CropFinder
from vision.detectors.protocol import Detector, PersonFinder
from vision.health_sight import HealthSight
from vision.ingest import Fact, FrameSource
from vision.observer import CameraObserver

DATABASE = "box.sqlite"
EVIDENCE = "evidence"
TAPE = "tape.jsonl"
FinderFactory = Callable[[Camera], PersonFinder]


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what happens: text keys with places, and headway."""

    tell: Tell = field(default=lambda _key, _places: None)
    headway: Callable[[Headway], None] = field(default=lambda _: None)
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Eyes:
    """How people are found. net: the second look at evidence; None where there is no network at hand."""

    finder: FinderFactory
    net: SecondNet | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to be made. sources: camera id -> frames; window_s: None for recordings (pipelines.merging.Merge)."""

    site: Site
    sources: Mapping[str, FrameSource]
    eyes: Eyes
    out: Path
    clock: Clock
    uplink: Uplink | None = None
    window_s: float | None = None
    ears: Ears = Ears()
    inlet: SignalInlet | None = None
    """Readings that are there already (tests, recordings); a live run fills its own."""

    @property
    def live_uplink(self) -> tuple[bool, Uplink | None]:
        """Whether the run is live, and where its API is."""
        return self.window_s is not None, self.uplink


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run left behind. Times UTC µs, None when no picture came. undelivered: parcels still waiting in `out`."""

    site: Site
    out: Path
    start_us: int | None
    end_us: int
    incidents: tuple[Incident, ...]
    facts: Mapping[str, tuple[Fact, ...]]
    undelivered: int
    interrupted: bool


def network_eyes(detector: Detector | None = None, progress: Callable[[int, int], None] | None = None) -> Eyes:
    """People found by the default network; its weights are pulled when they are not here. Raises WeightsError."""
    network = detector or (load_detector(progress=progress) if progress else load_detector())
    return Eyes(lambda _camera: CropFinder(network), second_net(network))


def second_net(detector: Detector) -> SecondNet:
    """People on one still, at LOW_SCORE, looked for in every tile of it."""

    def look(image: Image) -> Boxes:
        frame = Frame(image, Run("still", 1, 0), 0)
        found = CropFinder(detector).find(frame, np.zeros((0, 4), np.float32))
        return found.boxes[found.scores >= LOW_SCORE]

    return look


def run_box(plan: Plan) -> RunResult:
    """Run until the sources end, Ctrl-C or SIGTERM; results are written in each of these cases.

    Raises GuiweiError: a source or network that fails, a database that cannot be used.
    """
    store = BoxStore(f"sqlite:///{plan.out / DATABASE}")
    try:
        watch = CameraWatch(plan.site, plan.sources)
        with _delivery(plan, store, watch) as finish:
            result = _judged(plan, store, watch)
            left = finish()
    finally:
        store.close()
    if left:
        plan.ears.tell("delivery.rest", {"count": str(left), "where": str(plan.out / DATABASE)})
    return replace(result, undelivered=left)


def _judged(plan: Plan, store: BoxStore, watch: CameraWatch) -> RunResult:
    settle()
    engine = Engine(plan.site)
    tape = TapeKeeper(plan.out / TAPE, plan.site, plan.ears.tell, plan.ears.language)
    with contextlib.closing(tape):
        trails = Trails()
        casebook, albums = _casebook(plan, store, tape, trails)
        merge: Merge[Told] = Merge(plan.sources, plan.clock, plan.window_s)
        feeds = {name: _feed(plan, name, merge) for name in plan.sources}
        inlet = plan.inlet or SignalInlet(plan.site)
        figures = FiguresKeeper(engine, plan.out, _figures_box(plan, store), plan.ears.tell)
        reports = (DayReports(engine, store, plan.clock),) if plan.uplink is not None else ()
        checks = MeasurementLog(plan.out, plan.site, _checks_told(plan, store))
        witnesses = (tape, trails, figures, *reports, checks)
        desk = Desk(casebook, albums, watch, witnesses, inlet, plan.ears.headway, plan.ears.tell)
        runner = Runner(feeds, merge, engine, desk, plan.clock)
        with (
            meters_read(plan.site, plan.live_uplink, inlet, plan.clock, plan.ears.tell),
            _ending(runner) as interrupted,
        ):
            try:
                runner.run()
            finally:
                checks.close()
                if runner.first_us is not None:
                    write_results(plan.out, engine, casebook.incidents)
                    figures.keep()
    facts = {name: source.facts for name, source in plan.sources.items()}
    return RunResult(
        plan.site, plan.out, runner.first_us, runner.last_us, casebook.incidents, facts, 0, interrupted.is_set()
    )


def _figures_box(plan: Plan, store: BoxStore) -> Callable[[Iterable[Parcel]], None] | None:
    if plan.uplink is None:
        return None
    return lambda parcels: store.supersede(parcels, now_us=plan.clock.utc_us())


def _checks_told(plan: Plan, store: BoxStore) -> Callable[[Iterable[Parcel]], None] | None:
    """Tells the server where everything belongs, and gives what it is told of checks by."""
    if plan.uplink is None or not plan.site.furniture.items:
        return None
    now_us = plan.clock.utc_us
    store.supersede([Parcel(LAYOUT, LAYOUT, layout_body(plan.site))], now_us=now_us())
    return lambda parcels: store.enqueue(parcels, now_us=now_us())


def settle() -> None:
    """What is loaded by now stays: keep the garbage collector from walking through all of it again and again, which
    costs 0.3 ms of every frame."""
    gc.collect()
    gc.freeze()


def _casebook(plan: Plan, store: BoxStore, tape: TapeKeeper, trails: Trails) -> tuple[CaseBook, dict[str, Album]]:
    albums = {name: Album() for name in plan.sources}
    folder = plan.out / EVIDENCE
    evidence = Evidence(plan.site, folder, albums, plan.eyes.net, trails)
    deliver = plan.uplink is not None
    return CaseBook(store, evidence, folder, plan.clock, deliver=deliver, timeline=tape.timeline), albums


def _feed(plan: Plan, name: str, merge: Merge[Told]) -> CameraFeed:
    camera = plan.site.cameras[name]
    finder = NotingFinder(plan.eyes.finder(camera))
    observer = CameraObserver(plan.site, camera, finder)
    sights = (HealthSight(observer.health), *sights_of(plan.site, camera))
    return CameraFeed(camera, plan.sources[name], observer.observe, finder, merge, sights)


@contextlib.contextmanager
def _delivery(plan: Plan, store: BoxStore, watch: CameraWatch) -> Iterator[Callable[[], int]]:
    """Delivery in a thread of its own while the run lasts.

    What it gives ends the thread, delivers what is left and returns how many parcels could not be.
    """
    uplink = plan.uplink
    if uplink is None:
        yield lambda: 0
        return
    with api_client(uplink.api, uplink.token) as client:
        outbox = Outbox(store, client, plan.clock, watch, plan.ears.tell, plan.ears.language)
        stopped, failed = threading.Event(), list[GuiweiError]()
        thread = threading.Thread(target=_deliver, args=(outbox, stopped, failed), name="delivery", daemon=True)
        thread.start()

        def end() -> None:
            stopped.set()
            thread.join()

        def finish() -> int:
            end()
            if failed:
                raise failed[0]
            return outbox.drain(uplink.patience_s)

        try:
            yield finish
        finally:
            end()


def _deliver(outbox: Outbox, stopped: threading.Event, failed: list[GuiweiError]) -> None:
    try:
        outbox.run(stopped)
    except GuiweiError as error:
        failed.append(error)


@contextlib.contextmanager
def _ending(runner: Runner) -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM end the run in good order; the event says whether one came. A second Ctrl-C is not needed."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def end(_number: int, _frame: object) -> None:
        interrupted.set()
        runner.stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def known_cameras(site: Site, named: Mapping[str, object]) -> None:
    """Raises UsageError for a camera that the site has not."""
    unknown = sorted(set(named) - set(site.cameras))
    if unknown:
        raise UsageError(
            "The site has no such camera.",
            where=str(site.folder),
            got=", ".join(unknown),
            expected=", ".join(sorted(site.cameras)),
            next_step="Correct the name in --camera NAME=FILE.",
        )


def said(key: str, places: Mapping[str, str], language: Language) -> str:
    """What `Ears.tell` is told, as a sentence; reasons of a lost stream are worded too."""
    worded = dict(places)
    if key == "box.lost":
        worded["reason"] = text(f"ingest.lost.{places['reason']}", language)
    return text(key, language, **worded)
