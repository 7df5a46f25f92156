"""A finished clip is spoilt without rendering: the same story, another picture, and a truth that says so."""

import numpy as np
import pytest

from models.domain.errors import SourceError, UsageError
from sample_videos.studio.spoil import decoded, read_spoil, spoil
from sample_videos.studio.truth import read_truth
from tests.studio.playing import SAMPLES

CLIP = "lights-night-infrared"
SPOIL = """
id: tried
about: {zh: 试, en: tried}
of: %s
until_s: 4
disturbances:
  - {kind: black, from_s: 1, to_s: 2}
  - {kind: nudged, from_s: 3, px: [6, 0]}
  - {kind: lost, from_s: 2, to_s: 2.5}
judged: [camera.moved, camera.offline]
"""


@pytest.fixture
def told(tmp_path):
    file = tmp_path / "spoil.yaml"
    file.write_text(SPOIL % CLIP, encoding="utf-8")
    return read_spoil(file)


def test_the_picture_is_spoilt_when_the_file_says_and_the_truth_knows(told, tmp_path):
    before = read_truth(SAMPLES / CLIP / "truth.json")
    out = spoil(SAMPLES / CLIP, told, tmp_path / "tried", lambda *_: None)
    truth = read_truth(out / "truth.json")
    assert truth.duration_s == 4
    assert truth.lamps == before.lamps
    added = [(v.state, v.t_start_s, v.t_end_s) for v in truth.views][len(before.views) :]
    assert added == [("black", 1.0, 2.0), ("lost", 2.0, 2.5), ("nudged", 3.0, 4.0)]
    assert truth.cameras["hall"].moves[0].dx_px == 6
    frames = dict(decoded(out / "recording.mp4", None, 9)[1])
    assert tuple(frames) == pytest.approx(truth.cameras["hall"].frame_times_s)
    assert not [t for t in frames if 2.0 <= t < 2.5]
    plain = dict(decoded(SAMPLES / CLIP / "recording.mp4", None, 4)[1])
    clear, black = min(frames), min(t for t in frames if t >= 1.2)
    assert np.abs(frames[clear].astype(int) - plain[clear]).mean() < 4
    assert frames[black].max() < 40
    assert {(e.code, e.verdict) for e in truth.expected if e.subject} == {
        ("camera.moved", "must_not"),
        ("camera.offline", "must_not"),
    }, "6 px are put right, half a second is no loss"
    assert (out / "site.yaml").read_bytes() == (SAMPLES / CLIP / "site.yaml").read_bytes()


def test_a_clip_without_truth_cannot_be_spoilt(told, tmp_path):
    with pytest.raises(SourceError, match="no truth"):
        spoil(tmp_path / "nowhere", told, tmp_path / "out", lambda *_: None)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("kind: black", "kind: fog", "form of a spoil"),
        ("until_s: 4", "until: 4", "form of a spoil"),
        ("camera.moved", "camera.melted", "cannot say"),
        (f"of: {CLIP}", "of: ../../etc", "form of a spoil"),
        ("id: tried", "id: [", "cannot be read"),
    ],
)
def test_a_spoil_file_is_read_strictly(tmp_path, old, new, match):
    file = tmp_path / "spoil.yaml"
    file.write_text((SPOIL % CLIP).replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError, match=match):
        read_spoil(file)
