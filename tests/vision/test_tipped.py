"""What lies on its side, or stands on another, has a pose that nobody knows: it is never in place.

The two pictures are means of a rendered clip's still seconds (the room of `furniture-tile-day`; two armchairs and a bin
were laid on their sides at their places, an equal was put upon a third chair).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.registration import item_of, truth_of
from calibration import load_site
from models.domain.camera_pose import pose_from_floor
from vision.registration import Standing, look_of, register_all, stand_of
from vision.registration.landmarks import STILL

ROOT, PICTURES = Path(__file__).parents[2], Path(__file__).parent / "tipped"
ROOM = "furniture-tile-day"
OTHERS = ("chair12", "chair13", "table0", "sofa2")


def picture(name):
    return cv2.imread(str(PICTURES / f"{name}.jpg")).astype(np.float32)


def room():
    return {one["id"]: item_of(one) for one in truth_of(ROOM)["items"] if one["reference"] is not None}


@pytest.fixture(scope="module")
def verdicts():
    camera = load_site(ROOT / "sample_videos" / ROOM).cameras["hall"]
    pose = pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    items = room()
    upright, now = picture("upright"), picture("tipped")
    stands = {name: stand_of(pose, item, list(items.values()), camera.size_px) for name, item in items.items()}
    looks = {name: [look_of(stands[name], upright, "day")] for name in ("chair0", "chair1", "chair2", "bin2", *OTHERS)}
    nobody = np.zeros(now.shape[:2], np.bool_)
    return register_all(looks, now, nobody, STILL)


@pytest.mark.parametrize("item", ["chair1", "chair2", "bin2"])
def test_what_lies_on_its_side_has_an_unknown_pose(verdicts, item):
    assert verdicts[item].standing is Standing.POSE_UNKNOWN


def test_what_carries_an_equal_has_an_unknown_pose(verdicts):
    assert verdicts["chair0"].standing is Standing.POSE_UNKNOWN


@pytest.mark.parametrize("item", OTHERS)
def test_what_stands_beside_them_is_in_place(verdicts, item):
    assert verdicts[item].standing is Standing.MEASURED
    assert verdicts[item].motion.offset_mm < 5.0
