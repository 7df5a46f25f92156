"""What the routes and the pages work with: one frozen bundle per server, at `app.state.services`."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from api.attempts import Attempts
from api.evidence import Signer
from api.metrics import Metrics
from api.settings import Settings
from api.shelf import Shelf
from models.domain.clock import Clock
from models.store.opening import Store


@dataclass(frozen=True, slots=True)
class Services:
    """store.reading() / store.writing() give the session that the functions of `api.incidents`, `api.review`,
    `api.cameras`, `api.evidence` and `api.sessions` take."""

    settings: Settings
    clock: Clock
    store: Store
    shelf: Shelf
    signer: Signer
    attempts: Attempts = field(default_factory=Attempts)
    metrics: Metrics = field(default_factory=Metrics)
    measuring: threading.Lock = field(default_factory=threading.Lock)
    """Held while a photograph is measured: one at a time, so that a burst of them leaves a core to everybody else."""
