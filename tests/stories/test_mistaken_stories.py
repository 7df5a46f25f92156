"""Stories of views that go over to somebody else: nobody is made up, nobody is lost, and a passer-by serves nobody."""

from dataclasses import replace

import pytest

from models.domain.messages import EndOfRecording, Scene, Tick
from models.domain.presence import Role
from models.domain.site import EntranceLine
from pipelines.engine import Engine, order
from tests.stories.scenario import DOOR, RATES, Actor, Story, only, seconds, site, utc

APPROACHED = "greeter.visitor_unapproached"
SEAT = (7.6, 5.5)
every_rate = pytest.mark.parametrize(
    "how", [RATES[1], RATES[2], RATES[5]], ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items())
)
VISITOR = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks(SEAT).stands(until=400)


def heard(where, length_s, *scenes):
    ticks = [Tick(utc(second)) for second in range(1, length_s + 1)]
    engine = Engine(where)
    for message in sorted([*ticks, *scenes, EndOfRecording(utc(length_s))], key=order):
        engine.step(message)
    return engine


def told_by(camera, actors, length_s, how):
    story = Story(actors, length_s)
    return [m for m in story.messages(where=site(cameras=(camera,)), **how) if isinstance(m, Scene)]


def alone(*actors, length_s, how, doors=()):
    where = replace(site(off=only(APPROACHED), posts=False), entrances=doors)
    return Story(list(actors), length_s).played(where, **how)


@every_rate
def test_a_view_that_goes_over_to_staff_neither_ends_the_wait_nor_begins_another(how):
    """West takes the receptionist for the visitor from 40 s on, first in the visitor's clothes, at 50 s in his own."""

    def gone_over(scene):
        def turned(person):
            if scene.utc_us < utc(40):
                return person
            away = replace(person.place, floor=(person.place.floor[0] - 4.0, person.place.floor[1]))
            return replace(person, place=away, role=Role.STAFF if scene.utc_us >= utc(50) else person.role)

        return replace(scene, persons=tuple(turned(person) for person in scene.persons))

    east = told_by("east", [VISITOR], 100, how)
    west = [gone_over(scene) for scene in told_by("west", [VISITOR], 100, how)]
    engine = heard(site(off=only(APPROACHED), posts=False, cameras=("east", "west")), 100, *east, *west)
    (party,) = engine.parties()
    assert len(party.members) == 1
    (incident,) = engine.incidents
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=1 + 2 / how["fps"])
    assert incident.end_reason == "end_of_recording"


@every_rate
def test_who_turns_up_in_mid_hall_amid_a_party_belongs_to_it(how):
    hidden = Actor("hidden", Role.VISITOR).enters(40, (8.4, 5.9)).stands(until=400).unseen_from_start()
    engine = alone(VISITOR, hidden, length_s=100, how=how)
    (party,) = engine.parties()
    assert len(party.members) == 2


@every_rate
def test_who_turns_up_in_mid_hall_far_from_everybody_is_a_party_all_the_same(how):
    hidden = Actor("hidden", Role.VISITOR).enters(40, (2.4, 5.5)).stands(until=400).unseen_from_start()
    assert len(alone(VISITOR, hidden, length_s=100, how=how).parties()) == 2


@every_rate
def test_who_comes_in_with_a_party_and_turns_round_at_once_is_no_party(how):
    looks_in = Actor("looks in", Role.VISITOR).enters(3, DOOR).walks((4.4, 6.6)).walks_out()
    engine = alone(VISITOR, looks_in, length_s=100, how=how)
    assert [len(party.members) for party in engine.parties()] == [1]


@every_rate
def test_staff_who_serves_the_next_party_1_8_m_away_serves_that_one_only(how):
    other = Actor("other", Role.VISITOR).enters(20, DOOR).walks((9.9, 5.5)).stands(until=400)
    host = Actor("host", Role.STAFF).enters(0, (11.5, 6.5)).stands(until=40).walks((9.4, 5.5)).stands(until=400)
    engine = alone(VISITOR, other, host, length_s=100, how=how)
    served = {round(seconds(party.entered_us)): party.served_us is not None for party in engine.parties()}
    assert served == {2: False, 20: True}


