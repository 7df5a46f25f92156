"""What does not stand on its feet has a pose that nobody knows: never in place, never so many millimetres off.

The pictures are means of a scratch shot of the room of `furniture-tile-day` (`guiwei studio render`, seed 1, by day;
`tip_deg` and `lift_mm` of docs/studio.md), coded as the sample is; taught is what the sample shows first.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration import load_site
from models.domain.camera_pose import pose_from_floor
from models.domain.furniture import ItemClass, Part
from models.domain.media import US
from tests.vision.registration.room import camera, item
from vision.ingest import pictures
from vision.registration import Seen, Standing, look_of, register, stand_of
from vision.registration.lying import laid, unstanding

HERE = Path(__file__).parent / "pictures"
SAMPLE = Path(__file__).parents[3] / "sample_videos" / "furniture-tile-day"


@cache
def taught():
    first = [image.astype(np.float32) for _, image in pictures(SAMPLE / "recording.mp4", 0, 2 * US, 5)]
    return np.mean(first, axis=0)


def told(picture: str, name: str) -> Standing:
    site = load_site(SAMPLE)
    hall, items = site.cameras["hall"], site.furniture.items
    pose = pose_from_floor(hall.floor_points, hall.size_px, hall.lens)
    stand = stand_of(pose, items[name], list(items.values()), hall.size_px)
    shown = cv2.imread(str(HERE / f"{picture}.jpg"))
    return register([look_of(stand, taught(), "day")], Seen(stand, shown)).standing


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        ("tipped", "chair1"),  # on its back where it belongs
        ("tipped", "bin2"),
        ("stacked", "chair13"),
        ("stacked", "chair1"),  # chair2 stands upon it: it read as turned by a half
        ("tipped", "bin"),  # behind a chair upon a table: it read as 680 mm off
        ("stacked", "chair2"),  # upon chair1, a metre nearer: in the picture like one that was pushed 200 mm
        ("on-table", "chair0"),
    ],
)
def test_what_lies_or_is_stacked_is_neither_in_place_nor_measured(picture, name):
    assert told(picture, name) in {Standing.POSE_UNKNOWN, Standing.GONE}


def test_what_stands_beside_it_is_measured_as_ever():
    assert told("on-table", "bin2") is Standing.MEASURED


def test_what_is_laid_over_keeps_its_size_and_lies_on_the_floor():
    for parts in laid((Part((0.1, -0.2, 0.5), (0.2, 0.4, 1.0)),), (0.6, 0.8, 1.0)):
        (part,) = parts
        assert sorted(part.size) == [0.2, 0.4, 1.0]
        assert part.centre[2] >= part.size[2] / 2 - 1e-9


def test_what_is_stacked_is_looked_for_nearer_in_the_same_direction():
    chair = item("c", ItemClass.CHAIR, 4.0, 3.0)
    label = camera().project(np.array([[4.0, 3.0, 0.43]]))
    nearer = [(parts, pose) for parts, pose in unstanding(chair, camera()) if pose != chair.pose]
    assert nearer
    for parts, pose in nearer:
        by_m = min(p.centre[2] for p in parts) - min(p.centre[2] for p in chair.parts)
        assert camera().project(np.array([[pose.x_m, pose.y_m, 0.43 + by_m]])) == pytest.approx(label, abs=0.01)
