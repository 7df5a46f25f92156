"""A contrast label in a rendered room: covered by its leg, bare when the chair was pushed, unknown behind somebody."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from models.domain.furniture import ItemClass, Label
from models.domain.geometry import Floats
from tests.vision.registration.room import DAY, DUSK, SIZE_PX, TWICE, Room, camera, item, shifted
from vision.label_discs import Disc, discs_of, share_of

LEG = (0.1925, 0.1839)
RED = (40, 40, 200)
LABELS = (Label(LEG, 33.0, 45.0, True, RED), Label((-LEG[0], -LEG[1]), 33.0, 45.0, True, RED))
CHAIR = replace(item("chair", ItemClass.CHAIR, 2.0, 1.7, 40), labels=LABELS)
FAR = replace(item("far", ItemClass.CHAIR, 6.5, 5.0, 40), labels=LABELS)
NOBODY = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.bool_)


@cache
def room() -> Room:
    """The labels stuck on the floor before the chairs are drawn; of this seed no leg is of the label's own colour."""
    made = Room(camera(), (CHAIR, FAR), seed=2)
    for one in discs_of(made.camera, (CHAIR, FAR), SIZE_PX):
        points = (one.outline + 0.5) * TWICE - 0.5
        cv2.fillConvexPoly(made._floor, np.round(points * 16).astype(np.int32), RED, cv2.LINE_AA, 4)
    return made


@cache
def taught() -> tuple[Disc, ...]:
    references = [room().still(light=light, seed=7) for light in (DAY, DUSK)]
    return discs_of(room().camera, (CHAIR,), SIZE_PX, references)


def shares(picture: Floats, hidden: np.ndarray = NOBODY) -> list[float | None]:
    return [share_of(one, picture, hidden) for one in taught()]


@pytest.mark.parametrize("light", [DAY, DUSK], ids=["day", "dusk"])
def test_a_label_under_its_leg_is_covered_and_a_bare_one_is_seen(light):
    assert all(share is not None and share < 0.10 for share in shares(room().still(light=light)))
    pushed = room().still({"chair": shifted(CHAIR.pose, 90, 70)}, light)
    found = [share for share in shares(pushed) if share is not None]
    assert max(found) > 0.5
    gone = room().still({"chair": None}, light)
    assert all(share is not None and share > 0.6 for share in shares(gone))


def test_behind_somebody_and_far_away_nothing_is_said():
    picture = room().still({"chair": None, "far": None})
    hidden = np.ones_like(NOBODY)
    assert shares(picture, hidden) == [None, None]
    far = discs_of(room().camera, (FAR,), SIZE_PX)
    assert [share_of(one, picture, NOBODY) for one in far] == [None, None]


def test_a_transparent_label_and_one_of_unknown_colour_are_not_looked_for():
    plain = replace(CHAIR, labels=(Label(LEG, 33.0, 45.0), Label(LEG, 33.0, 45.0, True)))
    assert discs_of(room().camera, (plain,), SIZE_PX) == ()
