"""Stories of staff hidden beside a visitor from every camera: they may attend, so the minimum of the wait stands."""

import pytest

from models.domain.presence import Role
from tests.stories.scenario import DOOR, RATES, Actor, Story, only, seconds, site

APPROACHED = "greeter.visitor_unapproached"
SEAT = (7.6, 5.5)
VISITOR = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks(SEAT).stands(until=400)
HOST = Actor("host", Role.STAFF).enters(0, (2.5, 5.5))
every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def played(*actors, how, length_s=150):
    return Story(list(actors), length_s).played(site(off=only(APPROACHED), posts=False), **how)


def raised_s(engine):
    (incident,) = engine.incidents
    return seconds(incident.t_confirmed_us)


@every_rate
def test_a_host_hidden_as_he_comes_up_may_have_been_there_all_along(how):
    """He is lost 1.8 m away at 32.8 s, stands there from 33.4 s, and is seen to at 50 s."""
    host = HOST.stands(until=30).walks((6.6, 5.5)).stands(until=400).hidden(32.8, 50)
    engine = played(VISITOR, host, how=how)
    (party,) = engine.parties()
    assert party.wait_min_us / 1e6 == pytest.approx(30.8, abs=1 + 2 / how["fps"])
    assert party.wait_max_us / 1e6 == pytest.approx(48, abs=1 + 2 / how["fps"])
    assert engine.incidents == ()


@every_rate
def test_who_is_lost_beside_a_visitor_and_never_found_puts_half_a_minute_in_doubt(how):
    host = HOST.stands(until=30).walks((6.0, 5.5)).goes_unseen(33.0, 300)
    assert raised_s(played(VISITOR, host, how=how)) == pytest.approx(62 + 30, abs=1 + 2 / how["fps"])


@every_rate
def test_who_is_hidden_beside_a_visitor_for_a_moment_has_not_served(how):
    passes = HOST.stands(until=30).walks((6.0, 5.5)).walks((2.5, 5.5)).hidden(32.5, 34.5)
    assert raised_s(played(VISITOR, passes, how=how)) == pytest.approx(62, abs=1 + 2 / how["fps"])


@every_rate
def test_who_is_lost_three_metres_away_is_not_there(how):
    host = HOST.stands(until=30).walks((4.6, 5.5)).goes_unseen(31.5, 300)
    assert raised_s(played(VISITOR, host, how=how)) == pytest.approx(62, abs=1 + 2 / how["fps"])
