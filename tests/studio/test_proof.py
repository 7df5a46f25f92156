"""What OpenCV finds in the rendered pictures lies where the truth says; and a shifted truth is found out."""

import shutil

import numpy as np
import pytest

from sample_videos.studio.proof import Proof, prove
from sample_videos.studio.truth import read_truth, written
from tests.studio.playing import SAMPLES

BOUND_PX = 1.5
BOARDS = {"calibrate-tile": 150, "calibrate-wood": 20}
"""Clip and how many corners OpenCV reads at least: in the wide lens the markers are at their smallest."""


@pytest.fixture(scope="module", params=BOARDS)
def proof(request):
    return BOARDS[request.param], prove(SAMPLES / request.param)


def test_charuco_corners_lie_within_the_bound_for_each_lens(proof):
    least, found = proof
    assert len(found.corners_px) >= least
    assert Proof.p95(found.corners_px) <= BOUND_PX


def test_bare_labels_lie_within_the_bound():
    clips = ("furniture-tile-day", "furniture-tile-dusk", "furniture-wood-day", "furniture-wood-dusk")
    found = [error for clip in clips for error in prove(SAMPLES / clip).labels_px]
    assert len(found) >= 20
    assert Proof.p95(found) <= BOUND_PX


def test_corners_of_table_tops_lie_within_the_bound_in_the_wide_lens():
    """In the 90 degree lens one corner beside an armrest is read 2 px off (docs/studio.md): its median is held."""
    wide, usual = prove(SAMPLES / "furniture-wood-dusk").tops_px, prove(SAMPLES / "furniture-tile-day").tops_px
    assert min(len(wide), len(usual)) >= 15
    assert Proof.p95(wide) <= BOUND_PX
    assert np.median(usual) <= 1.0


def test_a_truth_that_is_off_by_two_pixels_is_found_out(tmp_path):
    clip = tmp_path / "calibrate-tile"
    shutil.copytree(SAMPLES / "calibrate-tile", clip)
    truth = read_truth(clip / "truth.json")
    camera = truth.cameras["hall"]
    turn = np.array(camera.rotation)
    off = np.deg2rad(0.2)
    turned = np.array([[np.cos(off), 0, np.sin(off)], [0, 1, 0], [-np.sin(off), 0, np.cos(off)]]) @ turn
    rows = tuple(tuple(map(float, row)) for row in turned)
    spoilt = truth.model_copy(update={"cameras": {"hall": camera.model_copy(update={"rotation": rows})}})
    (clip / "truth.json").write_text(written(spoilt), encoding="utf-8")
    assert Proof.p95(prove(clip).corners_px) > BOUND_PX
