"""The whole way from a shot to a clip, over passes that lie in the cache: Blender is not asked, and is not here."""

import json

import numpy as np
import pytest

from models.domain.errors import UsageError
from sample_videos.studio.render import Order, preview_of, render
from sample_videos.studio.stage_client import Stage, camera_of, scene_words
from sample_videos.studio.story import Furniture
from sample_videos.studio.truth import read_truth
from sample_videos.studio.workshop import HOME_VARIABLE, Workshop
from tests.studio.playing import cardboard_passes, shot

SMALL = {"hall": {"size": [320, 180]}}
PLAIN = {"cameras": SMALL, "room": {"labels": "none", "aircon": False}, "head": {"duration_s": 3, "fps": 5}}


@pytest.fixture
def cached(tmp_path):
    """A cache with the one plate that a quiet shot asks for, and the order to render it."""

    def order(**parts):
        told = shot(**{**PLAIN, **parts})
        camera = camera_of(told.cameras["hall"])
        stage = Stage(scene_words(told, camera, Furniture(told)), tmp_path / "cache", Workshop(tmp_path / "none"))
        folder = next((tmp_path / "cache").glob("scene-*"))
        state = {"items": {}, "aircon": None}
        plate = stage.file_of(state, None, quick=False)
        np.savez(folder / plate, **{k: v.astype(np.float16) for k, v in cardboard_passes(320, 180).items()})
        return told, Order(told, 1, tmp_path / "out", tmp_path / "cache", Workshop(tmp_path / "none"))

    return order


def test_a_cached_shot_is_rendered_without_blender_and_twice_to_the_same_truth(cached):
    told, order = cached(lamps=[{"at_s": 1, "lamp": "back", "lit": False}])
    seen = []
    render(order, lambda camera, done, total: seen.append((camera, done, total)))
    assert seen[-1] == ("hall", 15, 15)
    first = (order.out / "truth.json").read_bytes()
    video = (order.out / "recording.mp4").read_bytes()
    render(order, lambda *_: None)
    assert (order.out / "truth.json").read_bytes() == first
    assert (order.out / "recording.mp4").read_bytes() == video
    truth = read_truth(order.out / "truth.json")
    assert [(s.t_s, s.on) for lamp in truth.lamps if lamp.id == "back" for s in lamp.states] == [(0, True), (1, False)]
    assert truth.cameras["hall"].size_px == told.cameras["hall"].size
    assert (order.out / "site.yaml").exists()


def test_the_exposure_in_the_truth_answers_the_lamps(cached):
    _, order = cached(lamps=[{"at_s": 1, "lamp": "back", "lit": False}], head={"duration_s": 6, "fps": 5})
    render(order, lambda *_: None)
    frames = read_truth(order.out / "truth.json").frames
    assert frames[-1].t_s + frames[-1].dt_s == pytest.approx(6.0)


def test_what_is_not_cached_needs_the_workshop_and_says_how_to_get_it(cached):
    _, order = cached(furniture=[{"at_s": 1, "item": "chair1", "by_mm": 100}])
    with pytest.raises(UsageError, match="not set up") as refused:
        render(order, lambda *_: None)
    assert "make studio" in refused.value.next_step


def test_the_workshop_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert Workshop.here().home == tmp_path
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    with pytest.raises(UsageError, match="body data"):
        Workshop.here().check()


def test_a_preview_is_small_and_tells_the_same_story(cached):
    told, _ = cached()
    small = preview_of(told)
    assert small.cameras["hall"].size == (128, 68)
    assert (small.people, small.furniture, small.lamps) == (told.people, told.furniture, told.lamps)


def test_the_scene_says_all_that_the_pictures_depend_on():
    told = shot()
    camera = camera_of(told.cameras["hall"])
    words = json.dumps(scene_words(told, camera, Furniture(told)), sort_keys=True)
    for other in (
        shot(room={"floor": "wood"}),
        shot(room={"floor": "paving"}),
        shot(room={"seed": 9}),
        shot(room={"labels": "transparent"}),
        shot(quality={"samples": 99}),
        shot(cameras={"hall": {"k1": -0.2}}),
    ):
        assert (
            json.dumps(scene_words(other, camera_of(other.cameras["hall"]), Furniture(other)), sort_keys=True) != words
        )
    same = shot(encoder={"crf": 40}, sensor={"noise": 3.0}, lamps=[{"at_s": 1, "lamp": "back", "lit": False}])
    assert json.dumps(scene_words(same, camera, Furniture(same)), sort_keys=True) == words
