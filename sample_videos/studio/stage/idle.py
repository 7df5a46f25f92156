"""What a body does while nothing happens: it breathes, sways, shifts its weight, looks round, and its hands fidget.

Everything repeats with one cycle of some ten seconds, so that somebody who stands for minutes is rendered in a few
poses. The rhythm is each person's own, drawn from the seed: two people never move as one.
Sway of quiet standing is about a centimetre, a shift of weight a few (Duarte and Zatsiorsky 1999); 15 breaths a minute;
how far heads and hands go is our own choice.
"""

from __future__ import annotations

import math
import random

from sample_videos.studio.stage.bodies import X, Y, Z, rot

BREATHS = 3
"""In one cycle."""


class Rhythm:
    """A person's idle rhythm: `rhythm(channel, phase)` in -1..1, smooth, the same again after a cycle."""

    def __init__(self, seed):
        self._seed, self._waves = seed, {}

    def __call__(self, channel, phase, slowest=1, fastest=3):
        if channel not in self._waves:
            rng = random.Random(f"{self._seed}/{channel}")
            waves = [(n, rng.uniform(0.5, 1.0) / n**0.5, rng.random()) for n in range(slowest, fastest + 1)]
            largest = max(abs(_sum(waves, k / 64)) for k in range(64))
            self._waves[channel] = [(n, size / largest, at) for n, size, at in waves]
        return _sum(self._waves[channel], phase)

    def breath(self, phase):
        """Chest: -1 empty, 1 full."""
        return math.sin(2 * math.pi * (BREATHS * phase + random.Random(f"{self._seed}/breath").random()))


def _sum(waves, phase):
    return sum(size * math.sin(2 * math.pi * (n * phase + at)) for n, size, at in waves)


def trunk(rhythm, phase, *, lively=1.0):
    """Turns of spine, neck and head: breath, a turn of the shoulders, a look round."""
    breath, look, nod = rhythm.breath(phase), rhythm("look", phase, 1, 4), rhythm("nod", phase, 1, 4)
    twist, lean = rhythm("twist", phase, 1, 2), rhythm("lean", phase, 1, 2)
    turns = {
        "spine_01": rot(Z, 3 * lively * twist) @ rot(Y, 2 + 2.5 * lively * lean),
        "spine_02": rot(Z, 4 * lively * twist) @ rot(Y, 1 - 1.0 * breath),
        "spine_03": rot(Y, -1.2 * breath),
        "neck_01": rot(Z, 8 * look) @ rot(Y, 2 + 2 * nod),
        "head": rot(Z, 15 * look) @ rot(Y, 6 + 6 * nod),
    }
    for side, sign in (("l", 1), ("r", -1)):
        turns[f"clavicle_{side}"] = rot(X, sign * 1.5 * breath)
    return turns


def pelvis(rhythm, phase):
    """(turn, shift in metres) of the pelvis of somebody who stands: sway ahead, weight from leg to leg."""
    ahead, weight = rhythm("sway", phase, 1, 3), rhythm("weight", phase, 1, 2)
    turn = rot(Z, 3 * rhythm("turn", phase, 1, 2)) @ rot(X, 1.8 * weight)
    return turn, (0.010 * ahead, 0.026 * weight, 0.0)


def hands(rhythm, phase):
    """(swing, bend) of the left and the right arm in degrees, added to how they hang or lie."""
    found = []
    for side in ("left", "right"):
        fidget = max(0.0, rhythm(f"{side} hand", phase, 1, 3))
        found.append((5 * rhythm(f"{side} arm", phase, 1, 3), 4 + 26 * fidget**2))
    return found


def gestures(rhythm, phase, talk):
    """(swing, bend) of the left and the right arm in degrees of somebody who talks with `talk` 0..1."""
    left = 0.5 + 0.5 * rhythm("left gesture", phase, 2, 5)
    right = 0.5 + 0.5 * rhythm("right gesture", phase, 2, 5)
    return [(22 * talk * left, 75 * talk * (0.3 + 0.7 * left)), (12 * talk * right, 40 * talk * right)]
