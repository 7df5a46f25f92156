"""Poses: standing, walking, sitting, and rising between the two; soles on the floor.

A pose is a list: ["walk", phase], ["stand", phase, talk], ["sit", phase, seat_m, desk], ["rise", u, seat_m] with u 0
seated .. 1 upright; phase 0..1 of a stride, or of the idle cycle (`idle`). Who stands or sits keeps both feet in place.
The first three may end with a word more: a phone is held to the `ear`, or before the chest to `look` at.
"""

from __future__ import annotations

import math

import numpy as np

from sample_videos.studio.stage import belongings, idle
from sample_videos.studio.stage.bodies import X, Y, Z, rot
from sample_videos.studio.stage.skeleton import SIDES, carried, joint, planted, reached, skinned

# phase, degrees over one walking cycle, by joint (normal gait, Winter 1991, simplified)
HIP = np.array([(0, 27), (0.12, 22), (0.3, 6), (0.5, -11), (0.62, -3), (0.78, 24), (0.88, 30)])
KNEE = np.array([(0, 5), (0.14, 17), (0.38, 5), (0.5, 12), (0.62, 42), (0.72, 60), (0.85, 28), (0.96, 3)])
ANKLE = np.array([(0, 0), (0.07, -6), (0.25, 4), (0.45, 10), (0.55, 0), (0.62, -18), (0.8, 0)])
SEAT_TO_HIP_M = 0.085
PHONES = ("ear", "look")
HANDBAG_SWINGS = 0.3
"""An arm with a handbag swings and bends by so much of what a free one does."""


def bent(person, pose):
    """Vertices (n, 3) of the posed person in the person's own frame, pelvis over the origin, soles at z = 0."""
    kind, *words = pose
    if kind == "walk":
        return _placed(person, carried(person, _walking(person, *words)))
    if kind == "stand":
        return _standing(person, *words)
    if kind == "sit":
        phase, seat_m, desk, *phone = words
        return _seated(person, phase, seat_m, desk=desk, phone=phone)
    u, seat_m = words
    return _rising(person, u, seat_m)


def _cycle(phase, table):
    """Periodic smooth interpolation of (phase, value) rows."""
    x = np.concatenate([table[:, 0] - 1, table[:, 0], table[:, 0] + 1])
    y = np.tile(table[:, 1], 3)
    t = phase % 1.0
    i = np.searchsorted(x, t) - 1
    u = (t - x[i]) / (x[i + 1] - x[i])
    u = u * u * (3 - 2 * u)
    return y[i] * (1 - u) + y[i + 1] * u


def _arms(person, turns, swing=(0, 0), elbow=(12, 12), aside=7, inward=(0, 0)):
    carries = getattr(person, "carries", None)
    if carries == "handbag":
        swing, elbow = (HANDBAG_SWINGS * swing[0], swing[1]), (HANDBAG_SWINGS * elbow[0], elbow[1])
    for k, (side, sign) in enumerate(SIDES):
        out = aside + (4 if side == "l" and carries in {"bag", "handbag"} else 0)
        hang = person.joint(f"lowerarm_{side}") - person.joint(f"upperarm_{side}")
        now = math.degrees(math.atan2(abs(hang[1]), -hang[2]))
        lowered = rot(X, -sign * (now - out))
        turns[f"upperarm_{side}"] = rot(Z, -sign * inward[k]) @ rot(Y, -swing[k]) @ lowered
        fore = person.joint(f"hand_{side}") - person.joint(f"lowerarm_{side}")
        fore /= np.linalg.norm(fore)
        turns[f"lowerarm_{side}"] = rot(np.cross(fore, X), elbow[k])
        for finger in ("index", "middle", "ring", "pinky"):
            for knuckle in ("01", "02"):
                turns[f"{finger}_{knuckle}_{side}"] = rot(np.cross(fore, np.array([0, -sign * 1.0, -1.0])), 22)


def _phoning(person, turns, phone):
    """The right arm and the head of somebody with a phone; `phone`: (), ("ear",) or ("look",)."""
    if not phone:
        return turns
    scale = person.stature_m / 1.7
    palm = belongings.palm(person)[2]

    def from_bone(bone, offset):
        k = person.index[bone]
        return lambda frames: joint(person, frames, bone) + frames[0][k] @ (scale * np.array(offset))

    def along(bone, way):
        return lambda frames: frames[0][person.index[bone]] @ np.array(way)

    if phone[0] == "ear":
        turns["head"] = turns.get("head", np.eye(3)) @ rot(X, 6)
        target, faces = from_bone("head", (0.09, -0.155, 0.0)), along("head", (0.0, 1.0, 0.0))
        return reached(person, turns, target, elbow=(0.6, -0.4, -1.0), palm=palm, faces=faces)
    turns["neck_01"], turns["head"] = rot(Y, 16), rot(Y, 18)
    target, faces = from_bone("spine_03", (0.28, -0.10, 0.02)), along("spine_03", (-0.6, 0.1, 0.8))
    return reached(person, turns, target, elbow=(-0.2, -0.4, -1.0), palm=palm, faces=faces)


