"""Stories of the reception desk: when it is unattended, when it is not, and when nobody can say."""

from dataclasses import replace

import pytest

from models.domain.presence import Role
from tests.stories.scenario import HOME, RATES, Actor, Story, seconds, site

POST = "greeter.post_unattended"
BACK_ROOM = (11.9, 7.9)
every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def near(how):
    return 1.0 + 1.0 / how["fps"]


def desk(**changes):
    """A site where only the post is watched: warning 20 s, incident 40 s, high 80 s."""
    limits = {"warn_s": 20.0, "limit_s": 40.0, "high_s": 80.0, "relief_s": 0.0}
    waits = frozenset({"greeter.visitor_unapproached", "wait.reception"})
    duty = changes.pop("duty", ())
    required = changes.pop("required", 1)
    return site({POST: limits | changes}, off=waits, duty=duty, required=required)


def holder(until=30.0):
    return Actor("holder", Role.STAFF).enters(0, HOME).stands(until=until)


@every_rate
def test_the_holder_at_the_desk_raises_nothing(how):
    assert Story([holder(400)], 100).played(desk(), **how).incidents == ()


@every_rate
def test_the_holder_leaves_for_the_back_room_and_the_post_is_told_after_the_limits(how):
    away = holder(30).walks_out(BACK_ROOM)
    engine = Story([away], 150).played(desk(), **how)
    (incident,) = engine.incidents
    left = next(t / 100 for t in range(3000, 4000) if away.at(t / 100)[1] > 4.6)
    assert (incident.code, incident.subject, incident.zone) == (POST, "desk", "hall")
    assert seconds(incident.t_first_us) == pytest.approx(left, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(left + 40, abs=near(how))
    assert incident.severity == "high"
    assert incident.threshold.value == 40
    assert incident.end_reason == "end_of_recording"


@every_rate
def test_a_warning_that_ends_before_the_limit_stays_a_warning(how):
    away = holder(30).walks((11.3, 6)).stands(until=60).walks(HOME).stands(until=400)
    (incident,) = Story([away], 120).played(desk(), **how).incidents
    assert incident.severity == "warning"
    assert incident.threshold.value == 20
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_confirmed_us) - seconds(incident.t_first_us) == pytest.approx(20, abs=0.01)
    assert seconds(incident.t_end_us) == pytest.approx(61.2, abs=near(how))


@every_rate
def test_away_for_less_than_the_limit_raises_nothing(how):
    away = holder(30).walks((11.3, 6)).stands(until=45).walks(HOME).stands(until=400)
    assert Story([away], 120).played(desk(), **how).incidents == ()


@every_rate
def test_the_receptionist_serves_a_visitor_4_m_from_the_desk_and_has_not_left_it(how):
    visitor = Actor("visitor", Role.VISITOR).enters(5, (6, 8)).walks((7.4, 4.0)).stands(until=400)
    serving = holder(30).walks((8.2, 4.0)).stands(until=400)
    engine = Story([visitor, serving], 150).played(desk(), **how)
    assert engine.incidents == ()
    rows = [row for row in engine.intervals() if row.kind == "post"]
    assert [row.value for row in rows] == ["attended", "unattended", "attended"]
    assert rows[1].t_end_us - rows[1].t_start_us < 4.5e6


@every_rate
def test_serving_too_far_away_leaves_the_post_unattended(how):
    visitor = Actor("visitor", Role.VISITOR).enters(5, (1, 8)).walks((1.5, 6)).stands(until=400)
    serving = holder(30).walks((2.3, 6.0)).stands(until=400)
    (incident,) = Story([visitor, serving], 150).played(desk(), **how).incidents
    assert incident.severity == "high"


@every_rate
def test_the_post_counts_as_unattended_from_the_end_of_the_service(how):
    visitor = Actor("visitor", Role.VISITOR).enters(5, (6, 8)).walks((7.4, 4.0)).stands(until=60).walks_out((6, 8))
    serving = holder(30).walks((8.2, 4.0)).stands(until=400)
    (incident,) = Story([visitor, serving], 150).played(desk(), **how).incidents
    assert seconds(incident.t_first_us) == pytest.approx(60.5, abs=0.5 + near(how))


