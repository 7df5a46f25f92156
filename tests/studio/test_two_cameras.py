"""Two overlapping cameras of one room, one of them 1920x1080: one truth, and each picture agrees with it."""

import cv2
import numpy as np

from tests.studio.playing import SAMPLES, truth_of

CLIP = "two-cameras-met"


def both_see(truth):
    """(sight by the one, sight by the other) of everybody at moments at which both cameras show them."""
    frames = {name: [f for f in truth.frames if f.camera == name] for name in truth.cameras}
    for t in np.arange(0.05, truth.duration_s, 0.5):
        now = [next(f for f in seen if f.t_s <= t < f.t_s + f.dt_s) for seen in frames.values()]
        sights = [{p.id: p for p in f.persons if p.visible_box_px and p.visible_share > 0.25} for f in now]
        for name in sights[0].keys() & sights[1].keys():
            yield sights[0][name], sights[1][name]


def test_each_is_seen_by_both_for_seconds_and_stands_in_one_place():
    truth = truth_of(CLIP)
    assert {camera.size_px for camera in truth.cameras.values()} == {(1280, 720), (1920, 1080)}
    pairs = list(both_see(truth))
    for name in ("dan", "eve"):
        assert sum(one.id == name for one, _ in pairs) > 10, f"{name} is seen by both for more than five seconds"
    assert all((one.x_m, one.y_m) == (other.x_m, other.y_m) for one, other in pairs)


def test_where_somebody_stands_falls_between_the_edges_of_the_box_in_either_picture():
    truth = truth_of(CLIP)
    for sights in both_see(truth):
        for camera, sight in zip(truth.cameras.values(), sights, strict=True):
            lens, spot = camera.lens, np.array([[sight.x_m, sight.y_m, 1.0]])
            turn, _ = cv2.Rodrigues(np.array(camera.rotation))
            inner = np.array([[lens.fx, 0, lens.cx], [0, lens.fy, lens.cy], [0, 0, 1]])
            flat, _ = cv2.projectPoints(spot, turn, np.array(camera.translation_m), inner, np.array(lens.distortion))
            x0, y0, x1, y1 = sight.box_px
            assert x0 - 2 <= flat[0, 0, 0] <= x1 + 2, f"a metre above the feet of {sight.id} at {sight.x_m}"
            assert y0 - 2 <= flat[0, 0, 1] <= y1 + 2


def test_the_two_recordings_are_one_small_clip():
    files = [SAMPLES / CLIP / camera.file for camera in truth_of(CLIP).cameras.values()]
    assert len({file.name for file in files}) == 2
    assert sum(file.stat().st_size for file in files) <= 2.5e6
