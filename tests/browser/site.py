"""One showroom of the stories: its people, its box, and the incidents that the box sends over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx

from api.accounts import Account, add_user
from api.devices import add_device
from api.records import SiteRecord
from api.roles import UserRole
from models.domain.clock import SystemClock
from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import EvidenceFile, Incident, dedupe_key
from models.domain.incident_body import body_of
from models.domain.instants import iso
from models.domain.site import Name
from models.store.opening import Store
from tests.browser import showroom

PASSWORD = "迎宾-before-noon-41"
CAMERA = "cam_hall"
S = 1_000_000
PEOPLE = ((330, 470, 190), (600, 500, 210))
Files = Mapping[str, tuple[str, str, bytes]]
"""name -> (kind, content type, bytes)"""


def pictures() -> Files:
    """One of every kind."""
    return {
        "before.jpg": ("before", "image/jpeg", showroom.room()),
        "now.jpg": ("now", "image/jpeg", showroom.room(PEOPLE)),
        "overlay.jpg": ("overlay", "image/jpeg", showroom.marked(PEOPLE)),
        "timeline.png": ("timeline", "image/png", showroom.timeline()),
        "clip.mp4": ("clip", "video/mp4", showroom.clip()),
    }


@dataclass
class Showroom:
    """A site of its own, so that stories on one server do not see each other."""

    address: str
    store: Store
    id: str
    token: str = ""
    users: dict[str, UserRole] = field(default_factory=dict)
    sent: int = 0

    def __post_init__(self) -> None:
        self.now_us = SystemClock().utc_us()
        record = SiteRecord(self.id, Name("云栖案场", "Cloud Rest showroom"), "Asia/Shanghai")
        self.token = add_device(self.store, record, "box", now_us=self.now_us)

    def hire(self, role: UserRole) -> str:
        """A user of the role for this site alone; returns the name."""
        name = f"{role}.{self.id}"
        add_user(self.store, Account(name, role, sites=frozenset({self.id})), PASSWORD, now_us=self.now_us)
        return name

    def raise_incident(
        self,
        code: str = "greeter.visitor_unapproached",
        *,
        seconds: float = 75,
        limit: float = 60,
        severity: Severity = Severity.INCIDENT,
        zone: str = "hall",
        names: Name | None = None,
        ago_s: float = 60,
        files: Files | None = None,
        blind_s: float = 6,
        **changes: object,
    ) -> Incident:
        """Send it and its files over HTTP, as a box does."""
        self.sent += 1
        confirmed = self.now_us - round(ago_s * S)
        first = confirmed - round(limit * S)
        key = dedupe_key(self.id, code, f"{zone}/party-{self.sent}", first)
        shown = names or Name("大厅", "Hall")
        incident = Incident(
            dedupe_key=key,
            code=code,
            rule_version="1",
            site=self.id,
            site_version="a" * 16,
            zone=zone,
            camera=CAMERA,
            subject=f"{zone}/party-{self.sent}",
            severity=severity,
            grade=Grade.VISUAL,
            t_first_us=first,
            t_confirmed_us=confirmed,
            t_end_us=None,
            end_reason=None,
            measured=Quantity(seconds, "s", 1.0),
            threshold=Threshold(limit, "s", "site file"),
            observed_s=seconds - blind_s,
            blind_s=blind_s,
            confidence=0.93,
            evidence=tuple(_announced(name, *file, at_us=confirmed) for name, file in (files or {}).items()),
            extra={"zone_zh": shown.zh, "zone_en": shown.en, "rota_position": "B2"},
        )
        incident = replace(incident, **changes)
        self.send(incident)
        for name, (_, content_type, data) in (files or {}).items():
            self._put(f"/api/v1/incidents/{key}/evidence/{name}", content=data, headers={"Content-Type": content_type})
        return incident

    def send(self, incident: Incident) -> None:
        answer = httpx.post(f"{self.address}/api/v1/incidents", json=body_of(incident), headers=self._bearer())
        assert answer.status_code in {200, 201}, answer.text

    def tell_camera(self, camera: str, name: Name, state: str = "live", **changes: object) -> None:
        """The state of a camera, over HTTP."""
        body = {
            "site_id": self.id,
            "name": {"zh": name.zh, "en": name.en},
            "state": state,
            "since": iso(self.now_us - 3_720 * S),
            "reason": None,
            "observed_s": 3_684.0,
            "blind_s": 36.0,
            "dropped_frames": 12,
        }
        self._put(f"/api/v1/cameras/{camera}/state", json=body | changes)

    def show_camera(self, camera: str, data: bytes) -> None:
        """Its last masked picture."""
        headers = {"Content-Type": "image/jpeg", "X-Taken-At": iso(self.now_us - 4 * S)}
        self._put(f"/api/v1/cameras/{camera}/picture", content=data, headers=headers)

    def _put(self, path: str, *, headers: Mapping[str, str] | None = None, **body: object) -> None:
        answer = httpx.put(f"{self.address}{path}", headers={**self._bearer(), **(headers or {})}, **body)
        assert answer.status_code in {200, 201, 204}, answer.text

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _announced(name: str, kind: str, content_type: str, data: bytes, *, at_us: int) -> EvidenceFile:
    digest = hashlib.sha256(data).hexdigest()
    start = at_us - 60 * S if kind == "before" else at_us
    return EvidenceFile(name, kind, content_type, digest, len(data), start, at_us)
