"""Furniture and lamps: errors as they were put in, sigmas taken at their word, moves and switches left alone."""

from dataclasses import replace

import pytest

from guiwei.yardstick.figures import report_of
from guiwei.yardstick.matching import Hit, Matches, Raised
from guiwei.yardstick.sample import Sample, Tally
from guiwei.yardstick.scoring import incident_measures, scored
from models.domain.finding import Quantity
from models.domain.messages import Observation
from models.domain.truth import Truth as Seen
from sample_videos.studio.truth import Expected
from tests.stories.scenario import Story, utc
from tests.yardstick.story_truth import play_story, truth_of

EMPTY = Story([], length_s=60)
CHAIR = {
    "id": "chair4",
    "kind": "chair",
    "size_m": (0.5, 0.5, 0.9),
    "reference": (6.0, 4.0, 90.0),
    "poses": [
        {"t_s": 0, "x_m": 6.0, "y_m": 4.0, "yaw_deg": 90.0},
        {"t_s": 30, "x_m": 6.1, "y_m": 4.0, "yaw_deg": 100.0, "offset_mm": 100.0, "turn_deg": 10.0},
    ],
}
LAMP = {
    "id": "L1",
    "zone": "hall",
    "spots_m": [(3, 3, 2.8)],
    "states": [{"t_s": 0, "on": True}, {"t_s": 20, "on": False}, {"t_s": 40, "on": True}],
}


def stands(t_s, x, y, turn=0.0, sigma=2.0, truth=Seen.HOLDS):
    values = (
        ("offset_x", Quantity(x, "mm", sigma)),
        ("offset_y", Quantity(y, "mm", sigma)),
        ("turn", Quantity(turn, "deg", 1.0)),
    )
    return Observation("furniture", "chair4", "in_place", truth, utc(t_s), "cam", values)


def lit(t_s, on):
    return Observation(
        "luminaire", "L1", "on", Seen.UNKNOWN if on is None else Seen.HOLDS if on else Seen.FAILS, utc(t_s), "cam"
    )


def quantities(told, **more):
    score = scored(play_story(EMPTY, truth_of(EMPTY, [], **more), told=told))
    return report_of([score], [], 0.0)["quantities"], score


def test_offsets_are_measured_against_the_true_pose_of_the_moment():
    told = [stands(10, 3, 4), stands(20, 0, 0), stands(50, 100, 6, turn=8.0)]
    found, _ = quantities(told, items=[CHAIR])
    assert found["position_untouched_mm"]["max"] == 5.0
    assert found["position_untouched_mm"]["n"] == 2
    assert found["position_moved_mm"]["max"] == pytest.approx(6.0)
    assert found["angle_deg"]["max"] == pytest.approx(2.0)
    assert found["furniture_observed"] == {"n": 3, "right": 1.0, "wrong": 0.0, "unknown": 0.0}


def test_an_error_bar_is_taken_at_its_word():
    honest, _ = quantities([stands(t, 3, 0, sigma=2.0) for t in range(10, 20)], items=[CHAIR])
    boastful, _ = quantities([stands(t, 3, 0, sigma=1.0) for t in range(10, 20)], items=[CHAIR])
    assert honest["position_untouched_mm"]["within_2_sigma"] == 1.0
    assert boastful["position_untouched_mm"]["within_2_sigma"] == 0.5, "right along y, off by three sigmas along x"


def test_the_seconds_after_a_move_are_not_scored_and_a_refusal_is_no_error():
    found, _ = quantities([stands(32, 0, 0), stands(50, 999, 999, truth=Seen.UNKNOWN)], items=[CHAIR])
    assert not [name for name in found if name.startswith("position")]
    assert found["furniture_observed"]["unknown"] == 1.0


@pytest.mark.parametrize(("order", "turn", "error"), [(1, 182.0, 2.0), (2, 182.0, 2.0), (2, 2.0, 2.0), (4, -88.0, 2.0)])
def test_turns_are_compared_modulo_the_items_symmetry(order, turn, error):
    table = {
        **CHAIR,
        "symmetry_order": order,
        "poses": [{**CHAIR["poses"][0], "turn_deg": 180.0 if order < 4 else 270.0}],
    }
    found, _ = quantities([stands(10, 0, 0, turn=turn)], items=[table])
    (name,) = [name for name in found if name.startswith("angle")]
    assert found[name]["max"] == pytest.approx(error)


@pytest.mark.parametrize(("order", "least", "outcome"), [(1, 38.0, "right"), (1, 46.0, "wrong"), (4, 38.0, "right")])
def test_a_turn_told_as_at_least_so_much_is_scored_by_its_bound_alone(order, least, outcome):
    """Neither its angle nor its place counts among the fine figures: what it claims of the place is its sigma."""
    chair = {**CHAIR, "symmetry_order": order, "poses": [CHAIR["poses"][0], {**CHAIR["poses"][1], "turn_deg": 45.0}]}
    told = stands(50, 140, 0, turn=70.0, sigma=30.0, truth=Seen.FAILS)
    told = replace(told, values=(*told.values, ("turn_least", Quantity(least, "deg"))))
    found, _ = quantities([told], items=[chair])
    assert found["turned_at_least"] == {"n": 1, **dict.fromkeys(("right", "wrong", "unknown"), 0.0), outcome: 1.0}
    assert found["position_turned_mm"]["max"] == pytest.approx(40.0)
    assert found["position_turned_mm"]["within_2_sigma"] == 1.0
    assert not [name for name in found if name.startswith(("angle", "position_moved"))]


