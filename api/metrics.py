"""Prometheus metrics, one registry per server (none is global)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from api.devices import last_contact_us
from api.shelf import Shelf
from models.domain.incident import State
from models.store.opening import Store
from models.store.tables import CameraRow, IncidentRow


class Metrics:
    """Counts as it goes; reads the state of the incidents when asked."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "guiwei_http_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "guiwei_http_request_seconds", "Time to answer", ["method", "route"], registry=self._registry
        )
        self._incidents = Gauge("guiwei_incidents", "Incidents by state", ["state"], registry=self._registry)
        self._cameras = Gauge("guiwei_cameras", "Cameras by state", ["state"], registry=self._registry)
        self._contact = Gauge(
            "guiwei_last_box_contact_seconds", "Unix time of a box's contact", registry=self._registry
        )
        self._free = Gauge("guiwei_evidence_free_bytes", "Room on the evidence disk", registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """route: the template, never the address, so that the number of series stays bounded."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def page(self, store: Store, shelf: Shelf) -> bytes:
        """The text exposition."""
        with store.reading() as session:
            by_state = select(IncidentRow.state, func.count()).group_by(IncidentRow.state)
            incidents = dict(session.execute(by_state).all())
            by_camera = select(CameraRow.state, func.count()).group_by(CameraRow.state)
            cameras = dict(session.execute(by_camera).all())
            contact = last_contact_us(session)
        for state in State:
            self._incidents.labels(state).set(incidents.get(state, 0))
        for camera_state in ("live", "lost", "ended"):
            self._cameras.labels(camera_state).set(cameras.get(camera_state, 0))
        if contact is not None:
            self._contact.set(contact / 1e6)
        self._free.set(shelf.free_bytes())
        return generate_latest(self._registry)
