"""What people carry: a bag across the body, a handbag, a backpack, a phone. Solids and straps on the resting body.

All of it joins the person's own mesh before anything is posed, so that it moves with the bones that carry it, throws
its shadow and hides what is behind it. A strap lies on the clothes and takes their weights; a bag hangs on one bone.
Sizes are of things bought in shops, scaled with a short bearer. A person's own frame: +x ahead, +y left, +z up, metres.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

BAGS = ("bag", "handbag", "backpack")
COLOURS = ((0.03, 0.025, 0.02), (0.20, 0.09, 0.03), (0.35, 0.03, 0.03), (0.04, 0.07, 0.15), (0.45, 0.36, 0.24))
BOX_SHAPE = 0.35
"""Exponent of the superquadric: 1 a ball, 0 a box."""
STRAP_M, OFF_CLOTH_M = 0.035, 0.006


@dataclass
class Thing:
    """A part of the mesh: vertices (n, 3), faces (m, 4) into them, weights (n, bones), name of the part."""

    vertices: np.ndarray
    faces: np.ndarray
    weights: np.ndarray
    part: str


def colours(spec):
    """Linear RGB by part; drawn apart from the clothes, so that a bag changes nothing else of its bearer."""
    return {"bag": random.Random(f"{spec['seed']}/bag").choice(COLOURS), "phone": (0.012, 0.012, 0.014)}


def carried_things(person, spec):
    """Things of a person whose body and clothes are known (`rest`, `skin_weights`, `heads`, `names`)."""
    scale = min(1.0, person.stature_m / 1.6)
    bag = {None: _nothing, "bag": _across, "handbag": _handbag, "backpack": _backpack}[spec.get("carries")]
    found = bag(person, scale)
    return [*found, _phone(person)] if spec.get("phone") else found


def _nothing(_person, _scale):
    return []


def rounded_box(size, at, axes=None):
    """Vertices and faces of a box with round edges about `at`; axes: (3, 3), rows are its x, y, z."""
    nu, nv = 16, 9
    u, v = np.linspace(-np.pi, np.pi, nu, endpoint=False), np.linspace(-np.pi / 2, np.pi / 2, nv)

    def power(wave):
        return np.sign(wave) * np.abs(wave) ** BOX_SHAPE

    x = power(np.cos(v))[:, None] * power(np.cos(u))[None]
    y = power(np.cos(v))[:, None] * power(np.sin(u))[None]
    z = np.repeat(power(np.sin(v))[:, None], nu, 1)
    own = np.stack([x, y, z], -1).reshape(-1, 3) * np.asarray(size) / 2
    vertices = own @ (np.eye(3) if axes is None else np.asarray(axes)) + at
    return vertices, _grid(nv, nu)


def _grid(rows, columns):
    """Faces of a grid of vertices that closes on itself along its columns."""
    k = np.arange((rows - 1) * columns)
    right = k // columns * columns + (k + 1) % columns
    return np.stack([k, right, right + columns, k + columns], 1)


def _ribbon(line, across, wide=STRAP_M):
    """Vertices and faces of a flat strap along `line` (n, 3), `wide` metres along `across`; two-sided."""
    half = np.asarray(across) * wide / 2
    vertices = np.concatenate([line - half, line + half])
    k = np.arange(len(line) - 1)
    return vertices, np.stack([k, k + 1, k + 1 + len(line), k + len(line)], 1)


def _on_bone(person, bone, count):
    weights = np.zeros((count, len(person.names)))
    weights[:, person.index[bone]] = 1.0
    return weights


def _bag(person, bone, solid):
    vertices, faces = solid
    return Thing(vertices, faces, _on_bone(person, bone, len(vertices)), "bag")


def _torso(person):
    """(vertices, weights) of the body without arms and head."""
    apart = (
        "upperarm",
        "lowerarm",
        "hand",
        "thumb",
        "index",
        "middle",
        "ring",
        "pinky",
        "head",
        "calf",
        "foot",
        "ball",
    )
    other = [k for k, name in enumerate(person.names) if name.startswith(apart)]
    kept = person.skin_weights[:, other].sum(1) < 0.3
    return person.rest[kept], person.skin_weights[kept]


def _strap(person, low, high, turns):
    """A strap round the body in the plane of x and low -> high (points in y, z), over `turns` degrees: 0 ahead, 90 up.

    It lies on the outermost of the clothes in every direction, as a tight strap does.
    """
    (y0, z0), (y1, z1) = low, high
    middle, along = np.array([0, (y0 + y1) / 2, (z0 + z1) / 2]), np.array([0, y1 - y0, z1 - z0])
    reach = np.linalg.norm(along) / 2
    along = along / np.linalg.norm(along)
    across = np.array([0, along[2], -along[1]])
    body, weights = _torso(person)
    middle[0] = np.median(body[np.abs(body[:, 2] - middle[2]) < 0.1, 0])
    near = np.abs((body - middle) @ across) < STRAP_M
    body, weights = body[near], weights[near]
    flat = np.stack([body[:, 0] - middle[0], (body - middle) @ along], 1)
    angle, far = np.degrees(np.arctan2(flat[:, 1], flat[:, 0])), np.hypot(*flat.T)
    line, held = [], []
    for way in turns:
        off = np.abs((angle - way + 180) % 360 - 180)
        close = np.flatnonzero((off < 9) & (far < 1.25 * reach))
        if len(close):
            out = close[np.argmax(far[close])]
            a, r = np.radians(angle[out]), far[out] + OFF_CLOTH_M
            line.append(middle + np.array([r * np.cos(a), 0, 0]) + r * np.sin(a) * along)
            held.append(weights[out])
    vertices, faces = _ribbon(np.array(line), across)
    return Thing(vertices, faces, np.concatenate([held, held]), "bag")


def _backpack(person, scale):
    chest = person.joint("spine_03")
    body, _ = _torso(person)
    high, deep = 0.44 * scale, 0.17 * scale
    level = np.abs(body[:, 2] - chest[2] + 0.06) < high / 2
    back = body[level & (np.abs(body[:, 1]) < 0.12), 0].min()
    at = (back - deep / 2 + 0.02, 0.0, chest[2] - 0.06)
    found = [_bag(person, "spine_03", rounded_box((deep, 0.30 * scale, high), at))]
    top, low = person.joint("neck_01")[2], chest[2] - 0.5 * high
    sides = (-0.085 * scale, 0.085 * scale)
    return [*found, *(_strap(person, (side, low), (side, top), range(-50, 171, 10)) for side in sides)]


def _across(person, scale):
    """On the left hip, a little behind it, the strap over the right shoulder."""
    body, _ = _torso(person)
    hip = person.joint("thigh_l")[2] + 0.05
    side = body[np.abs(body[:, 2] - hip) < 0.06, 1].max()
    at = (-0.06, side + 0.035, hip - 0.03)
    box = rounded_box((0.29 * scale, 0.09 * scale, 0.22 * scale), at)
    top = person.joint("neck_01")[2]
    return [_bag(person, "pelvis", box), _strap(person, (side, hip), (-0.09 * scale, top), range(0, 361, 10))]


def _handbag(person, scale):
    """In the left hand, which stays down."""
    hand = person.joint("hand_l")
    down = hand - person.joint("lowerarm_l")
    down /= np.linalg.norm(down)
    ahead = np.array([1.0, 0, 0]) - down[0] * down
    ahead /= np.linalg.norm(ahead)
    grip = hand + 0.075 * scale * down
    box = rounded_box(
        (0.28 * scale, 0.11 * scale, 0.20 * scale), grip + 0.24 * scale * down, (ahead, np.cross(-down, ahead), -down)
    )
    a = np.linspace(0, np.pi, 13)[:, None]
    arch = grip + scale * (0.09 * np.cos(a) * ahead + 0.15 * (1 - np.sin(a)) * down)
    handle = _ribbon(arch, np.cross(down, ahead), 0.02 * scale)
    return [_bag(person, "hand_l", box), _bag(person, "hand_l", handle)]


def palm(person):
    """(middle, way of the fingers, normal) of the right palm at rest."""
    hand = person.joint("hand_r")
    knuckle = person.joint("middle_01_r")
    along = (knuckle - hand) / np.linalg.norm(knuckle - hand)
    normal = np.cross(person.joint("index_01_r") - person.joint("pinky_01_r"), along)
    return (hand + knuckle) / 2, along, normal / np.linalg.norm(normal)


def _phone(person):
    middle, along, normal = palm(person)
    axes = (np.cross(along, normal), normal, along)
    vertices, faces = rounded_box((0.074, 0.010, 0.152), middle + 0.030 * normal + 0.03 * along, axes)
    return Thing(vertices, faces, _on_bone(person, "hand_r", len(vertices)), "phone")