@every_rate
def test_who_was_staff_for_a_minute_and_is_a_visitor_now_waits_from_now(how):
    """The receptionist's name has gone over to a visitor: nobody has waited since the morning."""
    where = site(off=only(APPROACHED), posts=False)
    scenes = [
        replace(scene, persons=tuple(replace(p, role=Role.STAFF) for p in scene.persons))
        if scene.utc_us < utc(65)
        else scene
        for scene in told_by("cam", [VISITOR], 200, how)
    ]
    engine = heard(where, 200, *scenes)
    assert len(engine.parties()) == 1
    (incident,) = engine.incidents
    assert seconds(incident.t_first_us) == pytest.approx(65, abs=4 / how["fps"])
    assert seconds(incident.t_confirmed_us) == pytest.approx(125, abs=4 / how["fps"])


@every_rate
def test_who_was_taken_for_staff_for_some_seconds_has_waited_all_along(how):
    scenes = [
        replace(scene, persons=tuple(replace(p, role=Role.STAFF) for p in scene.persons))
        if utc(4) < scene.utc_us < utc(14)
        else scene
        for scene in told_by("cam", [VISITOR], 100, how)
    ]
    engine = heard(site(off=only(APPROACHED), posts=False), 100, *scenes)
    (incident,) = engine.incidents
    assert seconds(incident.t_first_us) == pytest.approx(2, abs=2 / how["fps"])


@every_rate
def test_who_walks_in_behind_a_party_and_is_lost_at_once_is_of_it(how):
    lost = Actor("lost", Role.VISITOR).enters(4.4, DOOR).walks(SEAT).goes_unseen(8.0, 12.0)
    engine = alone(VISITOR, lost, length_s=100, how=how)
    assert len(engine.parties()) == 1


DOORS = (EntranceLine("door", "hall", (4.9, 8.0), (6.9, 8.0), (5.9, 7.0)),)


def at_the_door(*actors, how):
    """Through the door of the hall; the first have been served and go out at 100 s."""
    host = Actor("host", Role.STAFF).enters(0, (8.4, 5.9)).stands(until=400)
    leaving = [
        Actor(f"leaving {n}", Role.VISITOR).enters(2 + n, DOOR).walks((7.6, 5.5 - 0.6 * n)).stands(until=100 + n)
        for n in range(2)
    ]
    where = replace(site(off=only(APPROACHED), posts=False), entrances=DOORS)
    return Story([host, *(actor.walks_out() for actor in leaving), *actors], 200).played(where, **how)


@every_rate
def test_who_comes_in_hidden_by_a_party_that_goes_out_is_somebody_new(how):
    fresh = Actor("fresh", Role.VISITOR).enters(101.5, (6.0, 6.5)).walks((3.0, 4.5)).stands(until=400)
    engine = at_the_door(fresh.unseen_from_start(), how=how)
    assert [len(party.members) for party in engine.parties()] == [2, 1]
    (incident,) = engine.incidents
    assert seconds(incident.t_confirmed_us) == pytest.approx(161.5, abs=1 + 2 / how["fps"])


@every_rate
def test_who_turns_up_beside_a_party_and_goes_out_with_it_is_of_it(how):
    third = Actor("third", Role.VISITOR).enters(99.5, (6.6, 6.4)).stands(until=102.5).walks_out()
    engine = at_the_door(third.unseen_from_start(), how=how)
    assert [len(party.members) for party in engine.parties()] == [3]
    assert engine.incidents == ()


@every_rate
def test_who_turns_up_beside_those_who_stay_as_others_walk_past_is_of_those_who_stay(how):
    """One of two who wait near the door is taken up anew just as the party that was served goes by."""
    stays = [Actor(f"stays {n}", Role.VISITOR).enters(50 + n, DOOR).walks((6.4 + 0.7 * n, 6.0)) for n in range(2)]
    stays[1] = replace(stays[1].stands(until=100.5), leaves_s=None).goes_unseen(100.0, 104.0)
    anew = Actor("anew", Role.VISITOR).enters(100.7, (7.1, 6.0)).stands(until=400).unseen_from_start()
    engine = at_the_door(stays[0].stands(until=400), stays[1], anew, how=how)
    assert [len(party.members) for party in engine.parties()] == [2, 3]


