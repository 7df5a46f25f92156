"""Furniture, built to the sizes of `furnishing.MODELS`. Each builder hangs its parts on the item's frame `p`."""

from __future__ import annotations

import math
import random

import bmesh
import numpy as np
from mathutils import Vector

from sample_videos.studio.furnishing import CHARUCO_BOTTOM_M, CHARUCO_SQUARE_M, CHARUCO_SQUARES, MODELS
from sample_videos.studio.stage import pictures
from sample_videos.studio.stage.materials import printed
from sample_videos.studio.stage.shapes import box, cylinder, empty, made, quad, rod, sheet


def build(words, m):
    """One item of the scene's words {id, kind, style, at, seed}: its frame, placed."""
    name, kind, style = words["id"], words["kind"], words["style"]
    p, rng = empty(name), random.Random(words["seed"])
    _BUILDERS[kind](name, p, style, MODELS[kind, style], m, rng)
    p["half_m"] = MODELS[kind, style].size_m[0] / 2
    place(p, words["at"])
    return p


def place(p, at):
    """Put an item's frame at (x m, y m, yaw degrees), or also (tip degrees, lift m): laid over about its own y, on its
    back or its face, its lowest corner on the floor."""
    tip, lift = at[3:] or (0.0, 0.0)
    lean = abs(math.sin(math.radians(tip)))
    p.location = (at[0], at[1], lift + lean * p["half_m"])
    p.rotation_euler = (0, -math.radians(tip), math.radians(at[2]))


def _chair(name, p, style, model, m, _rng):
    {"shell": _shell, "wood": _wooden, "arm": _armchair, "office": _office}[style](name, p, model.legs_m, m)


def _shell(name, p, legs, m):
    grid = np.zeros((12, 9, 3))
    for i, a in enumerate(np.linspace(0, 1, 12)):
        if a < 0.5:
            x, z = 0.23 - 0.43 * a / 0.5, 0.445 - 0.02 * math.sin(math.pi * a / 0.5)
        else:
            up = (a - 0.5) / 0.5
            x, z = -0.20 - 0.09 * up, 0.445 + 0.42 * up**1.05
        for j, b in enumerate(np.linspace(-1, 1, 9)):
            half = 0.235 * (1 - 0.12 * max(0, a - 0.6))
            grid[i, j] = (x + 0.05 * b * b * (a > 0.5), half * b, z + 0.035 * b * b * (a <= 0.5))
    sheet(name, grid, m["chair"], p, 0.012)
    for x, y in legs:
        rod(name, (x, y, 0), (x * 0.7, y * 0.75, 0.44), 0.011, m["legs"], p, end_radius=0.015)


def _wooden(name, p, legs, m):
    box(name, (0.45, 0.45, 0.05), (0.01, 0, 0.45), m["chair"], 0.02, p)
    for x, y in legs:
        rod(name, (x, y, 0), (x, y, 0.44 if x > 0 else 0.86), 0.017, m["wood"], p)
    for k in range(3):
        box(name, (0.02, 0.38, 0.07), (-0.195, 0, 0.58 + 0.11 * k), m["wood"], 0.006, p)


def _armchair(name, p, legs, m):
    box(name, (0.5, 0.46, 0.14), (0.03, 0, 0.39), m["chair"], 0.05, p, seg=3)
    box(name, (0.12, 0.58, 0.48), (-0.25, 0, 0.58), m["chair"], 0.05, p, rot=(0, -0.16, 0), seg=3)
    for side in (1, -1):
        box(name, (0.48, 0.09, 0.28), (-0.02, side * 0.27, 0.5), m["chair"], 0.04, p, seg=3)
    for x, y in legs:
        rod(name, (x, y, 0), (x * 0.92, y * 0.92, 0.34), 0.012, m["legs"], p, end_radius=0.018)


def _office(name, p, legs, m):
    for x, y in legs:
        rod(name, (0, 0, 0.1), (x, y, 0.07), 0.02, m["black"], p)
        cylinder(name, 0.03, 0.03, 0.05, (x, y, 0), m["black"], p, 12)
    rod(name, (0, 0, 0.08), (0, 0, 0.46), 0.025, m["legs"], p)
    box(name, (0.48, 0.48, 0.09), (0.02, 0, 0.49), m["black"], 0.04, p, seg=3)
    box(name, (0.07, 0.45, 0.55), (-0.24, 0, 0.84), m["black"], 0.035, p, rot=(0, -0.15, 0), seg=3)


