"""From linear light to a file: exposure, noise, disturbances, encoder."""

from datetime import datetime
from itertools import pairwise

import av
import numpy as np
import pytest

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.disturbances import Spoiler
from sample_videos.studio.encoder import Recording
from sample_videos.studio.light import combined, gains, key_of
from sample_videos.studio.sensor import Sensor
from sample_videos.studio.shot import DisturbancePart, EncoderPart, SensorPart
from tests.studio.playing import cardboard_passes

CAMERA = StudioCamera(width=320, height=180)
LIT = dict.fromkeys(("front", "back", "counter", "night"), True)


def spoiler(*parts, duration_s=20.0, seed=1):
    return Spoiler.of([DisturbancePart(**part) for part in parts], "hall", CAMERA, duration_s, seed)


def picture():
    """A chequered picture, so that blur, shift and colour can be seen."""
    ys, xs = np.mgrid[0:180, 0:320]
    board = ((xs // 20 + ys // 20) % 2 * 120 + 60).astype(np.float32)
    return np.stack([board, board * 0.8, board * 0.6], -1)


def test_light_adds_up():
    passes = cardboard_passes(64, 36)
    on = combined(passes, gains(LIT, 1.0, 0.5))
    without = combined(passes, gains({**LIT, "back": False}, 1.0, 0.5))
    assert np.allclose(on - without, passes["back"], atol=1e-6)
    assert combined(passes, gains(dict.fromkeys(LIT, False), 0, 0)).max() == 0
    assert key_of(gains(LIT, 1, 0)) != key_of(gains(LIT, 0.99, 0))
    dusk = gains(LIT, 0.03, 0)["sky"]
    assert dusk[2] > dusk[0], "a low sky is blue"


def test_exposure_follows_the_light_in_its_own_time():
    sensor = Sensor(SensorPart(settles_s=1.0), (64, 36), 1, "CAM")
    bright = combined(cardboard_passes(64, 36), gains(LIT, 1, 0))
    first = sensor.expose(bright, 0.1)
    assert sensor.expose(bright, 0.1) == pytest.approx(first)
    dark = bright * 0.25
    half = sensor.expose(dark, 0.5)
    assert first < half < 4 * first
    for _ in range(40):
        half = sensor.expose(dark, 0.5)
    assert half == pytest.approx(4 * first, rel=0.02)


def test_the_largest_gain_leaves_the_night_dark():
    night = combined(cardboard_passes(64, 36), gains(dict.fromkeys(LIT, False), 0.02, 0))
    lifted = Sensor(SensorPart(brightest=64.0), (64, 36), 1, "CAM")
    limited = Sensor(SensorPart(brightest=2.0), (64, 36), 1, "CAM")
    assert lifted.expose(night, 0.1) > 2.0
    assert limited.expose(night, 0.1) == 2.0
    assert limited.developed(night, 2.0).mean() < lifted.developed(night, lifted.exposure).mean() - 20


def test_a_lens_veils_the_dark_by_its_part_of_all_light():
    lamp = np.full((36, 64, 3), 0.04, np.float32)
    lamp[:4, :16] = 4.0
    clear, veiled = (Sensor(SensorPart(veil=part, sharp=0.0), (64, 36), 1, "CAM") for part in (0.0, 0.04))
    stray = 0.04 * float(lamp.mean())
    same = clear.developed(lamp + stray, 1.0)
    assert np.allclose(veiled.developed(lamp, 1.0), same, atol=0.2)
    assert veiled.developed(lamp, 1.0)[20, 40, 0] > clear.developed(lamp, 1.0)[20, 40, 0] + 3
    assert veiled.expose(lamp, 0.1) < clear.expose(lamp, 0.1), "stray light is metered, too"


def test_the_same_seed_makes_the_same_noise_and_a_clock_is_written():
    made = []
    for seed in (1, 1, 2):
        sensor = Sensor(SensorPart(), (320, 180), seed, "CAM")
        made.append(sensor.labelled(sensor.grained(picture(), 1.0), datetime(2026, 3, 14, 10)))  # noqa: DTZ001
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])
    bare = Sensor(SensorPart(overlay=False), (320, 180), 1, "CAM").grained(picture(), 1.0)
    changed = np.argwhere((np.abs(made[0].astype(int) - bare) > 60).any(2))
    assert len(changed) > 50
    assert ((changed[:, 0] < 20) | (changed[:, 0] > 160)).all(), "only the overlay differs"


def test_each_disturbance_does_what_it_says_and_only_then():
    plain = picture()
    for kind in ("night", "black", "blurred", "covered", "nudged", "exposure_swing", "flicker"):
        told = spoiler({"kind": kind, "from_s": 5.0, "to_s": 10.0, "px": (7.0, -3.0)})
        assert np.array_equal(told.picture(plain, 4.9), plain), kind
        assert np.array_equal(told.picture(plain, 10.0), plain), kind
        assert np.abs(told.picture(plain, 6.0) - plain).mean() > 1, kind


def test_night_has_no_colour_and_black_no_picture():
    night = spoiler({"kind": "night"}).picture(picture(), 1)
    assert np.ptp(night, axis=2).max() == 0
    assert spoiler({"kind": "black"}).picture(picture(), 1).std() == 0


