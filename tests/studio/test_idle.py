"""People who stand or sit are alive: they move in a rhythm of their own, and their feet stay where they are."""

import numpy as np
import pytest

from sample_videos.studio.stage import idle
from sample_videos.studio.stage.skeleton import carried, joint, planted, skinned
from sample_videos.studio.story import IDLE_POSES, Story
from tests.studio.playing import shot

PHASES = [k / IDLE_POSES for k in range(IDLE_POSES)]


def both_sides(middle, *bones):
    """Bones of both sides, by name -> (parent, where): the left one's place is given; the first hangs on `middle`."""
    return {
        f"{bone}_{side}": (parent if parent == middle else f"{parent}_{side}", (ahead, sign * aside, high))
        for side, sign in (("l", 1), ("r", -1))
        for bone, parent, ahead, aside, high in bones
    }


BONES = {  # bone -> parent, where it begins: a person of sticks, +x ahead, +y left
    "Root": (None, (0, 0, 0)),
    "pelvis": ("Root", (0, 0, 0.95)),
    "spine_01": ("pelvis", (0, 0, 1.05)),
    "spine_02": ("spine_01", (0, 0, 1.2)),
    "spine_03": ("spine_02", (0, 0, 1.35)),
    "neck_01": ("spine_03", (0, 0, 1.5)),
    "head": ("neck_01", (0, 0, 1.6)),
    **both_sides(
        "pelvis",
        ("thigh", "pelvis", 0.0, 0.1, 0.9),
        ("calf", "thigh", 0.02, 0.11, 0.5),
        ("foot", "calf", 0.0, 0.12, 0.08),
        ("ball", "foot", 0.15, 0.12, 0.02),
    ),
}


class Sticks:
    """What the skeleton asks of a person; every bone carries one vertex, at its beginning."""

    def __init__(self):
        self.names = list(BONES)
        self.index = {name: k for k, name in enumerate(self.names)}
        self.parents = [-1 if parent is None else self.index[parent] for parent, _ in BONES.values()]
        self.heads = np.array([head for _, head in BONES.values()], float)
        self.rest, self.skin_weights = self.heads, np.eye(len(self.names))


def standing(person, rhythm, phase):
    before = carried(person, {})
    turn, shift = idle.pelvis(rhythm, phase)
    return before, planted(person, before, {"pelvis": turn, **idle.trunk(rhythm, phase)}, shift)


@pytest.mark.parametrize("seed", [31, 42, 7])
def test_feet_stay_and_heads_do_not(seed):
    person, rhythm = Sticks(), idle.Rhythm(seed)
    heads, feet = [], []
    for phase in PHASES:
        before, frames = standing(person, rhythm, phase)
        heads.append(joint(person, frames, "head"))
        feet += [
            joint(person, frames, f"{b}_{s}") - joint(person, before, f"{b}_{s}")
            for b in ("foot", "ball")
            for s in "lr"
        ]
        thigh = np.linalg.norm(joint(person, frames, "calf_l") - joint(person, frames, "thigh_l"))
        assert thigh == pytest.approx(
            np.linalg.norm(person.heads[person.index["calf_l"]] - person.heads[person.index["thigh_l"]])
        )
    assert np.abs(feet).max() < 1e-9
    assert 0.02 < np.ptp(heads, axis=0).max() < 0.2, "a head sways by centimetres"
    assert skinned(person, frames).shape == person.rest.shape


def test_the_rhythm_comes_round_and_is_each_persons_own():
    one, same, other = idle.Rhythm(3), idle.Rhythm(3), idle.Rhythm(4)
    for channel in ("look", "weight"):
        values = [one(channel, phase) for phase in PHASES]
        assert values == [same(channel, phase) for phase in PHASES]
        assert values != [other(channel, phase) for phase in PHASES]
        assert max(map(abs, values)) <= 1.01
        assert one(channel, 1.25) == pytest.approx(one(channel, 0.25))
        steps = np.abs(np.diff([*values, values[0]]))
        assert steps.max() < 1.2, "no jump from one side to the other"
    assert {round(one.breath(phase), 6) for phase in PHASES} != {round(other.breath(phase), 6) for phase in PHASES}


def test_who_stands_or_sits_takes_a_new_pose_every_moment_and_repeats_after_a_cycle():
    people = {
        "eve": {"role": "staff", "at": [11.1, 3.75], "actions": [{"stand_s": 90}]},
        "ada": {"role": "visitor", "at": [6.6, 5.9], "actions": [{"sit_s": 90, "seat": "chair9"}]},
    }
    story = Story(shot(people=people, quality={"idle_s": 0.5}), {})
    seen = [[p.pose[1] for p in story.people(2 + 0.5 * k + 0.01)] for k in range(IDLE_POSES + 1)]
    assert all(len(set(each[:-1])) == IDLE_POSES and each[0] == each[-1] for each in zip(*seen, strict=True))
    assert all(isinstance(phase, float) and 0 <= phase < 1 for row in seen for phase in row)
