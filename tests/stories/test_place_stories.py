"""Stories of waits at one place: at a table, for the shuttle, at the showflat's door and behind it."""

from dataclasses import replace

import pytest

from models.domain.energy import Meter, SignalKind
from models.domain.messages import Scene, Tick
from models.domain.presence import Role
from models.domain.readings import Reading
from models.domain.truth import Truth
from pipelines.engine import Engine
from pipelines.recorded_readings import RecordedReadings
from tests.stories.scenario import DOOR, FEWER_RATES, Actor, Story, only, seconds, site, utc

SEATED, SHUTTLE, SHOWFLAT, ALONE = ("wait.seated", "wait.shuttle", "wait.showflat", "wait.unaccompanied")
CHAIR, BESIDE, STOP, LOBBY, FLAT = (5.0, 1.5), (5.8, 1.5), (8.5, 1.2), (1.0, 4.5), (1.0, 7.0)
every_rate = pytest.mark.parametrize("how", FEWER_RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def near(how):
    """1 s and one frame interval."""
    return 1.0 + 1.0 / how["fps"]


def at(code, **values):
    """The site with this rule alone."""
    return site({code: values}, off=only(code), posts=False, places=True)


def guest(name="guest", at_s=2.0, role=Role.VISITOR):
    return Actor(name, role).enters(at_s, DOOR)


def waiter(comes_s, to, until=900):
    """Stands far off, then comes to the table and stays."""
    return Actor("waiter", Role.STAFF).enters(0, (11.5, 6)).stands(until=comes_s).walks(to).stands(until=until)


def of(code, engine):
    return [incident for incident in engine.incidents if incident.code == code]


# --- "wait.seated" ---


@every_rate
def test_who_sits_for_a_minute_without_being_served_raises_one_incident(how):
    sitter = guest().walks(CHAIR).sits(until=900)
    sat_s = sitter.sits_s[0][0]
    (incident,) = of(SEATED, Story([sitter], 110).played(at(SEATED, limit_s=60.0), **how))
    assert incident.subject == "table-1"
    assert incident.zone == "tables"
    assert seconds(incident.t_first_us) == pytest.approx(sat_s, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(sat_s + 60, abs=near(how))
    assert incident.severity == "incident"


def believed_from(at_s, sitter, length_s, how):
    """An engine that hears of the sitter only from then on: it takes seconds to be sure of somebody who keeps still."""
    where = at(SEATED, limit_s=60.0)
    engine = Engine(where)
    for message in Story([sitter], length_s).messages(where=where, **how):
        early = isinstance(message, Scene) and message.utc_us < utc(at_s)
        engine.step(replace(message, persons=()) if early else message)
    return engine


@every_rate
def test_who_sat_there_when_the_camera_began_has_sat_since_then(how):
    sitter = Actor("guest", Role.VISITOR).enters(0, CHAIR).sits(until=900).unseen_from_start()
    (incident,) = of(SEATED, believed_from(3.0, sitter, 110, how))
    assert seconds(incident.t_first_us) == pytest.approx(0, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(60, abs=near(how))


@every_rate
def test_who_turns_up_standing_and_sits_down_later_waits_from_then(how):
    sitter = Actor("guest", Role.VISITOR).enters(0, CHAIR).stands(until=20).sits(until=900).unseen_from_start()
    (incident,) = of(SEATED, believed_from(3.0, sitter, 110, how))
    assert seconds(incident.t_first_us) == pytest.approx(20, abs=near(how))


def test_the_limit_is_three_minutes_where_the_site_says_nothing():
    sitter = guest().walks(CHAIR).sits(until=900)
    (incident,) = of(SEATED, Story([sitter], 240).played(at(SEATED), fps=5.0))
    assert seconds(incident.t_confirmed_us) == pytest.approx(sitter.sits_s[0][0] + 180, abs=1.2)


@every_rate
def test_who_is_served_at_the_table_in_time_raises_nothing(how):
    actors = [guest().walks(CHAIR).sits(until=900), waiter(40, (5.0, 2.6))]
    assert of(SEATED, Story(actors, 260).played(at(SEATED, limit_s=60.0), **how)) == []


@every_rate
def test_a_waiter_who_comes_late_ends_the_wait_where_he_came(how):
    actors = [guest().walks(CHAIR).sits(until=900), waiter(80, (5.0, 2.6))]
    (incident,) = of(SEATED, Story(actors, 260).played(at(SEATED, limit_s=60.0), **how))
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == pytest.approx(actors[1].path[-2][0], abs=1 + near(how))


@every_rate
def test_a_waiter_who_walks_past_the_table_has_served_nobody(how):
    passing = Actor("waiter", Role.STAFF).enters(0, (11.5, 2.5)).stands(until=30).walks((0.5, 2.5)).stands(until=900)
    actors = [guest().walks(CHAIR).sits(until=900), passing]
    assert len(of(SEATED, Story(actors, 240).played(at(SEATED, limit_s=60.0), **how))) == 1


@every_rate
def test_who_stands_at_the_table_is_not_seated(how):
    assert (
        of(SEATED, Story([guest().walks(CHAIR).stands(until=900)], 110).played(at(SEATED, limit_s=60.0), **how)) == []
    )


@every_rate
def test_where_the_picture_cannot_tell_whether_somebody_sits_nothing_is_claimed(how):
    unsure = Actor("guest", Role.VISITOR, posture_known=False).enters(2, DOOR).walks(CHAIR).sits(until=900)
    assert of(SEATED, Story([unsure], 110).played(at(SEATED, limit_s=60.0), **how)) == []


@every_rate
def test_who_sits_hidden_behind_a_plant_across_the_limit_is_told_when_seen_again(how):
    sitter = guest().walks(CHAIR).sits(until=900).hidden(50, 75)
    (incident,) = of(SEATED, Story([sitter], 120).played(at(SEATED, limit_s=60.0), **how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(sitter.sits_s[0][0] + 60, abs=near(how))
    assert incident.blind_s == pytest.approx(25, abs=near(how))


@every_rate
def test_who_gets_up_for_forty_seconds_has_one_wait_without_them(how):
    sitter = guest().walks(CHAIR).sits(until=40).walks((5.0, 5.5)).stands(until=80).walks(CHAIR).sits(until=900)
    (incident,) = of(SEATED, Story([sitter], 190).played(at(SEATED, limit_s=60.0), **how))
    away = [t / 100 for t in range(4000, 9000) if sitter.at(t / 100)[1] > 3.0]
    confirmed_s = sitter.sits_s[0][0] + 60 + len(away) / 100
    assert seconds(incident.t_confirmed_us) == pytest.approx(confirmed_s, abs=near(how))


@every_rate
def test_who_leaves_the_table_for_good_ends_the_wait_when_getting_up(how):
    sitter = guest().walks(CHAIR).sits(until=90).walks((9.0, 6.0)).stands(until=900)
    (incident,) = of(SEATED, Story([sitter], 190).played(at(SEATED, limit_s=60.0), **how))
    assert incident.end_reason == "left"
    assert seconds(incident.t_end_us) == pytest.approx(91.2, abs=near(how))


@every_rate
def test_two_who_sit_down_one_after_the_other_are_one_party(how):
    actors = [guest("wife").walks(CHAIR).sits(until=900), guest("husband", 30).walks(BESIDE).sits(until=900)]
    (incident,) = of(SEATED, Story(actors, 240).played(at(SEATED, limit_s=60.0), **how))
    assert seconds(incident.t_first_us) == pytest.approx(actors[0].sits_s[0][0], abs=near(how))
    assert incident.extra["persons"] == "cam/1 cam/2"


@every_rate
def test_camera_lost_in_mid_wait_ends_the_claim(how):
    story = Story([guest().walks(CHAIR).sits(until=900)], 190, outages=((40, 60),))
    (incident,) = of(SEATED, story.played(at(SEATED, limit_s=60.0), **how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(60 + 60, abs=near(how))
    assert "rule.cue.counted_anew" in incident.cues


# --- "wait.shuttle" ---

SHORT = {"warn_s": 40.0, "limit_s": 60.0}


@every_rate
def test_a_long_wait_for_the_shuttle_warns_first_and_then_is_an_incident(how):
    waiting = guest().walks(STOP).stands(until=900)
    engine = Story([waiting], 110).played(at(SHUTTLE, **SHORT), **how)
    (incident,) = of(SHUTTLE, engine)
    came_s = next(t / 100 for t in range(200, 2000) if waiting.at(t / 100)[1] < 2.5)
    assert seconds(incident.t_first_us) == pytest.approx(came_s, abs=near(how))
    assert incident.severity == "incident"
    assert incident.threshold.value == 60
    assert seconds(incident.t_confirmed_us) == pytest.approx(came_s + 60, abs=near(how))


def test_twelve_minutes_warn_and_fifteen_are_an_incident_by_default():
    waiting = guest().walks(STOP).stands(until=2000)
    before, after = (Story([waiting], until).played(at(SHUTTLE), fps=2.0) for until in (800, 950))
    assert [(i.severity, i.threshold.value) for i in of(SHUTTLE, before)] == [("warning", 720)]
    assert [(i.severity, i.threshold.value) for i in of(SHUTTLE, after)] == [("incident", 900)]


@every_rate
def test_the_cart_that_has_come_does_not_end_the_wait_boarding_does(how):
    boards = guest().walks(STOP).stands(until=85).walks_out((8.5, -0.5))
    carts = ((0, Truth.FAILS), (50, Truth.HOLDS), (95, Truth.FAILS))
    engine = Story([boards], 120, carts=carts).played(at(SHUTTLE, **SHORT), **how)
    (incident,) = of(SHUTTLE, engine)
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == pytest.approx(boards.leaves_s, abs=near(how))


@every_rate
def test_who_boards_in_time_raises_nothing(how):
    boards = guest().walks(STOP).stands(until=30).walks_out((8.5, -0.5))
    carts = ((0, Truth.FAILS), (20, Truth.HOLDS), (40, Truth.FAILS))
    assert of(SHUTTLE, Story([boards], 120, carts=carts).played(at(SHUTTLE, **SHORT), **how)) == []


def by_sensor(actors, length_s, readings, **how):
    """The story with what a loop in the ground at the stop reported: (second, 1 a cart stands there, 0 none)."""
    where = at(SHUTTLE, **SHORT)
    energy = replace(where.energy, meters={"loop": Meter("loop", "stop", max_gap_s=120.0)})
    where = replace(where, energy=energy)
    told = [Reading("loop", SignalKind.RELAY, value, utc(at_s)) for at_s, value in readings]
    inlet, engine = RecordedReadings(where, told), Engine(where)
    for message in Story(actors, length_s).messages(where=where, **how):
        if isinstance(message, Tick):
            for observation in inlet.due(message.utc_us):
                engine.step(observation)
        engine.step(message)
    return of(SHUTTLE, engine)


@every_rate
def test_a_sensor_at_the_stop_tells_of_the_cart_whose_arrival_ends_nothing_and_boarding_does(how):
    boards = guest().walks(STOP).stands(until=85).walks_out((8.5, -0.5))
    readings = ((0, 0), (50, 1), (95, 0))
    (incident,) = by_sensor([boards], 120, readings, **how)
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == pytest.approx(boards.leaves_s, abs=near(how))
    (still,) = by_sensor([guest().walks(STOP).stands(until=900)], 120, readings, **how)
    assert still.end_reason == "end_of_recording", "the cart came and went, and they stood there still"


@every_rate
def test_who_goes_while_the_sensor_tells_of_no_cart_has_given_up_and_a_silent_sensor_tells_nothing(how):
    gone = guest().walks(STOP).stands(until=80).walks_out((8.5, -0.5))
    (incident,) = by_sensor([gone], 120, ((0, 0),), **how)
    assert incident.end_reason == "left"
    (unsure,) = by_sensor([gone], 120, ((-118, 0),), **how)
    assert unsure.end_reason == "blind"


@every_rate
def test_staff_beside_the_waiting_do_not_bring_the_shuttle(how):
    guard = Actor("guard", Role.STAFF).enters(0, (8.5, 2.2)).stands(until=900)
    engine = Story([guest().walks(STOP).stands(until=900), guard], 110).played(at(SHUTTLE, **SHORT), **how)
    assert len(of(SHUTTLE, engine)) == 1


@every_rate
def test_who_goes_unseen_from_a_stop_without_a_cart_sensor_is_not_said_to_have_left(how):
    gone = guest().walks(STOP).stands(until=80).walks_out((8.5, -0.5))
    (incident,) = of(SHUTTLE, Story([gone], 120).played(at(SHUTTLE, **SHORT), **how))
    assert incident.end_reason == "blind"


@every_rate
def test_hidden_at_the_stop_for_longer_than_lost_s_raises_nothing(how):
    waiting = guest().walks(STOP).stands(until=900).hidden(30, 75)
    assert of(SHUTTLE, Story([waiting], 110).played(at(SHUTTLE, **SHORT), **how)) == []


# --- "wait.showflat" ---


@every_rate
def test_a_party_that_nobody_meets_at_the_showflat_door_raises_at_the_limit(how):
    waiting = guest().walks(LOBBY).stands(until=900)
    (incident,) = of(SHOWFLAT, Story([waiting], 110).played(at(SHOWFLAT), **how))
    came_s = next(t / 100 for t in range(200, 2000) if waiting.at(t / 100)[0] < 2.0)
    assert seconds(incident.t_confirmed_us) == pytest.approx(came_s + 60, abs=near(how))


@every_rate
def test_a_butler_who_meets_them_in_time_ends_it(how):
    actors = [guest().walks(LOBBY).stands(until=900), waiter(20, (1.9, 4.5))]
    assert of(SHOWFLAT, Story(actors, 120).played(at(SHOWFLAT), **how)) == []


@every_rate
def test_who_is_taken_in_was_served_and_who_goes_in_alone_has_left(how):
    butler = Actor("butler", Role.STAFF).enters(0, (1.0, 7.8)).stands(until=900)
    host = Actor("host", Role.STAFF).enters(0, (5, 6.5)).stands(until=83).walks((1.6, 6.5)).stands(until=900)
    visitor = guest().walks(LOBBY).stands(until=85).walks(FLAT).stands(until=900)
    taken, alone = ([visitor, host, butler], [visitor])
    (served,) = of(SHOWFLAT, Story(taken, 120).played(at(SHOWFLAT), **how))
    (left,) = of(SHOWFLAT, Story(alone, 120).played(at(SHOWFLAT), **how))
    assert (served.end_reason, left.end_reason) == ("resolved", "left")
    assert seconds(left.t_end_us) == pytest.approx(85 + 1 / 1.2, abs=near(how))


@every_rate
def test_passing_the_showflat_door_is_no_wait(how):
    passing = guest().walks(LOBBY).walks((5, 6)).stands(until=900)
    assert of(SHOWFLAT, Story([passing], 150).played(at(SHOWFLAT), **how)) == []


@every_rate
def test_somebody_of_unknown_role_at_the_door_starts_no_wait(how):
    stranger = guest(role=Role.UNKNOWN).walks(LOBBY).stands(until=900)
    assert of(SHOWFLAT, Story([stranger], 110).played(at(SHOWFLAT), **how)) == []


# --- "wait.unaccompanied" ---


@every_rate
def test_alone_in_the_showflat_for_a_minute_raises_one_incident(how):
    visitor = guest().walks(FLAT).stands(until=900)
    (incident,) = of(ALONE, Story([visitor], 110).played(at(ALONE), **how))
    came_s = next(t / 100 for t in range(200, 2000) if visitor.at(t / 100)[0] < 2.0)
    assert incident.subject == "flat"
    assert seconds(incident.t_confirmed_us) == pytest.approx(came_s + 60, abs=near(how))
    assert incident.end_reason == "end_of_recording"


@every_rate
def test_with_staff_in_the_showflat_nobody_is_alone(how):
    host = Actor("host", Role.STAFF).enters(0, (0.4, 6.2)).stands(until=900)
    assert of(ALONE, Story([guest().walks(FLAT).stands(until=900), host], 150).played(at(ALONE), **how)) == []


@every_rate
def test_staff_who_join_them_end_it_and_staff_who_look_in_for_a_moment_do_not(how):
    visitor = guest().walks(FLAT).stands(until=900)
    joins = Actor("host", Role.STAFF).enters(0, (5, 6)).stands(until=90).walks((1.7, 6.5)).stands(until=900)
    (incident,) = of(ALONE, Story([visitor, joins], 120).played(at(ALONE), **how))
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == pytest.approx(92.5, abs=near(how))
    looks = Actor("host", Role.STAFF).enters(0, (5, 6)).stands(until=30).walks((1.9, 6.2)).walks((5, 6))
    (incident,) = of(ALONE, Story([visitor, looks.stands(until=900)], 120).played(at(ALONE), **how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(65.5, abs=1 + near(how))


@every_rate
def test_staff_hidden_in_the_showflat_hold_the_clock(how):
    host = Actor("host", Role.STAFF).enters(0, (0.4, 6.2)).stands(until=900).hidden(10, 900)
    assert of(ALONE, Story([guest().walks(FLAT).stands(until=900), host], 150).played(at(ALONE), **how)) == []


@every_rate
def test_the_showflat_camera_lost_in_mid_claim_ends_it(how):
    story = Story([guest().walks(FLAT).stands(until=900)], 120, outages=((50, 70),))
    assert of(ALONE, story.played(at(ALONE), **how)) == []
