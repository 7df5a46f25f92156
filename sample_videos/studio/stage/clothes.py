"""Clothes: which faces of the base mesh are jacket, trousers, skirt, shoe, hair, and their colours.

The base mesh carries helper geometry (tights, skirt, hair) around the body; cut at the right heights it makes clothes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from sample_videos.studio.stage import bodies

PARTS = {"skin": 0, "top": 1, "leg": 2, "shoe": 3, "hair": 4, "shirt": 5, "tie": 6, "eye": 7, "bag": 8, "phone": 9}
TOPS = (
    (0.55, 0.06, 0.05), (0.05, 0.15, 0.40), (0.65, 0.62, 0.58), (0.10, 0.30, 0.14), (0.70, 0.45, 0.08),
    (0.35, 0.10, 0.30), (0.03, 0.03, 0.035), (0.50, 0.55, 0.62), (0.08, 0.35, 0.40), (0.62, 0.30, 0.28),
)  # fmt: skip
LEGS = ((0.03, 0.045, 0.10), (0.02, 0.02, 0.022), (0.22, 0.17, 0.11), (0.12, 0.12, 0.13), (0.08, 0.11, 0.20))
UNIFORM = {"top": (0.012, 0.018, 0.055), "leg": (0.012, 0.014, 0.03)}
SKIN = {
    "asian": ((0.58, 0.38, 0.27), (0.50, 0.31, 0.21)),
    "caucasian": ((0.66, 0.45, 0.36), (0.60, 0.40, 0.30)),
    "african": ((0.16, 0.085, 0.05), (0.24, 0.13, 0.08)),
}
OUTFITS = ("casual", "shirt", "jacket", "dress", "uniform", "overall")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")


@dataclass
class Dressed:
    """faces (m, 4) into the base mesh, part of each face, thickness (n,) by which cloth stands off the body."""

    faces: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    thick: np.ndarray | None = None
    colours: dict = field(default_factory=dict)
    outfit: str = ""
    bottom: str = "trousers"

    def add(self, faces, part):
        self.faces.append(faces)
        self.parts.append(np.full(len(faces), PARTS[part]))

    def pad(self, faces, metres):
        self.thick[np.unique(faces.ravel())] = metres


def dress(vertices, joint, weights, names, spec, rng: random.Random) -> Dressed:
    """Dress one body. joint(name) -> (3,) m; spec: the person's words of the shot (role, gender, outfit, top, ...)."""
    got = Dressed(thick=np.zeros(len(vertices)))
    _choose(got, spec, rng)
    cut = _Cut(vertices, joint, weights, names)
    _cover(got, cut, rng)
    _head(got, cut, vertices, spec, rng)
    return got


def _choose(got, spec, rng):
    role, female = spec["role"], spec["gender"] == "female"
    free = ["casual", "shirt", "jacket", "dress"] if female else ["casual", "shirt", "jacket", "casual"]
    got.outfit = (
        {"staff": "uniform", "guard": "uniform", "cleaner": "overall"}.get(role)
        or spec.get("outfit")
        or rng.choice(free)
    )
    top, leg = tuple(spec.get("top") or rng.choice(TOPS)), tuple(spec.get("leg") or rng.choice(LEGS))
    if role == "staff":
        top, leg = tuple(spec.get("top") or UNIFORM["top"]), tuple(spec.get("leg") or UNIFORM["leg"])
    elif role == "guard":
        top, leg = (0.02, 0.02, 0.02), (0.02, 0.02, 0.02)
    elif role == "cleaner":
        top, leg = (0.10, 0.28, 0.32), (0.05, 0.12, 0.14)
    short = role == "staff" and female and rng.random() < 0.4
    got.bottom = "skirt" if got.outfit == "dress" or short else "trousers"
    race = spec["race"]
    hair = [(0.012, 0.01, 0.009), (0.02, 0.013, 0.01), (0.05, 0.028, 0.015)]
    if race == "caucasian":
        hair = [(0.05, 0.03, 0.015), (0.16, 0.10, 0.05), (0.02, 0.015, 0.01)]
    shoe = (
        [(0.015, 0.015, 0.015)]
        if role in ("staff", "guard")
        else [(0.02, 0.02, 0.02), (0.06, 0.03, 0.02), (0.6, 0.6, 0.6)]
    )
    got.colours = {
        "skin": rng.choice(SKIN[race]),
        "top": top,
        "leg": leg,
        "shoe": rng.choice(shoe),
        "hair": (0.30, 0.29, 0.28) if spec["age"] > 0.78 else rng.choice(hair),
        "shirt": (0.80, 0.80, 0.82),
        "tie": rng.choice([(0.35, 0.02, 0.03), (0.02, 0.02, 0.05)]),
        "eye": (0.3, 0.3, 0.3),
    }