@every_rate
def test_who_kept_beside_a_party_near_the_door_is_of_it_though_the_role_is_known_late(how):
    """Lost and taken up anew, legs hidden for half a minute; as soon as the role is known they walk off."""
    near = [
        Actor(f"near {n}", Role.VISITOR).enters(50 + n, DOOR).walks((6.2 + 0.7 * n, 5.6)).stands(until=400)
        for n in range(2)
    ]
    near[1] = replace(near[1], path=near[1].path[:-1]).stands(until=60).goes_unseen(60.0, 64.0)
    anew = Actor("anew", Role.VISITOR).enters(62, (6.9, 5.6)).stands(until=92).walks((6.6, 2.0)).stands(until=400)
    engine = alone(*near, anew.unseen_from_start().known_from(94), length_s=130, how=how, doors=DOORS)
    assert [len(party.members) for party in engine.parties()] == [3]


@every_rate
def test_two_who_came_by_different_ways_and_are_served_together_are_one_party(how):
    """They walked 3 m apart when they came in; the host meets both."""
    host = Actor("host", Role.STAFF).enters(0, (11, 6)).stands(until=12).walks((8.2, 6.0)).stands(until=400)
    apart = Actor("apart", Role.VISITOR).enters(4, (2.0, 7.5)).walks((4.6, 5.5), mps=0.35).walks((7.2, 4.9))
    engine = alone(VISITOR, apart.stands(until=400), host, length_s=100, how=how)
    (party,) = engine.parties()
    assert len(party.members) == 2


@every_rate
def test_two_parties_served_beside_each_other_that_came_half_a_minute_apart_stay_two(how):
    host = Actor("host", Role.STAFF).enters(0, (11, 6)).stands(until=12).walks((8.2, 6.0)).stands(until=400)
    later = Actor("later", Role.VISITOR).enters(34, DOOR).walks((7.2, 4.9)).stands(until=400)
    engine = alone(VISITOR, later, host, length_s=120, how=how)
    assert [len(party.members) for party in engine.parties()] == [1, 1]


@every_rate
def test_who_first_shows_on_the_way_out_has_not_waited(how):
    out = Actor("out", Role.VISITOR).enters(40, (2.0, 3.0)).walks_out().unseen_from_start()
    assert len(alone(VISITOR, out, length_s=100, how=how).parties()) == 1


@every_rate
def test_who_shows_walking_in_mid_hall_and_stops_has_waited_since_they_showed(how):
    stops = Actor("stops", Role.VISITOR).enters(40, (2.0, 6.5)).walks((2.0, 2.5)).stands(until=400)
    engine = alone(VISITOR, stops.unseen_from_start(), length_s=120, how=how)
    starts = [seconds(party.entered_us) for party in engine.parties()]
    assert starts == pytest.approx([2, 40], abs=1 + 2 / how["fps"])


@every_rate
def test_staff_of_the_next_party_serve_nobody_whose_role_is_known_late(how):
    """1.6 m away, with a visitor of their own, while nobody knows yet who has come."""
    other = Actor("other", Role.VISITOR).enters(2, DOOR).walks((9.9, 5.5)).stands(until=400)
    host = Actor("host", Role.STAFF).enters(0, (9.2, 5.5)).stands(until=400)
    late = Actor("late", Role.VISITOR).enters(40, DOOR).walks(SEAT).stands(until=400).known_from(60)
    engine = alone(other, host, late, length_s=110, how=how)
    served = {round(seconds(party.entered_us)): party.served_us is not None for party in engine.parties()}
    assert served == {2: True, 40: False}


@every_rate
def test_who_is_found_at_the_picture_s_border_and_walks_straight_out_has_not_come(how):
    """Told as somebody who came in there: a view begins anew as they pass its border."""
    out = Actor("out", Role.VISITOR).enters(60, (1.4, 6.4)).walks_out()
    engine = at_the_door(out, how=how)
    assert [len(party.members) for party in engine.parties()] == [2]


@every_rate
def test_who_stands_where_somebody_was_lost_before_it_was_said_who_they_are_waits_from_now(how):
    late = Actor("late", Role.VISITOR).enters(20, (2.4, 5.5)).stands(until=400).hidden(22, 150).known_from(152)
    engine = alone(late, length_s=220, how=how)
    (incident,) = engine.incidents
    assert seconds(incident.t_first_us) == pytest.approx(150, abs=1 + 2 / how["fps"])