@pytest.mark.parametrize("px", [(2.0, 0.0), (-5.0, 3.0), (12.0, -9.0)])
def test_a_nudge_moves_the_middle_by_what_the_truth_says(px):
    """And every other point by what the truth's new rotation says."""
    told = spoiler({"kind": "nudged", "px": px})
    (move,) = told.moves()
    ys, xs = np.mgrid[0:180, 0:320]
    for world in ((6.0, 4.0, 0.0), (4.0, 3.0, 0.0), (3.2, 3.4, 0.5)):
        u, v = CAMERA.project(np.array(world))[0]
        turned = StudioCamera.seen_along(
            np.array(move.rotation), CAMERA.position_m, (CAMERA.focal_px, CAMERA.k1, CAMERA.k2), (320, 180)
        )
        expected = turned.project(np.array(world))[0]
        spot = 200 * np.exp(-((xs + 0.5 - u) ** 2 + (ys + 0.5 - v) ** 2) / 8)
        seen = told.picture(np.repeat(spot[..., None], 3, 2).astype(np.float32), 1.0)[..., 0]
        found = np.array([(xs * seen).sum(), (ys * seen).sum()]) / seen.sum() + 0.5
        assert np.abs(found - expected).max() < 0.15
    middle = np.array(CAMERA.position_m) + 5 * CAMERA.rotation[2]
    assert np.abs(turned.project(middle)[0] - (160 + px[0], 90 + px[1])).max() < 0.05


def test_a_frozen_view_repeats_its_last_picture_to_the_bit():
    told = spoiler({"kind": "frozen", "from_s": 2.0, "to_s": 4.0})
    rng = np.random.default_rng(1)
    frames = {t: rng.integers(0, 255, (180, 320, 3), dtype=np.uint8) for t in (1.0, 2.0, 3.0, 4.0)}
    out = {t: told.output(frame, t) for t, frame in frames.items()}
    assert np.array_equal(out[2.0], frames[1.0])
    assert np.array_equal(out[3.0], frames[1.0])
    assert np.array_equal(out[4.0], frames[4.0])


def test_streams_drop_jitter_lie_and_stop():
    times = [round(k / 10, 3) for k in range(200)]
    dropped = spoiler({"kind": "dropped", "share": 0.4}).stamps(times, 10)
    assert 100 < len(dropped) < 140
    jittered = spoiler({"kind": "jitter", "shift_s": 0.05}).stamps(times, 10)
    late = [s.told_s - s.true_s for s in jittered]
    assert 0 <= min(late) < max(late) <= 0.05
    assert all(a.told_s < b.told_s for a, b in pairwise(jittered)), "stamps still rise"
    wrong = spoiler({"kind": "stamps", "from_s": 10.0, "shift_s": 5.0}).stamps(times, 10)
    assert {round(s.told_s - s.true_s, 3) for s in wrong} == {0.0, 5.0}
    lost = spoiler({"kind": "lost", "from_s": 5.0, "to_s": 9.0}).stamps(times, 10)
    assert not [s for s in lost if 5 <= s.true_s < 9]
    assert spoiler({"kind": "dropped", "share": 0.4}).stamps(times, 10) == dropped, "the same seed, the same losses"


def test_only_sick_views_are_told_as_such():
    told = spoiler(
        {"kind": "covered", "from_s": 3.0, "to_s": 6.0},
        {"kind": "flicker", "from_s": 1.0},
        {"kind": "jitter"},
        {"kind": "black", "from_s": 12.0},
        {"kind": "night", "camera": "door"},
    )
    spells = [(v.state, v.t_start_s, v.t_end_s) for v in told.views("hall")]
    assert spells == [("covered", 3.0, 6.0), ("black", 12.0, 20.0)]


@pytest.mark.parametrize(("codec", "suffix"), [("h264", ".mp4"), ("mjpeg", ".mkv")])
def test_a_recording_keeps_uneven_times_and_its_key_frames(tmp_path, codec, suffix):
    file, times = tmp_path / f"clip{suffix}", [0.0, 0.1, 0.35, 0.4, 0.9, 1.0, 1.3]
    with Recording(file, (320, 180), 10, EncoderPart(codec=codec, gop_s=0.5)) as out:
        for t in times:
            out.add(picture().astype(np.uint8), t)
    with av.open(str(file)) as container:
        frames = list(container.decode(video=0))
    assert [float(f.pts * f.time_base) for f in frames] == pytest.approx(times, abs=0.002)
    assert frames[0].key_frame
    assert np.abs(frames[3].to_ndarray(format="rgb24").astype(int) - picture()).mean() < 12


def test_worse_settings_make_smaller_files(tmp_path):
    rng, sizes = np.random.default_rng(1), {}
    for crf in (20, 40):
        file = tmp_path / f"{crf}.mp4"
        with Recording(file, (320, 180), 10, EncoderPart(crf=crf)) as out:
            for k in range(20):
                out.add(np.clip(picture() + rng.normal(0, 6, (180, 320, 1)), 0, 255).astype(np.uint8), k / 10)
        sizes[crf] = file.stat().st_size
    assert sizes[40] * 3 < sizes[20]
