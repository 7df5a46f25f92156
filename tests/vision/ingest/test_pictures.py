"""Single pictures of a recording, for evidence: exactly those that the frames of those times were."""

import pytest

from tests.media import damaged, number_of, numbered, write_video
from tests.vision.ingest import file, frames, recording
from vision.ingest import Fault, UnreadableError, picture_at, pictures, probe


def at(path, t_us):
    return number_of(picture_at(path, t_us))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.h264"])
def test_each_frames_time_finds_its_own_picture(tmp_path, name):
    path = write_video(tmp_path / name, 45, gop=10)
    for frame in frames(recording(path))[::4]:
        assert at(path, frame.t_us) == number_of(frame.image)


def test_between_two_pictures_the_earlier_is_on_show(tmp_path):
    path = write_video(tmp_path / "a.mp4", 20)
    assert [at(path, t) for t in (199_999, 200_000, 299_999)] == [1, 2, 2]


def test_a_file_whose_times_begin_late_is_asked_from_its_own_start(tmp_path):
    path = write_video(tmp_path / "late.mp4", 20, times_ms=[5_000 + 100 * n for n in range(20)])
    assert at(path, 700_000) == 7


@pytest.mark.parametrize("t_us", [-1, 7_000_000])
def test_where_nothing_was_seen_there_is_no_picture(tmp_path, t_us):
    path = write_video(tmp_path / "a.mp4", 10)
    with pytest.raises(UnreadableError) as refused:
        picture_at(path, t_us)
    assert refused.value.fault is Fault.NO_PICTURE_THERE


def test_a_stretch_at_its_own_rate(tmp_path):
    path = write_video(tmp_path / "a.mp4", 60)
    found = list(pictures(path, 2_050_000, 4_000_000, max_fps=5))
    assert [t for t, _ in found] == [2_100_000 + 200_000 * n for n in range(10)]
    assert [number_of(picture) for _, picture in found] == [21 + 2 * n for n in range(10)]


def test_a_stretch_beyond_the_end_is_empty(tmp_path):
    assert list(pictures(write_video(tmp_path / "a.mp4", 10), 30_000_000, 40_000_000, max_fps=5)) == []


def test_damage_is_left_out_of_evidence_too(tmp_path):
    path = damaged(tmp_path / "noise.mkv", write_video(tmp_path / "w.mkv", 100), 0.3, 0.36)
    found = list(pictures(path, 0, 10_000_000, max_fps=100))
    assert all(number_of(picture) == round(t_us / 100_000) for t_us, picture in found)
    assert 50 <= len(found) < 100


def test_probe_tells_size_rate_length_and_codec(tmp_path):
    path = write_video(tmp_path / "a.mp4", [numbered(n, (320, 192)) for n in range(30)], fps=15)
    found = probe(file(path))
    assert (found.size_px, found.codec) == ((320, 192), "h264")
    assert found.fps == pytest.approx(15, abs=0.01)
    assert found.duration_s == pytest.approx(2.0, abs=0.01)
    assert number_of(found.picture) == 0
    assert "array" not in repr(found)


def test_probe_of_a_file_that_does_not_say_how_long_it_is(tmp_path):
    assert probe(file(write_video(tmp_path / "a.h264", 5))).duration_s is None
