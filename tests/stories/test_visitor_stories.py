"""Stories of visitors who wait: each holds at 30, 15 and 5 fps, with jitter, and with 40 % of the frames dropped."""

import pytest

from models.domain.presence import Role
from pipelines.engine import Engine
from tests.stories.scenario import DOOR, HOME, RATES, Actor, Story, seconds, site

LIMITS = {"greeter.visitor_unapproached": {"limit_s": 60.0, "high_s": 180.0}}
APPROACHED = "greeter.visitor_unapproached"
SEAT = (7.6, 5.5)
every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def near(how):
    """1 s and one frame interval."""
    return 1.0 + 1.0 / how["fps"]


def visitor(name="visitor", role=Role.VISITOR, at_s=2.0):
    return Actor(name, role).enters(at_s, DOOR)


def receptionist(until, to=(8.45, 5.6)):
    """Stands at the desk, then goes to somebody and stays."""
    return Actor("receptionist", Role.STAFF).enters(0, HOME).stands(until=until).walks(to).stands(until=600)


def only_waits(engine):
    return [i for i in engine.incidents if i.code in (APPROACHED, "wait.reception")]


@every_rate
def test_a_visitor_who_stands_unserved_raises_one_incident_at_the_limit(how):
    engine = Story([visitor().walks(SEAT).stands(until=400)], 120).played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert incident.subject == "party-1"
    assert incident.zone == "hall"
    assert seconds(incident.t_first_us) == pytest.approx(2, abs=0.01)
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))
    assert incident.end_reason == "end_of_recording"
    assert incident.measured.value == pytest.approx(118, abs=near(how))
    assert incident.severity == "incident"
    assert incident.blind_s == 0


@every_rate
def test_three_minutes_unserved_is_high(how):
    engine = Story([visitor().walks(SEAT).stands(until=400)], 200).played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert incident.severity == "high"
    assert incident.threshold.value == 60
    assert incident.threshold.source == "site file"


@every_rate
def test_a_visitor_who_is_met_in_time_raises_nothing(how):
    actors = [visitor().walks(SEAT).stands(until=200), receptionist(45)]
    engine = Story(actors, 120).played(site(LIMITS), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    assert seconds(party.served_us) == pytest.approx(48, abs=near(how))
    assert party.wait_min_us / 1e6 == pytest.approx(46, abs=near(how))


@every_rate
def test_contact_that_begins_just_before_the_limit_opens_nothing_while_it_is_established(how):
    actors = [visitor().walks(SEAT).stands(until=200), receptionist(55)]
    engine = Story(actors, 120).played(site(LIMITS), **how)
    assert only_waits(engine) == []
    assert engine.parties()[0].served_us is not None


@every_rate
def test_a_visitor_who_sits_hidden_for_20_s_and_is_served_at_170_s(how):
    actors = [visitor().walks(SEAT).stands(until=400).hidden(80, 100), receptionist(167)]
    engine = Story(actors, 200).played(site(LIMITS), **how)
    (incident,) = only_waits(engine)
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))
    assert seconds(incident.t_end_us) == pytest.approx(170, abs=1 + near(how))
    assert incident.end_reason == "resolved"
    assert incident.measured.value == pytest.approx(168, abs=2)
    assert incident.blind_s == pytest.approx(20, abs=near(how))
    assert incident.observed_s + incident.blind_s == pytest.approx(incident.measured.value, abs=0.01)
    (party,) = engine.parties()
    assert party.wait_max_us == party.wait_min_us


@every_rate
def test_hidden_across_the_limit_is_told_only_when_seen_again_and_dated_back(how):
    story = Story([visitor().walks(SEAT).stands(until=400).hidden(50, 75)], 100)
    where = site(LIMITS, posts=False)
    engine, opened_at = Engine(where), None
    for message in story.messages(where=where, **how):
        if engine.step(message) and opened_at is None:
            opened_at = seconds(message.utc_us)
    (incident,) = only_waits(engine)
    assert opened_at == pytest.approx(75, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))


@every_rate
def test_hidden_for_longer_than_lost_s_is_censored_and_counted_anew_when_seen_again(how):
    story = Story([visitor().walks(SEAT).stands(until=400).hidden(40, 80)], 130)
    engine = story.played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    first, second = engine.parties()
    assert first.end == "censored"
    assert first.out_us is None
    assert first.wait_min_us / 1e6 == pytest.approx(38, abs=near(how))
    assert seconds(second.entered_us) == pytest.approx(80, abs=near(how))


