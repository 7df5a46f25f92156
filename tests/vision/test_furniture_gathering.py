"""A picture gathered while the camera was knocked shows two views: nothing is measured in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.domain.furniture import Furniture
from models.domain.media import US, Frame, Run
from models.domain.messages import Observation, Scene
from models.domain.truth import Truth
from tests.vision.test_furniture_sight import frames, items, sight_reference, site
from vision.furniture_sight import FurnitureSight

PLACED = ("chair4", "table0")


def checked(knocked_s: float, by_px: int) -> list[Observation]:
    """One check from 0.2 s on; from knocked_s on the picture lies so many pixels aside."""
    whole = site()
    chosen = {name: items()[name] for name in PLACED}
    sight = FurnitureSight(
        replace(whole, furniture=Furniture(chosen, (), 5.0)), whole.cameras["hall"], {"day": sight_reference()}
    )
    told: list[Observation] = []
    for t, image in list(frames(0.2, 2.6))[::3]:
        shown = np.roll(image, by_px, axis=1) if t >= knocked_s else image
        told += sight.look(Frame(shown, Run("hall", 1, 0), round(t * US)), Scene("hall", "h/1", round(t * US), ()))
    return told


def test_a_camera_knocked_within_a_check_leaves_all_items_unknown():
    told = checked(1.3, 9)
    assert {(one.subject, one.truth, one.cues) for one in told} == {
        (name, Truth.UNKNOWN, ("furniture.cue.camera_moved",)) for name in PLACED
    }


def test_one_that_stands_still_is_measured():
    told = [one for one in checked(9.0, 9) if one.predicate == "in_place"]
    assert {one.subject: one.truth for one in told} == dict.fromkeys(PLACED, Truth.HOLDS)
