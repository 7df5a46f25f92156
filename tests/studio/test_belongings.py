"""What people carry hangs on the bones that carry it; a phone comes to the ear or before the eyes, and is told."""

import numpy as np
import pytest

from models.domain.errors import UsageError
from sample_videos.studio.stage import belongings
from sample_videos.studio.stage.bodies import X, Y, Z, rot
from sample_videos.studio.stage.poses import PHONES
from sample_videos.studio.stage.skeleton import carried, joint
from sample_videos.studio.stage_client import person_words
from sample_videos.studio.story import Story
from sample_videos.studio.truth import PersonSight, PersonTruth
from tests.studio.playing import shot, truth_of
from tests.studio.test_idle import BONES, Sticks, both_sides

ARMS = both_sides(
    "spine_03",
    ("clavicle", "spine_03", 0.0, 0.03, 1.45),
    ("upperarm", "clavicle", 0.0, 0.18, 1.43),
    ("lowerarm", "upperarm", 0.0, 0.38, 1.24),
    ("hand", "lowerarm", 0.01, 0.56, 1.06),
    ("middle_01", "hand", 0.01, 0.63, 0.99),
    ("index_01", "hand", 0.04, 0.63, 0.99),
    ("pinky_01", "hand", -0.03, 0.61, 1.0),
)


class Dummy(Sticks):
    """A round trunk between hips and neck, with arms; every vertex hangs on the nearest bone of the trunk."""

    def __init__(self):
        bones = {**BONES, **ARMS}
        self.names = list(bones)
        self.index = {name: k for k, name in enumerate(self.names)}
        self.parents = [-1 if parent is None else self.index[parent] for parent, _ in bones.values()]
        self.heads = np.array([head for _, head in bones.values()], float)
        turns, levels = np.meshgrid(np.linspace(0, 2 * np.pi, 40), np.linspace(0.8, 1.5, 40))
        trunk = np.stack([0.11 * np.cos(turns), 0.16 * np.sin(turns), levels], -1).reshape(-1, 3)
        self.rest = np.concatenate([self.heads, trunk])
        spine = [self.index[f"spine_0{k}"] for k in (1, 2, 3)]
        weights = np.zeros((len(trunk), len(self.names)))
        nearest = np.abs(trunk[:, 2:] - self.heads[spine, 2]).argmin(1)
        weights[np.arange(len(trunk)), np.array(spine)[nearest]] = 1
        self.skin_weights = np.concatenate([np.eye(len(self.names)), weights])
        self.stature_m = 1.7

    def joint(self, name):
        return self.heads[self.index[name]]


@pytest.mark.parametrize("bag", belongings.BAGS)
def test_a_bag_is_a_closed_solid_that_its_bearer_does_not_stand_in(bag):
    things = belongings.carried_things(Dummy(), {"carries": bag})
    for thing in things:
        assert thing.faces.max() == len(thing.vertices) - 1
        assert np.allclose(thing.weights.sum(1), 1.0)
        assert 0.2 < thing.vertices[:, 2].min() < thing.vertices[:, 2].max() < 1.6
    box = things[0].vertices
    inside = np.hypot(box[:, 0] / 0.11, box[:, 1] / 0.16) < 0.8
    assert not inside.any()
    if bag == "backpack":
        assert box[:, 0].max() < -0.06, "on the back"
    else:
        assert box[:, 1].min() > 0.1, "on the left"


def test_straps_lie_on_the_clothes():
    *_, strap = belongings.carried_things(Dummy(), {"carries": "bag"})
    off = np.hypot(strap.vertices[:, 0] / 0.11, strap.vertices[:, 1] / 0.16)
    level = (strap.vertices[:, 2] > 0.95) & (strap.vertices[:, 2] < 1.4)
    assert off[level].min() > 0.95
    assert off[level].max() < 1.35


@pytest.mark.parametrize("turn", [np.eye(3), rot(Z, 30), rot(Y, 12) @ rot(X, 5)])
def test_the_phone_is_held_to_the_ear_or_before_the_eyes_however_the_body_turns(turn):
    from sample_videos.studio.stage.poses import _phoning  # noqa: PLC0415 - what the poses share, without shoes

    person = Dummy()
    (phone,) = belongings.carried_things(person, {"carries": None, "phone": True})
    k = person.index["hand_r"]
    held = {}
    for how in PHONES:
        frames = carried(person, _phoning(person, {"pelvis": turn}, (how,)))
        held[how] = turn.T @ (frames[0][k] @ phone.vertices.mean(0) + frames[1][k] - joint(person, frames, "pelvis"))
        for a, b in (("upperarm_r", "lowerarm_r"), ("lowerarm_r", "hand_r")):
            long = np.linalg.norm(joint(person, frames, b) - joint(person, frames, a))
            assert long == pytest.approx(np.linalg.norm(person.joint(b) - person.joint(a))), "arms keep their length"
    head = person.joint("head") - person.joint("pelvis")
    assert np.linalg.norm(held["ear"] - head - (0.03, -0.09, 0.07)) < 0.08
    assert held["ear"][1] < -0.04, "outside the head"
    assert 0.2 < held["look"][0] < 0.55
    assert held["look"][2] < head[2] - 0.1


def test_who_carries_and_phones_is_told_to_the_stage_and_in_the_truth():
    told = shot(
        people={
            "a": {
                "role": "visitor",
                "carries": "bag",
                "at": [5, 7],
                "actions": [{"stand_s": 3}, {"stand_s": 5, "phone": "ear"}],
            }
        }
    )
    words = person_words(told.people["a"])
    assert (words["carries"], words["phone"]) == ("bag", True)
    before, after = (Story(told).people(t)[0] for t in (1, 4))
    assert (before.phone, len(before.pose)) == (None, 3)
    assert (after.phone, after.pose[-1]) == ("ear", "ear")
    bare = shot(people={"a": {"role": "visitor", "at": [5, 7], "actions": [{"stand_s": 3}]}})
    assert set(person_words(bare.people["a"])) == {"role", "seed", "child"}, "what was rendered before keeps its name"


def test_truth_speaks_of_bags_and_phones_only_where_there_are():
    truth = truth_of("visitor-met")
    person, sight = truth.persons[0], truth.frames[-1].persons[0]
    assert "carries" not in person.model_dump()
    assert "phone" not in sight.model_dump()
    laden = PersonTruth(**{**person.model_dump(), "carries": "backpack"})
    assert laden.model_dump(mode="json")["carries"] == "backpack"
    assert PersonSight(**{**sight.model_dump(), "phone": "look"}).model_dump()["phone"] == "look"


@pytest.mark.parametrize(
    ("person", "key"),
    [
        ({"carries": "piano", "actions": [{"stand_s": 3}]}, "people/a/carries"),
        ({"actions": [{"stand_s": 3, "phone": "smoke"}]}, "people/a/actions/0/phone"),
    ],
)
def test_what_nobody_can_carry_is_refused_by_its_key(person, key):
    with pytest.raises(UsageError) as refused:
        shot(people={"a": {"role": "visitor", "at": [5, 7], **person}})
    assert refused.value.where == f"tried: {key}"
    assert "bag" in refused.value.expected or "ear" in refused.value.expected
