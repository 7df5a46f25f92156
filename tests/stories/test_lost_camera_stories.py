"""Stories of a floor that loses one of its cameras: what only that one saw is not known, and not merely hidden."""

from dataclasses import replace

import pytest

from models.domain.presence import Role
from models.domain.site import Region
from tests.stories.scenario import DESK, DOOR, HOME, RATES, Actor, seconds
from tests.stories.test_floor_stories import APPROACHED, POST, SEAT, floor, heard, near

every_rate = pytest.mark.parametrize(
    "how", [RATES[1], RATES[2], RATES[5]], ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items())
)
VISITOR = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks(SEAT).stands(until=400)


def pixels(polygon):
    return tuple((20 + 50 * x, 20 + 50 * y) for x, y in polygon)


@every_rate
@pytest.mark.parametrize("told", [True, False], ids=["told", "silent"])
def test_a_wait_that_only_the_lost_camera_saw_is_claimed_anew_and_its_interval_widens(how, told):
    engine = heard(floor(), 110, how, (("west", 20, 35),), told=told, east=[], west=[VISITOR])
    (incident,) = engine.incidents
    assert seconds(incident.t_first_us) == pytest.approx(35, abs=near(how)), "nobody knows what happened before"
    assert seconds(incident.t_confirmed_us) == pytest.approx(95, abs=near(how))
    assert "rule.cue.counted_anew" in incident.cues
    (party,) = engine.parties()
    assert party.wait_max_us / 1e6 == pytest.approx(108, abs=near(how))
    assert (party.wait_max_us - party.wait_min_us) / 1e6 == pytest.approx(15, abs=near(how))


@every_rate
def test_lost_for_longer_than_half_a_minute_the_wait_is_censored_and_raises_nothing(how):
    engine = heard(floor(), 90, how, (("west", 20, 60),), east=[], west=[VISITOR])
    first, *_ = engine.parties()
    assert (first.end, engine.incidents) == ("censored", ())
    assert first.wait_min_us / 1e6 == pytest.approx(18, abs=near(how))


@every_rate
def test_lost_for_a_moment_nothing_is_in_doubt(how):
    engine = heard(floor(), 90, how, (("west", 20, 23),), east=[], west=[VISITOR])
    (incident,) = engine.incidents
    assert (incident.code, seconds(incident.t_first_us)) == (APPROACHED, pytest.approx(2, abs=near(how)))


@every_rate
def test_who_walks_over_into_the_other_view_meanwhile_is_the_same_party(how):
    walks = replace(VISITOR, path=VISITOR.path[:-1]).stands(until=30).walks((9.5, 5.5)).stands(until=400)
    shown = Actor("visitor", Role.VISITOR).enters(31, (8.8, 5.5)).walks((9.5, 5.5)).stands(until=400)
    east = [shown.unseen_from_start()]
    engine = heard(floor(), 80, how, (("west", 20, 80),), east=east, west=[walks])
    (party,) = engine.parties()
    assert seconds(party.entered_us) == pytest.approx(2, abs=near(how))


@every_rate
def test_a_post_that_only_the_lost_camera_sees_is_unknown_and_raises_nothing(how):
    where = floor(POST, warn_s=20.0, limit_s=40.0)
    desk = replace(where.posts["desk"], regions=(Region(pixels(DESK), "west"),))
    where = replace(where, posts={"desk": desk})
    holder = Actor("holder", Role.STAFF).enters(0, HOME).stands(until=30).walks((6, 6)).stands(until=400)
    engine = heard(where, 100, how, (("west", 20, 100),), east=[holder], west=[holder])
    assert engine.incidents == ()
    unknown_s = sum(
        (row.t_end_us - row.t_start_us) / 1e6
        for row in engine.intervals()
        if (row.subject, row.predicate, row.value) == ("desk", "attendance", "unknown")
    )
    assert unknown_s == pytest.approx(80, abs=near(how))
