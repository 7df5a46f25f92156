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


def test_without_references_and_baseline_that_is_said_once(tmp_path: Path):
    found = said(tmp_path, taught=False, frozen=False)
    assert found["untaught"] == [""]
    assert found["no_baseline"] == [""]
    assert "unseen" not in found
