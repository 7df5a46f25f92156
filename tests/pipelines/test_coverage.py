"""Which camera judges a place on the floor: the one that really sees it, not the first of the site."""

from dataclasses import replace
from pathlib import Path

import pytest

import sample_videos
from calibration import load_site
from models.domain.messages import EndOfRecording, Scene, StreamLost
from models.domain.site import FloorPoint, Region
from pipelines.engine import Engine
from pipelines.rules.coverage import cameras_of, view_of
from tests.stories.scenario import DESK, HALL, START_US, site, utc

TWO_HALLS = Path(sample_videos.__file__).parent / "demo"
FPS = 5


@pytest.fixture(scope="module")
def halls():
    return load_site(TWO_HALLS)


def test_each_of_two_halls_belongs_to_its_own_camera(halls):
    for side in ("east", "west"):
        assert cameras_of(halls.zones[f"{side}-hall"].regions, halls) == (side,)
        assert cameras_of(halls.posts[f"{side}-reception"].regions, halls) == (side,)


def test_the_camera_with_the_larger_picture_of_a_place_comes_first():
    one = site(cameras=("a-far", "near"))
    far = one.cameras["a-far"]
    half = tuple(FloorPoint((160 + p.image[0] / 4, 110 + p.image[1] / 4), p.floor) for p in far.floor_points)
    both = replace(one, cameras={**one.cameras, "a-far": replace(far, floor_points=half)})
    assert cameras_of((Region(DESK),), both) == ("near", "a-far")


def test_a_place_half_out_of_the_picture_is_the_other_camera_s():
    one = site(cameras=("cam", "cut"))
    cut = one.cameras["cut"]
    moved = tuple(FloorPoint((p.image[0] + 60, p.image[1]), p.floor) for p in cut.floor_points)
    both = replace(one, cameras={**one.cameras, "cut": replace(cut, floor_points=moved)})
    assert view_of(DESK, both.cameras["cut"]).share < 0.5 < view_of(HALL, both.cameras["cut"]).share
    assert cameras_of((Region(DESK),), both) == ("cam",)
    assert set(cameras_of((Region(HALL),), both)) == {"cam", "cut"}


def test_what_lies_behind_a_camera_or_far_beyond_its_marks_is_not_in_its_view(halls):
    east, west = halls.cameras["east"], halls.cameras["west"]
    assert view_of(halls.zones["east-hall"].regions[0].polygon, west).share == 0
    assert view_of(halls.posts["west-reception"].regions[0].polygon, east).share == 0
    assert view_of(halls.posts["west-reception"].regions[0].polygon, west).share > 0.9


def empty_scenes(camera, from_s, to_s):
    numbers = range(round(from_s * FPS), round(to_s * FPS))
    return [Scene(camera, f"{camera}/1", utc(number / FPS), (), ()) for number in numbers]


def test_a_post_is_judged_by_its_own_camera_and_shown_by_it(halls):
    """The west desk stays empty; the east camera is lost meanwhile, which concerns the east desk alone."""
    always = {name: replace(post, duty=()) for name, post in halls.posts.items()}
    engine = Engine(replace(halls, posts=always))
    told = [
        *empty_scenes("west", 0, 30),
        *empty_scenes("east", 0, 4),
        StreamLost("east", utc(4), "no data"),
        EndOfRecording(utc(30)),
    ]
    for message in sorted(told, key=lambda m: m.utc_us):
        engine.step(message)
    posts = {i.subject: i for i in engine.incidents if i.code == "greeter.post_unattended"}
    assert set(posts) == {"west-reception"}
    west = posts["west-reception"]
    assert (west.camera, west.zone, west.blind_s, west.t_first_us) == ("west", "west-hall", 0.0, START_US)
    assert west.extra["zone_zh"] == "西厅"
    assert west.extra["zone_en"] == "West hall"
    assert (west.extra["post_zh"], west.extra["post_en"]) == ("西厅接待台", "West reception desk")