def _table(name, p, style, model, m, rng):
    if style == "round":
        cylinder(name, 0.45, 0.45, 0.03, (0, 0, 0.71), m["top"], p, 48)
        rod(name, (0, 0, 0.02), (0, 0, 0.71), 0.035, m["legs"], p)
        cylinder(name, 0.28, 0.26, 0.018, (0, 0, 0), m["legs"], p, 40)
    else:
        box(name, (1.3, 0.75, 0.035), (0, 0, 0.722), m["top"], 0.008, p)
        for x, y in model.legs_m:
            box(name, (0.045, 0.045, 0.71), (x, y, 0.355), m["legs"], 0.004, p)
    _clutter(name, p, model.size_m[2], m, rng, 4)


def _clutter(name, p, high, m, rng, count):
    """Brochures, cups, bottles on a table: part of what a camera sees of it."""
    for _ in range(count):
        x, y, dice = rng.uniform(-0.28, 0.28), rng.uniform(-0.22, 0.22), rng.random()
        if dice < 0.4:
            turn = (0, 0, rng.uniform(0, 3))
            box(name, (0.21, 0.297, 0.006), (x, y, high + 0.004), m[f"paper{rng.randrange(3)}"], 0, p, rot=turn)
        elif dice < 0.75:
            cylinder(name, 0.03, 0.036, 0.085, (x, y, high), m["white"], p, 16)
        else:
            cylinder(name, 0.03, 0.03, 0.2, (x, y, high), m["bottle"], p, 14)


def _sofa(name, p, _style, model, m, _rng):
    wide, cloth = model.size_m[1], m["sofa"]
    box(name, (0.84, wide, 0.2), (0, 0, 0.2), cloth, 0.04, p, seg=3)
    cushions = max(1, round((wide - 0.36) / 0.62))
    each = (wide - 0.36) / cushions
    for k in range(cushions):
        y = -wide / 2 + 0.18 + each * (k + 0.5)
        box(name, (0.66, each - 0.015, 0.17), (0.08, y, 0.38), cloth, 0.06, p, seg=4)
        box(name, (0.2, each - 0.02, 0.42), (-0.27, y, 0.62), cloth, 0.08, p, rot=(0, -0.2, 0), seg=4)
    box(name, (0.16, wide, 0.5), (-0.36, 0, 0.48), cloth, 0.06, p, seg=3)
    for side in (1, -1):
        box(name, (0.84, 0.18, 0.36), (0, side * (wide / 2 - 0.09), 0.42), cloth, 0.06, p, seg=3)
    for x, y in model.legs_m:
        cylinder(name, 0.02, 0.025, 0.11, (x, y, 0), m["legs"], p, 12)


def _coffee_table(name, p, _style, model, m, rng):
    box(name, (0.6, 1.1, 0.035), (0, 0, 0.385), m["top"], 0.01, p)
    for x, y in model.legs_m:
        box(name, (0.04, 0.04, 0.37), (x, y, 0.185), m["legs"], 0, p)
    _clutter(name, p, 0.4, m, rng, 3)


def _plant(name, p, style, model, m, rng):
    lush, high = style == "lush", model.size_m[2] * rng.uniform(0.9, 1.1)
    broad = rng.random() < 0.5
    cylinder(name, 0.15, 0.2, 0.38, (0, 0, 0), m[f"pot{rng.randrange(2)}"], p, 28)
    cylinder(name, 0.18, 0.18, 0.01, (0, 0, 0.35), m["soil"], p, 24)
    mesh = bmesh.new()
    for _ in range(rng.randrange(10, 14) if lush else rng.randrange(5, 8)):
        a, r = rng.uniform(0, math.tau), rng.uniform(0.08, 0.40) if lush else rng.uniform(0.05, 0.22)
        top = Vector((r * math.cos(a), r * math.sin(a), rng.uniform(0.62, 1.0) * high))
        foot = (0.04 * math.cos(a), 0.04 * math.sin(a), 0.33)
        rod(name, foot, top * 0.92, 0.009, m["stem"], p, 6, 0.005)
        for _ in range(rng.randrange(16, 24) if lush else rng.randrange(11, 17)):
            _leaf(mesh, top, rng, broad=broad, lush=lush)
    made(name, mesh, m[f"leaf{rng.randrange(2)}"], p, smooth=True)


