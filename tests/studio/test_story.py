"""The story of a shot: who and what is where, when."""

import math

import pytest

from sample_videos.studio.feasible import check
from sample_videos.studio.story import RISE_S, Furniture, Story
from sample_videos.studio.telling import items_of, turn_of
from sample_videos.studio.visits import parties_of, posts_of
from tests.studio.playing import shot


def person(**words):
    return {"role": "visitor", "at": [6.4, 9.2], **words}


def test_a_move_is_as_far_and_as_turned_as_it_says_and_put_back_is_put_back():
    story = Furniture(
        shot(
            furniture=[
                {"at_s": 2, "item": "chair1", "by_mm": 80, "direction_deg": 30, "turn_deg": -12},
                {"at_s": 5, "item": "chair1", "put_back": True},
            ]
        )
    )
    home = story.items["chair1"].at
    moved = story.at(3)["chair1"]
    assert math.dist(moved[:2], home[:2]) * 1000 == pytest.approx(80, abs=0.02)
    assert turn_of(moved[2], home[2]) == pytest.approx(-12)
    assert story.at(1.99)["chair1"] == home == story.at(5)["chair1"]
    assert all(at == story.items[name].at for name, at in story.at(3).items() if name != "chair1")


def test_a_move_that_takes_time_goes_in_steps_and_every_step_is_a_change():
    story = Furniture(shot(furniture=[{"at_s": 2, "item": "bin2", "by_mm": 100, "over_s": 1.0}], room=BINS))
    home = story.items["bin2"].at
    far = [round(1000 * math.dist(story.at(t)["bin2"][:2], home[:2])) for t in (2.0, 2.2, 2.5, 3.0, 9.0)]
    assert far == [0, 20, 40, 100, 100]
    assert story.change_times(20) == pytest.approx([0, 2, 2.2, 2.4, 2.6, 2.8, 3.0])


def test_what_is_tipped_or_stacked_is_said_in_the_truth_until_it_is_put_back():
    moves = [
        {"at_s": 1, "item": "chair1", "tip_deg": 90},
        {"at_s": 1, "item": "chair0", "by_mm": 704, "direction_deg": 180.25, "lift_mm": 740},
        {"at_s": 4, "item": "chair1", "put_back": True},
    ]
    played = shot(furniture=moves)
    story = Furniture(played)
    home = story.items["chair1"].at
    assert (story.at(2)["chair1"], story.at(5)["chair1"]) == ((*home, 90.0, 0.0), home)
    assert story.at(5)["chair0"][3:] == (0.0, 0.74)
    poses = {one.id: one.poses for one in items_of(Story(played))}
    assert [(pose.t_s, pose.tip_deg, pose.lift_m) for pose in poses["chair1"]] == [(0, 0, 0), (1, 90, 0), (4, 0, 0)]
    assert [pose.lift_m for pose in poses["chair0"]] == [0, 0.74]
    standing, lying, _ = (pose.model_dump() for pose in poses["chair1"])
    assert ("tip_deg" in standing, lying["tip_deg"]) == (False, 90.0)
    check(played, "a chair upon a table")


BINS = {"things": [{"id": "bin2", "kind": "bin", "at": [1.6, 4.6, 0]}]}


def test_equals_change_places_and_removed_things_are_gone():
    moves = [{"at_s": 1, "item": "chair1", "swap_with": "chair2"}, {"at_s": 2, "item": "bin", "remove": True}]
    story = Furniture(shot(furniture=moves))
    now = story.at(3)
    assert (now["chair1"], now["chair2"]) == (story.items["chair2"].at, story.items["chair1"].at)
    assert now["bin"] is None


def test_a_walker_keeps_the_pace_and_takes_a_cycle_per_stride():
    story = Story(shot(people={"ada": person(actions=[{"walk": [[6.4, 6.2]], "speed_mps": 1.0}])}), {"ada": 1.5})
    seen = [story.people(t)[0] for t in (0.0, 1.0, 2.0)]
    assert [round(p.y, 2) for p in seen] == [9.2, 8.2, 7.2]
    assert [p.inside for p in seen] == [False, False, True]
    assert [p.pose[1] for p in seen] == pytest.approx([0.0, 0.67, 0.33], abs=0.01)
    assert story.people(3.05) == ()


