"""Watches the live cameras of a site until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from calibration import load_secrets, load_site
from guiwei.box import DATABASE, Ears, Eyes, Plan, RunResult, network_eyes, run_box
from guiwei.replay import unwritable
from guiwei.uplink import Uplink
from models.domain.clock import Clock, SystemClock
from models.domain.errors import SourceError, UsageError
from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from models.domain.site import Site, SourceKind
from models.store import BoxStore
from pipelines.evidence_files import sweep
from pipelines.left_open import close_left_open
from vision.ingest import Fact, FrameSource, Loss, Patience, UnreadableError, open_source
from vision.ingest.rtsp import SLICE_S

WINDOW_S = 0.5
"""How long a message waits for the other cameras: encoders and networks differ by less."""


def live(
    site_folder: Path,
    *,
    out: Path,
    uplink: Uplink | None = None,
    eyes: Eyes | None = None,
    ears: Ears | None = None,
    patience: Patience | None = None,
) -> RunResult:
    """Watch every streamed camera of the site until Ctrl-C or SIGTERM. `out` is the box's own folder and is kept.

    Incidents that a killed run left open in `out` are closed with end_reason "blind" first, and what it had not
    delivered is delivered. With several cameras one that cannot be reached is tried again for ever; a single one is
    refused with its reason. Raises GuiweiError.
    """
    ears, clock = ears or Ears(), SystemClock()
    site = load_site(site_folder)
    sources = _sources(site, clock, patience)
    try:
        out.mkdir(parents=True, exist_ok=True)
        sweep(out)
    except OSError as error:
        raise unwritable(out, error) from error
    _close_cut_off(out, uplink, ears, clock)
    return run_box(Plan(site, sources, eyes or network_eyes(), out, clock, uplink, WINDOW_S, ears))


def _sources(site: Site, clock: Clock, patience: Patience | None) -> dict[str, FrameSource]:
    cameras = {
        name: camera
        for name, camera in site.cameras.items()
        if (camera.sub_source or camera.source).kind is SourceKind.RTSP
    }
    if not cameras:
        raise UsageError(
            "The site has no live camera.",
            where=str(site.folder),
            got="cameras that are recordings",
            expected="a camera with an rtsp:// source",
            next_step="Give a camera a stream in the site file, or use guiwei replay.",
        )
    secrets = load_secrets(site.folder)

    def opened(name: str) -> FrameSource:
        return open_source(cameras[name], secrets=secrets, clock=clock, patience=patience)

    if len(cameras) == 1:
        return {name: opened(name) for name in cameras}
    return {name: SteadfastSource(name, lambda name=name: opened(name), clock, patience) for name in cameras}  # type: ignore[misc]


def _close_cut_off(out: Path, uplink: Uplink | None, ears: Ears, clock: Clock) -> None:
    store = BoxStore(f"sqlite:///{out / DATABASE}")
    try:
        count = close_left_open(store, clock.utc_us(), deliver=uplink is not None)
    finally:
        store.close()
    if count:
        ears.tell("box.closed_blind", {"count": str(count)})


class SteadfastSource:
    """A live source that is tried again when even its first connection fails: one camera's fault is not the site's.

    The failure is told as StreamLost once; the first picture afterwards is the recovery. Once connected, the source
    reconnects by itself.
    """

    def __init__(
        self, camera: str, make: Callable[[], FrameSource], clock: Clock, patience: Patience | None = None
    ) -> None:
        self._camera, self._make, self._clock = camera, make, clock
        self._patience = patience or Patience()
        self._source = make()
        self._closed = threading.Event()

    @property
    def dropped(self) -> int:
        return self._source.dropped

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._source.facts

    def close(self) -> None:
        self._closed.set()
        self._source.close()

    def __iter__(self) -> Iterator[Frame | StreamLost | StreamResumed]:
        """Raises nothing that another attempt may mend."""
        told = False
        for wait_s in self._patience.waits_s():
            try:
                for item in self._source:
                    if told and isinstance(item, Frame):
                        told = False
                        yield StreamResumed(self._camera, item.run.id, item.utc_us)
                    yield item
                return
            except SourceError as error:
                if not told:
                    told = True
                    yield StreamLost(self._camera, self._clock.utc_us(), Loss.BROKEN)
                refused = isinstance(error, UnreadableError) and error.fault.value == "login_refused"
            self._sleep(self._patience.locked_out_s if refused else wait_s)
            if self._closed.is_set():
                return
            self._source = self._make()

    def _sleep(self, seconds: float) -> None:
        while seconds > 0 and not self._closed.is_set():
            self._clock.sleep(min(SLICE_S, seconds))
            seconds -= SLICE_S