def _leaf(mesh, top, rng, *, broad, lush):
    t = rng.uniform(0.3 if lush else 0.4, 1.0)
    o = top * t
    o.z = 0.38 + (top.z - 0.38) * t
    a, up = rng.uniform(0, math.tau), rng.uniform(0.1, 1.0)
    ahead = Vector((math.cos(a) * math.cos(up), math.sin(a) * math.cos(up), math.sin(up)))
    above = Vector((-math.cos(a) * math.sin(up), -math.sin(a) * math.sin(up), math.cos(up)))
    long = rng.uniform(0.22, 0.42) * (0.6 if broad else 1) * (1.1 if lush else 1)
    half = long * (0.3 if broad else 0.14) * (1.35 if lush else 1)
    side, before = ahead.cross(above).normalized(), None
    for t in np.linspace(0, 1, 7):
        c = o + ahead * long * t + Vector((0, 0, -1)) * long * 0.45 * t * t
        w = half * math.sin(math.pi * min(0.98, max(0.03, t**0.8)))
        ridge = [mesh.verts.new(q) for q in (c - side * w + above * w * 0.25, c, c + side * w + above * w * 0.25)]
        if before:
            mesh.faces.new((before[0], ridge[0], ridge[1], before[1]))
            mesh.faces.new((before[1], ridge[1], ridge[2], before[2]))
        before = ridge


def _bin(name, p, _style, _model, m, _rng):
    cylinder(name, 0.14, 0.15, 0.58, (0, 0, 0), m["bin"], p, 28)
    cylinder(name, 0.15, 0.15, 0.04, (0, 0, 0.58), m["legs"], p, 28)
    cylinder(name, 0.1, 0.1, 0.005, (0, 0, 0.62), m["black"], p, 20)


def _bench(name, p, _style, _model, m, _rng):
    for k in range(4):
        box(name, (0.095, 1.5, 0.03), (-0.165 + 0.11 * k, 0, 0.43), m["bench"], 0.008, p)
    for side in (1, -1):
        box(name, (0.4, 0.05, 0.41), (0, side * 0.62, 0.205), m["frame"], 0.006, p)


def _reception_desk(name, p, _style, _model, m, _rng):
    """Visitors stand on its +x side."""
    box(name, (0.06, 2.6, 1.06), (0.37, 0, 0.53), m["desk"], 0.01, p)
    box(name, (0.32, 2.66, 0.04), (0.27, 0, 1.08), m["top"], 0.008, p)
    box(name, (0.7, 2.5, 0.035), (-0.02, 0, 0.74), m["wood"], 0.006, p)
    for side in (1, -1):
        box(name, (0.76, 0.05, 1.06), (0, side * 1.28, 0.53), m["desk"], 0.01, p)
    for k in range(9):
        box(name, (0.012, 0.04, 0.94), (0.405, -1.1 + 0.275 * k, 0.53), m["wood"], 0.004, p)
    box(name, (0.03, 0.53, 0.32), (0.02, 0.5, 0.99), m["black"], 0.006, p)
    box(name, (0.16, 0.2, 0.07), (0.02, 0.5, 0.79), m["black"], 0.004, p)
    box(name, (0.14, 0.42, 0.015), (-0.2, 0.5, 0.765), m["black"], 0.003, p)
    box(name, (0.21, 0.297, 0.02), (-0.15, -0.4, 0.77), m["paper0"], 0, p, rot=(0, 0, 0.3))
    cylinder(name, 0.05, 0.07, 0.18, (0.27, -1.0, 1.1), m["white"], p, 20)
    for k in range(3):
        box(name, (0.1, 0.21, 0.03), (0.27, -0.3 + 0.3 * k, 1.115), m[f"paper{k}"], 0, p)


def _water_bar(name, p, _style, _model, m, _rng):
    box(name, (0.56, 1.6, 0.96), (0, 0, 0.48), m["desk"], 0.01, p)
    box(name, (0.6, 1.64, 0.04), (0, 0, 0.98), m["top"], 0.008, p)
    cylinder(name, 0.12, 0.12, 0.35, (0, 0.4, 1.0), m["legs"], p, 24)
    for k in range(6):
        cylinder(name, 0.03, 0.036, 0.09, (0.1 - 0.12 * (k % 2), -0.5 + 0.1 * k, 1.0), m["white"], p, 14)


def _model_table(name, p, _style, _model, m, rng):
    """The sand table: a scale model of the estate."""
    box(name, (1.2, 1.8, 0.72), (0, 0, 0.36), m["desk"], 0.015, p)
    box(name, (1.1, 1.7, 0.01), (0, 0, 0.73), m["turf"], 0, p)
    for _ in range(26):
        high = rng.choice([0.06, 0.08, 0.15, 0.22, 0.28])
        size = (rng.uniform(0.06, 0.14), rng.uniform(0.06, 0.14), high)
        at = (rng.uniform(-0.48, 0.48), rng.uniform(-0.75, 0.75), 0.735 + high / 2)
        box(name, size, at, m["white" if rng.random() < 0.7 else "brick"], 0, p)


