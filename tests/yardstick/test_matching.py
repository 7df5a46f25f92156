"""Incidents against the story: found, missed, raised too much, kept silent, told as unknown."""

from dataclasses import replace

import pytest

from guiwei.yardstick.cast import Cast
from guiwei.yardstick.figures import report_of
from guiwei.yardstick.matching import Raised, matched, raised_of
from guiwei.yardstick.sample import SlipKind
from guiwei.yardstick.scoring import scored
from models.domain.finding import Severity
from models.domain.presence import Role
from models.domain.rules import PLANNED
from tests.stories.scenario import Actor, Story
from tests.yardstick.story_truth import play_story, truth_of, waiting_expected, waiting_story

CODE = "greeter.visitor_unapproached"
RATES = [
    {"fps": 30.0},
    {"fps": 5.0},
    {"fps": 15.0, "jitter": 0.8, "seed": 1},
    {"fps": 5.0, "drop": 0.4, "seed": 3},
]


@pytest.fixture(scope="module")
def truth():
    return truth_of(waiting_story(), waiting_expected())


def raised(subject="party anna", confirmed_s=22.0, code=CODE):
    return Raised(code, subject, "cam", confirmed_s - 20, confirmed_s, None, 20.0, 20.0, 0.0)


@pytest.mark.parametrize("how", RATES, ids=str)
def test_the_same_figures_at_every_rate(truth, how):
    score = scored(play_story(waiting_story(), truth, **how))
    figures = report_of([score], [], 0.0)["codes"][CODE]
    assert (figures["precision"], figures["recall"], figures["n_truth"]) == (1.0, 1.0, 2)
    assert figures["time_error_s"]["p95"] <= 0.5
    assert not score.slips


def test_presences_are_given_their_true_names_and_parties(truth):
    played = play_story(waiting_story(), truth)
    cast = Cast.of(truth, played.messages, played.clock)
    assert cast.names == {"cam/1": "anna", "cam/2": "bert", "cam/3": "clerk"}
    assert cast.party_of(["cam/2"], truth) == "party bert"
    assert cast.party_of(["cam/3"], truth) is None, "the receptionist belongs to no party"


def test_one_incident_answers_one_expectation_and_the_nearer_one_wins(truth):
    told = matched(truth, [raised(confirmed_s=24.0), raised(confirmed_s=22.5), raised("party bert", 40.2)], [])
    assert [hit.late_s for hit in told.hits] == pytest.approx([0.2, 0.5])
    assert [one.t_confirmed_s for one in told.false] == [24.0], "a second incident of one episode is a false alarm"
    assert not [one for one in told.missed if one.code == CODE]


@pytest.mark.parametrize("off", [raised(confirmed_s=33.0), raised(subject=""), raised(code="wait.reception")])
def test_another_moment_subject_or_code_is_a_miss_and_a_false_alarm(truth, off):
    told = matched(truth, [off, raised("party bert", 40.0)], [])
    assert [one.subject for one in told.missed if one.code == CODE] == ["party anna"]
    assert told.false == (off,)


def test_what_must_not_be_raised_is_counted_when_it_is(truth):
    kept = matched(truth, [], []).silent
    broken = matched(truth, [raised("desk", 30.0, "greeter.post_unattended")], []).silent
    assert [(one.code, ok) for one, ok, _ in kept] == [("wait.abandoned", True), ("greeter.post_unattended", True)]
    assert [(one.code, ok) for one, ok, _ in broken] == [("wait.abandoned", True), ("greeter.post_unattended", False)]


def test_a_blind_clip_asks_for_silence_and_for_the_word_unknown():
    clerk = Actor("clerk", Role.STAFF).enters(0, (11.3, 3.0)).stands(until=60).unseen_from_start()
    expected = [
        {"code": "greeter.post_unattended", "verdict": "blind", "subject": "desk", "why": "the lens is covered"}
    ]
    views = [{"camera": "cam", "state": "covered", "t_start_s": 10.0, "t_end_s": 40.0}]
    honest = Story([clerk], length_s=60, sick=((11.0, 40.0),))
    blithe = Story([clerk], length_s=60)
    for story, told in ((honest, True), (blithe, False)):
        played = play_story(story, truth_of(story, expected, views=views))
        ((_, kept, said),) = scored(played).matches.silent
        assert kept, "nothing was raised"
        assert said is told


