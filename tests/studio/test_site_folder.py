"""The site folder beside a clip loads as it stands, and says what the truth says."""

import json
import shutil

import cv2
import numpy as np
import pytest

from calibration import load_site
from sample_videos.studio.gallery import clips_of
from sample_videos.studio.renewal import renew
from sample_videos.studio.shot import read_shot
from sample_videos.studio.site_folder import write_site
from sample_videos.studio.site_things import colour_code
from sample_videos.studio.spoil import camera_seen
from sample_videos.studio.truth import read_truth
from tests.studio.playing import SAMPLES

RENDERED = [clip for clip in clips_of(SAMPLES) if (SAMPLES / "shots" / f"{clip.name}.yaml").exists()]


@pytest.mark.parametrize("clip", RENDERED, ids=lambda c: c.name)
def test_every_site_loads_and_its_floor_is_the_truths(clip):
    site, truth = load_site(clip), read_truth(clip / "truth.json")
    for name, camera in site.cameras.items():
        seen = camera_seen(truth.cameras[name])
        assert camera.size_px == truth.cameras[name].size_px
        if camera.floor_points:
            plane = camera.ground_plane()
            spots = np.array([point.floor for point in camera.floor_points])
            pixels = seen.project(np.column_stack([spots, np.zeros(len(spots))]))[0]
            assert np.linalg.norm(plane.to_floor(pixels) - spots, axis=1).max() < 0.02


def test_the_site_of_a_shot_is_written_as_it_stands_beside_its_clip(tmp_path):
    """Limits by the names of the rules, codes that are off, furniture at its reference with its labels."""
    clip = SAMPLES / "visitor-met-reception"
    file = write_site(read_shot(SAMPLES / "shots" / f"{clip.name}.yaml"), read_truth(clip / "truth.json"), tmp_path)
    assert file.read_bytes() == (clip / "site.yaml").read_bytes()
    assert "greeter.visitor_unapproached" in load_site(clip).switched_off
    furniture = load_site(SAMPLES / "furniture-tile-day")
    truth = read_truth(SAMPLES / "furniture-tile-day" / "truth.json")
    places = {item.id: item.reference for item in truth.items if item.reference}
    for name, item in furniture.furniture.items.items():
        assert (item.pose.x_m, item.pose.y_m) == pytest.approx(places[name][:2], abs=1e-3)


def test_what_stands_beside_a_clip_is_renewed_without_a_render(tmp_path):
    """A limit that changed reaches site and truth; what nobody changed is written as it was."""
    source, clip = SAMPLES / "visitor-met-reception", tmp_path / "visitor-met-reception"
    shutil.copytree(source, clip)
    assert renew(clip, SAMPLES / "shots") == [clip / "truth.json", clip / "site.yaml"]
    for name in ("truth.json", "site.yaml"):
        assert (clip / name).read_bytes() == (source / name).read_bytes()
    (tmp_path / "shots" / "sets").mkdir(parents=True)
    for file in [SAMPLES / "shots" / f"{clip.name}.yaml", *(SAMPLES / "shots" / "sets").glob("*.yaml")]:
        told = file.read_text(encoding="utf-8").replace("wait.reception: {limit_s: 12", "wait.reception: {limit_s: 2")
        (tmp_path / file.relative_to(SAMPLES)).write_text(told, encoding="utf-8")
    renew(clip, tmp_path / "shots")
    assert read_truth(clip / "truth.json").limits["wait.reception"]["limit_s"] == 2
    assert [one.verdict for one in read_truth(clip / "truth.json").expected] == ["fires"]
    clip.rename(tmp_path / "nobody")
    assert renew(tmp_path / "nobody", tmp_path / "shots") == [], "a clip without a shot keeps what it has"


def test_the_reference_picture_is_the_quiet_beginning(tmp_path):
    clip = SAMPLES / "furniture-tile-day"
    taught = cv2.imread(str(clip / "references" / "hall" / "day.png"))
    assert taught.shape == (720, 1280, 3)
    with (clip / "furniture.json").open(encoding="utf-8") as told:
        assert json.load(told)["baselines"][0]["state"] == "frozen"


def test_a_labels_colour_is_written_as_a_paint_chart_has_it():
    """Half of the light is three quarters of the code; none of it is 00."""
    shot = read_shot(SAMPLES / "shots" / "label-bare.yaml")
    assert shot.room.label_colour == (0.9, 0.35, 0.02)
    assert colour_code(shot.room.label_colour) == "#f3a027"
    assert colour_code((1.0, 0.5, 0.0)) == "#ffbc00"
