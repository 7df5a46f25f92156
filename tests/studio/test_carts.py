"""A shuttle cart comes, stands and goes, and takes with it who got on; what cannot be is refused by name."""

import itertools

import pytest

from models.domain.errors import UsageError
from sample_videos.studio import carts
from sample_videos.studio.expected import expected_of
from sample_videos.studio.feasible import check
from sample_videos.studio.story import Story
from sample_videos.studio.telling import items_of
from sample_videos.studio.truth import CartTruth, Truth, written
from sample_videos.studio.visits import parties_of
from tests.studio.playing import shot, truth_of

CART = {"comes": [[-6, 10.6], [6.6, 10.6]], "arrives_s": 8, "departs_s": 14, "goes": [[14, 10.6]], "boards": ["dan"]}
DAN = {
    "role": "visitor",
    "from_s": -1,
    "at": [6.0, 6.3],
    "actions": [{"stand_s": 9}, {"walk": [[6.4, 7.5], [6.5, 9.3]], "speed_mps": 1.2}],
}
STOP = {"spot": {"kind": "shuttle_stop", "floor": [[5.2, 5.6], [7.8, 5.6], [7.8, 7.6], [5.2, 7.6]]}}


def played(**parts):
    return shot(**{"people": {"dan": DAN}, "carts": {"cart-1": CART}, "zones": STOP, **parts})


def test_a_cart_drives_up_stands_and_drives_off_without_a_jump():
    story = Story(played())
    where = {t / 10: story.furniture.at(t / 10, 0.1)["cart-1"] for t in range(200)}
    assert where[0.1] is None, "not in sight yet"
    assert all(where[t] == (6.6, 10.6, 0.0) for t in where if 8 <= t <= 14)
    assert where[19.9] is None, "out of sight"
    seen = [(t, at) for t, at in where.items() if at is not None]
    steps = [b[1][0] - a[1][0] for a, b in itertools.pairwise(seen)]
    assert min(steps) >= 0.0
    assert max(steps) <= 2.5 * 0.1 + 1e-6
    braking = [abs(b - a) for a, b in itertools.pairwise(steps)]
    assert max(braking) < 0.012, "1 m/s2, in tenths of a second"


def test_every_step_of_it_is_a_moment_of_the_room():
    story = Story(played())
    times = story.furniture.change_times(20, 0.2)
    last = None
    for t in (k / 50 for k in range(1000)):
        now = story.furniture.at(t, 0.2)["cart-1"]
        if now != last and t > 0:
            assert min(abs(t - moment) for moment in times) < 0.021, f"unannounced at {t}"
        last = now


def test_who_boards_rides_along_and_is_gone_with_it():
    story = Story(played())
    aboard = story.legs["dan"][-1].t1_s
    assert 8 < aboard < 14
    (sits,) = story.people(13.9)
    assert (sits.activity, sits.item, sits.inside) == ("riding", "cart-1", False)
    (rides,) = story.people(16.0)
    assert rides.x == pytest.approx(story.furniture.at(16.0)["cart-1"][0] + carts.SEATS_M[0][0], abs=0.01)
    assert rides.x > sits.x
    assert story.people(19.9) == ()
    left_behind = Story(played(carts={"cart-1": {**CART, "boards": []}}))
    assert left_behind.people(13.9) == ()


def test_the_truth_tells_the_cart_the_boarding_and_that_nobody_gave_up():
    story = Story(played())
    (party,) = parties_of(story)
    reception, shuttle = party.waits
    assert (reception.end, shuttle.kind, shuttle.end) == ("boarded", "shuttle", "boarded")
    assert shuttle.t_end_s == pytest.approx(story.legs["dan"][-1].t1_s, abs=0.1)
    (cart,) = [item for item in items_of(story) if item.kind == "cart"]
    assert cart.reference is None
    assert {pose.present for pose in cart.poses} == {True, False}
    walked = Story(played(carts={"cart-1": {**CART, "boards": []}}))
    assert [w.end for w in parties_of(walked)[0].waits] == ["abandoned"]


def test_a_cart_outside_is_no_thing_that_stands_where_none_belongs():
    truth = truth_of("furniture-near-miss")
    cart = next(item for item in items_of(Story(played())) if item.kind == "cart")
    strange = truth.model_copy(update={"items": (*truth.items, cart)})
    assert expected_of(strange, ["furniture.extra"]) == expected_of(truth, ["furniture.extra"])
    box = cart.model_copy(update={"kind": "box"})
    assert expected_of(truth.model_copy(update={"items": (box,)}), ["furniture.extra"])[0].subject == "cart-1"


def test_carts_are_written_only_where_there_are():
    truth = truth_of("visitor-met")
    assert '"carts"' not in written(truth)
    told = truth.model_copy(update={"carts": (CartTruth(id="c", t_arrives_s=1, t_departs_s=2, boards={"dan": 1.5}),)})
    assert Truth.model_validate_json(written(told)).carts[0].boards == {"dan": 1.5}


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({"cart-1": {**CART, "departs_s": 7}}, "cart-1 departs before it has arrived"),
        ({"cart-1": {**CART, "comes": [[0.9, 14], [0.9, 8.9]]}}, "cart-1 drives through a wall"),
        ({"cart-1": {**CART, "boards": ["bob"]}}, "cart-1 waits for bob"),
        ({"cart-1": {**CART, "arrives_s": 12}}, "cart-1 is not there when dan boards"),
        ({"cart-1": {**CART, "departs_s": 9}}, "cart-1 is not there when dan boards"),
        ({"cart-1": {**CART, "comes": [[-6, 13], [6.6, 13]]}}, "dan boards cart-1 from"),
        (
            {"cart-1": CART, "cart-2": {**CART, "comes": [[-6, 14], [6.6, 14]], "goes": [[14, 14]]}},
            "dan boards two carts",
        ),
        ({"bin": CART}, "bin is a piece of furniture already"),
    ],
)
def test_a_cart_that_cannot_be_is_refused_by_name(parts, names):
    check(played(), "tried")
    with pytest.raises(UsageError) as refused:
        check(played(carts=parts), "tried")
    assert names in refused.value.what


def test_a_fifth_rider_is_refused():
    with pytest.raises(UsageError) as refused:
        played(carts={"cart-1": {**CART, "boards": ["a", "b", "c", "d", "e"]}})
    assert refused.value.where == "tried: carts/cart-1/boards"


def test_the_samples_of_the_shuttle_stop_have_a_cart_that_takes_the_visitor_away():
    late, soon = truth_of("shuttle-waits"), truth_of("shuttle-served")
    for truth in (late, soon):
        (cart,), (party,) = truth.carts, truth.parties
        (wait,) = [w for w in party.waits if w.kind == "shuttle"]
        assert wait.end == "boarded"
        assert cart.t_arrives_s < cart.boards["dan"] < cart.t_departs_s
    (fires,) = late.expected
    assert late.carts[0].t_arrives_s < fires.t_confirmed_s[0], "that it has come ends no wait"
    aboard = [p for frame in late.frames for p in frame.persons if p.activity == "riding" and p.visible_share > 0.3]
    assert aboard, "who rides is seen through the door"
    assert truth_of("shuttle-covered").carts
