"""Floors: what may not fall, and that a broken rule makes exactly those fall that it breaks."""

import tomllib
from dataclasses import replace

import pytest

from guiwei.yardstick.figures import report_of
from guiwei.yardstick.floors import Floor, Step, compared, read_floors, renewed, written
from guiwei.yardstick.scoring import scored
from models.domain.errors import UsageError
from tests.yardstick.story_truth import play_story, truth_of, waiting_expected, waiting_story

CODE = "codes/greeter.visitor_unapproached"


def report(rules=None, **how):
    story = waiting_story()
    played = play_story(story, truth_of(story, waiting_expected()), rules=rules, **how)
    return report_of([scored(played)], [], 0.0)


@pytest.fixture(scope="module")
def floors():
    return renewed(compared((), report()))


def test_a_right_rule_holds_its_floors(floors):
    assert {floor.figure for floor in floors} >= {f"{CODE}/recall", f"{CODE}/precision", f"{CODE}/time_error_s/p95"}
    assert not [step.figure for step in compared(floors, report()) if step.fell]


def test_a_rule_with_its_threshold_doubled_makes_exactly_its_own_floors_fall(floors):
    broken = report({"greeter.visitor_unapproached": {"limit_s": 40.0, "high_s": 60.0}})
    fallen = {step.figure for step in compared(floors, broken) if step.fell}
    # Anna and Bert are both raised 20 s too late, which is another moment: two misses, two false alarms, and no time
    # error can be told any more.
    figures = {"recall", "precision", "n_missed", "n_false"}
    figures |= {f"{name}/{part}" for name in ("time_error_s", "first_error_s") for part in ("median", "p95")}
    assert fallen == {f"{CODE}/{figure}" for figure in figures}


def test_a_rule_that_waits_three_seconds_too_long_loses_only_its_time(floors):
    late = report({"greeter.visitor_unapproached": {"limit_s": 23.0, "high_s": 60.0}})
    fallen = {step.figure for step in compared(floors, late) if step.fell}
    assert fallen == {f"{CODE}/time_error_s/median", f"{CODE}/time_error_s/p95"}


def test_floors_survive_their_file_and_renewal_keeps_margins(floors, tmp_path):
    file = tmp_path / "floors.toml"
    file.write_text(written(floors), encoding="utf-8")
    assert read_floors(file) == floors
    assert tomllib.loads(file.read_text(encoding="utf-8"))["floor"]
    kept = renewed([Step("a", Floor("a", 0.8, 0.05, "higher"), 0.9), Step("b", Floor("b", 1.0, 0.1, "lower"), None)])
    assert kept == (Floor("a", 0.9, 0.05, "higher"),)


def test_a_margin_set_by_hand_keeps_its_reason(tmp_path):
    file = tmp_path / "floors.toml"
    tipping = Floor("codes/wait.seated/n_false", 1.0, 1.0, "lower", 'seated-served: "who stands behind" a guest')
    file.write_text(written([tipping]), encoding="utf-8")
    assert read_floors(file) == (tipping,)
    assert renewed([Step(tipping.figure, tipping, 0.0)]) == (replace(tipping, value=0.0),)


@pytest.mark.parametrize(
    ("figure", "found", "n", "margin"),
    [
        ("codes/wait.seated/n_false", 0.0, None, 0.0),
        ("codes/wait.seated/recall", 1.0, 3, 0.0),
        ("codes/wait.seated/time_error_s/p95", 0.1, None, 0.25),
        ("quantities/wait_s/median", 0.2, 15, 0.25),
        ("quantities/wait_s/p95", 4.0, 15, 1.0),
        ("quantities/measured.wait.seated/median", 0.2, 1, 0.25),
        ("quantities/position_moved_mm/p95", 0.2, 40, 0.1),
        ("quantities/visit_start_s/within_2_sigma", 1.0, 22, 0.068),
        ("quantities/position_untouched_mm/within_2_sigma", 0.99, 574, 0.03),
        ("quantities/found.recall.visible_90_100/wrong", 0.05, 357, 0.02),
        ("quantities/luminaire_state/wrong", 0.001, 900, 0.005),
        ("quantities/luminaire_state/wrong", 0.0, 30, 0.005),
        ("quantities/visit_start_s/n_missed", 0.0, 22, 0.0),
        ("quantities/served_s/within_2_sigma", 1.0, 5, 0.3),
    ],
)
def test_a_new_floor_leaves_room_for_one_frame_and_for_one_case_but_for_no_incident(figure, found, n, margin):
    (floor,) = renewed([Step(figure, None, found, n)])
    assert floor.margin == margin


@pytest.mark.parametrize(
    ("better", "found", "holds"),
    [
        ("higher", 0.85, True),
        ("higher", 0.84, False),
        ("lower", 0.95, True),
        ("lower", 0.96, False),
        ("lower", None, False),
    ],
)
def test_a_figure_falls_when_it_is_worse_by_more_than_the_margin(better, found, holds):
    assert Floor("figure", 0.9, 0.05, better).holds(found) is holds


@pytest.mark.parametrize(
    "text", ["[[floor]]\nfigure = 1", "not toml at all", '[[floor]]\nfigure="a"\nvalue=1\nmargin=0\nbetter="more"\n']
)
def test_a_file_that_is_no_list_of_floors_is_refused_by_name(text, tmp_path):
    file = tmp_path / "floors.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="floors cannot be read") as refused:
        read_floors(file)
    assert str(file) in str(refused.value)
    assert "--update-floors" in str(refused.value)
