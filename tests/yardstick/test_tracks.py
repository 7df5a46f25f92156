"""Tracking figures: right on a sequence whose answer is known, and the yardstick held on the real ones."""

import pytest

from guiwei.yardstick.clips import Sequence2D, material_below
from guiwei.yardstick.tracks import Boxes, figures_of, sequence_figures
from models.domain.errors import SourceError
from tests.acceptance import MATERIAL

TRACKING = MATERIAL / "tracking"
YARDSTICK = {"MOT17-02/full": (0.343, 0.394), "MOT17-02/5fps": (0.344, 0.400)}
"""HOTA and IDF1 of ByteTrack with time stamps, as ../shared/material/README.md gives them."""


def walk(frames, ids, kind=1):
    return Boxes(tuple((f, who(f), (100.0 + 2 * f, 50.0, 150.0 + 2 * f, 200.0), kind) for f in frames for who in ids))


def test_a_perfect_track_and_one_that_changes_its_name_half_way():
    true = walk(range(1, 21), [lambda _: 1])
    perfect = figures_of("x", true, walk(range(1, 21), [lambda _: 7]), 20)
    switched = figures_of("x", true, walk(range(1, 21), [lambda f: 7 if f <= 10 else 8]), 20)
    assert (perfect.hota, perfect.idf1, perfect.mota, perfect.id_switches) == (1.0, 1.0, 1.0, 0)
    # AssA of two halves: each box shares 10 of 20 with its track; HOTA is the root of it. IDF1: 10 of 20 right.
    assert (switched.hota, switched.idf1, switched.id_switches) == (pytest.approx(0.5**0.5, abs=1e-4), 0.5, 1)


def test_boxes_on_who_need_not_be_found_are_neither_right_nor_wrong():
    true = walk(range(1, 11), [lambda _: 1])
    beyond = Boxes(tuple((f, 2, (400.0, 50.0, 450.0, 200.0), 8) for f in range(1, 11)))
    told = Boxes(
        (*walk(range(1, 11), [lambda _: 1]).rows, *((f, 3, (400.0, 50.0, 450.0, 200.0), 1) for f in range(1, 11)))
    )
    assert figures_of("x", Boxes((*true.rows, *beyond.rows)), told, 10).mota == 1.0
    assert figures_of("x", true, told, 10).mota == 0.0


@pytest.mark.skipif(not TRACKING.exists(), reason="the MOTChallenge sequences (shared material) are not here")
def test_the_yardstick_on_mot17_is_held():
    found = {f.name: f for sequence in material_below([TRACKING]).sequences for f in sequence_figures(sequence)}
    for name, (hota, idf1) in YARDSTICK.items():
        assert found[name].hota >= hota, name
        assert found[name].idf1 >= idf1, name
    lossy = found["MOT17-02/5fps_drop40"]
    # One draw of lost frames gave 0.320 and 0.373; over five draws ByteTrack as it comes has 0.306 and 0.357.
    assert lossy.hota >= 0.30
    assert lossy.idf1 >= 0.35
    assert found["TUD-Stadtmitte/5fps"].idf1 >= 0.72


def test_a_table_that_is_none_is_refused_with_its_line(tmp_path):
    for part, text in (("gt", "1,1,0,0,9,9,1,1,1\n"), ("det", "1,-1,0,0,9,9,1\n1,-1,5\n")):
        (tmp_path / part).mkdir()
        (tmp_path / part / f"{part}.txt").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="no MOTChallenge table") as refused:
        sequence_figures(Sequence2D("seq", tmp_path))
    assert "line 2: 3 columns" in str(refused.value)
