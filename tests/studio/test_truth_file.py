"""truth.json: the published form, its reader, and the clips of the project."""

import json
import shutil
from itertools import pairwise

import jsonschema
import pytest

from models.domain.errors import SourceError
from sample_videos.studio.gallery import clips_of, write_sheet
from sample_videos.studio.truth import read_truth, truth_schema, written
from tests.studio.playing import SAMPLES

CLIPS = clips_of(SAMPLES)
SOME = ("lights-night-infrared", "aircon-covered", "visitor-met")
"""Enough of them for what takes long."""
LARGEST_CLIP_MB, LARGEST_ALL_MB = 2.5, 40.0


@pytest.mark.parametrize("clip", CLIPS, ids=lambda c: c.name)
def test_every_truth_is_of_the_published_form_and_says_the_same_when_read(clip):
    text = (clip / "truth.json").read_text(encoding="utf-8")
    if clip.name in SOME:
        jsonschema.Draft202012Validator(truth_schema()).validate(json.loads(text))
    truth = read_truth(clip / "truth.json")
    assert written(truth) == text
    assert truth.clip == clip.name
    assert all((clip / camera.file).exists() for camera in truth.cameras.values())


@pytest.mark.parametrize("clip", CLIPS, ids=lambda c: c.name)
def test_frames_lie_within_the_clip_and_follow_each_other(clip):
    truth = read_truth(clip / "truth.json")
    for name in truth.cameras:
        frames = [f for f in truth.frames if f.camera == name]
        assert all(a.t_s + a.dt_s <= b.t_s + 1e-3 for a, b in pairwise(frames))
        assert frames[0].t_s == 0
        assert frames[-1].t_s < truth.duration_s


def test_clips_are_small_enough_for_the_repository():
    sizes = {clip.name: sum(f.stat().st_size for f in clip.glob("*.mp4")) / 1e6 for clip in CLIPS}
    assert not {name for name, mb in sizes.items() if mb > LARGEST_CLIP_MB}
    assert sum(sizes.values()) <= LARGEST_ALL_MB


def test_people_stand_on_the_floor():
    """No floating feet, none sunk in: the lowest point of the shoes over all rendered poses."""
    soles = [p.sole_m for clip in CLIPS for f in read_truth(clip / "truth.json").frames for p in f.persons]
    told = [abs(s) for s in soles if s is not None]
    assert len(told) > 100
    assert max(told) <= 0.012


def test_another_version_a_missing_and_a_broken_truth_are_refused_by_name(tmp_path):
    file = tmp_path / "truth.json"
    with pytest.raises(SourceError, match="no truth"):
        read_truth(file)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read"):
        read_truth(file)
    told = json.loads((CLIPS[0] / "truth.json").read_text(encoding="utf-8"))
    file.write_text(json.dumps({**told, "schema_version": 2}), encoding="utf-8")
    with pytest.raises(SourceError, match="another schema version") as refused:
        read_truth(file)
    assert (refused.value.got, refused.value.expected) == ("2", "1")
    file.write_text(json.dumps({**told, "floor": "lava"}), encoding="utf-8")
    with pytest.raises(SourceError, match="published form") as refused:
        read_truth(file)
    assert refused.value.where.endswith("floor")


def test_the_contact_sheet_shows_every_clip(tmp_path):
    for name in SOME:
        shutil.copytree(SAMPLES / name, tmp_path / "clips" / name)
    page = write_sheet(tmp_path / "clips", tmp_path / "samples.md", tmp_path / "pictures")
    text = page.read_text(encoding="utf-8")
    for name in SOME:
        assert f"## {name}" in text
        assert (tmp_path / "pictures" / f"{name}.jpg").stat().st_size > 3000
    assert "| `camera.night_mode` | lights-night-infrared |" in text


def test_the_page_of_the_project_shows_every_clip_of_the_project():
    text = (SAMPLES.parent / "docs" / "samples.md").read_text(encoding="utf-8")
    for clip in CLIPS:
        assert f"## {clip.name}" in text, "run `guiwei studio sheet`"
        assert (SAMPLES.parent / "docs" / "pictures" / "samples" / f"{clip.name}.jpg").exists()
