"""Stories of cameras that go away: told once, closed once, and never mistaken for an empty hall."""

from itertools import pairwise

import pytest

from models.domain.presence import Role
from pipelines.engine import Engine
from tests.stories.scenario import DOOR, RATES, Actor, Story, seconds, site

every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def changes_of(story, where, how):
    engine = Engine(where)
    return [change for message in story.messages(where=where, **how) for change in engine.step(message)]


@every_rate
def test_an_outage_of_20_s_is_told_once_and_its_end_once(how):
    changes = changes_of(Story([], 80, outages=((30, 50),)), site(posts=False), how)
    assert [(change.phase, change.incident.code) for change in changes] == [
        ("open", "camera.offline"),
        ("close", "camera.offline"),
    ]
    incident = changes[-1].incident
    assert (seconds(incident.t_first_us), seconds(incident.t_confirmed_us)) == (30, 40)
    assert seconds(incident.t_end_us) == pytest.approx(50, abs=1 / how["fps"])
    assert incident.end_reason == "resolved"
    assert incident.observed_s == 0
    assert incident.revision == 2


@every_rate
def test_a_short_outage_raises_nothing(how):
    assert changes_of(Story([], 80, outages=((30, 38),)), site(posts=False), how) == []


@every_rate
def test_an_outage_to_the_end_ends_with_the_recording(how):
    changes = changes_of(Story([], 80, outages=((30, 999),)), site(posts=False), how)
    assert [change.phase for change in changes] == ["open", "extend", "close"]
    assert changes[-1].incident.end_reason == "end_of_recording"


@every_rate
def test_a_visitor_in_sight_is_not_an_outage(how):
    story = Story([Actor("visitor", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=99)], 40)
    assert changes_of(story, site(posts=False), how) == []


@every_rate
def test_intervals_have_no_holes_and_know_when_nobody_could_see(how):
    actor = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=20).walks_out()
    engine = Story([actor], 80, outages=((40, 60),), sick=((70, 75),)).played(site(), **how)
    rows = engine.intervals()
    for subject, predicate in {(row.subject, row.predicate) for row in rows}:
        mine = [row for row in rows if (row.subject, row.predicate) == (subject, predicate)]
        assert mine[0].t_start_us == engine.start_us
        assert mine[-1].t_end_us == engine.end_us
        assert all(a.t_end_us == b.t_start_us and a.value != b.value for a, b in pairwise(mine))
    hall = [
        (row.value, seconds(row.t_start_us)) for row in rows if (row.subject, row.predicate) == ("hall", "occupancy")
    ]
    assert [value for value, _ in hall] == ["empty", "occupied", "empty", "unknown", "empty", "unknown", "empty"]
    starts = [0, 2, actor.leaves_s, 40, 60, 70, 75]
    assert [at for _, at in hall] == pytest.approx(starts, abs=1 + 1 / how["fps"])
    counts = [row.value for row in rows if (row.subject, row.predicate) == ("hall", "count")]
    assert counts == [0, 1, 0, "unknown", 0, "unknown", 0]
    views = [row.value for row in rows if row.kind == "camera"]
    assert views == ["ok", "lost", "ok", "sick", "ok"]


@every_rate
def test_somebody_hidden_in_the_hall_still_occupies_it(how):
    actor = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=60).hidden(10, 50).walks_out()
    rows = Story([actor], 80).played(site(posts=False), **how).intervals()
    occupied = [row for row in rows if row.subject == "hall" and row.value == "occupied"]
    assert len(occupied) == 1
    assert seconds(occupied[0].t_end_us) == pytest.approx(actor.leaves_s, abs=1 + 1 / how["fps"])


@every_rate
def test_who_vanished_leaves_the_zone_unknown_until_the_place_is_found_empty(how):
    actor = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=90).goes_unseen(40, 52)
    rows = Story([actor], 80).played(site(posts=False), **how).intervals()
    hall = [
        (row.value, seconds(row.t_start_us)) for row in rows if (row.subject, row.predicate) == ("hall", "occupancy")
    ]
    assert [value for value, _ in hall] == ["empty", "occupied", "unknown", "empty"]
    assert [at for _, at in hall] == pytest.approx([0, 2, 40, 52], abs=1 + 1 / how["fps"])
