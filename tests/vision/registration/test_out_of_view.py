"""A camera that looks down on one table measures its chairs and says nothing of what stands beyond its picture."""

from pathlib import Path

import numpy as np

from calibration import load_site
from vision.furniture_sight import FurnitureSight

CLIP = Path(__file__).parents[3] / "sample_videos" / "label-bare"


def test_items_beyond_the_picture_are_left_to_other_cameras():
    site = load_site(CLIP)
    (camera,) = site.cameras.values()
    width, height = camera.size_px
    sight = FurnitureSight(site, camera, {"day": np.full((height, width, 3), 128, np.uint8)})
    assert {"chair5", "chair6", "table1"} <= set(sight.items)
    assert not {"sofa0", "bench", "plant0"} & set(sight.items)
