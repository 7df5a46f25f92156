"""Stories of things that are watched in the picture alone: off by pixels, with the same grace and the same doubts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.domain.finding import Quantity
from models.domain.furniture import Furniture, FurnitureItem, ItemClass, Pose
from models.domain.messages import Observation
from models.domain.site import Name, Site
from models.domain.truth import Truth
from tests.stories.scenario import only, seconds, site, utc
from tests.stories.test_furniture_stories import DISPLACED, EVERY_S, FROZEN, Look, every_rate, told

OUTLINE = ((100.0, 80.0), (140.0, 80.0), (140.0, 120.0), (100.0, 120.0))
SIGN = FurnitureItem(
    "sign", Name("牌", "sign"), "hall", ItemClass.SIGN, (0, 0, 0), Pose(0, 0), 6.0, 5.0, 1, (), "cam", OUTLINE
)
SHOP: Site = replace(
    site({}, off=only(DISPLACED), posts=False), furniture=Furniture({"sign": SIGN}, (FROZEN,), EVERY_S)
)


def off_by(px: float, sigma: float = 0.8) -> Look:
    values = (("offset", Quantity(px, "px", sigma)), ("turn", Quantity(0.0, "deg", 0.5)))
    truth = Truth.of(px <= 6)
    return lambda t: [Observation("furniture", "sign", "in_place", truth, utc(t), "cam", values)]


def hidden(t: float) -> list[Observation]:
    return [Observation("furniture", "sign", "in_place", Truth.UNKNOWN, utc(t), "cam")]


@every_rate
def test_a_sign_off_by_fifteen_pixels_is_raised_in_pixels(how):
    (incident,) = told(SHOP, [(100, 600, off_by(15))], 600, **how)
    assert (incident.measured.value, incident.measured.unit) == (15, "px")
    assert (incident.threshold.value, incident.threshold.unit) == (6, "px")
    assert seconds(incident.t_confirmed_us) == 400
    assert incident.extra["offset_px"] == "15.0"
    assert incident.extra["sigma_px"] == "0.8"


@every_rate
@pytest.mark.parametrize("look", [off_by(4), off_by(7, sigma=3.0), hidden], ids=["near", "unsure", "hidden"])
def test_a_little_off_unsure_or_hidden_is_not_raised(look, how):
    assert told(SHOP, [(20, 700, look)], 700, **how) == []
