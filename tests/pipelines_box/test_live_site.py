"""A site of live cameras of which none answers: the box keeps trying, says so, and ends in order when told to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from guiwei.live import live
from models.domain.errors import SourceError, UsageError
from models.store import BoxStore
from tests.pipelines_box.live_process import HASTY
from tests.pipelines_box.other_end import OK, Reply, other_end
from tests.pipelines_box.showroom import CAMERAS, tape_eyes, write_site


def dead_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def unreachable(folder: Path, cameras: tuple[str, ...]) -> Path:
    """The drawn hall's site with cameras that are switched off; told after 0 s."""
    write_site(folder, cameras)
    text = (folder / "site.yaml").read_text(encoding="utf-8")
    for name in cameras:
        file = f"{{file: {name}.mp4, start: '2026-01-05T10:00:00'}}"
        assert file in text
        text = text.replace(file, f"{{rtsp: 'rtsp://127.0.0.1:{dead_port()}/cam'}}")
    (folder / "site.yaml").write_text(f"{text}  camera.offline:\n    limit_s: 0\n", encoding="utf-8")
    return folder


def test_two_cameras_that_are_off_are_told_once_each_and_closed_when_the_box_stops(tmp_path: Path):
    site, out, stopped = unreachable(tmp_path / "site", ("door", "hall")), tmp_path / "out", threading.Event()
    with other_end() as end:

        def answer(_method: str, _path: str, _body: bytes) -> Reply:
            if {body["subject_id"] for body in end.incidents()} == {"door", "hall"} and not stopped.is_set():
                stopped.set()
                box.send_signal(signal.SIGTERM)
            return OK

        command = [sys.executable, "-m", "tests.pipelines_box.live_process", str(site), str(out), end.url]
        box = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        end.answer = answer
        said, _ = box.communicate(timeout=120)
    assert box.returncode == 0
    assert json.loads(said.splitlines()[-1]) == {
        "told": [["box.lost", "door"], ["box.lost", "hall"]],
        "interrupted": True,
        "start_us": None,
        "undelivered": 0,
        "end_reasons": ["end_of_recording"],
    }
    store = BoxStore(f"sqlite:///{out / 'box.sqlite'}")
    assert store.open_incidents() == []
    store.close()


def test_a_single_camera_that_is_off_is_refused_with_its_reason(tmp_path: Path):
    site = unreachable(tmp_path / "site", CAMERAS)
    with pytest.raises(SourceError) as refused:
        live(site, out=tmp_path / "out", eyes=tape_eyes(site), patience=HASTY)
    assert "rtsp://127.0.0.1" in refused.value.where
    assert refused.value.next_step


def test_a_site_of_recordings_has_nothing_to_watch_live(tmp_path: Path):
    site = write_site(tmp_path / "site")
    with pytest.raises(UsageError, match="no live camera"):
        live(site, out=tmp_path / "out", eyes=tape_eyes(site))