@every_rate
def test_a_visitor_who_gives_up_is_abandoned_from_the_moment_of_setting_off(how):
    story = Story([visitor(at_s=10).walks((4, 4)).stands(until=43).walks_out()], 90)
    engine = story.played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    assert party.end == "abandoned"
    assert seconds(party.out_us) == pytest.approx(43, abs=0.01)
    assert party.wait_min_us / 1e6 == pytest.approx(33, abs=0.01)
    assert party.wait_max_us > party.wait_min_us


@every_rate
def test_the_limit_passed_on_the_way_out_raises_nothing(how):
    story = Story([visitor(at_s=0.5).walks((2, 2)).stands(until=58).walks_out()], 90)
    assert 58 + 6 > 0.5 + 60, "the walk out must straddle the limit"
    assert only_waits(story.played(site(LIMITS, posts=False), **how)) == []


@every_rate
def test_a_told_wait_ends_as_left_when_the_visitor_goes_unserved(how):
    story = Story([visitor().walks(SEAT).stands(until=80).walks_out()], 100)
    (incident,) = only_waits(story.played(site(LIMITS, posts=False), **how))
    assert incident.end_reason == "left"
    assert seconds(incident.t_end_us) == pytest.approx(80, abs=near(how))


@every_rate
def test_who_goes_unseen_is_censored_between_last_sighting_and_empty_place(how):
    story = Story([visitor().walks(SEAT).stands(until=400).goes_unseen(70, 78)], 100)
    engine = story.played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert incident.end_reason == "blind"
    assert seconds(incident.t_end_us) == pytest.approx(70, abs=near(how))
    (party,) = engine.parties()
    assert party.end == "censored"
    assert party.wait_min_us / 1e6 == pytest.approx(68, abs=near(how))
    assert party.wait_max_us / 1e6 == pytest.approx(76, abs=near(how))


@every_rate
def test_somebody_of_unknown_role_starts_no_wait(how):
    story = Story([visitor(role=Role.UNKNOWN).walks(SEAT).stands(until=400)], 120)
    engine = story.played(site(LIMITS, posts=False), **how)
    assert engine.incidents == ()
    assert engine.parties() == ()


@every_rate
def test_a_role_known_late_dates_the_wait_back_to_the_arrival(how):
    story = Story([visitor().walks(SEAT).stands(until=400).known_from(30)], 120)
    (incident,) = only_waits(story.played(site(LIMITS, posts=False), **how))
    assert seconds(incident.t_first_us) == pytest.approx(2, abs=0.01)
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))


@every_rate
def test_staff_whose_role_is_known_late_is_no_visitor_and_has_served_from_the_start(how):
    helper = Actor("helper", Role.STAFF).enters(20, (1, 7)).walks((7.0, 6.2)).stands(until=400).known_from(50)
    engine = Story([visitor().walks(SEAT).stands(until=400), helper], 120).played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    assert seconds(party.served_us) == pytest.approx(25, abs=0.5 + near(how))


@every_rate
def test_somebody_of_unknown_role_beside_the_visitor_may_be_staff_so_nothing_is_claimed(how):
    stranger = Actor("stranger", Role.UNKNOWN).enters(20, (1, 7)).walks((7.0, 6.2)).stands(until=400)
    engine = Story([visitor().walks(SEAT).stands(until=400), stranger], 120).played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    assert party.wait_min_us / 1e6 == pytest.approx(23, abs=0.5 + near(how))
    assert party.wait_max_us / 1e6 == pytest.approx(118, abs=near(how))


@every_rate
def test_who_is_met_and_led_to_a_table_was_served_from_the_meeting(how):
    guest = Actor("guest", Role.VISITOR).enters(2, (1, 8)).walks((2, 6)).stands(until=9)
    guest = guest.walks((4, 3)).stands(until=400)
    host = Actor("host", Role.STAFF).enters(0, (8, 6)).stands(until=1).walks((3.2, 6)).stands(until=8.5)
    host = host.walks((6, 3)).stands(until=400)
    engine = Story([guest, host], 90).played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    met_s = 1 + 4.8 / 1.2  # the host stops 1.2 m away; at the table they sit 2 m apart
    assert seconds(party.served_us) == pytest.approx(met_s, abs=1 + near(how))


@every_rate
def test_a_receptionist_who_walks_past_has_not_served(how):
    passing = Actor("passing", Role.STAFF).enters(0, (11, 5)).stands(until=30).walks((2, 5.6)).stands(until=400)
    engine = Story([visitor().walks(SEAT).stands(until=400), passing], 100).played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))


