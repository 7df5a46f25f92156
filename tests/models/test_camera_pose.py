"""Camera geometry against OpenCV: projection, rays, the pose from floor points with and without a known lens."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.camera_pose import floor_errors_mm, pose_from_floor
from models.domain.geometry import FloorPoint
from tests.vision.registration.room import SIZE_PX, camera

FLOOR = [(2.0, 1.0), (5.0, 1.5), (2.0, 4.0), (4.5, 4.5), (3.2, 2.4), (6.0, 3.5)]


def marks(pose, places=FLOOR, noise_px: float = 0.0, seed: int = 1) -> list[FloorPoint]:
    rng = np.random.default_rng(seed)
    seen = pose.project([(*p, 0.0) for p in places]) + rng.normal(0, noise_px, (len(places), 2))
    return [FloorPoint(tuple(image), place) for image, place in zip(seen.tolist(), places, strict=True)]


def test_a_point_is_seen_where_opencv_sees_it():
    pose = camera(k1=-0.2)
    points = np.random.default_rng(3).uniform((1, 1, 0), (8, 6, 2.5), (200, 3))
    turn, _ = cv2.Rodrigues(pose.rotation)
    expected, _ = cv2.projectPoints(points, turn, pose.shift, pose.lens.matrix, np.array(pose.lens.distortion))
    seen = pose.project(points)
    ahead = np.isfinite(seen).all(1)
    assert ahead.sum() > 100
    assert np.abs(seen[ahead] - expected.reshape(-1, 2)[ahead]).max() < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.floats(20, 1260), st.floats(250, 700), st.floats(0, 1.2))
def test_a_ray_leads_back_to_its_pixel(x: float, y: float, height_m: float):
    pose = camera()
    place = pose.at_height([(x, y)], height_m)
    if np.isfinite(place).all():
        assert np.abs(pose.project([(*place[0], height_m)]) - (x, y)).max() < 0.02


def test_above_the_horizon_there_is_no_floor():
    assert np.isnan(camera().at_height([(640.0, 5.0)])).all()


def test_a_point_behind_the_camera_has_no_pixel():
    assert np.isnan(camera().project([(-3.0, -3.0, 1.0)])).all()


def test_the_pose_comes_back_from_exact_points():
    true = camera()
    found = pose_from_floor(marks(true), SIZE_PX, true.lens)
    assert np.abs(found.centre - true.centre).max() < 1e-4
    assert np.abs(found.rotation - true.rotation).max() < 1e-5
    assert found.residual_px < 1e-3


def test_the_focal_length_comes_back_from_the_floor_alone():
    true = camera(k1=0.0)
    true = replace(true, lens=replace(true.lens, distortion=(0.0,) * 5))
    found = pose_from_floor(marks(true), SIZE_PX)
    assert found.lens.fx == pytest.approx(true.lens.fx, rel=1e-4)
    assert np.abs(found.centre - true.centre).max() < 1e-3


def test_with_half_a_pixel_of_error_the_floor_is_right_to_millimetres():
    true = camera()
    points = marks(true, noise_px=0.5)
    found = pose_from_floor(points, SIZE_PX, true.lens)
    places = [(2.5, 2.5), (4.0, 3.0)]
    seen = found.at_height(true.project([(*p, 0.0) for p in places]))
    assert np.linalg.norm(seen - places, axis=1).max() < 0.012
    assert floor_errors_mm(found, points).max() < 40


def test_a_floor_measured_left_handed_still_has_the_camera_above_it():
    true = camera()
    mirrored = [FloorPoint(p.image, (p.floor[0], -p.floor[1])) for p in marks(true)]
    found = pose_from_floor(mirrored, SIZE_PX, true.lens)
    assert found.centre[2] == pytest.approx(2.8, abs=1e-3)
    top = true.project([(3.0, 2.0, 0.9)])
    assert np.abs(found.project([(3.0, -2.0, 0.9)]) - top).max() < 0.01


@pytest.mark.parametrize("places", [FLOOR[:3], [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)]], ids=["three", "line"])
def test_points_that_span_no_floor_are_refused(places):
    with pytest.raises(ValueError, match=r"at least 4|line"):
        pose_from_floor(marks(camera(), places), SIZE_PX)


def test_a_camera_looking_straight_down_cannot_tell_its_focal_length():
    true = camera(pitch_deg=89.99, k1=0.0)
    places = [(0.1, 0.1), (0.9, 0.2), (0.2, 0.9), (0.8, 0.8), (0.5, 0.4)]
    with pytest.raises(ValueError, match="focal length"):
        pose_from_floor(marks(true, places), SIZE_PX)