def test_sitting_down_is_a_motion_and_so_is_standing_up():
    actions = [{"sit_s": 8, "seat": "chair9"}]
    story = Story(shot(people={"ada": person(at=[6.6, 5.9], actions=actions)}), {})
    postures = [story.people(t)[0].posture for t in (0.0, 0.4, RISE_S + 0.2, 4.0, 7.5)]
    assert postures == ["rising", "rising", "sitting", "sitting", "rising"]
    going_down = [story.people(t)[0].pose[1] for t in (0.0, 0.2, 0.4, 0.6)]
    assert going_down == sorted(going_down, reverse=True)
    seat = story.furniture.items["chair9"].at
    sitting = story.people(4.0)[0]
    assert math.dist((sitting.x, sitting.y), seat[:2]) < 0.1


def test_daylight_ramps_and_lamps_switch():
    light = [{"at_s": 0, "sky": 1.0, "sun": 0.5}, {"at_s": 10, "sky": 0.2, "sun": 0.0}]
    story = Story(shot(daylight=light, lamps=[{"at_s": 4, "lamp": "back", "lit": False}]))
    assert story.daylight(5) == pytest.approx((0.6, 0.25))
    assert story.daylight(15) == pytest.approx((0.2, 0.0))
    assert (story.lamps(3.99)["back"], story.lamps(4)["back"], story.lamps(4)["front"]) == (True, False, True)


def test_the_ribbon_flutters_while_the_unit_runs():
    changes = [{"at_s": 0, "runs": True, "display_c": 24}, {"at_s": 8, "runs": False}]
    story = Story(shot(aircon=changes))
    assert {story.aircon(t)["ribbon"] for t in (0, 0.2, 0.4, 0.6, 0.8, 1.0)} == {0, 1, 2, 3, 4, 5}
    assert story.aircon(9)["ribbon"] == -1
    assert (story.aircon(1)["display"], story.aircon(9)["display"]) == (24, None)


HOME = {"role": "staff", "post": "reception", "from_s": -1, "at": [11.1, 3.75]}


def test_a_party_waits_from_its_first_foot_over_the_line_until_served():
    people = {
        "ada": person(party="one", actions=[{"walk": [[6.4, 7.0]], "speed_mps": 1.1}, {"stand_s": 30}]),
        "bob": person(party="one", from_s=2, actions=[{"walk": [[6.6, 7.2]], "speed_mps": 1.1}, {"stand_s": 30}]),
        "eve": {**HOME, "actions": [{"stand_s": 9}, {"walk": [[11.1, 4.9], [9.6, 5.3], [7.4, 6.6]]}, {"stand_s": 30}]},
    }
    story = Story(shot(people=people), {})
    (party,) = parties_of(story)
    assert party.members == ("ada", "bob")
    assert party.t_enters_s == pytest.approx(1.2, abs=0.11)
    (wait,) = party.waits
    assert wait.end == "served"
    arrives = story.legs["eve"][1].t1_s
    assert arrives - 1.5 < wait.t_end_s <= arrives
    (post,) = posts_of(story)
    assert post.states[0].staff == 1
    assert any(state.staff == 0 and state.served_nearby for state in post.states), "service nearby covers the post"


def test_who_leaves_unserved_gave_up_when_setting_off():
    actions = [{"walk": [[6.4, 6.8]]}, {"stand_s": 6}, {"walk": [[6.4, 9.4]]}]
    story = Story(shot(people={"ada": person(actions=actions)}), {})
    (party,) = parties_of(story)
    assert party.waits[0].end == "abandoned"
    assert party.waits[0].t_end_s == pytest.approx(story.legs["ada"][2].t0_s, abs=0.01)
    assert party.t_leaves_s > party.waits[0].t_end_s