@every_rate
def test_two_who_come_together_are_one_party_with_one_incident(how):
    actors = [
        visitor("wife").walks(SEAT).stands(until=400),
        visitor("husband", at_s=4).walks((8.4, 5.5)).stands(until=400),
    ]
    engine = Story(actors, 100).played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert seconds(incident.t_first_us) == pytest.approx(2, abs=0.01)
    (party,) = engine.parties()
    assert len(party.members) == 2


@every_rate
def test_two_who_come_close_in_time_but_stay_apart_are_two_parties(how):
    actors = [
        visitor("one").walks(SEAT).stands(until=400),
        visitor("other", at_s=6).walks((2, 6)).stands(until=400),
    ]
    engine = Story(actors, 100).played(site(LIMITS, posts=False), **how)
    assert [(i.subject, round(seconds(i.t_first_us))) for i in only_waits(engine)] == [("party-1", 2), ("party-2", 6)]
    assert [len(party.members) for party in engine.parties()] == [1, 1]


@every_rate
def test_one_leaves_and_the_other_waits_on(how):
    actors = [
        visitor("stays").walks(SEAT).stands(until=400),
        visitor("goes", at_s=3).walks((8.4, 5.5)).stands(until=30).walks_out(),
    ]
    engine = Story(actors, 100).played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))
    assert incident.end_reason == "end_of_recording"


@every_rate
def test_crossing_the_hall_straight_to_the_models_raises_nothing(how):
    story = Story([visitor().walks((1.5, 1.5)).stands(until=400)], 150)
    engine = story.played(site(LIMITS, posts=False), **how)
    assert engine.incidents == ()
    (party,) = engine.parties()
    assert party.wait_max_us / 1e6 < 8


@every_rate
def test_the_wait_goes_on_after_the_models(how):
    looks = visitor().walks(SEAT).stands(until=30).walks((1.5, 1.5)).stands(until=60).walks(SEAT).stands(until=400)
    (incident,) = only_waits(Story([looks], 150).played(site(LIMITS, posts=False), **how))
    # Outside the model corner: from arrival to its border, and from the border on after the visit.
    inside = [t / 100 for t in range(3000, 7500) if max(looks.at(t / 100)) <= 3.0]
    assert seconds(incident.t_confirmed_us) == pytest.approx(62 + len(inside) / 100, abs=near(how))


@every_rate
def test_somebody_who_steps_in_and_out_again_is_no_party(how):
    story = Story([visitor().walks((6, 7)).walks_out()], 60)
    assert story.played(site(LIMITS, posts=False), **how).parties() == ()


