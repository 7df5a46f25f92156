"""Stories of hours: a post taken late, a VIP whose post is empty, a visitor after the last post went off duty.

The stories begin at 10:20 local time.
"""

import pytest

from models.domain.presence import Role
from tests.stories.scenario import DOOR, FEWER_RATES, HOME, Actor, Story, only, seconds, site

LATE, AFTER = ("greeter.post_late", "greeter.after_hours_visitor")
FROM_10_21 = (("10:21", "17:30"),)
UNTIL_10_21 = (("08:20", "10:21"),)
every_rate = pytest.mark.parametrize("how", FEWER_RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def near(how):
    return 1.0 + 1.0 / how["fps"]


def at(duty, vips=(), late_s=120.0):
    closes = duty[0][1]
    return site({LATE: {"limit_s": late_s}}, off=only(LATE, AFTER), duty=duty, vips=vips, closes=closes)


def comes(at_s, role=Role.STAFF):
    return Actor("holder", role).enters(at_s, (9.0, 3.0)).walks(HOME).stands(until=999)


# --- "greeter.post_late" ---


@every_rate
def test_a_post_that_nobody_takes_is_late_by_its_limit_after_duty_began(how):
    (incident,) = Story([], 200).played(at(FROM_10_21), **how).incidents
    assert incident.code == LATE
    assert incident.subject == "desk"
    assert seconds(incident.t_first_us) == 60
    assert seconds(incident.t_confirmed_us) == pytest.approx(180, abs=near(how))
    assert incident.end_reason == "end_of_recording"


@every_rate
def test_who_comes_late_ends_it(how):
    (incident,) = Story([comes(190)], 220).played(at(FROM_10_21), **how).incidents
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == pytest.approx(191.5, abs=near(how))


@every_rate
def test_who_comes_within_the_limit_is_not_late(how):
    assert Story([comes(150)], 220).played(at(FROM_10_21), **how).incidents == ()


@every_rate
def test_a_visitor_in_the_post_has_not_taken_it(how):
    visitor = comes(100, Role.VISITOR)
    assert [i.code for i in Story([visitor], 220).played(at(FROM_10_21), **how).incidents] == [LATE]


@every_rate
def test_somebody_of_unknown_role_may_have_taken_it_so_nothing_is_claimed(how):
    stranger = Actor("stranger", Role.UNKNOWN).enters(100, (9.0, 3.0)).walks(HOME).stands(until=130).walks_out()
    assert Story([stranger], 220).played(at(FROM_10_21), **how).incidents == ()


@every_rate
def test_with_sight_lost_meanwhile_nobody_can_say_that_it_was_late(how):
    assert [i.code for i in Story([], 220, outages=((100, 109),)).played(at(FROM_10_21), **how).incidents] == []


@every_rate
def test_a_recording_that_begins_after_duty_did_tells_nothing_of_its_beginning(how):
    assert Story([], 220).played(at((("09:00", "17:30"),)), **how).incidents == ()


@every_rate
def test_ten_minutes_before_a_vip_the_post_must_be_taken(how):
    where = at((("09:00", "17:30"),), vips=(700.0,))
    (incident,) = Story([], 200).played(where, **how).incidents
    assert (incident.code, incident.severity) == (LATE, "high")
    assert (seconds(incident.t_first_us), seconds(incident.t_confirmed_us)) == (100, pytest.approx(160, abs=near(how)))
    assert "rule.cue.vip_expected" in incident.cues
    assert Story([comes(50)], 200).played(where, **how).incidents == ()


def test_the_limit_is_five_minutes_where_the_site_says_nothing():
    where = site(off=only(LATE), duty=FROM_10_21)
    (incident,) = Story([], 400).played(where, fps=5.0).incidents
    assert seconds(incident.t_confirmed_us) == pytest.approx(360, abs=1.2)


# --- "greeter.after_hours_visitor" ---


def visitor(at_s=70.0):
    return Actor("visitor", Role.VISITOR).enters(at_s, DOOR).walks((6, 5)).stands(until=999)


@every_rate
def test_a_visitor_after_hours_without_staff_raises_after_two_minutes(how):
    (incident,) = Story([visitor()], 220).played(at(UNTIL_10_21), **how).incidents
    assert incident.code == AFTER
    assert incident.subject == "hall"
    assert seconds(incident.t_confirmed_us) == pytest.approx(190, abs=near(how))


@every_rate
def test_a_visitor_who_stayed_beyond_hours_counts_from_closing_time(how):
    (incident,) = Story([visitor(10.0)], 220).played(at(UNTIL_10_21), **how).incidents
    assert seconds(incident.t_first_us) == pytest.approx(60, abs=near(how))


@every_rate
def test_the_same_visitor_in_opening_hours_raises_nothing_here(how):
    assert Story([visitor()], 220).played(at((("08:20", "17:30"),)), **how).incidents == ()


@every_rate
def test_staff_in_the_hall_after_hours_attend_to_the_visitor(how):
    staff = Actor("guard", Role.STAFF).enters(65, (11, 7)).stands(until=999)
    assert Story([visitor(), staff], 220).played(at(UNTIL_10_21), **how).incidents == ()


@every_rate
def test_a_visitor_hidden_after_hours_is_not_counted_while_hidden(how):
    hidden = visitor().hidden(90, 150)
    assert Story([hidden], 220).played(at(UNTIL_10_21), **how).incidents == ()


@every_rate
def test_somebody_of_unknown_role_after_hours_raises_nothing(how):
    cleaner = Actor("cleaner", Role.UNKNOWN).enters(70, DOOR).walks((6, 5)).stands(until=999)
    assert Story([cleaner], 220).played(at(UNTIL_10_21), **how).incidents == ()
