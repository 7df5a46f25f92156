"""Floor and picture against OpenCV's own projection and against the truth of the rendered samples."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calibration import load_site
from models.domain.geometry import FloorPoint, GroundPlane, Lens, area, contains, crosses_itself, side

SAMPLES = Path(__file__).parents[2] / "sample_videos"
NAMES = ("c_waiting_s32", "e_consult_s45")
MARKS = [(x, y) for x in (2, 4, 6, 8, 10) for y in (1, 3, 5, 7)]


class Truth:
    """The camera that a sample was rendered with."""

    def __init__(self, name: str) -> None:
        self.story = json.loads((SAMPLES / name / "truth.json").read_text(encoding="utf-8"))
        camera = self.story["cameras"]["hall"]
        lens = camera["lens"]
        self.lens = Lens(lens["fx"], lens["fy"], lens["cx"], lens["cy"], tuple(lens["distortion"]))
        self.matrix = self.lens.matrix
        self.distortion = np.array(lens["distortion"])
        self.rotation, _ = cv2.Rodrigues(np.array(camera["rotation"]))
        self.translation = np.array(camera["translation_m"])
        self.size = tuple(camera["size_px"])

    def project(self, floor) -> np.ndarray:
        """(n, 2) m on the floor -> (n, 2) px, by OpenCV."""
        world = np.column_stack([np.array(floor, float).reshape(-1, 2), np.zeros(len(floor))])
        image, _ = cv2.projectPoints(world, self.rotation, self.translation, self.matrix, self.distortion)
        return image.reshape(-1, 2)

    def in_picture(self, image) -> np.ndarray:
        return np.all((image >= 0) & (image <= self.size), axis=1)


@pytest.fixture(params=NAMES, scope="module")
def truth(request):
    return Truth(request.param)


@pytest.fixture(params=NAMES, scope="module")
def sample(request):
    return Truth(request.param), load_site(SAMPLES / request.param).cameras["hall"]


def plane_of(truth: Truth, marks=MARKS) -> GroundPlane:
    image = truth.project(marks)
    points = [FloorPoint(tuple(i), m) for i, m, seen in zip(image, marks, truth.in_picture(image), strict=True) if seen]
    return GroundPlane.from_points(points, truth.lens)


@given(
    ray=st.tuples(st.floats(-1.2, 1.2), st.floats(-0.8, 0.8)),
    distortion=st.tuples(*[st.floats(-0.08, 0.08)] * 2, *[st.floats(-0.01, 0.01)] * 3),
)
def test_one_point_through_the_lens_and_back_as_opencv_takes_it(ray, distortion):
    lens = Lens(640, 630, 641, 362, distortion)
    dist = np.array(distortion)
    image, _ = cv2.projectPoints(np.array([[*ray, 1.0]]), np.zeros(3), np.zeros(3), lens.matrix, dist)
    assert lens.pixel(ray) == pytest.approx(tuple(image.reshape(2)), abs=1e-9)
    back = cv2.undistortPoints(image, lens.matrix, dist).reshape(2)
    assert lens.ray(tuple(image.reshape(2))) == pytest.approx(tuple(back), abs=1e-9)


def test_a_single_spot_is_what_the_table_of_one_gives(sample):
    plane = sample[1].ground_plane()
    for pixel in ((640.0, 500.0), (20.0, 700.0), (1250.0, 420.0)):
        spot, sigma = plane.spot(pixel)
        assert spot == pytest.approx(tuple(plane.to_floor([pixel])[0]), abs=1e-9)
        assert sigma == pytest.approx(plane.sigma_m([pixel])[0], abs=1e-9)


def test_a_pixel_on_the_horizon_has_no_finite_spot():
    spot, sigma = GroundPlane(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0.01, -1]]), None, 0.0).spot((50.0, 100.0))
    assert not np.isfinite(spot).any()
    assert not np.isfinite(sigma)


def test_a_plane_from_exact_marks_maps_as_opencv_does(truth):
    plane = plane_of(truth)
    floor = np.array([(x, y) for x in np.arange(1, 12, 0.5) for y in np.arange(0.5, 8, 0.5)])
    image = truth.project(floor)
    seen = truth.in_picture(image)
    assert seen.sum() > 100
    assert np.abs(plane.to_image(floor[seen]) - image[seen]).max() < 1e-3
    assert np.abs(plane.to_floor(image[seen]) - floor[seen]).max() < 1e-4
    assert plane.residual_m < 1e-6


def test_the_taught_samples_map_the_floor_within_centimetres(sample):
    truth, camera = sample
    plane = camera.ground_plane()
    floor = np.array([(x, y) for x in np.arange(1, 12, 0.5) for y in np.arange(0.5, 8, 0.5)])
    image = truth.project(floor)
    seen = truth.in_picture(image)
    off = np.linalg.norm(plane.to_floor(image[seen]) - floor[seen], axis=1)
    assert np.median(off) < 0.005
    assert off.max() < 0.02
    assert plane.residual_m < 0.005


def test_the_taught_samples_are_the_cameras_that_rendered_them(sample):
    truth, camera = sample
    assert camera.size_px == truth.size
    assert np.allclose(camera.lens.matrix, truth.matrix)
    assert camera.lens.distortion == pytest.approx(tuple(truth.distortion))
    taught = np.array([p.image for p in camera.floor_points])
    assert np.abs(taught - truth.project([p.floor for p in camera.floor_points])).max() <= 0.051


def test_people_of_the_samples_stand_where_their_feet_are_seen(sample):
    """The lower edge of a whole, unhidden person lies near the feet: the floor place follows to half a metre."""
    truth, camera = sample
    plane = camera.ground_plane()
    off = []
    for frame in truth.story["frames"]:
        for person in frame["persons"]:
            x0, _, x1, y1 = person["box_px"]
            if person["visible_share"] > 0.85 and person["posture"] == "standing" and person["inside"]:
                place = plane.to_floor([((x0 + x1) / 2, y1)])[0]
                off.append(np.linalg.norm(place - (person["x_m"], person["y_m"])))
    assert len(off) > 30
    assert np.median(off) < 0.3
    assert np.percentile(off, 95) < 0.5


def test_the_lens_matters(truth):
    marks = truth.project(MARKS)
    seen = truth.in_picture(marks)
    points = [FloorPoint(tuple(i), m) for i, m, s in zip(marks, MARKS, seen, strict=True) if s]
    bare = GroundPlane.from_points(points)
    assert bare.residual_m > 20 * GroundPlane.from_points(points, truth.lens).residual_m
    assert bare.residual_m > 0.02


def test_sigma_is_what_shaking_the_pixels_gives(truth):
    plane = plane_of(truth)
    image = truth.project([(3, 3), (6, 5), (10, 6)])
    shaken = np.random.default_rng(5).normal(0, plane.foot_sigma_px, (4000, 2))
    for pixel, sigma in zip(image, plane.sigma_m(image), strict=True):
        spread = plane.to_floor(pixel + shaken) - plane.to_floor([pixel])
        assert np.sqrt((np.median(spread**2, axis=0) / 0.455).sum()) == pytest.approx(sigma, rel=0.12)


def test_far_places_are_less_sure_than_near_ones(truth):
    near, far = plane_of(truth).sigma_m(truth.project([(3, 3), (11, 7)]))
    assert far > 3 * near


def test_no_points_map_to_no_points(truth):
    plane = plane_of(truth)
    assert plane.to_floor([]).shape == plane.to_image([]).shape == (0, 2)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [FloorPoint((0, 0), (0, 0))] * 3,
        [FloorPoint((0, 0), (0, 0))] * 5,
        [FloorPoint((i, i), (i, 2 * i)) for i in range(5)],
    ],
)
def test_points_that_do_not_span_the_floor_are_refused(points):
    with pytest.raises(ValueError, match="floor points"):
        GroundPlane.from_points(points)


cameras = st.tuples(
    st.floats(400, 1500), st.floats(-0.12, 0.05), st.floats(2.2, 5.0), st.floats(15, 60), st.floats(-180, 180)
)


@settings(max_examples=60, deadline=None)
@given(camera=cameras, x=st.floats(-2, 2), y=st.floats(-2, 2))
def test_any_ceiling_camera_maps_back_and_forth(camera, x, y):
    focal, barrel, height, tilt, pan = camera
    lens = Lens(focal, focal, 640, 360, (barrel, 0.0, 0.0, 0.0, 0.0))
    down, turn = np.radians(tilt), np.radians(pan)
    forward = np.array([np.cos(down) * np.cos(turn), np.cos(down) * np.sin(turn), -np.sin(down)])
    right = np.array([np.sin(turn), -np.cos(turn), 0.0])
    rotation = np.stack([right, np.cross(forward, right), forward])
    target = np.array([0.0, 0.0, 0.0])
    position = target - forward * (height / np.sin(down))

    def project(floor):
        world = np.column_stack([floor, np.zeros(len(floor))])
        image, _ = cv2.projectPoints(
            world, cv2.Rodrigues(rotation)[0], -rotation @ position, lens.matrix, np.array(lens.distortion)
        )
        return image.reshape(-1, 2)

    marks = np.array([(a, b) for a in (-1.5, 0.0, 1.5) for b in (-1.5, 0.0, 1.5)])
    rays = np.linalg.norm((project(marks) - (640, 360)) / focal, axis=1)
    assume(rays.max() < 1.0)
    plane = GroundPlane.from_points(
        [FloorPoint(tuple(i), tuple(m)) for i, m in zip(project(marks), marks, strict=True)], lens
    )
    there = plane.to_image([(x, y)])
    assume(np.linalg.norm((there[0] - (640, 360)) / focal) < 1.0)
    assert np.abs(there - project(np.array([(x, y)]))).max() < 0.05
    assert np.abs(plane.to_floor(there) - (x, y)).max() < 1e-3


def test_a_square_with_its_border():
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
    assert contains(square, (2.0, 2.0))
    assert contains(square, (4.0, 2.0))
    assert not contains(square, (4.1, 2.0))
    assert area(square) == 16.0
    assert area(square[::-1]) == 16.0
    assert not crosses_itself(square)


def test_sides_are_told_apart():
    assert side((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)) > 0
    assert side((0.0, 0.0), (1.0, 0.0), (0.5, -1.0)) < 0
    assert side((0.0, 0.0), (1.0, 0.0), (9.0, 0.0)) == 0


@pytest.mark.parametrize(
    ("polygon", "crosses"),
    [
        (((0, 0), (2, 2), (2, 0), (0, 2)), True),
        (((0, 0), (4, 0), (4, 4), (2, -1), (0, 4)), True),
        (((0, 0), (4, 0), (4, 4), (2, 0), (0, 4)), True),
        (((0, 0), (4, 0), (4, 4), (2, 1), (0, 4)), False),
        (((0, 0), (3, 0), (3, 2), (2, 2), (2, 1), (1, 1), (1, 2), (0, 2)), False),
        (((0, 0), (1, 0), (2, 0), (2, 1), (0, 1)), False),
    ],
)
def test_crossing_and_touching_sides_are_found_and_mere_lines_are_not(polygon, crosses):
    assert crosses_itself(polygon) is crosses
