"""The drawing shows things where the camera sees them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration import load_site
from calibration.overlay import draw_site, write_picture
from calibration.view import CameraView
from models.domain.errors import UsageError
from models.domain.site import Region
from tests.calibration.showroom import write_site

SAMPLES = Path(__file__).parents[2] / "sample_videos"


@pytest.fixture
def site():
    return load_site(SAMPLES / "c_waiting_s32")


def test_each_camera_is_drawn_in_its_own_size(tmp_path, site):
    assert draw_site(site).shape == (720, 1280, 3)
    assert draw_site(load_site(write_site(tmp_path))).shape == (720 + 1080, 1920, 3)


def test_a_floor_zone_is_seen_where_its_floor_is(site):
    camera = site.cameras["hall"]
    mask = CameraView(camera).mask(site.zones["hall"].regions[0])
    for point in camera.floor_points:
        x, y = map(round, point.image)
        assert mask[y, x] == 255
    assert not mask[:200].any(), "the walls and the ceiling are no floor"
    assert not mask[300:, 1200:].any(), "the right wall is no floor"


def test_what_lies_behind_the_camera_is_not_drawn(site):
    behind = Region(((-8.0, -8.0), (0.0, -8.0), (0.0, 0.0), (-8.0, 0.0)))
    around = Region(((-50.0, -50.0), (50.0, -50.0), (50.0, 50.0), (-50.0, 50.0)))
    view = CameraView(site.cameras["hall"])
    assert not view.mask(behind).any()
    sky = view.mask(around)[:60]
    assert not sky.any(), "above the horizon there is no floor, however large the zone"


def test_a_floor_line_ends_where_the_camera_sees_its_ends(site):
    camera, door = site.cameras["hall"], site.entrances[0]
    path = CameraView(camera).path(door.a, door.b, on_floor=True)
    expected = camera.ground_plane().to_image([door.a, door.b])
    assert np.allclose([path[0], path[-1]], expected, atol=1e-6)
    assert CameraView(camera).path((-1.0, -1.0), (-2.0, -2.0), on_floor=True) == []


def test_regions_of_another_camera_are_not_drawn(tmp_path):
    site = load_site(write_site(tmp_path))
    of_floor, of_door = site.zones["hall"].regions
    door = CameraView(site.cameras["door"])
    assert not door.mask(of_floor).any(), "the door camera knows no floor"
    assert door.mask(of_door).any()
    assert not CameraView(site.cameras["hall"]).mask(of_door).any()
    assert door.path((0.0, 0.0), (1.0, 1.0), on_floor=True) == []


def test_the_poster_and_the_door_are_painted_in_colours_of_their_own(site):
    picture = draw_site(site).astype(int)
    blue, green, red = picture[180, 262]
    assert red > green + 10
    assert blue > green + 10
    (x, y) = np.round(site.cameras["hall"].ground_plane().to_image([(6.6, 8.0)])[0]).astype(int)
    on_door = picture[y, x]
    assert on_door[2] > 150
    assert on_door[:2].max() < 120


def test_the_picture_is_written_as_png(tmp_path, site):
    file = tmp_path / "plan.png"
    write_picture(draw_site(site), file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert cv2.imread(str(file)).shape == (720, 1280, 3)


def test_a_folder_that_is_not_there_is_told(tmp_path, site):
    with pytest.raises(UsageError) as caught:
        write_picture(draw_site(site), tmp_path / "nowhere" / "plan.png")
    assert caught.value.where == "plan.png"
    assert caught.value.next_step
