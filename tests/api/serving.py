"""A real server on a free port, a site with a box, people of every role, and the bodies a box sends."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from api import Settings, create_app
from api.accounts import Account, add_user
from api.devices import add_device
from api.examples import CAMERA_STATE, INCIDENT
from api.records import SiteRecord
from api.roles import UserRole
from api.services import Services
from models.domain.clock import SimulatedClock
from models.domain.site import Name

PASSWORD = "correct horse battery"
SITE = SiteRecord("north-gate", Name("北门案场", "North Gate"), "Asia/Shanghai")
OTHER = SiteRecord("south-gate", Name("南门案场", "South Gate"), "Asia/Shanghai")
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
PROGRAM = {"X-Requested-With": "tests"}


@dataclass
class Serving:
    """A running server. `box` and `other_box` are clients with device tokens, `anyone()` one without anything."""

    url: str
    services: Services
    clock: SimulatedClock
    tokens: dict[str, str]
    opened: list[httpx.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        # Without certificates to load a client is made in a tenth of the time; the server speaks plain HTTP.
        made = httpx.Client(base_url=self.url, headers=headers, timeout=20, verify=False)
        self.opened.append(made)
        return made

    def anyone(self) -> httpx.Client:
        return self.client()

    def box(self, site: str = SITE.id) -> httpx.Client:
        return self.client(Authorization=f"Bearer {self.tokens[site]}")

    def person(self, role: UserRole = UserRole.SITE_MANAGER, *, sites: frozenset[str] | None = None) -> httpx.Client:
        """Signed in, with a name of its own."""
        name = f"{role}-{len(self.opened)}"
        add_user(self.services.store, Account(name, role, "zh", sites), PASSWORD, now_us=self.clock.utc_us())
        made = self.client(**PROGRAM)
        assert self.sign_in(made, name).status_code == 201
        return made

    def sign_in(self, client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
        return client.post("/api/v1/session", json={"name": name, "password": password})


@contextmanager
def serving(
    folder: Path,
    *,
    clock: SimulatedClock | None = None,
    add_boxes: bool = True,
    prepare: Callable[[FastAPI], None] = lambda _app: None,
    **settings: Any,
) -> Iterator[Serving]:
    """The server of `folder`, in a thread of this process; gone when the block ends."""
    clock = clock or SimulatedClock()
    app = create_app(Settings(data_dir=folder / "data", **settings), clock=clock)
    prepare(app)
    services: Services = app.state.services
    sites = (SITE, OTHER) if add_boxes else ()
    tokens = {site.id: add_device(services.store, site, "box", now_us=clock.utc_us()) for site in sites}
    with listening(app) as url:
        made = Serving(url, services, clock, tokens)
        try:
            yield made
        finally:
            for client in made.opened:
                client.close()


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """uvicorn on a socket that already listens, so nobody has to wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def key(number: int) -> str:
    return f"{number:032x}"


def incident(number: int = 1, *, files: dict[str, bytes] | None = None, **changes: Any) -> dict[str, Any]:
    """A body of `POST /api/v1/incidents`; files: name -> bytes to announce."""
    announced = [announcement(name, content) for name, content in (files or {}).items()]
    return INCIDENT | {"dedupe_key": key(number), "subject_id": f"party:{number}", "evidence": announced} | changes


def announcement(name: str, content: bytes, **changes: Any) -> dict[str, Any]:
    media = {"jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4"}[name.rpartition(".")[2]]
    return (
        INCIDENT["evidence"][0]
        | {
            "name": name,
            "content_type": media,
            "sha256": hashlib.sha256(content).hexdigest(),
            "n_bytes": len(content),
        }
        | changes
    )


def evidence_path(number: int = 1, name: str = "now.jpg") -> str:
    return f"/api/v1/incidents/{key(number)}/evidence/{name}"


def bring(client: httpx.Client, number: int = 1, content: bytes = JPEG, name: str = "now.jpg") -> httpx.Response:
    return client.put(evidence_path(number, name), content=content, headers={"Content-Type": "image/jpeg"})


def camera(**changes: Any) -> dict[str, Any]:
    return CAMERA_STATE | changes


def code(answer: httpx.Response) -> str:
    """The error code of an answer that has the one error shape."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "what", "where", "got", "expected", "next_step"}, body
    assert body["error"]["what"]
    assert body["error"]["next_step"]
    assert "Traceback" not in answer.text
    return str(body["error"]["code"])
