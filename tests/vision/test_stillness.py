"""A view that freezes: before the encoder or behind it, and rooms that are merely quiet."""

from __future__ import annotations

import io
import random
from functools import cache

import av
import numpy as np
import pytest

from models.domain.media import US
from tests.vision.luminaires.lamp_room import START_US, Light, picture
from vision.stillness import Stillness

LIT = Light(frozenset({"front"}))
FROM_S, TO_S, UNTIL_S = 15, 32, 40


def sent(images, fps, key_s=2.0):
    """Through H.264 of surveillance quality and back."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as box:
        stream = box.add_stream("libx264", rate=fps, options={"crf": "25", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.gop_size = round(key_s * fps)
        for image in images:
            box.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        box.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer) as box:
        yield from (frame.to_ndarray(format="bgr24") for frame in box.decode(video=0))


def told(images, fps, drop=0.0, jitter_s=0.0):
    """The seconds at which it began and ended to be frozen."""
    stillness, rng, found = Stillness(), random.Random(3), []
    for number, image in enumerate(images):
        if rng.random() < drop:
            continue
        t = number / fps
        if stillness.frozen(image, START_US + round((t + rng.uniform(0, jitter_s)) * US)) is not (len(found) % 2 == 1):
            found.append(t)
    return found


def camera(fps):
    """The picture freezes for 17 s before it reaches the encoder."""
    noise = np.random.default_rng(2)
    for number in range(UNTIL_S * fps):
        if not FROM_S <= number / fps < TO_S:
            image = picture(LIT).astype(np.int16) + noise.normal(0, 5, (180, 320, 1)).astype(np.int16)
            image = np.clip(image, 0, 255).astype(np.uint8)
        yield image


@cache
def received(fps):
    return tuple(sent(camera(fps), fps))


@pytest.mark.parametrize(
    ("fps", "drop", "jitter_s", "within_s"),
    [(30, 0, 0, 4), (15, 0, 0.05, 4), (5, 0, 0, 4), (10, 0.4, 0, 4), (5, 0.4, 0.1, 15)],
)
def test_a_picture_frozen_before_the_encoder_is_told_soon(fps, drop, jitter_s, within_s):
    """Its key frames stir it every two seconds: of three frames a second every second one may show such a stir."""
    began, ended = told(received(fps), fps, drop, jitter_s)
    assert FROM_S + 1.5 <= began <= FROM_S + within_s
    assert TO_S <= ended <= TO_S + 3


@pytest.mark.parametrize(("fps", "drop"), [(30, 0), (15, 0), (5, 0), (5, 0.4)])
def test_a_picture_frozen_behind_it_is_told_after_two_seconds(fps, drop):
    images = received(fps)[: FROM_S * fps]
    (began,) = told([*images, *[images[-1]] * 10 * fps], fps, drop)
    assert FROM_S + 1.5 <= began <= FROM_S + 3


def noisy(number):
    return picture(LIT, number)


def stirred(number, image):
    """A key frame every five seconds, and nothing between them."""
    shown = image.copy()
    shown[4::8, : 40 * (number // 25 % 2)] += 1
    return shown


def test_a_camera_that_smooths_the_dark_room_is_not_frozen():
    """The lamps go out at 15 s and with them the noise: quiet has a reason."""
    dark = picture(Light(daylight=0.05, target=None), 1)
    images = [noisy(n) for n in range(75)] + [stirred(n, dark) for n in range(600)]
    assert told(images, 5) == []


def test_a_camera_that_is_always_quiet_is_not_frozen():
    still = picture(LIT, 1)
    assert told([stirred(n, still) for n in range(600)], 5) == []


def test_what_comes_again_and_again_is_this_cameras_way():
    """Four seconds in ten without noise. The first is seen before the camera is known to live, two are unknown."""
    images = [noisy(n if n % 50 < 30 else n - n % 50) for n in range(500)]
    assert len(told(images, 5)) == 4


def test_not_one_changed_pixel_for_half_a_minute_is_frozen_whatever_came_before():
    assert told([noisy(1)] * 200, 5) == [30]


def test_a_new_run_and_another_size_begin_anew():
    stillness = Stillness()
    for number in range(100):
        stillness.frozen(noisy(number), START_US + number * US // 5)
    stillness.reset()
    assert not stillness.frozen(noisy(1), START_US + 100 * US)
    assert not stillness.frozen(noisy(1)[:90], START_US + 103 * US)
