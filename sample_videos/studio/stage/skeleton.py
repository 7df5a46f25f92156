"""Bones in numpy: carrying turns from parent to child, skinning, and legs that keep their feet where they are.

A turn is a 3 x 3 matrix in the frame that the parent carries; a person's own frame is +x ahead, +y left, +z up.
"""

from __future__ import annotations

import numpy as np

from sample_videos.studio.stage.bodies import X, rot

SIDES = (("l", 1), ("r", -1))
REACH = 0.999
"""A leg is never stretched to its whole length: knees lock in nobody who stands at ease."""


def carried(person, turns, shift=(0.0, 0.0, 0.0)):
    """(n, 3, 3) turns and (n, 3) moves of all bones. turns: bone -> own turn; shift: of the whole body, metres."""
    count = len(person.names)
    turn, move = np.empty((count, 3, 3)), np.empty((count, 3))
    for k, bone in enumerate(person.names):
        parent, own, head = person.parents[k], turns.get(bone), person.heads[k]
        held, held_at = (turn[parent], move[parent]) if parent >= 0 else (np.eye(3), np.asarray(shift, float))
        turn[k] = held if own is None else held @ own
        move[k] = held @ head + held_at - turn[k] @ head
    return turn, move


def joint(person, frames, bone):
    """Where a bone begins, (3,)."""
    k = person.index[bone]
    return frames[0][k] @ person.heads[k] + frames[1][k]


def skinned(person, frames):
    """(n, 3) vertices by linear blend skinning."""
    rows = np.concatenate([frames[0], frames[1][:, :, None]], 2)
    blend = np.tensordot(person.skin_weights, rows, (1, 0))
    return np.einsum("nij,nj->ni", blend[:, :, :3], person.rest) + blend[:, :, 3]


def planted(person, before, turns, shift):
    """Frames with the body turned and shifted and both feet exactly as in the frames `before`; knees bend ahead.

    Where the hips would be farther from an ankle than the leg is long, the whole body sinks by what is missing.
    """
    turns = dict(turns)
    frames = carried(person, turns, shift)
    sinks = max(_too_far(person, before, frames, side) for side, _ in SIDES)
    shift = (shift[0], shift[1], shift[2] - sinks)
    frames = carried(person, turns, shift)
    pelvis = frames[0][person.index["pelvis"]]
    for side, _ in SIDES:
        thigh, calf, foot = (person.index[f"{bone}_{side}"] for bone in ("thigh", "calf", "foot"))
        hip0, knee0, ankle = (joint(person, before, f"{bone}_{side}") for bone in ("thigh", "calf", "foot"))
        hip = joint(person, frames, f"thigh_{side}")
        knee = _hinge(hip, ankle, np.linalg.norm(knee0 - hip0), np.linalg.norm(ankle - knee0))
        upper = _between(knee0 - hip0, knee - hip) @ before[0][thigh]
        lower = _between(ankle - knee0, ankle - knee) @ before[0][calf]
        turns[f"thigh_{side}"], turns[f"calf_{side}"] = pelvis.T @ upper, upper.T @ lower
        turns[f"foot_{side}"] = lower.T @ before[0][foot]
    return carried(person, turns, shift)


def _too_far(person, before, frames, side):
    """By how many metres the hip must sink to be within reach of its ankle."""
    hip0, knee0, ankle = (joint(person, before, f"{bone}_{side}") for bone in ("thigh", "calf", "foot"))
    reach = REACH * (np.linalg.norm(knee0 - hip0) + np.linalg.norm(ankle - knee0))
    way = joint(person, frames, f"thigh_{side}") - ankle
    return max(0.0, way[2] - np.sqrt(max(0.0, reach**2 - way[0] ** 2 - way[1] ** 2)))


def reached(person, turns, target, *, elbow, palm, faces):
    """The turns with the right arm bent until its wrist is at `target` (frames -> point of the person's own frame).

    elbow: the way it points; palm: its normal at rest; faces: the way the palm is turned to (frames -> direction).
    """
    turns = {k: v for k, v in turns.items() if k not in {"upperarm_r", "lowerarm_r", "hand_r"}}
    frames = carried(person, turns)
    shoulder, bones = joint(person, frames, "upperarm_r"), ("upperarm_r", "lowerarm_r", "hand_r")
    a, b, c = (person.heads[person.index[bone]] for bone in bones)
    upper_m, lower_m = np.linalg.norm(b - a), np.linalg.norm(c - b)
    way = target(frames) - shoulder
    far = np.linalg.norm(way)
    wrist = shoulder + way / far * min(far, REACH * (upper_m + lower_m))
    bend = _hinge(shoulder, wrist, upper_m, lower_m, np.asarray(elbow, float))
    upper, lower = _between(b - a, bend - shoulder), _between(c - b, wrist - bend)
    axis = (wrist - bend) / np.linalg.norm(wrist - bend)
    lower = _twist(axis, lower @ palm, faces(frames)) @ lower
    held = frames[0][person.parents[person.index["upperarm_r"]]]
    return {**turns, "upperarm_r": held.T @ upper, "lowerarm_r": upper.T @ lower}


def _twist(axis, a, b):
    """The turn about `axis` that brings direction a nearest to b."""
    a, b = a - (a @ axis) * axis, b - (b @ axis) * axis
    return rot(axis, np.degrees(np.arctan2(np.cross(a, b) @ axis, a @ b)))


def _hinge(hip, ankle, thigh_m, shin_m, towards=X):
    """The knee between the two, bent ahead, or the elbow bent `towards` (law of cosines)."""
    way = ankle - hip
    far = np.linalg.norm(way)
    along = way / far
    down = (thigh_m**2 - shin_m**2 + far**2) / (2 * far)
    ahead = towards - (towards @ along) * along
    return hip + down * along + np.sqrt(max(0.0, thigh_m**2 - down**2)) * ahead / np.linalg.norm(ahead)


def _between(a, b):
    """The smallest turn that takes direction a to direction b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis, cosine = np.cross(a, b), float(a @ b)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + k + k @ k / (1 + cosine)
