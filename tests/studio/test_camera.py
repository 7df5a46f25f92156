"""The studio's camera against OpenCV, for several lenses."""

import cv2
import numpy as np
import pytest

from sample_videos.studio.camera import StudioCamera

LENSES = [
    StudioCamera(),
    StudioCamera(hfov_deg=104, k1=-0.13, k2=0.012, yaw_deg=38, pitch_deg=29, roll_deg=-0.6),
    StudioCamera((8.4, 4.2, 2.3), 17, -1, 0, 46, -0.03, 0.0, 960, 540),
]
SPOTS = np.array([(x, y, z) for x in (3, 6, 9, 11, 11.8) for y in (2, 5, 5.6, 7) for z in (0.0, 0.8, 1.7)], float)


@pytest.mark.parametrize("camera", LENSES)
def test_it_projects_as_opencv_does(camera):
    spots = SPOTS[camera.in_camera(SPOTS)[:, 2] > 0.5]
    turn, _ = cv2.Rodrigues(camera.rotation)
    seen, _ = cv2.projectPoints(spots, turn, camera.translation, camera.matrix, camera.distortion)
    assert np.abs(camera.project(spots)[0] - seen.reshape(-1, 2)).max() < 1e-6


@pytest.mark.parametrize("camera", LENSES)
def test_bending_the_rendered_picture_brings_every_point_to_its_place(camera):
    """A dot drawn where the wide pinhole sees it is found, after bending, where the lens sees it."""
    spots = SPOTS[camera.in_camera(SPOTS)[:, 2] > 0.5]
    inside = 0
    for wide, bent in zip(camera.project_wide(spots)[0], camera.project(spots)[0], strict=True):
        if not (12 < bent[0] < camera.width - 12 and 12 < bent[1] < camera.height - 12):
            continue
        drawn = np.zeros((camera.height, camera.width), np.float32)
        ys, xs = np.mgrid[0 : camera.height, 0 : camera.width]
        drawn[:] = np.exp(-((xs + 0.5 - wide[0]) ** 2 + (ys + 0.5 - wide[1]) ** 2) / (2 * 2.0**2))
        seen = camera.remap(drawn)
        found = np.array([(xs * seen).sum(), (ys * seen).sum()]) / seen.sum() + 0.5
        assert np.abs(found - bent).max() < 0.3
        inside += 1
    assert inside >= 2


@pytest.mark.parametrize("camera", LENSES)
def test_rays_are_the_inverse_of_bending(camera):
    ys, xs = (np.arange(5, n, 97) for n in (camera.height, camera.width))
    rays = camera.rays[np.ix_(ys, xs)]
    grid = np.stack(np.meshgrid(xs + 0.5, ys + 0.5), -1)
    assert np.abs(camera.bent(rays) - grid).max() < 1e-6


@pytest.mark.parametrize("camera", LENSES)
def test_a_camera_is_found_again_from_what_its_truth_says(camera):
    lens = (camera.focal_px, camera.k1, camera.k2)
    again = StudioCamera.seen_along(camera.rotation, camera.position_m, lens, (camera.width, camera.height))
    assert np.abs(again.rotation - camera.rotation).max() < 1e-9
    assert np.abs(again.project(SPOTS)[0] - camera.project(SPOTS)[0]).max() < 1e-6
    assert StudioCamera.from_words(camera.words) == camera
