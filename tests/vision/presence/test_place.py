"""From a box to the floor, against the renderer's own camera."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.vision.presence.sites import floor_pixels, hall_camera, hall_site
from vision.place import Locator, Stature

SAMPLE = "c_waiting_s32"


def person(spot, stature_m=1.7, hidden_m=0.0):
    """Box of somebody upright whose lowest `hidden_m` is behind furniture."""
    low, high = floor_pixels(SAMPLE, [spot], hidden_m)[0], floor_pixels(SAMPLE, [spot], stature_m)[0]
    half = (low[1] - high[1]) / 6
    middle = (low[0] + high[0]) / 2
    return float(middle - half), float(high[1]), float(middle + half), float(low[1])


@pytest.fixture(scope="module")
def locator():
    site = hall_site()
    return Locator(site, site.cameras["hall"])


@pytest.mark.parametrize("spot", [(2.35, 3.9), (4.6, 4.7), (7.6, 5.5), (10.0, 6.8)])
def test_a_whole_person_stands_where_the_soles_are(locator, spot):
    found = locator.locate(person(spot))
    assert not found.by_head
    assert math.dist(found.place.floor, spot) < 0.2
    assert found.ratio == pytest.approx(1.0, abs=0.05)


def test_whose_soles_are_in_the_picture_is_not_put_behind_where_they_are(locator):
    """Whatever was expected: the box would reach below the soles of somebody who stood there."""
    spot, behind = (7.6, 5.5), (9.4, 6.7)
    found = locator.locate(person(spot), expected=behind)
    assert not found.by_head
    assert math.dist(found.place.floor, spot) < 0.2


def test_behind_the_counter_the_head_tells_the_place(locator):
    found = locator.locate(person((11.1, 3.75), hidden_m=1.0))
    assert found.by_head
    assert math.dist(found.place.floor, (11.1, 3.75)) < 0.3
    assert found.place.sigma_m > 0.5, "the stature is not known"


def test_an_unknown_tall_person_behind_the_counter_is_not_put_behind_the_wall(locator):
    found = locator.locate(person((11.1, 3.75), stature_m=1.87, hidden_m=1.0))
    x, y = found.place.floor
    assert 0 <= x <= 12.001
    assert 0 <= y <= 8.001


def test_hidden_legs_of_somebody_measured_are_recognised(locator):
    tall = Stature(1.9, 0.03)
    box = person((7.6, 5.5), stature_m=1.9, hidden_m=0.5)
    blind = locator.locate(box)
    knowing = locator.locate(box, expected=(7.5, 5.4), stature=tall)
    assert math.dist(blind.place.floor, (7.6, 5.5)) > 1.0
    assert knowing.by_head
    assert math.dist(knowing.place.floor, (7.6, 5.5)) < 0.15


def test_sitting_down_is_not_hidden_legs(locator):
    seated = person((5.9, 2.6), stature_m=1.27)
    found = locator.locate(seated, expected=(5.8, 2.7))
    assert not found.by_head
    assert math.dist(found.place.floor, (5.9, 2.6)) < 0.2


def test_without_a_lens_the_focal_length_comes_from_the_floor():
    camera = replace(hall_camera(SAMPLE), lens=None)
    site = hall_site()
    unlensed = Locator(replace(site, cameras={"hall": camera}), camera)
    known = Locator(site, site.cameras["hall"])
    assert unlensed.standing_px((6.0, 4.0)) == pytest.approx(known.standing_px((6.0, 4.0)), rel=0.12)
