"""`guiwei site check` says of each item what cannot be verified, and by how much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.reference_pictures import write_reference
from guiwei.furniture_remarks import furniture_remarks
from models.domain.furniture import Baseline, BaselineState, Furniture, Label, Pose
from models.texts import text
from tests.pipelines_box.test_furniture_card import CHAIR, TABLE, picture, showroom
from tests.vision.registration.room import camera
from vision.registration.solids import hull

RED = (40, 40, 200)


def said(folder: Path, *, taught: bool = True, frozen: bool = True) -> dict[str, list[str]]:
    """Text key -> items it is said of."""
    if taught:
        write_reference(folder, "cam", "day", picture(pushed=False).astype(np.float32))
    items = {
        "chair": replace(CHAIR, labels=(Label((0.19, 0.19), 30.0, 40.0, True),)),
        "table": replace(TABLE, tolerance_mm=1.0, labels=(Label((0.5, 0.3), 4.0, 40.0, True, RED),)),
        "behind": replace(CHAIR, id="behind", pose=Pose(-3.0, -3.0)),
    }
    state = BaselineState.FROZEN if frozen else BaselineState.TRIAL
    site = replace(showroom(folder), furniture=Furniture(items, (Baseline(1, state, 0),)))
    found: dict[str, list[str]] = {}
    for key, places in furniture_remarks(site):
        assert text(key, "zh", **places)
        assert text(key, "en", **places)
        found.setdefault(key.removeprefix("furniture.remark."), []).append(places.get("item", ""))
    return found


def test_each_item_that_cannot_be_judged_is_named(tmp_path: Path):
    assert said(tmp_path) == {
        "unverifiable": ["table"],
        "unseen": ["behind"],
        "label_colour": ["chair"],
        "label_small": ["table"],
    }


def test_a_turn_that_is_allowed_less_than_can_be_told_is_named_with_what_can(tmp_path: Path):
    write_reference(tmp_path, "cam", "day", picture(pushed=False).astype(np.float32))
    items = {"chair": CHAIR, "strict": replace(CHAIR, id="strict", turn_tolerance_deg=0.5)}
    site = replace(showroom(tmp_path), furniture=Furniture(items, (Baseline(1, BaselineState.FROZEN, 0),)))
    remarks = {places["item"]: places for _, places in furniture_remarks(site)}
    assert set(remarks) == {"strict"}
    assert remarks["strict"]["tolerance"] == "0.5°"
    least = float(remarks["strict"]["least"].removesuffix("°"))
    assert 0.5 < least < 10.0
    allowed = {"strict": replace(items["strict"], turn_tolerance_deg=least)}
    again = replace(site, furniture=Furniture(allowed, site.furniture.baselines))
    told = [places["least"] for _, places in furniture_remarks(again)]
    assert told == [] or float(told[0].removesuffix("°")) < 1.5 * least, "a larger turn is a little less sure"


def test_what_is_drawn_in_the_picture_is_judged_in_pixels(tmp_path: Path):
    write_reference(tmp_path, "cam", "day", picture(pushed=False).astype(np.float32))
    around = hull(camera(), CHAIR)
    low, high = around.min(0), around.max(0)
    outline = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    drawn = replace(CHAIR, camera="cam", outline=outline)
    items = {
        "drawn": replace(drawn, id="drawn", tolerance_mm=12.0),
        "strict": replace(drawn, id="strict", tolerance_mm=0.1),
        "outside": replace(drawn, id="outside", outline=((-90.0, -90.0), (-60.0, -90.0), (-60.0, -60.0))),
    }
    site = replace(showroom(tmp_path), furniture=Furniture(items, (Baseline(1, BaselineState.FROZEN, 0),)))
    remarks = [(key.removeprefix("furniture.remark."), places) for key, places in furniture_remarks(site)]
    assert [(key, places["item"]) for key, places in remarks] == [("unverifiable", "strict"), ("unseen", "outside")]
    assert remarks[0][1]["tolerance"] == "0.1 px"
    assert remarks[0][1]["least"].endswith(" px")


def test_without_references_and_baseline_that_is_said_once(tmp_path: Path):
    found = said(tmp_path, taught=False, frozen=False)
    assert found["untaught"] == [""]
    assert found["no_baseline"] == [""]
    assert "unseen" not in found
