"""`guiwei live` as a person runs it: a process of its own, its words as they come, ended by a signal."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.devices import add_device
from api.records import SiteRecord
from models.domain.site import Name
from tests.acceptance import SAMPLES
from tests.api.serving import serving as api_serving
from tests.pipelines_box.other_end import OK, Reply, other_end

PATIENCE_S = 60
TOKEN = "gwd_token"


class LiveRun:
    """words: every line on standard error so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.words: list[str] = []
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._told.put(line.strip())
        self._told.put(None)

    def until(self, wanted: str) -> None:
        """Returns once a line holds `wanted`."""
        while (line := self._told.get(timeout=PATIENCE_S)) is not None:
            self.words.append(line)
            if wanted in line:
                return
        raise AssertionError(f"ended without saying {wanted!r}: {self.words}")

    def end(self, number: signal.Signals | None = None) -> int:
        """The exit code after the signal (None: it ends by itself)."""
        if number is not None:
            self._process.send_signal(number)
        code = self._process.wait(PATIENCE_S)
        while (line := self._told.get(timeout=PATIENCE_S)) is not None:
            self.words.append(line)
        return code


@contextmanager
def live(site: Path, out: Path, *options: str) -> Iterator[LiveRun]:
    """A running `guiwei live`, killed at the end of the block if it still runs."""
    command = [sys.executable, "-m", "guiwei", "live", str(site), "--out", str(out), "--language", "en", *options]
    with (
        (out.parent / f"{out.name}.stdout").open("w") as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.PIPE, text=True) as process,
    ):
        try:
            yield LiveRun(process)
        finally:
            process.kill()


class Inbox:
    """The incidents that a running box delivers, waited for instead of asked for. latest: key -> last revision."""

    def __init__(self, url: str, token: str, told: Callable[[], list[dict[str, Any]]]) -> None:
        self.options = ("--api", url, "--token", token)
        self._told = told
        self._changed = threading.Condition()
        self._news = 0

    def latest(self, code: str | None = None) -> dict[str, dict[str, Any]]:
        told = (one for one in self._told() if code in {None, one["incident_code"]})
        return {one["dedupe_key"]: one for one in told}

    def arrived(self) -> None:
        """Something was delivered; told by the server's thread."""
        with self._changed:
            self._news += 1
            self._changed.notify_all()

    def until(self, enough: Callable[[], bool]) -> None:
        """Returns once what came is enough."""
        while True:
            seen = self._news
            if enough():
                return
            with self._changed:
                assert self._changed.wait_for(lambda seen=seen: self._news > seen, PATIENCE_S), self.latest()  # type: ignore[misc]


@contextmanager
def inbox() -> Iterator[Inbox]:
    """A server that takes everything and remembers it."""
    with other_end() as end:
        made = Inbox(end.url, TOKEN, end.incidents)

        def take(_method: str, _path: str, _body: bytes) -> Reply:
            made.arrived()
            return OK

        end.answer = take
        yield made


@contextmanager
def platform(folder: Path) -> Iterator[Inbox]:
    """The real API with the waiting sample's site registered; what it shows to a person is what is asked."""
    waiting: list[Inbox] = []

    def prepare(app: FastAPI) -> None:
        app.add_middleware(Doorbell, ring=lambda: [one.arrived() for one in waiting])

    with api_serving(folder, prepare=prepare) as server:
        site = SiteRecord("sample-waiting", Name("样例", "Sample"), "Asia/Shanghai")
        token = add_device(server.services.store, site, "box", now_us=server.clock.utc_us())
        person = server.person()
        waiting.append(Inbox(server.url, token, lambda: person.get("/api/v1/incidents").json()["items"]))
        yield waiting[0]


class Doorbell:
    """ASGI middleware that rings after each delivery was answered."""

    def __init__(self, app: ASGIApp, ring: Callable[[], object]) -> None:
        self._app, self._ring = app, ring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] in {"POST", "PUT"}:
            self._ring()


def beginning(path: Path, seconds: float) -> Path:
    """The first seconds of the waiting sample, its packets untouched."""
    source = SAMPLES / "c_waiting_s32" / "recording.mp4"
    with av.open(str(source)) as recording, av.open(str(path), "w") as cut:
        video = recording.streams.video[0]
        copied = cut.add_stream_from_template(video)
        for packet in recording.demux(video):
            if packet.pts is not None and packet.pts * video.time_base < seconds:
                packet.stream = copied
                cut.mux(packet)
    return path


def watched(folder: Path, source: str, *, unapproached_s: int = 20, more: str = "") -> Path:
    """The waiting sample's site, watched through `source` (lines of the camera's source). Its desk is always on duty,
    whatever the hour of the test; more: further rules."""
    text = (SAMPLES / "c_waiting_s32" / "site.yaml").read_text(encoding="utf-8")
    file = "      file: recording.mp4\n"
    start = next(line for line in text.splitlines(keepends=True) if line.strip().startswith("start:"))
    assert text.count(file) == text.count(start) == 1
    text = text.replace(file, "".join(f"      {line}\n" for line in source.splitlines())).replace(start, "")
    text = text.replace('    duty: ["08:30-17:30"]\n', "")
    text = text.replace("    limit_s: 20\n", f"    limit_s: {unapproached_s}\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(text + more, encoding="utf-8")
    return folder