@every_rate
def test_camera_lost_20_s_in_mid_wait_ends_the_claim_and_no_claim_spans_the_gap(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 130, outages=((40, 60),))
    engine = story.played(site(LIMITS, posts=False), **how)
    (incident,) = only_waits(engine)
    assert seconds(incident.t_first_us) == pytest.approx(60, abs=near(how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(120, abs=near(how))
    assert incident.blind_s == 0
    assert "rule.cue.counted_anew" in incident.cues
    (party,) = engine.parties()
    assert party.wait_min_us / 1e6 == pytest.approx(128 - 20, abs=near(how))
    assert party.wait_max_us / 1e6 == pytest.approx(128, abs=near(how))


@every_rate
def test_camera_lost_after_the_limit_closes_the_incident_as_blind(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 110, outages=((80, 100),))
    (incident,) = only_waits(story.played(site(LIMITS, posts=False), **how))
    assert incident.end_reason == "blind"
    assert seconds(incident.t_end_us) == pytest.approx(80, abs=near(how))


@every_rate
def test_frames_that_stay_away_for_longer_than_max_gap_end_the_claim_too(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 100, outages=((40, 50),), told=False)
    engine = story.played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    (party,) = engine.parties()
    assert party.wait_max_us - party.wait_min_us == pytest.approx(10e6, abs=near(how) * 1e6)


@every_rate
def test_frames_that_stay_away_for_a_moment_change_nothing(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 100, outages=((40, 43),), told=False)
    (incident,) = only_waits(story.played(site(LIMITS, posts=False), **how))
    assert seconds(incident.t_confirmed_us) == pytest.approx(62, abs=near(how))


@every_rate
def test_a_covered_camera_is_not_an_empty_hall(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 100, sick=((30, 45),))
    engine = story.played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    assert len(engine.parties()) == 1


@every_rate
def test_lost_for_longer_than_lost_s_begins_a_new_party(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 130, outages=((30, 70),))
    engine = story.played(site(LIMITS, posts=False), **how)
    assert only_waits(engine) == []
    assert [party.end for party in engine.parties()] == ["censored", "end_of_recording"]


@every_rate
def test_wait_reception_speaks_alone_only_where_the_other_is_switched_off(how):
    story = Story([visitor().walks(SEAT).stands(until=400)], 100)
    rules = {**LIMITS, "wait.reception": {"limit_s": 40.0}}
    both = story.played(site(rules, posts=False), **how)
    assert [i.code for i in both.incidents] == [APPROACHED]
    alone = story.played(site(rules, posts=False, off=frozenset({APPROACHED})), **how)
    assert [i.code for i in alone.incidents] == ["wait.reception"]
    assert seconds(alone.incidents[0].t_confirmed_us) == pytest.approx(42, abs=near(how))
    neither = story.played(site(rules, posts=False, off=frozenset({APPROACHED, "wait.reception"})), **how)
    assert neither.incidents == ()
    assert len(neither.parties()) == 1


def test_a_visitor_first_seen_in_mid_room_is_said_to_have_waited_perhaps_longer():
    story = Story([Actor("sitting", Role.VISITOR).enters(0, SEAT).stands(until=400).unseen_from_start()], 100)
    (incident,) = only_waits(story.played(site(LIMITS, posts=False)))
    assert "rule.cue.arrival_not_seen" in incident.cues


# --- "wait.abandoned", and parties that merge, split and bring children ---

ABANDONED = "wait.abandoned"


@every_rate
def test_who_leaves_unserved_after_70_s_is_abandoned(how):
    story = Story([visitor().walks(SEAT).stands(until=72).walks_out()], 90)
    engine = story.played(site(LIMITS, posts=False), **how)
    (incident,) = [i for i in engine.incidents if i.code == ABANDONED]
    assert (incident.severity, incident.end_reason) == ("high", "left")
    assert seconds(incident.t_first_us) == pytest.approx(2, abs=0.01)
    assert seconds(incident.t_end_us) == pytest.approx(72, abs=near(how))
    assert incident.measured.value == pytest.approx(70, abs=near(how))


@every_rate
def test_who_leaves_after_40_s_or_after_service_or_unseen_has_abandoned_nothing_to_tell(how):
    early = [visitor().walks(SEAT).stands(until=42).walks_out()]
    served = [visitor().walks(SEAT).stands(until=90).walks_out(), receptionist(60)]
    unseen = [visitor().walks(SEAT).stands(until=400).goes_unseen(72, 80)]
    for actors in (early, served, unseen):
        engine = Story(actors, 110).played(site(LIMITS, posts=False), **how)
        assert [i for i in engine.incidents if i.code == ABANDONED] == []


@every_rate
def test_two_parties_told_apart_at_the_door_who_keep_together_become_one(how):
    late = visitor("late", at_s=7.0).walks((2, 6)).stands(until=20).walks((8.2, 5.5)).stands(until=400)
    engine = Story([visitor("first").walks(SEAT).stands(until=400), late], 110).played(site(LIMITS, posts=False), **how)
    (party,) = engine.parties()
    assert len(party.members) == 2
    assert len(only_waits(engine)) == 1


@every_rate
def test_strangers_who_came_through_the_door_together_and_go_apart_are_two_waits(how):
    stranger = visitor("stranger", at_s=3.0).walks((7.0, 6.0)).stands(until=18).walks((1.0, 5.0)).stands(until=400)
    actors = [visitor("first").walks(SEAT).stands(until=400), stranger, receptionist(110)]
    engine = Story(actors, 160).played(site(LIMITS, posts=False), **how)
    first, second = engine.parties()
    assert (len(first.members), len(second.members)) == (1, 1)
    assert first.served_us is not None
    assert second.served_us is None
    assert seconds(second.entered_us) == pytest.approx(3, abs=0.01)


@every_rate
def test_who_looks_around_while_the_party_is_served_is_no_party_of_his_own(how):
    roams = visitor("husband", at_s=3.0).walks((7.0, 6.0)).stands(until=18).walks((1.0, 5.0)).stands(until=400)
    actors = [visitor("wife").walks(SEAT).stands(until=400), roams, receptionist(20)]
    engine = Story(actors, 160).played(site(LIMITS, posts=False), **how)
    (party,) = engine.parties()
    assert party.served_us is not None
    assert only_waits(engine) == []


@every_rate
def test_a_child_counts_to_the_party_however_far_it_runs(how):
    child = Actor("child", Role.VISITOR, child=True).enters(14, DOOR).walks((1.5, 6.5)).stands(until=400)
    engine = Story([visitor().walks(SEAT).stands(until=400), child], 130).played(site(LIMITS, posts=False), **how)
    (party,) = engine.parties()
    assert len(party.members) == 2
    assert len(only_waits(engine)) == 1
