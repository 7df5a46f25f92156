"""Views that give pictures and cannot be judged by: out of focus, infrared, black, frozen, covered."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration import Secrets, load_site
from models.domain.clock import SystemClock
from models.domain.media import US, Frame
from models.domain.truth import Truth
from tests.vision.luminaires.lamp_room import RUN, START_US, Light, picture, scene
from vision.health_sight import HealthSight
from vision.ingest import open_source
from vision.scene_health import SceneHealth
from vision.view_condition import Condition


def blurred(image):
    return cv2.GaussianBlur(image, (0, 0), 4)


def infrared(image):
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None], 3, 2)


FAULTS = {
    Condition.BLURRED: (blurred, 6),
    Condition.NIGHT: (infrared, 3),
    Condition.BLACK: (np.zeros_like, 1),
    Condition.COVERED: (lambda image: np.full_like(image, 90), 4),
}


def told(change, from_s, to_s, until_s=40, fps=5, lights=None):
    """(condition, second) of every change that the sight tells."""
    health, found = SceneHealth(), []
    sight = HealthSight(health)
    for number in range(until_s * fps):
        t = number / fps
        image = picture((lights or (lambda _: Light(frozenset({"front"}))))(t), number)
        image = change(image) if from_s <= t < to_s else image
        frame = Frame(image, RUN, round(t * US))
        view = health.view(image, frame.utc_us)
        assert (view is Truth.HOLDS) is (health.condition is None)
        found += [(one.truth, one.cues, (one.utc_us - START_US) / US) for one in sight.look(frame, scene(frame))]
    return found


@pytest.mark.parametrize("condition", FAULTS)
def test_each_fault_is_told_once_by_name_with_its_recovery(condition):
    change, within_s = FAULTS[condition]
    first, fault, recovered = told(change, 12, 24)
    assert first == (Truth.HOLDS, (), 0)
    assert fault[:2] == (Truth.FAILS, (f"health.{condition}",))
    assert 12 <= fault[2] <= 12 + within_s
    assert (recovered[0], recovered[2]) == (Truth.HOLDS, pytest.approx(24, abs=0.3))


def test_a_printed_banner_is_a_cover_too():
    """Its broad stripes have edges, a third of the room's (rendered sample, covered from 4 s on)."""
    folder = Path(__file__).parents[2] / "sample_videos" / "aircon-covered"
    camera, health = load_site(folder).cameras["aircon"], SceneHealth()
    source = open_source(camera, secrets=Secrets(), clock=SystemClock(), anchor_utc_us=0)
    conditions = {}
    for frame in itertools.islice((item for item in source if isinstance(item, Frame)), 48):
        health.view(frame.image, frame.utc_us)
        conditions[frame.t_us / US] = health.condition
    source.close()
    assert {condition for t, condition in conditions.items() if t < 4} == {None}
    assert {condition for t, condition in conditions.items() if t > 7.5} == {Condition.COVERED}


def test_a_picture_that_stands_still_to_the_pixel_is_frozen():
    still = picture(Light(), 1)
    changes = told(lambda _: still, 5, 50, until_s=60)
    assert [(cues, round(at)) for _, cues, at in changes[1:]] == [(("health.frozen",), 35), ((), 50)]


def test_a_grey_camera_and_switched_lamps_and_dusk_are_no_fault():
    assert len(told(infrared, 0, 99)) == 1, "grey from the start is this camera's way"
    switched = told(
        lambda image: image, 0, 0, lights=lambda t: Light(frozenset({"front", "back"}) if t % 8 < 4 else frozenset())
    )
    assert len(switched) == 1
    assert len(told(lambda image: image, 0, 0, lights=lambda t: Light(frozenset(), daylight=1 - t / 45))) == 1


def stamped(image):
    """The recorder's time and name, as sharp before a hand as before the room."""
    shown = image.copy()
    height = image.shape[0]
    for text, y in (("2026-03-14 13:00:12", height // 12), ("CAM HALL", height - height // 24)):
        cv2.putText(shown, text, (8, y), cv2.FONT_HERSHEY_SIMPLEX, height / 500, (255, 255, 255), 2)
    return shown


def test_burnt_in_time_and_name_do_not_hide_that_the_lens_is_covered():
    room = [stamped(picture(Light(frozenset({"front"})), number)) for number in range(60)]
    health, hand = SceneHealth(), stamped(cv2.GaussianBlur(room[0], (0, 0), 60))
    for number, image in enumerate(room):
        assert health.view(image, START_US + number * US // 5) is Truth.HOLDS
    began = START_US + 12 * US
    views = [health.view(hand, began + n * US // 5) for n in range(30)]
    assert health.condition is Condition.COVERED
    assert views[-1] is Truth.UNKNOWN
    assert health.view(room[0], began + 7 * US) is Truth.HOLDS
