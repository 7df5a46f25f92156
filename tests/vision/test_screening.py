"""What may stand before an item: whoever it leaves out changes no pixel of what is seen of the item."""

import numpy as np
import pytest

from models.domain.furniture import ItemClass
from tests.vision.registration.room import SIZE_PX, camera, item
from vision.registration.taught import stand_of
from vision.screening import screening

CAMERA = camera(k1=-0.13)
CHAIR = item("chair", ItemClass.CHAIR, 3.0, 2.6)
TABLE = item("table", ItemClass.TABLE, 2.4, 2.1, 30.0)
"""Between the camera and the chair."""
SOFA = item("sofa", ItemClass.SOFA, 6.0, 1.2)
PLANT = item("plant", ItemClass.PLANT, 1.2, 5.0)
BEHIND_THE_CAMERA = item("bin", ItemClass.BIN, -1.5, -1.5)
ROOM = (CHAIR, TABLE, SOFA, PLANT, BEHIND_THE_CAMERA)


def test_what_stands_elsewhere_in_the_picture_is_left_out_and_what_nobody_can_place_stays():
    assert screening(CAMERA, CHAIR, ROOM) == [CHAIR, TABLE, BEHIND_THE_CAMERA]


@pytest.mark.parametrize("seen", [CHAIR, TABLE, SOFA, PLANT], ids=lambda one: one.id)
def test_the_item_is_seen_through_fewer_things_exactly_as_through_all(seen):
    whole = stand_of(CAMERA, seen, ROOM, SIZE_PX)
    fewer = stand_of(CAMERA, seen, screening(CAMERA, seen, ROOM), SIZE_PX)
    assert whole is not None
    assert fewer is not None
    assert np.array_equal(whole.pixels, fewer.pixels)
    assert np.array_equal(whole.screen, fewer.screen)
    assert np.array_equal(whole.surface.at, fewer.surface.at)
    alone = stand_of(CAMERA, seen, [seen], SIZE_PX)
    assert alone is not None
    assert len(alone.pixels) > len(whole.pixels) or seen is not CHAIR, "the table hides a part of the chair"
