"""Tracking figures: right on a sequence whose answer is known, and the yardstick held on the real ones."""

import pytest
from typer.testing import CliRunner

from guiwei.command import app
from guiwei.yardstick.clips import Sequence2D, material_below
from guiwei.yardstick.tracks import Boxes, figures_of, sequence_figures
from models.domain.errors import SourceError, UsageError
from tests.acceptance import MATERIAL

TRACKING = MATERIAL / "tracking"
YARDSTICK = {
    "MOT17-02/full": (0.343, 0.394),
    "MOT17-02/5fps": (0.344, 0.400),
    "MOT17-02/5fps_drop40": (0.320, 0.373),
}
"""HOTA and IDF1 of ByteTrack with time stamps, as ../shared/material/README.md gives them."""


RATES = {"TUD-Stadtmitte": 25.0}
"""Its folder has no seqinfo.ini; ../shared/material/README.md gives the rate."""


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
    found = {f.name: f for sequence in material_below([TRACKING], RATES).sequences for f in sequence_figures(sequence)}
    for name, (hota, idf1) in YARDSTICK.items():
        assert found[name].hota >= hota, name
        assert found[name].idf1 >= idf1, name
    assert found["TUD-Stadtmitte/5fps"].idf1 >= 0.72


def test_a_table_that_is_none_is_refused_with_its_line(tmp_path):
    for part, text in (("gt", "1,1,0,0,9,9,1,1,1\n"), ("det", "1,-1,0,0,9,9,1\n1,-1,5\n")):
        (tmp_path / part).mkdir()
        (tmp_path / part / f"{part}.txt").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="no MOTChallenge table") as refused:
        sequence_figures(Sequence2D("seq", tmp_path))
    assert "line 2: 3 columns" in str(refused.value)


def passing(folder, fps=None):
    """A sequence of 30 frames: one walks by. det.txt holds the truth itself."""
    for part, tail in (("gt", "1,1,1"), ("det", "0.9")):
        (folder / part).mkdir(parents=True)
        rows = [f"{f},1,{100 + 2 * f},50,50,150,{tail}" for f in range(1, 31)]
        (folder / part / f"{part}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    if fps is not None:
        (folder / "seqinfo.ini").write_text(f"[Sequence]\nframeRate={fps}\n", encoding="utf-8")
    return folder


def test_the_rate_is_the_one_said_then_the_folders_own_then_thirty(tmp_path):
    passing(tmp_path / "bare")
    passing(tmp_path / "told", fps=15)

    def at_5(**rates):
        found = [sequence_figures(one) for one in material_below([tmp_path], rates).sequences]
        return {one.name: one.n_frames for figures in found for one in figures if one.name.endswith("/5fps")}

    assert at_5() == {"bare/5fps": 5, "told/5fps": 10}
    assert at_5(bare=10.0, told=25.0) == {"bare/5fps": 15, "told/5fps": 6}


@pytest.mark.parametrize(
    ("told", "named"), [("elsewhere=25", "elsewhere"), ("bare=0", "bare=0"), ("bare=fast", "bare=fast"), ("25", "25")]
)
def test_a_rate_of_no_sequence_or_of_no_sense_is_refused(told, named, tmp_path):
    passing(tmp_path / "bare")
    said = CliRunner().invoke(app, ["eval", str(tmp_path), "--fps", told])
    assert isinstance(said.exception, UsageError)
    assert named in str(said.exception)