def test_a_late_incident_shows_as_a_miss_with_the_storys_own_reason(truth):
    broken = scored(play_story(waiting_story(), truth, rules={CODE: {"limit_s": 40.0, "high_s": 60.0}}))
    misses = [slip for slip in broken.slips if slip.kind is SlipKind.MISS]
    alarms = [slip for slip in broken.slips if slip.kind is SlipKind.FALSE_ALARM]
    assert [(slip.what, slip.spot.t_s, slip.why) for slip in misses] == [
        (CODE, 22.0, "Anna waits for 70 s"),
        (CODE, 40.0, "Bert waits for 44 s"),
    ]
    assert sorted(slip.spot.subject for slip in alarms) == ["party anna", "party bert"]


def test_a_code_without_a_rule_is_listed_and_no_miss(truth):
    code = PLANNED[0]
    asked = truth_of(
        waiting_story(), [{"code": code, "verdict": "fires", "subject": "x", "t_first_s": 5.0, "why": "y"}]
    )
    score = scored(replace(play_story(waiting_story(), asked), incidents=()))
    report = report_of([score], [], 0.0)
    assert report["codes"][code] == {"implemented": False, "n_truth": 1}
    assert not score.slips
    assert report["clips"][0]["n_not_implemented"] == 1
    assert report["clips"][0]["n_missed"] == 0


def test_a_group_at_a_table_that_names_no_persons_is_known_by_who_sits_there():
    ana = Actor("ana", Role.VISITOR).enters(0, (4.0, 1.0)).stands(until=60)
    ben = Actor("ben", Role.VISITOR).enters(0, (8.0, 6.0)).stands(until=60)
    tables = [
        {"id": "table-a", "kind": "negotiation", "floor_m": ((3, 0), (5, 0), (5, 2), (3, 2))},
        {"id": "table-b", "kind": "negotiation", "floor_m": ((0, 5), (2, 5), (2, 7), (0, 7))},
    ]
    truth = truth_of(Story([ana, ben], length_s=60), [], zones=tables)
    played = play_story(Story([ana, ben], length_s=60), truth)
    first, *_ = played.incidents
    seated = replace(first, code="wait.seated", subject="table-1", zone="table-a", extra={})
    told = raised_of(replace(played, incidents=(seated, replace(seated, zone="table-b"))), Cast((), {}))
    assert [one.subject for one in told] == ["party ana", ""], "nobody sits at the other table"


def test_a_subject_that_site_and_truth_share_keeps_its_name_whoever_was_seen_there(truth):
    played = play_story(waiting_story(), truth)
    first, *_ = played.incidents
    post = replace(first, code="greeter.post_unattended", subject="desk")
    (told,) = raised_of(replace(played, incidents=(post,)), Cast.of(truth, played.messages, played.clock))
    assert told.subject == "desk"


def test_a_warning_ahead_of_a_limit_is_no_incident_and_one_that_is_all_a_rule_tells_is(truth):
    played = play_story(waiting_story(), truth)
    first, *_ = played.incidents
    mild = replace(first, severity=Severity.WARNING)
    ahead, all_of_it = (
        replace(mild, code="greeter.post_unattended"),
        replace(mild, code="camera.blocked", subject="cam"),
    )
    told = raised_of(replace(played, incidents=(ahead, all_of_it)), Cast.of(truth, played.messages, played.clock))
    assert [(one.code, one.subject) for one in told] == [("camera.blocked", "cam")]


def test_a_strange_thing_is_known_by_its_moment_since_nobody_told_its_name(truth):
    carton = truth.expected[0].model_copy(update={"code": "furniture.extra", "subject": "carton"})
    strange = truth.model_copy(update={"expected": (carton,)})
    (hit,) = matched(strange, [raised("", 22.0, "furniture.extra")], []).hits
    assert hit.expected.subject == "carton"
    assert not matched(strange, [raised("", 60.0, "furniture.extra")], []).hits
