"""A site of live cameras of which none answers: the box keeps trying, says so, and ends in order when told to."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from guiwei.box import Ears
from guiwei.live import live
from guiwei.uplink import Uplink
from models.domain.errors import SourceError, UsageError
from models.store import BoxStore
from tests.pipelines_box.other_end import OK, Reply, other_end
from tests.pipelines_box.showroom import CAMERAS, tape_eyes, write_site
from vision.ingest import Patience

HASTY = Patience(open_s=2, read_s=2, backoff_s=0.1, backoff_max_s=0.2)


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


@pytest.fixture
def survivor() -> Iterator[None]:
    """A SIGTERM that no run listens to any more must not end the test process, whose default it would be."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("survivor")
def test_two_cameras_that_are_off_are_told_once_each_and_closed_when_the_box_stops(tmp_path: Path):
    site, main, told = unreachable(tmp_path / "site", ("door", "hall")), threading.main_thread(), []
    with other_end() as end:

        def answer(_method: str, _path: str, _body: bytes) -> Reply:
            if {body["subject_id"] for body in end.incidents()} == {"door", "hall"} and not stopped.is_set():
                stopped.set()
                signal.pthread_kill(main.ident or 0, signal.SIGTERM)
            return OK

        stopped, end.answer = threading.Event(), answer
        ears = Ears(lambda key, places: told.append((key, places.get("camera"))))
        result = live(
            site, out=tmp_path / "out", uplink=Uplink(end.url, "t"), eyes=tape_eyes(site), ears=ears, patience=HASTY
        )
    assert sorted(told) == [("box.lost", "door"), ("box.lost", "hall")]
    assert (result.interrupted, result.start_us, result.undelivered) == (True, None, 0)
    assert {one.end_reason for one in result.incidents} == {"end_of_recording"}
    store = BoxStore(f"sqlite:///{tmp_path / 'out' / 'box.sqlite'}")
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
