"""A camera that is off when the box starts: waited for, told once, and seen as soon as it is there."""

from __future__ import annotations

from pathlib import Path

from guiwei.live import SteadfastSource
from models.domain.clock import SystemClock
from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from models.domain.site import Source, SourceKind
from tests.media import write_video
from tests.rtsp import marks, serving
from tests.vision.ingest import EVERY_PICTURE, camera
from vision.ingest import FrameSource, Patience, open_source

pytestmark = marks()

HASTY = Patience(open_s=10, read_s=4, backoff_s=0.1, backoff_max_s=0.2, locked_out_s=0.2)


def test_a_camera_that_is_off_at_boot_is_lost_once_and_back_with_its_first_picture(tmp_path: Path):
    clip, clock, attempts = write_video(tmp_path / "clip.mp4", 30), SystemClock(), []
    with serving(clip) as server:
        server.stop()

        def opened() -> FrameSource:
            attempts.append(server.address)
            if len(attempts) == 4:
                server.start()
            watched = camera(Source(SourceKind.RTSP, server.address), EVERY_PICTURE)
            return open_source(watched, secrets={}, clock=clock, patience=HASTY)

        source = SteadfastSource("door", opened, clock, HASTY)
        told = []
        for item in source:
            told.append(item)
            if isinstance(item, Frame):
                source.close()
    assert [type(item) for item in told] == [StreamLost, StreamResumed, Frame]
    lost, resumed, picture = told
    assert (lost.camera, resumed.camera, resumed.run) == ("door", "door", picture.run.id)
    assert lost.utc_us < resumed.utc_us == picture.utc_us
    assert len(attempts) >= 4


def test_a_source_that_is_closed_while_it_waits_ends(tmp_path: Path):
    clip, clock = write_video(tmp_path / "clip.mp4", 5), SystemClock()
    with serving(clip) as server:
        server.stop()
        watched = camera(Source(SourceKind.RTSP, server.address), EVERY_PICTURE)
        source = SteadfastSource("door", lambda: open_source(watched, secrets={}, clock=clock, patience=HASTY), clock)
        told = []
        for item in source:
            told.append(item)
            source.close()
    assert [type(item) for item in told] == [StreamLost]