@every_rate
def test_a_visitor_standing_in_the_post_is_not_staff(how):
    intruder = Actor("intruder", Role.VISITOR).enters(0, HOME).stands(until=400)
    (incident,) = Story([intruder], 60).played(desk(), **how).incidents
    assert incident.severity == "incident"
    assert seconds(incident.t_first_us) == 0


@every_rate
def test_somebody_of_unknown_role_in_the_post_holds_the_clock(how):
    away = holder(30).walks_out(BACK_ROOM)
    stranger = Actor("stranger", Role.UNKNOWN).enters(40, (11.3, 6)).walks(HOME).stands(until=80).walks((8, 6))
    (incident,) = Story([away, stranger.stands(until=400)], 150).played(desk(), **how).incidents
    entered = next(t / 100 for t in range(4000, 5000) if stranger.at(t / 100)[1] <= 4.6)
    left = next(t / 100 for t in range(8000, 9000) if stranger.at(t / 100)[0] < 10.75)
    assert incident.blind_s == pytest.approx(left - entered, abs=near(how))
    expected = seconds(incident.t_first_us) + 40 + incident.blind_s
    assert seconds(incident.t_confirmed_us) == pytest.approx(expected, abs=0.01)


@every_rate
def test_a_holder_present_but_unseen_in_the_post_is_no_absence(how):
    assert Story([holder(400).hidden(30, 140)], 150).played(desk(), **how).incidents == ()


@every_rate
def test_a_holder_lost_in_the_post_counts_as_away_only_from_the_empty_place_on(how):
    (incident,) = Story([holder(400).goes_unseen(30, 45)], 110).played(desk(), **how).incidents
    assert seconds(incident.t_first_us) == pytest.approx(45, abs=near(how))


