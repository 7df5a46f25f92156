"""Two cameras that put one post at different spots are named; a drawing hand's slip is not."""

from dataclasses import replace

import pytest

from bench.simulated_hall import camera_at
from calibration.floors_agree import contradictions
from models.domain.site import Name, Post, Region
from tests.stories.scenario import site

DESK = ((10.75, 1.5), (12.0, 1.5), (12.0, 4.6), (10.75, 4.6))


def drawn(moved_m=0.0):
    """A hall whose desk is drawn in both pictures, in the second as if it lay `moved_m` further along the wall."""
    cameras = {
        "north": camera_at("north", (6.0, 7.7, 2.8), -50.0, 25.0)[0],
        "west": camera_at("west", (0.3, 0.3, 2.8), 20.0, 20.0)[0],
    }
    regions = []
    for number, camera in enumerate(cameras.values()):
        spots = [(x, y + number * moved_m) for x, y in DESK]
        pixels = camera.ground_plane().to_image(spots)
        regions.append(Region(tuple(map(tuple, pixels.tolist())), camera.id))
    post = Post("desk", Name("前台", "desk"), "reception", "hall", tuple(regions))
    return replace(site(), cameras=cameras, posts={"desk": post})


@pytest.mark.parametrize("moved_m", [0.0, 0.3, -0.4])
def test_what_agrees_within_half_a_metre_is_no_contradiction(moved_m):
    assert contradictions(drawn(moved_m)) == []


@pytest.mark.parametrize("moved_m", [0.6, -1.5])
def test_what_lies_further_apart_is_named_with_cameras_and_distance(moved_m):
    (one,) = contradictions(drawn(moved_m))
    assert (one.post, one.cameras) == ("desk", ("north", "west"))
    assert one.apart_m == pytest.approx(abs(moved_m), abs=0.02)
