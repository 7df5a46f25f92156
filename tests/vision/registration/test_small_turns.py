"""A small turn whose second answer is found from two starts: one doubt, counted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.registration import SAMPLES, item_of, opening, still, truth_of
from calibration import load_site
from models.domain.camera_pose import pose_from_floor
from models.domain.furniture import ItemClass
from models.domain.truth import Truth
from tests.vision.registration.room import camera, item
from vision.furniture_sight import judged
from vision.registration import Seen, look_of, register, stand_of
from vision.registration.expected import Expected
from vision.registration.register import model_sigma

DUSK = "furniture-tile-dusk"


def test_five_degrees_at_dusk_are_raised_where_three_are_allowed():
    """chair13 of the sample, 5.7 m away, from 11 s on: 30 mm off and turned by -5 degrees."""
    site = load_site(SAMPLES / DUSK).cameras["hall"]
    pose = pose_from_floor(site.floor_points, site.size_px, site.lens)
    items = {one["id"]: item_of(one) for one in truth_of(DUSK)["items"] if one["reference"] is not None}
    chair = replace(items["chair13"], tolerance_mm=100.0, turn_tolerance_deg=3.0)
    stand = stand_of(pose, chair, list(items.values()), site.size_px)
    assert stand is not None
    verdict = register([look_of(stand, still(DUSK, *opening(DUSK)), "dusk")], Seen(stand, still(DUSK, 11.0, 13.0)))
    assert verdict.motion.turn_deg == pytest.approx(-5.0, abs=2 * verdict.sigma_deg)
    assert judged(chair, verdict)[0] is Truth.FAILS


def test_a_plant_is_unsure_by_a_fifth_of_its_way():
    """Leaves shade each other anew: 50 mm of a plant are read 10 mm short, of a bin 2."""
    view = camera()
    sigmas = []
    for cls in (ItemClass.PLANT, ItemClass.BIN):
        thing = item("thing", cls, 4.5, 3.7)
        stand = stand_of(view, thing, [thing], (1280, 720))
        assert stand is not None
        sigmas.append(np.array([model_sigma(stand, way, 0.0)[0] for way in (20.0, 100.0)]))
    plant, bin_ = sigmas
    assert (plant > bin_ + np.array([0.5, 2.0])).all()


def test_three_sigma_decide_what_is_declared():
    thing = replace(item("thing", ItemClass.CHAIR, 4.5, 3.7), tolerance_mm=20.0, turn_tolerance_deg=3.0)
    assert Expected(6.6, 0.9).tells_place(thing)
    assert not Expected(6.7, 0.9).tells_place(thing)
    assert not Expected(6.6, 1.1).tells_turn(thing)
