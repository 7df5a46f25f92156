"""The loop around the pure engine: what the cameras tell, in order of time, to verdicts, evidence and the database.

One thread judges. It is the same loop for recordings and live cameras; they differ in how long the merge waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.domain.clock import Clock
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Scene, StreamLost, StreamResumed, Tick
from pipelines.album import Album
from pipelines.camera_feed import CameraFeed, Told
from pipelines.camera_watch import CameraWatch
from pipelines.casebook import CaseBook
from pipelines.engine import Engine
from pipelines.inlet import Inlet, NoInlet
from pipelines.merging import Merge

TICK_S = 1.0
LAG_S = 2.0
"""A live run without pictures ticks by the clock, this far behind it: pictures on their way are not overtaken.

A loss may still be told after ticks that are later than it: it is dated at the last picture and noticed after the
read time-out. No verdict depends on that, since claims grow by scenes alone and ticks only end them."""
JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a run has come. media_us: data time since its first picture."""

    camera: str
    media_us: int
    utc_us: int
    incidents: int


class Witness(Protocol):
    """Who takes down every message (tape, ledger)."""

    def take(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What the loop hands its findings to."""

    casebook: CaseBook
    albums: Mapping[str, Album]
    watch: CameraWatch
    witnesses: Sequence[Witness] = ()
    inlet: Inlet = field(default_factory=NoInlet)
    """Readings of meters and calendar entries, asked for at every tick."""
    headway: Callable[[Headway], None] = field(default=lambda _: None)
    tell: Callable[[str, dict[str, str]], None] = field(default=lambda _key, _places: None)
    """(text key, places): something a person should know; told once each time it changes."""


class Runner:
    """`run` once; `stop` from a signal handler or another thread ends it in good order."""

    def __init__(
        self, feeds: Mapping[str, CameraFeed], merge: Merge[Told], engine: Engine, desk: Desk, clock: Clock
    ) -> None:
        self._feeds, self._merge, self._engine, self._desk = feeds, merge, engine, desk
        self._clock = clock
        self._tick_us: int | None = None
        self._first_us: int | None = None
        self._last_us = 0
        self._pinned: set[tuple[str, int]] = set()
        self._unmasked: set[str] = set()

    @property
    def first_us(self) -> int | None:
        """UTC µs of the first picture; None when there was none."""
        return self._first_us

    @property
    def last_us(self) -> int:
        return self._last_us

    def stop(self) -> None:
        """Sources end; what they told is still judged, claims end as end_of_recording, results are written."""
        for feed in self._feeds.values():
            feed.stop()

    def run(self) -> None:
        """Until every source has ended or `stop`. Raises what a source failed with, after ending in good order."""
        for feed in self._feeds.values():
            feed.start()
        failure: Exception | None = None
        try:
            for told in self._merge:
                if told is not None:
                    self._take(told)
                elif self._tick_us is not None:
                    self._pass_time(self._clock.utc_us() - round(LAG_S * US))
        except Exception as error:  # noqa: BLE001 - raised again below, once claims are closed and files written
            failure = error
        finally:
            self._merge.leave()
            self.stop()
            for feed in self._feeds.values():
                feed.join(JOIN_S)
        if self._tick_us is not None:
            self._end()
        if failure is not None:
            raise failure

    def _take(self, told: Told) -> None:
        self._picture(told)
        message = told.message
        self._desk.watch.take(told.camera, message, told.shot, self._feeds[told.camera].source.dropped)
        if message is None:
            return
        if isinstance(message, Scene) and self._first_us is None:
            self._first_us = message.utc_us
        if self._tick_us is None:
            self._tick_us = message.utc_us
        self._pass_time(message.utc_us)
        self._judge_by(message)
        self._announce(message)
        headway = Headway(
            told.camera, message.utc_us - (self._first_us or message.utc_us), message.utc_us, self._count()
        )
        self._desk.headway(headway)

    def _count(self) -> int:
        return len(self._desk.casebook.incidents)

    def _picture(self, told: Told) -> None:
        album = self._desk.albums[told.camera]
        if told.shot is not None:
            album.add(told.shot)
        if told.unmasked:
            album.unmasked_us = told.utc_us
        if told.unmasked != (told.camera in self._unmasked) and (told.unmasked or told.shot is not None):
            self._unmasked ^= {told.camera}
            key = "box.frames_unmasked" if told.unmasked else "box.frames_masked_again"
            self._desk.tell(key, {"camera": told.camera})

    def _pass_time(self, utc_us: int) -> None:
        """A tick at every whole second of data time before the moment; one at the very moment follows its messages."""
        assert self._tick_us is not None
        step_us = round(TICK_S * US)
        while self._tick_us + step_us < utc_us:
            self._tick_us += step_us
            for told in self._desk.inlet.due(self._tick_us):
                self._judge_by(told)
            self._judge_by(Tick(self._tick_us))
            self._desk.casebook.pass_time(self._tick_us)

    def _judge_by(self, message: Message) -> None:
        self._last_us = max(self._last_us, message.utc_us)
        changed = self._engine.step(message)
        for witness in self._desk.witnesses:
            witness.take(message)
        self._pin()
        if changed:
            self._desk.casebook.take(change.incident for change in changed)

    def _pin(self) -> None:
        """Keep a picture of how each claim began, before and with whom it is about: it may be confirmed long after."""
        running = {(claim.subject, claim.t_first_us): claim for claim in self._engine.claims}
        for key in running.keys() - self._pinned:
            if (album := self._desk.albums.get(running[key].camera)) is not None:
                album.pin(running[key].t_first_us)
                album.pin(self._last_us)
        self._pinned = set(running)

    def _announce(self, message: Message) -> None:
        if isinstance(message, StreamLost):
            self._desk.tell("box.lost", {"camera": message.camera, "reason": str(message.reason)})
        if isinstance(message, StreamResumed):
            self._desk.tell("box.resumed", {"camera": message.camera})

    def _end(self) -> None:
        self._pass_time(self._last_us)
        self._judge_by(EndOfRecording(self._last_us))
        self._desk.watch.end(self._last_us)
        self._desk.casebook.finish()