def _walking(person, phase, *phone):
    turns = {}
    for side, half in (("r", 0), ("l", 0.5)):
        hip, knee, ankle = _cycle(phase + half, HIP) * 0.9, _cycle(phase + half, KNEE), _cycle(phase + half, ANKLE)
        turns[f"thigh_{side}"] = rot(X, -4 if side == "l" else 4) @ rot(Y, -hip)
        turns[f"calf_{side}"], turns[f"foot_{side}"] = rot(Y, knee), rot(Y, -ankle)
    beat = math.cos(2 * math.pi * phase)
    swing = 18 * beat
    _arms(person, turns, (swing, -swing), (18 + max(0, swing) * 0.7, 18 + max(0, -swing) * 0.7), 9)
    turns["spine_01"], turns["pelvis"] = rot(Z, 4 * beat) @ rot(Y, 3), rot(Z, -5 * beat)
    turns["neck_01"] = rot(Y, 4)
    return _phoning(person, turns, phone)


def _standing(person, phase, talk, *phone):
    """Both feet stay where the stance puts them; what is above them moves."""
    rhythm = person.rhythm
    stance = {
        "thigh_l": rot(X, -4.5) @ rot(Y, -2),
        "thigh_r": rot(X, 4.5),
    }
    before = carried(person, stance)
    turn, shift = idle.pelvis(rhythm, phase)
    turns = {"pelvis": turn, **idle.trunk(rhythm, phase)}
    hang, talks = idle.hands(rhythm, phase), idle.gestures(rhythm, phase, talk)
    swing = [4 + a[0] + b[0] for a, b in zip(hang, talks, strict=True)]
    bend = [10 + (a[1] if not talk else 0.0) + b[1] for a, b in zip(hang, talks, strict=True)]
    _arms(person, turns, swing, bend, 8)
    turns = _phoning(person, turns, phone)
    found = skinned(person, planted(person, before, turns, shift))
    rest = skinned(person, before)
    hip = joint(person, before, "pelvis")
    found -= (hip[0], hip[1], rest[:, 2].min())
    return found.astype(np.float32)


def _sitting(thigh, knee):
    """The lower half: it does not move while somebody sits."""
    turns = {"pelvis": rot(Y, -6)}
    for side, sign in SIDES:
        turns[f"thigh_{side}"] = rot(Z, sign * 7) @ rot(Y, -thigh)
        turns[f"calf_{side}"], turns[f"foot_{side}"] = rot(Y, knee), rot(Y, thigh - knee + 6)
    return turns


def _above(person, phase, legs, *, desk, phone):
    """The upper half of somebody who sits, with the arms on the thighs or on the table."""
    rhythm, lean, reach = person.rhythm, 10 if desk else 0, 16 if desk else 0
    turns = idle.trunk(rhythm, phase, lively=1.4)
    turns["spine_01"] = turns["spine_01"] @ rot(Y, 2 + lean)
    turns["head"] = turns["head"] @ rot(Y, 3 + 0.8 * lean)
    (left, bent_l), (right, bent_r) = idle.hands(rhythm, phase)
    swing = (18 + reach + 0.6 * left, 18 + reach + 0.6 * right)
    _arms(person, turns, swing, (46 + bent_l, 50 + bent_r), 10, (6, 6))
    return _phoning(person, {**legs, **turns}, phone)


def _seated(person, phase, seat_m, *, desk, phone=()):
    """Hips at the seat's height; thighs are lowered or raised until the soles touch the floor."""
    knee = 80 + 3 * person.rhythm("knees", 0.0)
    low, high = 45.0, 125.0
    for _ in range(9):
        thigh = (low + high) / 2
        legs = _sitting(thigh, knee + thigh - 84)
        found = _placed(person, carried(person, legs), seat_m + SEAT_TO_HIP_M)
        if found[person.shoe_vertices, 2].min() < 0:
            low = thigh
        else:
            high = thigh
    turns = _above(person, phase, legs, desk=desk, phone=phone)
    return _placed(person, carried(person, turns), seat_m + SEAT_TO_HIP_M)


def _rising(person, u, seat_m):
    """Between sitting (u = 0) and standing (1): hips up and forward, trunk bent most in the middle, soles down."""
    smooth = u * u * (3 - 2 * u)
    fold = 1 - smooth
    lean = 38 * math.sin(math.pi * min(1.0, u * 1.05))
    turns = {
        "pelvis": rot(Y, -6 * fold + 0.5 * lean),
        "spine_01": rot(Y, 4 * fold + 0.5 * lean),
        "head": rot(Y, 8 - 0.5 * lean),
    }
    for side, sign in SIDES:
        thigh, knee = 84 * fold + 0.5 * lean, 84 * fold + 0.25 * lean
        turns[f"thigh_{side}"] = rot(Z, sign * 7 * fold) @ rot(Y, -thigh)
        turns[f"calf_{side}"] = rot(Y, knee)
        turns[f"foot_{side}"] = rot(Y, thigh - knee - 0.5 * lean + 6 * fold)
    _arms(
        person,
        turns,
        (18 * fold + 0.5 * lean, 18 * fold + 0.5 * lean),
        (50 * fold + 12, 54 * fold + 12),
        9,
        (6 * fold, 6 * fold),
    )
    _ = seat_m
    return _placed(person, carried(person, turns))


def _placed(person, frames, pelvis_m=None):
    """Skinned, with the pelvis over the origin. pelvis_m: its height; None puts the lowest vertex on the floor."""
    found = skinned(person, frames)
    hip = joint(person, frames, "pelvis")
    found[:, :2] -= hip[:2]
    found[:, 2] += pelvis_m - hip[2] if pelvis_m is not None else -found[:, 2].min()
    return found.astype(np.float32)
