"""Recordings, whole and damaged: every picture handed out shows what its time says."""

from dataclasses import replace

import av
import numpy as np
import pytest

from models.domain.clock import SimulatedClock
from models.domain.errors import SourceError
from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from tests.media import damaged, joined, number_of, numbered, write_video
from tests.vision.ingest import NOON_US, camera, counts, file, frames, numbers, recording
from vision.ingest import Fault, FileSource, Loss, UnreadableError, open_source
from vision.ingest.locator import locate_file
from vision.ingest.stream import VideoStream, open_stream


def show_their_time(found, fps=10):
    """Whether each picture's painted number belongs to its time."""
    return all(number_of(f.image) == round((f.utc_us - NOON_US) * fps / 1e6) for f in found)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv"])
def test_every_picture_comes_once_with_its_own_time(tmp_path, name):
    found = frames(recording(write_video(tmp_path / name, 20)))
    assert [number_of(f.image) for f in found] == list(range(20))
    assert [f.t_us for f in found] == [n * 100_000 for n in range(20)]
    assert {f.run.id for f in found} == {"door/1"}
    assert found[0].utc_us == NOON_US
    assert found[0].image.shape == (96, 160, 3)


def test_an_mjpeg_recording_reads_too(tmp_path):
    assert numbers(recording(write_video(tmp_path / "a.avi", 12, codec="mjpeg"))) == list(range(12))


def test_reading_again_gives_the_same(tmp_path):
    source = recording(write_video(tmp_path / "a.mp4"))
    assert [f.t_us for f in frames(source)] == [f.t_us for f in frames(source)]
    assert source.facts == ()
    assert source.dropped == 0


def test_b_frames_come_in_the_order_they_are_shown(tmp_path):
    path = write_video(tmp_path / "b.mp4", 30, options={"bf": "3", "b-adapt": "0", "preset": "veryfast"})
    assert numbers(recording(path)) == list(range(30))


def test_a_file_whose_times_begin_late_starts_at_zero(tmp_path):
    path = write_video(tmp_path / "late.mp4", times_ms=[5_000 + 100 * n for n in range(20)])
    found = frames(recording(path))
    assert found[0].t_us == 0
    assert show_their_time(found)


def test_uneven_times_are_kept(tmp_path):
    times_ms = [0, 40, 130, 1_000, 1_040, 4_900]
    found = frames(recording(write_video(tmp_path / "vfr.mp4", 6, times_ms=times_ms)))
    assert [f.t_us for f in found] == [1_000 * t for t in times_ms]


def test_thinned_to_the_analysis_rate_by_time(tmp_path):
    found = frames(recording(write_video(tmp_path / "a.mp4", 40), analysis_fps=5))
    assert [f.t_us for f in found] == [n * 200_000 for n in range(20)]


def test_the_recordings_own_start_is_used_when_nobody_tells_another(tmp_path):
    path = write_video(tmp_path / "a.mp4", 2)
    told = open_source(camera(file(path, start_utc_us=7)), secrets={}, clock=SimulatedClock())
    assert frames(told)[0].utc_us == 7
    overruled = open_source(camera(file(path, 7)), secrets={}, clock=SimulatedClock(), anchor_utc_us=NOON_US)
    assert frames(overruled)[0].utc_us == NOON_US


def test_the_sub_stream_is_the_one_analysed(tmp_path):
    main = write_video(tmp_path / "main.mp4", 3)
    sub = write_video(tmp_path / "sub.mp4", [numbered(n, (80, 48)) for n in range(3)])
    both = replace(camera(file(main)), sub_source=file(sub))
    source = open_source(both, secrets={}, clock=SimulatedClock(), anchor_utc_us=0)
    assert {f.size_px for f in frames(source)} == {(80, 48)}