@every_rate
def test_a_lost_camera_ends_the_claim_and_a_new_one_starts_with_the_picture(how):
    away = holder(5).walks_out(BACK_ROOM)
    engine = Story([away], 100, outages=((20, 40),)).played(desk(), **how)
    (incident,) = [i for i in engine.incidents if i.code == POST]
    assert seconds(incident.t_first_us) == pytest.approx(40, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(80, abs=near(how))


@every_rate
def test_a_lost_camera_closes_what_was_told_as_blind(how):
    away = holder(5).walks_out(BACK_ROOM)
    engine = Story([away], 75, outages=((60, 70),)).played(desk(), **how)
    (incident,) = [i for i in engine.incidents if i.code == POST]
    assert incident.end_reason == "blind"
    assert seconds(incident.t_end_us) == pytest.approx(60, abs=near(how))


@every_rate
def test_a_covered_camera_says_nothing_about_the_post(how):
    engine = Story([], 60, sick=((10, 60),)).played(desk(), **how)
    assert engine.incidents == ()


@every_rate
def test_only_duty_time_counts(how):
    # The story begins at 10:20:00 local time.
    before = Story([], 100).played(desk(duty=(("08:00", "10:20"),)), **how)
    assert before.incidents == ()
    within = Story([], 100).played(desk(duty=(("10:21", "12:00"),)), **how)
    (incident,) = within.incidents
    assert seconds(incident.t_first_us) == pytest.approx(60, abs=0.01)
    assert incident.severity == "warning"


@every_rate
def test_the_end_of_duty_ends_the_claim(how):
    (incident,) = Story([], 100).played(desk(duty=(("08:00", "10:21"),)), **how).incidents
    assert incident.end_reason == "off_duty"
    assert seconds(incident.t_end_us) == pytest.approx(60, abs=0.01)


@every_rate
def test_relief_at_a_shift_change_is_ignored_and_a_longer_gap_is_not(how):
    away = holder(50).walks((11.3, 6))
    back = away.stands(until=85).walks(HOME).stands(until=400)
    shifts = (("08:00", "10:21"), ("10:21", "18:00"))
    assert Story([back], 150).played(desk(duty=shifts, relief_s=60.0), **how).incidents == ()
    (same_without_shifts,) = Story([back], 150).played(desk(relief_s=60.0), **how).incidents
    assert same_without_shifts.severity == "warning"
    (longer,) = Story([away.stands(until=400)], 150).played(desk(duty=shifts, relief_s=60.0), **how).incidents
    assert longer.severity == "high"


@every_rate
def test_a_post_for_two_needs_two(how):
    second = Actor("second", Role.STAFF).enters(0, (11.3, 2)).stands(until=30).walks_out(BACK_ROOM)
    (incident,) = Story([holder(400), second], 100).played(desk(required=2), **how).incidents
    assert incident.severity == "incident"
    both = Actor("second", Role.STAFF).enters(0, (11.3, 2)).stands(until=400)
    assert Story([holder(400), both], 100).played(desk(required=2), **how).incidents == ()


@every_rate
def test_a_holder_whose_role_is_known_late_attended_from_the_start(how):
    engine = Story([holder(400).known_from(8)], 60).played(desk(), **how)
    assert engine.incidents == ()
    assert [row.value for row in engine.intervals() if row.kind == "post"] == ["attended"]


@every_rate
def test_the_time_of_a_lost_camera_stays_unknown_although_the_holder_is_there_again(how):
    engine = Story([holder(400)], 80, outages=((30, 50),)).played(desk(), **how)
    rows = [row for row in engine.intervals() if row.kind == "post"]
    assert [row.value for row in rows] == ["attended", "unknown", "attended"]
    assert [seconds(row.t_start_us) for row in rows] == pytest.approx([0, 30, 50], abs=near(how))


@every_rate
def test_a_holder_of_whom_only_the_head_shows_may_be_in_the_post_and_is_not_missed(how):
    beside = Actor("holder", Role.STAFF, sigma_m=0.9).enters(0, (9.5, 3.0)).stands(until=400)
    engine = Story([beside], 100).played(desk(), **how)
    assert engine.incidents == ()
    shown = {row.value for row in engine.intervals() if (row.subject, row.predicate) == ("desk", "attendance")}
    assert shown == {"unknown"}, "neither missed nor counted as there"
    (incident,) = Story([replace(beside, sigma_m=0.1)], 100).played(desk(), **how).incidents
    assert incident.code == POST


BESIDE = (10.5, 4.9)


def comes_out(role=Role.STAFF, *, seen_to_come=False):
    """Somebody who first shows beside the desk at 50 s and goes through the hall; the role is known later."""
    walker = Actor("walker", role).enters(50, BESIDE).walks((3.0, 5.0)).stands(until=400).known_from(53)
    return walker if seen_to_come else walker.unseen_from_start()


@every_rate
def test_who_comes_out_from_behind_the_counter_held_the_post_till_then(how):
    """The counter hid her but for her head: what was told meanwhile is closed, and she is missed from when she left."""
    warned, told = Story([comes_out()], 130).played(desk(), **how).incidents
    assert (warned.end_reason, warned.severity) == ("resolved", "incident")
    assert seconds(warned.t_end_us) == pytest.approx(50, abs=near(how))
    assert seconds(told.t_first_us) == pytest.approx(50, abs=near(how))
    assert seconds(told.t_confirmed_us) == pytest.approx(90, abs=near(how))


@every_rate
def test_staff_who_were_seen_to_come_and_pass_the_desk_did_not_hold_it(how):
    (incident,) = Story([comes_out(seen_to_come=True)], 130).played(desk(), **how).incidents
    assert seconds(incident.t_first_us) == pytest.approx(0, abs=near(how))
    assert incident.severity == "high"


@every_rate
def test_a_visitor_who_turns_up_beside_the_desk_did_not_hold_it(how):
    (incident,) = Story([comes_out(Role.VISITOR)], 130).played(desk(), **how).incidents
    assert seconds(incident.t_first_us) == pytest.approx(0, abs=near(how))
