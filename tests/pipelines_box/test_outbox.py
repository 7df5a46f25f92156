"""Delivery: at least once, in order per incident, nothing lost whatever the other end does. Real HTTP, no waiting."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from calibration import load_site
from models.domain.clock import SimulatedClock
from models.store import BoxStore, Parcel
from models.texts import LANGUAGES, text
from pipelines.camera_watch import CameraWatch
from pipelines.outbox import Outbox, api_client
from tests.pipelines_box.other_end import OK, OtherEnd, Reply, other_end, refusal
from tests.pipelines_box.showroom import write_site

KEYS = ("a" * 32, "b" * 32)


@dataclass
class Box:
    """An outbox of a box with a simulated clock."""

    folder: Path
    url: str
    clock: SimulatedClock = field(default_factory=SimulatedClock)
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        self.store = BoxStore(f"sqlite:///{self.folder / 'box.sqlite'}")
        self.client = api_client(self.url, "gwd_token")
        self.client.timeout = httpx.Timeout(self.timeout_s)
        watch = CameraWatch(load_site(self.folder), ["hall"])
        self.outbox = Outbox(
            self.store, self.client, self.clock, watch, lambda key, places: self.told.append((key, places)), "en"
        )

    def found(self, key: str, revision: int = 1, files: dict[str, bytes] | None = None) -> None:
        body = {"dedupe_key": key, "revision": revision, "first_seen": "2026", "ended_at": None}
        parcels = [Parcel(key, "incident", body)]
        for name, data in (files or {}).items():
            path = self.folder / f"{key}-{name}"
            path.write_bytes(data)
            told = {"name": name, "content_type": "image/jpeg", "sha256": hashlib.sha256(data).hexdigest()}
            parcels.append(Parcel(key, "evidence", told, str(path)))
        self.store.record([(body, parcels)], now_us=self.clock.utc_us())

    def deliver_all(self) -> None:
        for _ in range(40):
            self.outbox.deliver()
            self.clock.advance(60)

    def said(self) -> list[str]:
        for key, places in self.told:
            assert all(text(key, language, **places) for language in LANGUAGES)
        return [key for key, _ in self.told]

    def close(self) -> None:
        self.client.close()
        self.store.close()


@pytest.fixture
def end() -> Iterator[OtherEnd]:
    with other_end() as opened:
        yield opened


@pytest.fixture
def box(tmp_path: Path, end: OtherEnd) -> Iterator[Box]:
    write_site(tmp_path)
    made = Box(tmp_path, end.url)
    yield made
    made.close()


def test_evidence_follows_its_incident_and_revisions_keep_their_order(box: Box, end: OtherEnd):
    box.found(KEYS[0], 1, {"now.jpg": b"picture"})
    box.found(KEYS[1], 1)
    box.found(KEYS[0], 2)
    box.deliver_all()
    mine = [path for _, path, body in end.asked if KEYS[0] in path or KEYS[0].encode() in body]
    assert mine == ["/api/v1/incidents", f"/api/v1/incidents/{KEYS[0]}/evidence/now.jpg", "/api/v1/incidents"]
    assert [b["revision"] for b in end.incidents() if b["dedupe_key"] == KEYS[0]] == [1, 2]
    assert box.store.undelivered() == 0
    assert box.told == []


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, "text/html", b"<html>Welcome to the hotel</html>"), "not JSON"),
        ((404, "text/html", b"<html>nginx</html>"), "not JSON"),
        ((200, "application/json", b"<html>"), "not JSON"),
        (refusal(401), "token"),
        (refusal(403), "token"),
        (refusal(500), "500"),
        ((502, "text/html", b"<html>bad gateway</html>"), "502"),
        (refusal(429), "429"),
        ((302, "text/html", b""), "not JSON"),
    ],
)
def test_a_line_that_is_down_loses_nothing_and_is_told_once(box: Box, end: OtherEnd, reply, reason: str):
    end.answer = lambda _method, _path, _body: reply
    box.found(KEYS[0], 1, {"now.jpg": b"picture"})
    box.found(KEYS[1], 1)
    box.deliver_all()
    assert box.said() == ["delivery.lost"]
    assert reason in box.told[0][1]["reason"]
    assert box.store.undelivered() == 3
    end.answer = lambda _method, _path, _body: OK
    box.deliver_all()
    assert box.said() == ["delivery.lost", "delivery.back"]
    assert box.store.undelivered() == 0
    assert {b["dedupe_key"] for b in end.incidents()} == set(KEYS)


def test_nobody_listens(box: Box):
    with socket.create_server(("127.0.0.1", 0)) as door:
        box.client.base_url = f"http://127.0.0.1:{door.getsockname()[1]}"
    box.found(KEYS[0])
    box.deliver_all()
    assert box.said() == ["delivery.lost"]
    assert box.store.undelivered() == 1


def test_an_api_that_never_answers_is_given_up_on_and_tried_again(tmp_path: Path, end: OtherEnd):
    write_site(tmp_path)
    box = Box(tmp_path, end.url, timeout_s=0.2)

    def held(_method: str, _path: str, _body: bytes) -> Reply:
        end.held.wait(30)
        return OK

    end.answer = held
    box.found(KEYS[0])
    assert box.outbox.deliver() == 0
    assert "in time" in box.told[0][1]["reason"]
    end.held.set()
    box.deliver_all()
    assert box.store.undelivered() == 0
    box.close()


def test_waits_grow_to_a_minute_and_one_parcel_tries_the_line(box: Box, end: OtherEnd):
    end.answer = lambda _method, _path, _body: refusal(503)
    for number in range(5):
        box.found(f"{number:032x}")
    tried: list[int] = []
    for _ in range(400):
        before = len(end.asked)
        box.outbox.deliver()
        if len(end.asked) > before:
            assert len(end.asked) == before + 1
            tried.append(box.clock.utc_us())
        box.clock.advance(1)
    waits = [round((b - a) / 1e6) for a, b in pairwise(tried)]
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        (refusal(413), ["too large", "Raise the upload limit"]),
        (refusal(422, "The zone is empty.", "Name a zone."), ["422", "The zone is empty.", "Name a zone."]),
        (refusal(409, "Another incident."), ["409", "Another incident."]),
        (refusal(404, "No such incident."), ["404"]),
    ],
)
def test_what_is_refused_for_good_is_kept_told_once_and_holds_up_nothing(box: Box, end: OtherEnd, reply, parts):
    end.answer = lambda _method, _path, body: reply if KEYS[0].encode() in body else OK
    box.found(KEYS[0])
    box.found(KEYS[1])
    box.deliver_all()
    assert box.said() == ["delivery.refused"]
    told = text("delivery.refused", "en", **box.told[0][1])
    assert all(part in told for part in parts), told
    assert [parcel.dedupe_key for parcel in box.store.refused()] == [KEYS[0]]
    assert [b["dedupe_key"] for b in end.incidents()] == list(KEYS)
    assert box.store.retry_refused(box.clock.utc_us()) == 1
    end.answer = lambda _method, _path, _body: OK
    box.deliver_all()
    assert box.store.refused() == []


def test_evidence_that_is_gone_or_altered_is_never_sent(box: Box, end: OtherEnd):
    box.found(KEYS[0], 1, {"now.jpg": b"picture", "before.jpg": b"other"})
    (box.folder / f"{KEYS[0]}-now.jpg").write_bytes(b"altered")
    (box.folder / f"{KEYS[0]}-before.jpg").unlink()
    box.deliver_all()
    assert box.said() == ["delivery.refused", "delivery.refused"]
    assert [path for method, path, _ in end.asked if method == "PUT"] == []


def test_a_box_that_starts_again_goes_on_where_the_killed_one_was(tmp_path: Path, end: OtherEnd):
    write_site(tmp_path)
    first = Box(tmp_path, end.url)
    first.found(KEYS[0], 1, {"now.jpg": b"picture"})
    first.outbox.deliver()
    first.close()
    second = Box(tmp_path, end.url)
    second.deliver_all()
    assert second.store.undelivered() == 0
    assert len(end.asked) == 2
    second.close()


def test_the_token_is_sent_and_never_told(box: Box, end: OtherEnd):
    assert box.client.headers["authorization"] == "Bearer gwd_token"
    end.answer = lambda _method, _path, _body: refusal(401)
    box.found(KEYS[0])
    box.deliver_all()
    assert "gwd_token" not in repr(box.told)
    assert "guiwei devices" in box.told[0][1]["reason"]
