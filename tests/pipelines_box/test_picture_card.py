"""The evidence card of a thing without a floor: both outlines in the picture, the way in pixels."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from calibration.reference_pictures import write_reference
from models.domain.finding import Quantity, Threshold
from models.domain.furniture import Baseline, BaselineState, Furniture, FurnitureItem, ItemClass, Pose
from models.domain.site import Name, Site
from pipelines.furniture_card import BELONGS, STANDS, furniture_card, outline_now
from tests.pipelines_box.test_furniture_card import drawn_in, incident
from tests.stories.scenario import site
from tests.vision.test_picture_plane import SIGN, SIZE, picture

TOLD = {"offset_px": "24.1", "offset_x_px": "20.0", "offset_y_px": "13.5", "turn_deg": "-8.0", "sigma_px": "0.8"}
ITEM = FurnitureItem(
    "sign", Name("桌牌", "table sign"), "hall", ItemClass.SIGN, (0, 0, 0), Pose(0, 0), 6, 5, 1, (), "cam", SIGN
)


def showroom(folder: Path) -> Site:
    write_reference(folder, "cam", "day", picture(seed=9).astype(np.float32))
    made = site()
    camera = dataclasses.replace(made.cameras["cam"], size_px=SIZE, floor_points=())
    furniture = Furniture({"sign": ITEM}, (Baseline(3, BaselineState.FROZEN, 0, "lead"),))
    return dataclasses.replace(made, folder=folder, cameras={"cam": camera}, furniture=furniture)


def test_a_sign_without_a_floor_is_shown_with_both_outlines_and_its_pixels(tmp_path: Path):
    told = dataclasses.replace(
        incident(subject="sign", **TOLD, sigma_deg="0.5", baseline="3"),
        measured=Quantity(24.1, "px", 0.8),
        threshold=Threshold(6.0, "px", "site file"),
    )
    card = furniture_card(picture(20.0, 13.5, -8.0), showroom(tmp_path), told)
    assert card is not None
    assert card.shape[1] == 720
    left, right = card[:, :356], card[:, 364:]
    assert drawn_in(left, BELONGS).sum() > 200
    assert drawn_in(left, STANDS).sum() < 20
    assert drawn_in(right, BELONGS).sum() > 200
    assert drawn_in(right, STANDS).sum() > 400


def test_the_red_outline_lies_where_the_pixels_went():
    now = outline_now(ITEM, incident(subject="sign", **TOLD))
    assert now is not None
    assert np.allclose(now.mean(0), (*(np.mean(SIGN, axis=0) + np.array((20.0, 13.5))),))
    top_left, top_right = now[0], now[1]
    assert top_right[1] > top_left[1], "clockwise as seen: the right corner sinks"
