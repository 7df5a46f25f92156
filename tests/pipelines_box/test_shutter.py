"""The shutter keeps whom it saw unrecognisable, whichever of the boxes of a person it spares the work for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration import load_site
from models.domain.media import US, Detections, Frame, Run
from models.domain.messages import Scene
from pipelines.evidence_clip import decoded
from pipelines.shutter import Shutter

SITE = Path(__file__).parents[2] / "sample_videos" / "c_waiting_s32"
WIDTH, HEIGHT = 1280, 720
PEOPLE = [(200.0, 200.0, 280.0, 440.0), (620.0, 300.0, 700.0, 520.0), (640.0, 320.0, 690.0, 420.0)]
"""One alone, and one whose part is found a second time."""


def stripes() -> np.ndarray:
    """Black and white by turns, two pixels each: any patch that is left as it was shows full contrast."""
    columns = np.where(np.arange(WIDTH) % 4 < 2, 0, 255).astype(np.uint8)
    return np.broadcast_to(columns[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def taken(found: list[list[tuple[float, ...]]]) -> list[np.ndarray]:
    """The shots of frames 0.2 s apart, in each of which the network found these boxes."""
    camera = load_site(SITE).cameras["hall"]
    shutter, run, shots = Shutter(camera), Run("hall", 1, 0), []
    for number, boxes in enumerate(found):
        frame = Frame(stripes(), run, round(number * 0.2 * US))
        scene = Scene("hall", run.id, frame.utc_us, ())
        shots.append(shutter.take(frame, scene, Detections.of([[*box, 0.9, 0] for box in boxes])))
    return [decoded(shot) for shot in [*shots[1:], shutter.flush()] if shot]


def contrast(image: np.ndarray, box: tuple[float, ...]) -> float:
    """Grey levels of spread among the pixels of a box given for the declared size."""
    scale = image.shape[1] / WIDTH
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    return float(image[y0:y1, x0:x1].std())


def test_whoever_is_found_is_masked_in_that_frame_and_in_both_neighbours():
    images = taken([[], PEOPLE, [], []])
    for image in images[:3]:
        assert all(contrast(image, box) < 20 for box in PEOPLE)
    assert all(contrast(images[3], box) > 60 for box in PEOPLE)
    assert all(contrast(image, (900.0, 300.0, 1000.0, 400.0)) > 60 for image in images)


def test_a_fast_camera_is_kept_ten_times_a_second_and_masked_by_every_frame_of_it():
    camera = load_site(SITE).cameras["hall"]
    shutter, run, shots = Shutter(camera), Run("hall", 1, 0), []
    for number in range(30):
        frame = Frame(stripes(), run, number * US // 30)
        found = [[*PEOPLE[0], 0.9, 0]] if number == 4 else []
        shots.append(shutter.take(frame, Scene("hall", run.id, frame.utc_us, ()), Detections.of(found)))
    kept = [shot for shot in [*shots, shutter.flush()] if shot]
    assert len(kept) == 10
    masked = [shot.utc_us for shot in kept if contrast(decoded(shot), PEOPLE[0]) < 20]
    assert masked == [3 * US // 30], "the frame before the one that found somebody; that one itself was not kept"


@pytest.mark.parametrize("order", [PEOPLE, PEOPLE[::-1], [*PEOPLE, *PEOPLE]])
def test_equal_and_enclosed_boxes_change_nothing(order):
    once, again = taken([PEOPLE[:2]]), taken([order])
    assert np.array_equal(once[0], again[0])


def test_a_large_shot_is_read_at_half_size_for_a_clip_and_never_below_it():
    camera = load_site(SITE).cameras["hall"]
    shutter, run = Shutter(camera), Run("hall", 1, 0)
    shutter.take(Frame(stripes(), run, 0), Scene("hall", run.id, 0, ()), Detections.empty())
    shot = shutter.flush()
    assert shot is not None
    assert shot.large
    assert decoded(shot).shape == (720, 1280, 3)
    assert decoded(shot, 640).shape == (360, 640, 3)
    assert decoded(shot, 641).shape == (720, 1280, 3)
    assert decoded(shot, 160).shape == (90, 160, 3)