def _cabinet(name, p, _style, model, m, _rng):
    box(name, (0.45, 0.9, 1.68), (0, 0, 0.96), m["wood"], 0.01, p)
    box(name, (0.012, 0.43, 1.6), (0.23, 0.22, 0.96), m["top"], 0.004, p)
    box(name, (0.012, 0.43, 1.6), (0.23, -0.22, 0.96), m["top"], 0.004, p)
    for x, y in model.legs_m:
        cylinder(name, 0.02, 0.025, 0.12, (x, y, 0), m["legs"], p, 12)


def _box(name, p, _style, _model, m, _rng):
    box(name, (0.4, 0.5, 0.38), (0, 0, 0.19), m["carton"], 0.006, p)
    box(name, (0.402, 0.05, 0.382), (0, 0, 0.19), m["paper0"], 0.002, p)


def _suitcase(name, p, _style, _model, m, _rng):
    box(name, (0.26, 0.42, 0.56), (0, 0, 0.31), m["case"], 0.04, p, seg=3)
    for x, y in ((0.09, 0.16), (0.09, -0.16), (-0.09, 0.16), (-0.09, -0.16)):
        cylinder(name, 0.022, 0.022, 0.04, (x, y, 0), m["black"], p, 12)
    box(name, (0.02, 0.2, 0.05), (0, 0, 0.61), m["black"], 0.008, p)


def _cart(name, p, _style, _model, m, _rng):
    """The shuttle cart (电瓶车): a low body, two rows, a roof on four posts."""
    box(name, (2.5, 1.15, 0.35), (0, 0, 0.4), m["white"], 0.06, p, seg=3)
    for x in (-0.7, 0.3):
        box(name, (0.5, 1.05, 0.14), (x, 0, 0.66), m["sofa"], 0.04, p, seg=3)
        box(name, (0.12, 1.05, 0.5), (x - 0.28, 0, 0.9), m["sofa"], 0.04, p, seg=3)
    box(name, (2.3, 1.15, 0.06), (-0.1, 0, 1.87), m["white"], 0.02, p)
    for x in (-1.15, 0.95):
        for y in (-0.52, 0.52):
            rod(name, (x, y, 0.5), (x, y, 1.85), 0.02, m["legs"], p)
            cylinder(name, 0.22, 0.22, 0.14, (x * 0.75, y - 0.07, 0.22), m["black"], p, 24)


def _charuco(name, p, _style, _model, m, _rng):
    """An upright board facing +x; who looks at it has its +y on the right."""
    wide, high = CHARUCO_SQUARES[0] * CHARUCO_SQUARE_M, CHARUCO_SQUARES[1] * CHARUCO_SQUARE_M
    low = CHARUCO_BOTTOM_M
    face = [
        (0.011, -wide / 2, low),
        (0.011, wide / 2, low),
        (0.011, wide / 2, low + high),
        (0.011, -wide / 2, low + high),
    ]
    quad(name, face, printed(f"{name}-print", pictures.charuco(), 0.7, sharp=True), p)
    box(name, (0.02, wide + 0.06, high + 0.06), (0, 0, low + high / 2), m["white"], 0, p)
    for y in (-0.3, 0.3):
        rod(name, (-0.02, y, 0), (-0.02, y, low + 0.2), 0.012, m["black"], p)


def _tag(name, p, _style, _model, _m, rng):
    """A paper marker on the floor; its number is the item's seed."""
    number = int(name.removeprefix("tag")) if name.startswith("tag") and name[3:].isdigit() else rng.randrange(50)
    face = [(-0.15, -0.15, 0.002), (0.15, -0.15, 0.002), (0.15, 0.15, 0.002), (-0.15, 0.15, 0.002)]
    quad(name, face, printed(f"{name}-print", pictures.tag(number), 0.7, sharp=True), p)


_BUILDERS = {
    "chair": _chair,
    "table": _table,
    "sofa": _sofa,
    "coffee_table": _coffee_table,
    "plant": _plant,
    "bin": _bin,
    "bench": _bench,
    "reception_desk": _reception_desk,
    "water_bar": _water_bar,
    "model_table": _model_table,
    "cabinet": _cabinet,
    "box": _box,
    "suitcase": _suitcase,
    "cart": _cart,
    "charuco": _charuco,
    "tag": _tag,
}
