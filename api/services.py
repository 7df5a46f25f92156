"""What the routes and the pages work with: one frozen bundle per server, at `app.state.services`."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyio import CapacityLimiter

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
    measuring: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """One photograph is measured at a time: a burst of them leaves a core, and all other threads, to everybody else."""
