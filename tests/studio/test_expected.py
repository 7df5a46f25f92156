"""Verdicts of the studio's own small judge, on truths whose answer is plain."""

import json

import pytest

from sample_videos.studio.expected import DEFAULTS, EARLY_S, JUDGED_CODES, expected_of
from sample_videos.studio.shot import CameraPart
from sample_videos.studio.site_things import readings
from sample_videos.studio.stage_client import camera_of
from sample_videos.studio.story import Story
from sample_videos.studio.telling import Seen, Sight, told
from sample_videos.studio.truth import CameraMove, LabelSight, LabelTruth, ViewTruth
from tests.studio.playing import shot

LIMITS = {"furniture.displaced": {"tolerance_mm": 60, "reset_grace_s": 4}}


def truth(views=(), moves=(), **parts):
    """The truth of a shot in which nobody is rendered."""
    story = Story(shot(**parts), {})
    seen = Seen("recording.mp4", camera_of(CameraPart()), _frames(), (), tuple(views), tuple(moves), None)
    return told("tried", story, 1, {"hall": seen}, {})


def _frames():
    return tuple(Sight(round(k / 5, 3), 0.5, ()) for k in range(100))


def sick(state, begin, end):
    return ViewTruth(camera="hall", state=state, t_start_s=begin, t_end_s=end)


def verdicts(truth, code):
    return [(e.verdict, e.subject) for e in expected_of(truth, [code])]


def moved(mm=0.0, turn=0.0, at=3.0, **more):
    return {"at_s": at, "item": "chair1", "by_mm": mm, "turn_deg": turn, **more}


def test_a_displaced_chair_fires_after_its_grace():
    found = expected_of(truth(furniture=[moved(120)], rules=LIMITS), ["furniture.displaced"])
    (one,) = found
    assert (one.verdict, one.subject) == ("fires", "chair1")
    assert one.measured == pytest.approx(120, abs=0.1)
    assert one.t_first_s == 3.0
    low, high = one.t_confirmed_s
    assert low == 7.0 - EARLY_S < high


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        ([moved(50)], "tolerance"),
        ([moved(120), {"at_s": 5, "item": "chair1", "put_back": True}], "120 mm"),
        ([{"at_s": 3, "item": "chair1", "swap_with": "chair2"}], "equal"),
        ([], "nothing"),
    ],
)
def test_near_misses_must_not_fire(moves, why):
    found = expected_of(truth(furniture=moves, rules=LIMITS), ["furniture.displaced"])
    assert {e.verdict for e in found} == {"must_not"}
    assert why in found[0].why


def test_a_covered_view_is_blind_and_an_interrupted_one_fires_later():
    covered = truth(views=[sick("covered", 4, 20)], furniture=[moved(120)], rules=LIMITS)
    assert verdicts(covered, "furniture.displaced") == [("blind", "chair1")]
    blinked = truth(views=[sick("covered", 4, 9)], furniture=[moved(120)], rules=LIMITS)
    (one,) = expected_of(blinked, ["furniture.displaced"])
    assert one.verdict == "fires"
    assert one.t_confirmed_s[1] >= 9 + 4


def test_a_round_table_has_no_direction_and_half_a_turn_of_a_table_is_none():
    moves = [{"at_s": 2, "item": "table0", "turn_deg": 40}, {"at_s": 2, "item": "table1", "turn_deg": 180}]
    rules = {"furniture.rotated": {"reset_grace_s": 2}}
    assert verdicts(truth(furniture=moves, rules=rules), "furniture.rotated") == [("must_not", None)]
    rules = {"furniture.rotated": {"reset_grace_s": 2, "tolerance_deg": 8}}
    turned = truth(furniture=[moved(turn=20)], rules=rules)
    assert verdicts(turned, "furniture.rotated") == [("fires", "chair1")]


def test_missing_and_extra():
    carton = {"id": "carton", "kind": "box", "at": [5.1, 5.9, 0], "present": False, "belongs": False}
    moves = [{"at_s": 2, "item": "bin", "remove": True}, {"at_s": 3, "item": "carton", "appear": True}]
    rules = {"furniture.missing": {"visible_s": 5}, "furniture.extra": {"lasting_s": 5}}
    found = truth(furniture=moves, room={"things": [carton]}, rules=rules)
    assert verdicts(found, "furniture.missing") == [("fires", "bin")]
    assert verdicts(found, "furniture.extra") == [("fires", "carton")]


def test_lamps_in_and_after_their_window():
    off = [{"at_s": 2, "lamp": "front", "lit": False}]
    rules = {code: {"limit_s": 5} for code in ("energy.light_off_in_window", "energy.light_on_after_hours")}
    day = truth(lamps=off, rules=rules)
    assert verdicts(day, "energy.light_off_in_window") == [("fires", "front")]
    assert verdicts(day, "energy.light_on_after_hours") == [("must_not", None)]
    night = truth(lamps=off, rules=rules, head={"start": "2026-03-14T20:00:00"})
    found = dict(reversed(pair) for pair in verdicts(night, "energy.light_on_after_hours"))
    assert found == {"front": "must_not", "back": "fires", "counter": "fires", "night": "must_not"}


def test_a_lamp_that_is_off_while_a_visit_lasts_is_missed_and_one_that_blinks_is_not():
    visits = {"vip": {"arrives_s": 8, "leaves_s": 600}}
    rules = {"energy.vip_prep_missed": {"limit_s": 4}}
    off = [{"at_s": 3, "lamp": "front", "lit": False}, {"at_s": 9, "lamp": "back", "lit": False}]
    blink = [*off, {"at_s": 11, "lamp": "back", "lit": True}]
    found = expected_of(truth(visits=visits, lamps=blink, rules=rules), ["energy.vip_prep_missed"])
    assert [(e.verdict, e.subject, e.t_first_s) for e in found] == [("fires", "front", 8.0), ("must_not", "back", 9.0)]
    assert verdicts(truth(lamps=off, rules=rules), "energy.vip_prep_missed") == [("must_not", None)]


