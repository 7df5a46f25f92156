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


FURNITURE = ("furniture-tile-day", "furniture-tile-dusk", "furniture-wood-day", "furniture-wood-dusk")


@pytest.fixture(scope="module")
def proofs():
    return {clip: prove(SAMPLES / clip) for clip in (*BOARDS, *FURNITURE)}


@pytest.mark.parametrize("clip", BOARDS)
def test_charuco_corners_lie_within_the_bound_for_each_lens(clip, proofs):
    found = proofs[clip].corners_px
    assert len(found) >= BOARDS[clip]
    assert Proof.p95(found) <= BOUND_PX


def test_bare_labels_lie_within_the_bound(proofs):
    found = [error for clip in FURNITURE for error in proofs[clip].labels_px]
    assert len(found) >= 20
    assert Proof.p95(found) <= BOUND_PX


@pytest.mark.parametrize(("lens", "least"), [("tile", 30), ("wood", 8)])
def test_corners_of_table_tops_lie_within_the_bound_in_each_lens(lens, least, proofs):
    found = [error for clip, proof in proofs.items() if lens in clip for error in proof.tops_px]
    assert len(found) >= least
    assert Proof.p95(found) <= BOUND_PX


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