@pytest.mark.parametrize("name", ["noise.mp4", "noise.ts", "noise.mkv"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_inside_costs_its_pictures_and_no_other_and_shows_no_old_one(tmp_path, name, seed):
    whole = write_video(tmp_path / f"whole-{name}", 100)
    source = recording(damaged(tmp_path / name, whole, 0.3, 0.36, seed))
    found = frames(source)
    assert 50 <= len(found) < 100
    assert number_of(found[-1].image) == 99
    assert show_their_time(found)
    assert counts(source)["broken_packets"] >= 1


def test_a_broken_tail_ends_in_order_with_what_was_seen(tmp_path):
    whole = write_video(tmp_path / "whole.mp4", 100, container_options={"movflags": "faststart"})
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    source = recording(cut)
    found = frames(source)
    assert 20 < len(found) < 70
    assert show_their_time(found)
    assert counts(source)["ended_early"] == pytest.approx(10 - len(found) / 10, abs=1.5)
    fact = next(f for f in source.facts if f.kind == "ended_early")
    assert "录像" in fact.said("zh")
    assert str(fact.count) in fact.said("en")


def test_a_change_of_size_goes_on(tmp_path):
    small = write_video(tmp_path / "1.ts", 20)
    large = write_video(
        tmp_path / "2.ts",
        [numbered(n, (320, 192)) for n in range(20, 30)],
        times_ms=[100 * n for n in range(20, 30)],
    )
    source = recording(joined(tmp_path / "both.ts", small, large))
    found = frames(source)
    # MPEG-TS counts its packets, and the count breaks at the joint: that costs what follows up to the next key frame.
    assert [f.size_px for f in found] == [(160, 96)] * 17 + [(320, 192)] * 10
    assert show_their_time(found)
    assert counts(source) == {"broken_packets": 1, "withheld_pictures": 3, "resized": 1}
    assert len({f.run for f in found}) == 1


def test_times_that_go_back_are_left_out_until_time_has_passed_them(tmp_path):
    first = write_video(tmp_path / "1.ts", 20)
    again = write_video(
        tmp_path / "2.ts", [numbered(n) for n in range(10, 40)], times_ms=[100 * n for n in range(10, 40)]
    )
    source = recording(joined(tmp_path / "back.ts", first, again))
    assert numbers(source) == list(range(40))
    assert counts(source)["out_of_order"] == 7


def test_a_long_gap_is_told_and_begins_a_new_run_at_its_own_time(tmp_path):
    times_ms = [100 * n for n in range(10)] + [20_000 + 100 * n for n in range(10)]
    items = list(recording(write_video(tmp_path / "gap.mp4", 20, times_ms=times_ms)))
    assert [type(i).__name__ for i in items] == ["Frame"] * 10 + ["StreamLost", "StreamResumed"] + ["Frame"] * 10
    assert items[10] == StreamLost("door", NOON_US + 900_000, Loss.GAP)
    assert items[11] == StreamResumed("door", "door/2", NOON_US + 20_000_000)
    assert [i.utc_us - NOON_US for i in items if isinstance(i, Frame)] == [1_000 * t for t in times_ms]
    assert items[12].t_us == 0


def test_one_wrong_time_stamp_does_not_hide_what_follows(tmp_path):
    times_ms = [100 * n for n in range(30)]
    parts = [
        write_video(tmp_path / "1.ts", 10),
        write_video(tmp_path / "2.ts", [numbered(10)], times_ms=[3_600_000]),
        write_video(tmp_path / "3.ts", [numbered(n) for n in range(11, 30)], times_ms=times_ms[11:]),
    ]
    source = recording(joined(tmp_path / "spike.ts", *parts))
    items = list(source)
    assert all(isinstance(i, Frame) for i in items)
    assert number_of(items[-1].image) == 29
    assert 10 not in [number_of(f.image) for f in items]
    assert show_their_time(items)


def test_the_last_picture_after_a_gap_counts_though_nothing_confirms_it(tmp_path):
    items = list(recording(write_video(tmp_path / "a.mp4", 3, times_ms=[0, 100, 9_000])))
    assert [type(i).__name__ for i in items] == ["Frame", "Frame", "StreamLost", "StreamResumed", "Frame"]


def test_a_title_in_the_recorders_own_encoding_does_not_matter(tmp_path):
    path = tmp_path / "gbk.mp4"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "TITLE-OF-IT!"
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for n in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(n), format="bgr24")))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    assert data.count(b"TITLE-OF-IT!") == 1
    path.write_bytes(data.replace(b"TITLE-OF-IT!", "销售大厅录像".encode("gbk")))
    assert numbers(recording(path)) == [0, 1, 2]


def test_a_name_with_chinese_blanks_and_a_colon_opens(tmp_path):
    path = write_video(tmp_path / "plain.mp4", 3).rename(tmp_path / "大厅 10:30 100%.mp4")
    assert numbers(recording(path)) == [0, 1, 2]


def test_a_raw_stream_without_times_is_dated_by_its_rate(tmp_path):
    source = recording(write_video(tmp_path / "raw.h264", 20))
    # A raw H.264 file does not tell its rate either: libav takes 25 for granted.
    assert [f.t_us for f in frames(source)] == [n * 40_000 for n in range(20)]
    assert counts(source) == {"derived_times": 20}


class Rateless(VideoStream):
    """A stream of which nobody knows the rate."""

    rate = None


def without_rate(locator, tally, timeout_s):
    stream = open_stream(locator, tally, timeout_s)
    return Rateless(stream._container, stream._stream, locator, tally)


def test_no_times_and_no_rate_is_refused(tmp_path):
    path = write_video(tmp_path / "raw.h264", 5)
    with pytest.raises(UnreadableError) as refused:
        list(FileSource(locate_file(path), "door", 5.0, NOON_US, connect=without_rate))
    assert refused.value.fault is Fault.UNDATED


def test_close_ends_the_iteration(tmp_path):
    source = recording(write_video(tmp_path / "a.mp4", 50))
    seen = 0
    for _ in source:
        seen += 1
        if seen == 5:
            source.close()
            source.close()
    assert 5 <= seen <= 6


def test_a_phones_portrait_recording_stands_upright(tmp_path):
    path, turned = write_video(tmp_path / "a.mp4", 3), tmp_path / "turned.mp4"
    with av.open(str(path)) as source, av.open(str(turned), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    upright = frames(recording(turned))[1]
    assert upright.size_px == (96, 160)
    assert number_of(np.rot90(upright.image, -1)) == 1, "turned counterclockwise, as the display matrix says"


def test_what_is_refused_is_a_source_error(tmp_path):
    with pytest.raises(SourceError):
        recording(tmp_path / "nothing.mp4")
