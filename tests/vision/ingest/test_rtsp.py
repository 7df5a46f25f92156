"""A real RTSP server, Debian's GStreamer: what `RtspSource` sees of a camera, a wrong password and an outage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.domain.clock import SystemClock
from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from models.domain.site import Source, SourceKind
from tests.media import number_of, write_video
from tests.rtsp import marks, serving
from tests.vision.ingest import EVERY_PICTURE, camera, counts
from tests.vision.ingest.test_refusals import PASSWORD, assert_helpful, assert_silent
from vision.ingest import Fault, Loss, Patience, UnreadableError, open_source, probe

pytestmark = marks()

HASTY = Patience(open_s=10, read_s=4, backoff_s=0.2, backoff_max_s=0.4, locked_out_s=0.2)


@pytest.fixture
def clip(tmp_path):
    """Three seconds, every picture numbered."""
    return write_video(tmp_path / "clip.mp4", 30)


def opened(source, analysis_fps=EVERY_PICTURE, patience=HASTY):
    return open_source(camera(source, analysis_fps), secrets={"door": PASSWORD}, clock=SystemClock(), patience=patience)


def stream(server, **more):
    return Source(SourceKind.RTSP, server.address, **more)


def until(source, enough):
    items = []
    for item in source:
        items.append(item)
        if enough(items):
            source.close()
    return items


def lost(items):
    return isinstance(items[-1], StreamLost)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_camera_is_seen_live_with_its_own_times(clip, transport):
    clock = SystemClock()
    with serving(clip) as server:
        before_us = clock.utc_us()
        source = opened(stream(server, transport=transport))
        items = until(source, lost)
    frames = [i for i in items if isinstance(i, Frame)]
    # Nothing promises that UDP brings all of them.
    assert len(frames) + source.dropped == 30 or (transport == "udp" and len(frames) > 15)
    first = number_of(frames[0].image)
    assert all(number_of(f.image) - first == round(f.t_us / 100_000) for f in frames)
    assert frames[-1].t_us == pytest.approx((number_of(frames[-1].image) - first) * 100_000, abs=5_000)
    assert {f.run.number for f in frames} == {1}
    assert before_us < frames[0].run.anchor_utc_us < clock.utc_us()
    # This server sends the first picture without a time of its own.
    assert counts(source) == {"derived_times": 1}


def test_live_is_thinned_like_a_file(clip):
    with serving(clip) as server:
        source = opened(stream(server), analysis_fps=5)
        items = until(source, lost)
    frames = [i for i in items if isinstance(i, Frame)]
    assert all((f.t_us + 5_000) % 200_000 <= 10_000 for f in frames)
    assert len(frames) + source.dropped == 15


def test_with_the_right_password_the_stream_opens_and_probes(clip):
    with serving(clip, "--user", "admin", "--password", PASSWORD) as server:
        source = stream(server, user="admin", secret="door")
        found = probe(source, {"door": PASSWORD})
        assert (found.size_px, found.codec, found.duration_s) == ((160, 96), "h264", None)
        assert found.fps == pytest.approx(10, abs=0.5)
        items = until(opened(source), lambda items: isinstance(items[-1], Frame))
        assert items[-1].size_px == (160, 96)


def test_a_wrong_password_is_refused_at_once_and_not_repeated_in_the_message(clip):
    with serving(clip, "--user", "admin", "--password", "another") as server:
        source = stream(server, user="admin", secret="door")
        for look in (lambda: list(opened(source)), lambda: probe(source, {"door": PASSWORD})):
            with pytest.raises(UnreadableError) as refused:
                look()
            assert refused.value.fault is Fault.LOGIN_REFUSED
            assert_helpful(refused.value, server.address)
            assert_silent(refused.value, PASSWORD)
        with pytest.raises(UnreadableError) as refused:
            list(opened(stream(server)))
        assert refused.value.fault is Fault.LOGIN_REFUSED


def test_a_path_that_is_not_there_is_refused(clip):
    with serving(clip) as server:
        source = stream(server)
        source = replace(source, address=source.address + "/channel/9")
        with pytest.raises(UnreadableError) as refused:
            list(opened(source))
    assert refused.value.fault is Fault.NO_SUCH_STREAM
    assert_helpful(refused.value, source.address)


def test_an_outage_is_told_once_and_the_recovery_once(clip):
    with serving(clip) as server:
        source, messages, after = opened(stream(server)), [], 0
        for item in source:
            if isinstance(item, Frame):
                after += bool(messages)
                if not messages and item.t_us >= 500_000:
                    server.stop()
            else:
                messages.append(item)
                if isinstance(item, StreamLost):
                    server.start()
            if after == 3:
                source.close()
    assert [type(m) for m in messages[:2]] == [StreamLost, StreamResumed]
    assert messages[0].reason in (Loss.ENDED, Loss.BROKEN)
    assert messages[1].run == "door/2"
    assert messages[1].utc_us > messages[0].utc_us


def test_a_camera_that_goes_silent_is_lost_after_the_read_time_out(clip):
    with serving(clip) as server:
        source = opened(stream(server), patience=replace(HASTY, read_s=1))
        frozen, items = False, []
        for item in source:
            items.append(item)
            if isinstance(item, Frame) and not frozen:
                server.freeze()
                frozen = True
            if isinstance(item, StreamLost):
                source.close()
    assert items[-1].reason == Loss.SILENT
    last = [i for i in items if isinstance(i, Frame)][-1]
    assert items[-1].utc_us >= last.utc_us