def test_a_relay_that_says_another_thing_than_is_true_is_a_contradiction():
    off = [{"at_s": 5, "lamp": "front", "lit": False}]
    says_on = [{"at_s": 0, "lamp": "front", "lit": True}]
    rules = {"signal.disagreement": {"limit_s": 6}}
    assert verdicts(truth(lamps=off, meters=says_on, rules=rules), "signal.disagreement") == [("fires", "front")]
    follows = [*says_on, {"at_s": 8, "lamp": "front", "lit": False}]
    late = truth(lamps=off, meters=follows, rules=rules)
    assert verdicts(late, "signal.disagreement") == [("must_not", "front")]
    told = [json.loads(line) for line in readings(late).splitlines()]
    assert [(one["at"][-8:], one["value"]) for one in told[:3]] == [("10:00:00", 1), ("10:00:05", 1), ("10:00:08", 0)]
    covered = truth(views=[sick("covered", 4, 20)], lamps=off, meters=says_on, rules=rules)
    assert verdicts(covered, "signal.disagreement") == [("blind", "front")]


def test_light_on_empty_needs_the_policy_that_asks_for_it():
    rules = {"energy.light_on_empty": {"limit_s": 8}}
    free = truth(room={"lighting": "vacancy"}, rules=rules)
    assert ("fires", "front") in verdicts(free, "energy.light_on_empty")
    assert ("fires", "night") not in verdicts(free, "energy.light_on_empty")
    assert {v for v, _ in verdicts(truth(rules=rules), "energy.light_on_empty")} == {"must_not"}


def test_set_points_follow_the_season():
    runs = [{"at_s": 0, "runs": True, "display_c": 22}]
    rules = {"energy.ac_setpoint_out_of_range": {"limit_s": 5}}
    for start, verdict in (("2026-07-14T10:00:00", "fires"), ("2026-04-14T10:00:00", "must_not")):
        found = truth(aircon=runs, rules=rules, head={"start": start})
        assert verdicts(found, "energy.ac_setpoint_out_of_range") == [(verdict, "ac-1")]


@pytest.mark.parametrize(("px", "verdict"), [(5.0, "must_not"), (40.0, "fires")])
def test_a_small_push_is_put_right_and_a_large_one_is_reported(px, verdict):
    found = truth(moves=[CameraMove(t_s=3, dx_px=px, dy_px=0)], rules={"camera.moved": {"limit_s": 4}})
    assert verdicts(found, "camera.moved") == [(verdict, "hall")]


def test_health_codes_are_not_blinded_by_what_they_report_but_by_other_sickness():
    rules = {"camera.blocked": {"limit_s": 5}, "camera.night_mode": {"limit_s": 5}}
    covered = truth(views=[sick("covered", 4, 20)], rules=rules)
    assert verdicts(covered, "camera.blocked") == [("fires", "hall")]
    assert verdicts(covered, "camera.night_mode") == [("blind", None)]


def test_a_lens_that_is_covered_and_then_black_is_blocked_once():
    rules = {"camera.blocked": {"limit_s": 5}}
    views = [sick("covered", 4, 9), sick("black", 9, 12), sick("night", 12, 13), sick("covered", 14, 20)]
    (first, second) = expected_of(truth(views=views, rules=rules), ["camera.blocked"])
    assert (first.t_first_s, first.why) == (4.0, "hall is covered, black")
    assert second.t_first_s == 14.0, "the lens was free in between"


def test_every_code_has_an_answer_when_nothing_happens():
    quiet = truth()
    for code in JUDGED_CODES:
        assert code in DEFAULTS
        assert {v for v, _ in verdicts(quiet, code)} == {"must_not"}
    assert expected_of(quiet, []) == ()


def test_a_label_that_shows_beside_its_item_is_exposed_and_one_of_a_displaced_item_is_not():
    label = {"id": "chair1/0", "item": "chair1", "kind": "contrast", "x_m": 1, "y_m": 1, "diameter_m": 0.02}
    sights = [(0.0, 0.05), (3.0, 0.6), (8.0, 0.9)]
    seen = tuple(LabelSight(t_s=t, camera="hall", image_px=(1, 1), size_px=(2, 1), visible_share=s) for t, s in sights)
    moves = [moved(40), moved(100, at=8.0)]
    rules = {**LIMITS, "label.exposed": {"visible_s": 4}}
    found = truth(furniture=moves, rules=rules).model_copy(update={"labels": (LabelTruth(**label, seen=seen),)})
    assert verdicts(found, "label.exposed") == [("fires", "chair1")]
    assert expected_of(found, ["label.exposed"])[0].t_first_s == 3.0


def test_two_bare_labels_of_one_item_are_one_incident_the_barest_is_named():
    shares = {"chair1/0": 0.4, "chair1/3": 0.9}
    labels = tuple(
        LabelTruth(
            id=name,
            item="chair1",
            kind="contrast",
            x_m=1,
            y_m=1,
            diameter_m=0.02,
            seen=tuple(
                LabelSight(t_s=t, camera="hall", image_px=(1, 1), size_px=(2, 1), visible_share=s)
                for t, s in ((0.0, 0.0), (3.0, share))
            ),
        )
        for name, share in shares.items()
    )
    rules = {**LIMITS, "label.exposed": {"visible_s": 4}}
    found = truth(furniture=[moved(40)], rules=rules).model_copy(update={"labels": labels})
    (told,) = expected_of(found, ["label.exposed"])
    assert (told.verdict, told.why) == ("fires", "90% of label chair1/3 is seen")
