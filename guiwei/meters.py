"""Fills a live run's inlet: readings by MQTT where the site has a broker, readings and calendar from the API."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from calibration import load_secrets
from guiwei.uplink import Uplink
from models.domain.clock import Clock
from models.domain.site import Site
from pipelines.feed_reader import FeedReader
from pipelines.inlet import SignalInlet
from pipelines.mqtt import MqttReader
from pipelines.outbox import Tell, api_client


@contextlib.contextmanager
def meters_read(
    site: Site, live: tuple[bool, Uplink | None], inlet: SignalInlet, clock: Clock, tell: Tell
) -> Iterator[None]:
    """While the block lasts. A recording is of another day than the readings that come in now: it reads none."""
    running, uplink = live
    with contextlib.ExitStack() as stack:
        if running and site.energy.broker is not None:
            broker = site.energy.broker
            password = load_secrets(site.folder).get(broker.secret) if broker.secret is not None else None
            reader = MqttReader(site.id, broker, password, inlet, clock, tell)
            reader.start()
            stack.callback(reader.stop)
        if running and uplink is not None:
            client = stack.enter_context(api_client(uplink.api, uplink.token))
            stopped = threading.Event()
            feed = FeedReader(client, inlet, clock, lambda _key, _places: None)  # delivery tells of a lost line
            thread = threading.Thread(target=feed.run, args=(stopped,), name="feed", daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(stopped.set)
        yield
    asides = inlet.asides
    if asides:
        tell(
            "signals.set_aside", {"counts": ", ".join(f"{reason} {count}" for reason, count in sorted(asides.items()))}
        )
