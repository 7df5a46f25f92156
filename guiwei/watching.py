"""One camera as messages for an engine: the shortest way to use Guiwei from Python."""

from __future__ import annotations

from collections.abc import Iterator

from calibration import load_secrets
from guiwei.box import Eyes, network_eyes
from guiwei.replay import assumed_start_us
from models.domain.clock import SystemClock
from models.domain.media import Frame
from models.domain.messages import Message
from models.domain.site import Site
from vision.ingest import open_source
from vision.observer import CameraObserver


def scenes(site: Site, camera: str, eyes: Eyes | None = None) -> Iterator[Message]:
    """Scenes of a recording or a stream in order of time, with losses and new runs in between.

    eyes: how people are found (default: the default network, pulled when it is missing). Raises KeyError for a camera
    that the site has not, SourceError, WeightsError.
    """
    watched = site.cameras[camera]
    observer = CameraObserver(site, watched, (eyes or network_eyes()).finder(watched))
    secrets = load_secrets(site.folder)
    start_us = watched.source.start_utc_us or assumed_start_us(site)
    for item in open_source(watched, secrets=secrets, clock=SystemClock(), anchor_utc_us=start_us):
        yield observer.observe(item) if isinstance(item, Frame) else item
