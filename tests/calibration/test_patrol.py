"""A close-up of a leg: how far it stands off its label, in millimetres with a sigma; what cannot be read is refused."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Picture
from typer.testing import CliRunner

from calibration import load_site
from calibration.patrol import Measured, PhotoError, card, measure, photograph
from guiwei.command import app
from guiwei.patrol_command import labelled
from models.domain.errors import UsageError
from models.domain.furniture import FurnitureItem, ItemClass, Label, Pose
from models.domain.site import Name
from models.domain.truth import Truth
from tests.calibration.patrol_photo import Closeup

SMALL = Closeup(size_px=(640, 480), distance_mm=240)
LABEL = Label((0.19, 0.19), 30.0, 40.0)
CHAIR = FurnitureItem(
    "chair1", Name("椅子一", "Chair one"), "hall", ItemClass.CHAIR, (0.5, 0.5, 0.9), Pose(0, 0), 100, 10, 1, (LABEL,)
)


@cache
def taken(shot: Closeup) -> bytes:
    return shot.jpeg()


@cache
def measured(shot: Closeup) -> Measured:
    return measure(photograph(taken(shot)), Label((0.0, 0.0), shot.label_mm, shot.leg_mm))


def test_the_offset_is_read_in_millimetres():
    found = measured(SMALL)
    error = abs(found.offset_mm - math.hypot(*SMALL.offset_mm))
    assert error < 1.5
    assert error <= 2 * found.sigma_mm
    assert found.sigma_mm < 2.0
    assert found.truth(LABEL) is Truth.FAILS


def test_the_three_quarter_rule_decides():
    """D = 40, d = 30: the label lies bare beyond 5 mm (domain.md 0.2)."""
    one = measured(SMALL)
    assert LABEL.play_mm == 5.0
    assert replace(one, offset_mm=3.0, sigma_mm=0.5).truth(LABEL) is Truth.HOLDS
    assert replace(one, offset_mm=5.5, sigma_mm=0.5).truth(LABEL) is Truth.UNKNOWN
    assert replace(one, offset_mm=6.5, sigma_mm=0.5).truth(LABEL) is Truth.FAILS


def test_without_a_label_in_it_no_figure_is_made_up():
    with pytest.raises(PhotoError) as told:
        measured(replace(SMALL, label="none"))
    assert told.value.code == "no_label"
    assert told.value.next_step


def sent(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Picture.new("L", (width, height)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "corrupt"),
        (b"\xff\xd8\xff nothing", "corrupt"),
        (b"GIF89a" + bytes(100), "corrupt"),
        (sent(640, 480)[:700], "corrupt"),
        (sent(320, 240), "too_small"),
        (sent(11_600, 8_700), "too_large"),
        (bytes(30_000_001), "too_large"),
    ],
    ids=["empty", "no-jpeg", "gif", "cut-off", "thumbnail", "100-megapixels", "31-megabytes"],
)
def test_a_bad_photograph_is_refused_by_name(data: bytes, code: str):
    with pytest.raises(PhotoError) as told:
        photograph(data)
    assert told.value.code == code


def test_the_evidence_shows_the_foot_and_is_legible_on_a_telephone():
    drawn = card(photograph(taken(SMALL)), CHAIR, LABEL, measured(SMALL))
    assert drawn.shape[1] == 720
    assert 760 < drawn.shape[0] < 1060
    ring = (np.abs(drawn[:720].astype(int) - (110, 220, 120)).sum(2) < 40).sum()
    assert ring > 300, "the 3/4 ring is drawn"


LABELS = "[{at_mm: [190, 190], label_mm: 30, leg_mm: 40}, {at_mm: [-190, -190]}]"


def folder(tmp_path: Path) -> Path:
    sample = Path(__file__).parents[2] / "sample_videos" / "e_consult_s45"
    (tmp_path / "recording.mp4").symlink_to(sample / "recording.mp4")
    item = f"""
furniture:
  items:
    chair1:
      name: {{zh: 椅子一, en: Chair one}}
      class: chair
      zone: hall
      size_mm: [500, 480, 860]
      at: [5.8961, 2.375]
      labels: {LABELS}
"""
    (tmp_path / "site.yaml").write_text((sample / "site.yaml").read_text(encoding="utf-8") + item, encoding="utf-8")
    return tmp_path


def patrol(*words: object):
    return CliRunner().invoke(app, ["patrol", *map(str, words)], env={"COLUMNS": "200"})


def test_the_command_measures_and_draws(tmp_path: Path):
    site, photo = folder(tmp_path), tmp_path / "leg.jpg"
    photo.write_bytes(taken(SMALL))
    result = patrol(photo, "--item", "chair1", "--site", site, "--json")
    assert result.exception is None, result.exception
    told = json.loads(result.output)
    assert told["truth"] == "fails"
    assert told["grade"] == "strict"
    assert told["play_mm"] == 5.0
    assert told["offset_mm"] == pytest.approx(12.0, abs=1.5)
    assert cv2.imread(told["picture"]).shape[1] == 720


def test_an_item_or_label_that_cannot_be_judged_is_refused(tmp_path: Path):
    site = load_site(folder(tmp_path))
    for item, number in (("chair9", 1), ("chair1", 3), ("chair1", 2)):
        with pytest.raises(UsageError):
            labelled(site, item, number)
