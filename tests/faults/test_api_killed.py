"""The server is killed at random moments while a box sends; nothing is lost, doubled or half-written."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api import Settings
from api.devices import add_device
from models.store import open_store
from models.store.tables import EvidenceRow, IncidentRow, TransitionRow
from tests.api.serving import SITE, announcement, evidence_path, incident, key

KILLS = 20
ENDED = {"revision": 2, "ended_at": "2026-06-01T02:40:00+00:00", "end_reason": "resolved"}


class Nursery:
    """The process that forks servers; one lives at a time."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.api_nursery", str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "start_new_session": True}
        self._process = subprocess.Popen(command, **pipes)

    def start(self) -> tuple[int, str]:
        """Process id and address of a new server."""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        pid, address = self._process.stdout.readline().split()
        return int(pid), address

    def close(self) -> None:
        """Kills the nursery and what it started: a server that hangs must not keep the test waiting."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)
        self._process.stdin.close()
        self._process.stdout.close()


class Sender:
    """Sends incidents as a box does: in order, each request again until it is answered with success."""

    def __init__(self, token: str) -> None:
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=10, verify=False)
        self._moved = threading.Condition()
        self._address = ""
        self._stop = False
        self.done: list[int] = []
        self.interrupted = 0
        self.refusals: list[str] = []
        self.thread = threading.Thread(target=self._run)

    def go_to(self, address: str) -> None:
        with self._moved:
            self._address = address
            self._moved.notify()

    def stop(self) -> None:
        self._stop = True
        self.thread.join(timeout=60)
        self._client.close()

    def _run(self) -> None:
        number = 0
        while not self._stop or number < KILLS:
            number += 1
            photo = picture(number)
            told = incident(number, files={"now.jpg": photo})
            self._until_taken("POST", "/api/v1/incidents", json=told)
            jpeg = {"Content-Type": "image/jpeg"}
            self._until_taken("PUT", evidence_path(number), content=photo, headers=jpeg)
            if number % 2:
                self._until_taken("POST", "/api/v1/incidents", json=told | ENDED)
            self.done.append(number)

    def _until_taken(self, method: str, path: str, **what: object) -> None:
        while True:
            with self._moved:
                address = self._address
            try:
                answer = self._client.request(method, address + path, **what)
            except httpx.TransportError:
                self.interrupted += 1
                with self._moved:
                    self._moved.wait_for(lambda tried=address: self._address != tried, timeout=30)
                continue
            if answer.status_code not in {200, 201}:
                self.refusals.append(f"{path}: {answer.status_code} {answer.text}")
            return


def picture(number: int) -> bytes:
    return b"\xff\xd8\xff\xe0" + random.Random(number).randbytes(150_000)


@pytest.mark.timeout(120)
def test_killed_at_twenty_random_moments_nothing_is_lost_doubled_or_half_written(tmp_path):
    settings = Settings(data_dir=tmp_path)
    store = open_store(settings.store_url)
    sender = Sender(add_device(store, SITE, "box", now_us=1))
    moments, nursery, never = random.Random(20260601), Nursery(tmp_path), threading.Event()
    pid, address = nursery.start()
    sender.go_to(address)
    sender.thread.start()
    try:
        for _ in range(KILLS):
            never.wait(moments.uniform(0.02, 0.25))
            os.kill(pid, signal.SIGKILL)
            pid, address = nursery.start()
            sender.go_to(address)
        sender.stop()
    finally:
        nursery.close()
    assert sender.refusals == []
    assert sender.interrupted >= KILLS // 2, "most kills should meet a sender at work"
    assert len(sender.done) >= KILLS
    everything_is_there(store, settings, sender.done)
    store.close()


def everything_is_there(store, settings, done):
    with store.reading() as session:
        incidents = {row.dedupe_key: row for row in session.scalars(select(IncidentRow))}
        steps = [(row.dedupe_key, row.to_state) for row in session.scalars(select(TransitionRow))]
        files = list(session.scalars(select(EvidenceRow)))
    assert set(incidents) == {key(number) for number in done}
    expected = [(key(number), "detected") for number in done]
    expected += [(key(number), "self_corrected") for number in done if number % 2]
    assert sorted(steps) == sorted(expected)
    for number in done:
        row = incidents[key(number)]
        wanted = (2, "self_corrected") if number % 2 else (1, "detected")
        assert (row.revision, row.state) == wanted
    assert {(row.dedupe_key, row.sha256) for row in files} == {
        (key(number), announcement("now.jpg", picture(number))["sha256"]) for number in done
    }
    assert list((settings.evidence_folder / "incoming").iterdir()) == []
    for row in files:
        content = (settings.evidence_folder / row.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row.sha256