class _Cut:
    """Where tights and body are cut: heights of joints, how far along the arm a face lies."""

    def __init__(self, vertices, joint, weights, names):
        self.groups = bodies.base()[1]
        self.joint, self.vertices = joint, vertices
        self.tights, self.body = self.groups["helper-tights"], self.groups["body"]
        self.tights_at, self.body_at = vertices[self.tights].mean(1), vertices[self.body].mean(1)
        arms = [k for k, n in enumerate(names) if n.startswith(("upperarm", "lowerarm", "hand", *FINGERS))]
        self.arm_tights = weights[self.tights].mean(1)[:, arms].sum(1) > 0.5
        self.arm_body = weights[self.body].mean(1)[:, arms].sum(1) > 0.5
        self.hip, self.knee, self.ankle = (joint(n)[2] for n in ("thigh_l", "calf_l", "foot_l"))
        self.neck = joint("neck_01")[2]

    def along_arm(self, at):
        """0 shoulder, 1 elbow, 2 wrist."""
        shoulder, elbow, wrist = (self.joint(n)[1] for n in ("upperarm_l", "lowerarm_l", "hand_l"))
        y = np.abs(at[:, 1])
        return np.where(y < elbow, (y - shoulder) / (elbow - shoulder), 1 + (y - elbow) / (wrist - elbow))


def _cover(got, cut, rng):
    tights, at, arm = cut.tights, cut.tights_at, cut.arm_tights
    formal = got.outfit in ("jacket", "uniform", "overall")
    sleeve = {"casual": rng.choice([0.6, 1.9]), "shirt": rng.choice([0.6, 1.9]), "dress": rng.choice([0.4, 1.2])}.get(
        got.outfit, 1.93
    )
    hem = cut.hip - 0.09 if formal else cut.hip + 0.02
    top = ((arm & (cut.along_arm(at) < sleeve)) | (~arm & (at[:, 2] > hem))) & ~(~arm & (at[:, 2] > cut.neck + 0.015))
    aside, chest = np.abs(at[:, 1]), cut.joint("spine_03")
    v = (at[:, 2] - (chest[2] - 0.12)) / (cut.neck - chest[2] + 0.12)
    opened = top & ~arm & (at[:, 0] > chest[0] + 0.03) & (v > 0) & (aside < 0.02 + 0.055 * np.clip(v, 0, 1))
    opened &= got.outfit in ("uniform", "jacket")
    tie = opened & (aside < 0.02) & (got.outfit == "uniform")
    got.add(tights[top & ~opened], "top")
    got.add(tights[opened & ~tie], "shirt")
    got.add(tights[tie], "tie")
    legs = np.zeros(len(tights), bool)
    if got.bottom == "trousers":
        legs = ~arm & (at[:, 2] <= cut.hip + 0.06) & (at[:, 2] > cut.ankle)
        shoes = ~arm & (at[:, 2] <= cut.ankle)
        got.add(tights[legs], "leg")
    else:
        skirt = cut.groups["helper-skirt"]
        z = cut.vertices[skirt].mean(1)[:, 2]
        ends = cut.knee - rng.uniform(-0.06, 0.12)
        got.add(
            skirt[(z > ends) & (z < cut.hip + 0.16)], "leg" if got.outfit == "uniform" else rng.choice(["leg", "top"])
        )
        shoes = ~arm & (at[:, 2] <= cut.ankle - 0.02)
    got.add(tights[shoes], "shoe")
    bare = cut.arm_body & (cut.along_arm(cut.body_at) > sleeve - 0.12)
    if got.bottom == "skirt":
        bare |= ~cut.arm_body & (cut.body_at[:, 2] < cut.knee + 0.12) & (cut.body_at[:, 2] > cut.ankle - 0.05)
    cut.bare = bare
    got.pad(tights[top], 0.020 if formal else 0.009)
    got.pad(tights[legs], 0.012)
    got.pad(tights[legs & (at[:, 2] < cut.knee + 0.15)], 0.020)
    got.pad(tights[shoes], 0.006)
    got.pad(tights[legs & (at[:, 2] > hem - 0.05)], 0.004)


def _head(got, cut, vertices, spec, rng):
    body, at, groups = cut.body, cut.body_at, cut.groups
    male = spec["gender"] == "male"
    head = (at[:, 2] > cut.neck - 0.03) & ~cut.arm_body
    eyes = vertices[groups["helper-l-eye"].ravel()]
    eye_z, eye_x = eyes[:, 2].mean(), eyes[:, 0].max()
    back = vertices[body[head & (at[:, 2] > eye_z)].ravel()][:, 0].min()
    rel = (at[:, 0] - back) / (eye_x - back)
    nape = -0.06 if male else -0.09
    line = eye_z + np.where(rel > 0.82, 0.075, np.where(rel > 0.55, 0.03 + 0.045 * (rel - 0.55) / 0.27, nape))
    bald = male and spec["age"] >= 0.5 and rng.random() < 0.08
    scalp = head & (at[:, 2] > line) & (rel < 1.03) & (not bald)
    got.add(body[(head | cut.bare) & ~scalp], "skin")
    got.add(body[scalp], "hair")
    got.add(groups["helper-l-eye"], "eye")
    got.add(groups["helper-r-eye"], "eye")
    if not male and rng.random() < 0.75:
        hair = groups["helper-hair"]
        middle = vertices[hair].mean(1)
        got.add(hair[(middle[:, 2] > cut.neck - rng.uniform(-0.05, 0.12)) & (middle[:, 0] < eye_x - 0.02)], "hair")
    got.pad(body[scalp], 0.016 if male else 0.022)