def test_a_round_table_has_no_turn():
    found, _ = quantities([stands(10, 0, 0, turn=77.0)], items=[{**CHAIR, "symmetry_order": 0}])
    assert not [name for name in found if name.startswith("angle")]


def test_switches_have_a_delay_and_not_knowing_is_no_flip():
    told = [lit(0, True), lit(10, None), lit(12, True), lit(21.5, False), lit(40.5, True)]
    found, score = quantities(told, lamps=[LAMP])
    assert found["luminaire_switch_s"]["n"] == 2
    assert found["luminaire_switch_s"]["max"] == pytest.approx(1.5)
    assert not score.slips
    assert found["luminaire_state"]["wrong"] == 0.0
    assert found["luminaire_state"]["unknown"] > 0


def test_a_missed_switch_and_a_false_flip_each_get_a_slip():
    told = [lit(0, True), lit(8, False), lit(9, True), lit(40.5, True)]
    found, score = quantities(told, lamps=[LAMP])
    assert (found["luminaire_switch_s"]["n_missed"], found["luminaire_switch_s"]["n_false"]) == (2, 2)
    assert [(slip.kind.value, slip.spot.t_s) for slip in score.slips] == [
        ("miss", 20.0),
        ("miss", 40.0),
        ("false_alarm", 8.0),
        ("false_alarm", 9.0),
    ]


UNIT = {
    "id": "ac-1",
    "zone": "hall",
    "position_m": (3, 3, 2.5),
    "states": [
        {"t_s": 0, "on": True, "display_c": 24, "led": True, "louver_deg": 35.0, "ribbon": True},
        {"t_s": 20, "on": True, "display_c": None, "led": True, "louver_deg": 35.0, "ribbon": True},
        {"t_s": 40, "on": False, "display_c": None, "led": False, "louver_deg": 0.0, "ribbon": False},
    ],
}


def runs(t_s, on, number=None):
    truth = Seen.UNKNOWN if on is None else Seen.HOLDS if on else Seen.FAILS
    values = () if number is None else (("setpoint", Quantity(number, "°C")), ("display", Quantity(1.0, "")))
    return Observation("aircon", "ac-1", "on", truth, utc(t_s), "cam", values)


def test_seconds_in_which_a_units_signs_contradict_each_other_are_counted_apart():
    told = [runs(0, True, 24.0), runs(20, None), runs(41, False)]
    found, score = quantities(told, aircons=[UNIT])
    assert found["aircon_state"] == {"n": 2, "right": 1.0, "wrong": 0.0, "unknown": 0.0}
    assert found["aircon_state_untellable"] == {"n": 1, "right": 0.0, "wrong": 0.0, "unknown": 1.0}
    assert found["aircon_switch_s"]["n_missed"] == found["aircon_switch_s"]["n_false"] == 0
    assert not score.slips


def test_a_number_is_asked_for_while_it_is_shown_and_a_wrong_one_is_wrong():
    found, _ = quantities([runs(0, True, 24.0), runs(10, True, 26.0), runs(20, None)], aircons=[UNIT])
    assert found["aircon_setpoint"] == {"n": 2, "right": 0.5, "wrong": 0.5, "unknown": 0.0}


def test_a_lamp_that_is_switched_behind_a_covered_lens_is_no_miss_and_told_later_no_flip():
    covered = [{"camera": "cam", "state": "covered", "t_start_s": 15, "t_end_s": 30}]
    lamp = {**LAMP, "states": LAMP["states"][:2]}
    found, score = quantities([lit(0, True), lit(15, None), lit(32, False)], lamps=[lamp], views=covered)
    assert not score.slips
    assert found["luminaire_state_untellable"]["unknown"] == 1.0
    assert found["luminaire_state"]["wrong"] == 0.0


def test_an_incident_told_as_at_least_so_much_is_right_or_wrong_and_its_place_is_no_fine_figure():
    def hit(code, true, measured, least):
        raised = Raised(code, "chair4", "cam", 30.0, 34.0, None, measured, 4.0, 0.0, least_deg=least)
        return Hit(
            Expected(code=code, verdict="fires", subject="chair4", measured=true, why="turned"), raised, 0.0, 0.0
        )

    hits = (
        hit("furniture.rotated", 45.0, 70.0, 38.0),
        hit("furniture.rotated", 45.0, 70.0, 46.0),
        hit("furniture.rotated", 20.0, 18.5, None),
        hit("furniture.displaced", 80.0, 65.0, 38.0),
        hit("furniture.displaced", 80.0, 79.0, None),
    )
    told = list(incident_measures("clip", Matches(hits, (), (), ())))
    assert [(one.quantity, one.outcome) for one in told if isinstance(one, Tally)] == [
        ("measured_at_least.furniture.rotated", "right"),
        ("measured_at_least.furniture.rotated", "wrong"),
    ]
    assert [(one.quantity, one.error) for one in told if isinstance(one, Sample)] == [
        ("measured.furniture.rotated", -1.5),
        ("measured_turned.furniture.displaced", -15.0),
        ("measured.furniture.displaced", -1.0),
    ]
