"""What can be measured is found, what cannot is refused by name, and before anything is played."""

import json
import shutil

import pytest

from guiwei.yardstick.clips import material_below
from models.domain.errors import SourceError, UsageError
from sample_videos.studio.truth import written
from tests.yardstick.story_truth import truth_of, waiting_expected, waiting_story


@pytest.fixture
def clip(tmp_path):
    folder = tmp_path / "all" / "waiting"
    folder.mkdir(parents=True)
    truth = truth_of(waiting_story(), waiting_expected())
    (folder / "truth.json").write_text(written(truth), encoding="utf-8")
    (folder / "site.yaml").write_text("site: {}\n", encoding="utf-8")
    (folder / "story.mp4").write_bytes(b"frames")
    return folder


def test_clips_and_sequences_are_found_below_a_folder_and_a_site_alone_is_none(clip):
    sequence = clip.parent / "MOT-1"
    for part in ("gt", "det"):
        (sequence / part).mkdir(parents=True)
        (sequence / part / f"{part}.txt").write_text("1,1,0,0,9,9,1\n", encoding="utf-8")
    (clip.parent / "demo").mkdir()
    (clip.parent / "demo" / "site.yaml").write_text("site: {}\n", encoding="utf-8")
    found = material_below([clip.parent, clip])
    assert [one.name for one in found.clips] == ["waiting"], "named twice, measured once"
    assert [one.name for one in found.sequences] == ["MOT-1"]


def test_every_clip_that_cannot_be_measured_is_named_at_once(clip):
    bare, old = clip.parent / "bare", clip.parent / "old"
    bare.mkdir()
    (bare / "film.mp4").write_bytes(b"frames")
    shutil.copytree(clip, old)
    truth = json.loads((old / "truth.json").read_text(encoding="utf-8"))
    (old / "truth.json").write_text(json.dumps({**truth, "schema_version": 99}), encoding="utf-8")
    (clip / "story.mp4").unlink()
    with pytest.raises(SourceError) as refused:
        material_below([clip.parent])
    told = str(refused.value)
    assert "bare: no truth.json" in told
    assert "old: This truth is of another schema version. got 99, expected 1" in told
    assert "waiting: story.mp4 missing" in told
    assert "guiwei studio render" in told


def test_a_truth_of_the_older_generator_is_another_schema(clip):
    (clip / "truth.json").write_text('{"generator": "showroom/gen.py"}', encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be measured") as refused:
        material_below([clip])
    assert "another schema version" in str(refused.value)


@pytest.mark.parametrize(("name", "told"), [("nowhere", "not there"), ("all/empty", "nothing to measure")])
def test_folders_with_nothing_in_them_are_refused(tmp_path, name, told):
    (tmp_path / "all" / "empty").mkdir(parents=True)
    with pytest.raises(UsageError, match=told):
        material_below([tmp_path / name])


def test_two_clips_of_one_name_are_refused(clip):
    shutil.copytree(clip, clip.parent / "more" / "waiting")
    with pytest.raises(UsageError, match="same name"):
        material_below([clip.parent])
