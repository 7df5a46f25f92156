"""The hall's shell, what is outside, its lamps and daylight. Each lamp group, the sky and the sun are a light group."""

from __future__ import annotations

import math
import random

import bpy
from mathutils import Vector

from sample_videos.studio import hall
from sample_videos.studio.stage import materials, pictures
from sample_videos.studio.stage.shapes import box, quad, rod

W, D, H = hall.SIZE_M


def shell(words, m, rng):
    """Floor, ceiling, walls with door and window, skirting, door mat, prints on the walls."""
    quad("floor", [(0, 0, 0), (W, 0, 0), (W, D, 0), (0, D, 0)], materials.floor(words["floor"], rng))
    quad("ceiling", [(0, 0, H), (0, D, H), (W, D, H), (W, 0, H)], m["ceiling"])
    (dx0, dx1, dh), (wx0, wx1, wz0, wz1) = hall.DOOR, hall.WINDOW
    spans = (
        (0, dx0, 0, H),
        (dx0, dx1, dh, H),
        (dx1, wx0, 0, H),
        (wx0, wx1, 0, wz0),
        (wx0, wx1, wz1, H),
        (wx1, W, 0, H),
    )
    for x0, x1, z0, z1 in spans:
        box("wall-back", (x1 - x0, 0.2, z1 - z0), ((x0 + x1) / 2, D + 0.1, (z0 + z1) / 2), m["wall"])
    box("wall-right", (0.2, D, H), (W + 0.1, D / 2, H / 2), m["accent"])
    box("wall-front", (W, 0.2, H), (W / 2, -0.1, H / 2), m["wall"])
    box("wall-left", (0.2, D, H), (-0.1, D / 2, H / 2), m["wall"])
    skirting = (
        ((W, 0.02, 0.09), (W / 2, 0.01)),
        ((0.02, D, 0.09), (W - 0.01, D / 2)),
        ((dx0, 0.02, 0.09), (dx0 / 2, D - 0.01)),
        ((W - dx1, 0.02, 0.09), ((W + dx1) / 2, D - 0.01)),
    )
    for size, at in skirting:
        box("skirting", size, (*at, 0.045), m["frame"])
    for *size, x, y, z in words.get("partitions", ()):
        box("partition", size, (x, y, z), m["wall"])
        if z - size[2] / 2 < 0.01:
            box("skirting", (size[0] + 0.02, size[1] + 0.02, 0.09), (x, y, 0.045), m["frame"])
    _window(wx0, wx1, wz0, wz1, m)
    _door(words["door_open"], m)
    mat = materials.paint("door-mat", (0.07, 0.07, 0.075), 0.95, noise=0.3, grain=90)
    box("door-mat", (1.7, 1.0, 0.012), ((dx0 + dx1) / 2, D - 0.62, 0.006), mat)
    _prints(m, rng)


def _window(x0, x1, z0, z1, m):
    for k in range(4):
        box("frame", (0.05, 0.09, z1 - z0), (x0 + (x1 - x0) * k / 3, D + 0.06, (z0 + z1) / 2), m["frame"])
    for z in (z0, z1):
        box("frame", (x1 - x0 + 0.05, 0.09, 0.05), ((x0 + x1) / 2, D + 0.06, z), m["frame"])
    y = D + 0.06
    quad("pane", [(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], materials.glass())


def _door(is_open, m):
    x0, x1, high = hall.DOOR
    middle = (x0 + x1) / 2

    def leaf(a, b, y):
        for x in (a + 0.03, b - 0.03):
            box("leaf", (0.06, 0.05, high - 0.03), (x, y, high / 2 + 0.015), m["frame"])
        for z in (0.05, high - 0.03):
            box("leaf", (b - a, 0.05, 0.07), ((a + b) / 2, y, z), m["frame"])
        quad("pane", [(a, y, 0.03), (b, y, 0.03), (b, y, high), (a, y, high)], materials.glass())

    for x in (x0, x1):
        box("frame", (0.07, 0.12, high), (x, D + 0.06, high / 2), m["frame"])
    box("frame", (x1 - x0, 0.12, 0.08), (middle, D + 0.06, high), m["frame"])
    leaf(x0, middle, D + 0.06)
    leaf(*((x0 + 0.08, middle + 0.08) if is_open else (middle, x1)), D + 0.10)
    for x in (middle - 0.12,) if is_open else (middle - 0.12, middle + 0.12):
        rod("handle", (x, D - 0.03, 0.8), (x, D - 0.03, 1.5), 0.014, m["legs"])


def _prints(m, rng):
    def on_back(name, u, z, w, h, picture):
        face = [(u - w / 2, D - 0.018, z - h / 2), (u + w / 2, D - 0.018, z - h / 2)]
        face += [(u + w / 2, D - 0.018, z + h / 2), (u - w / 2, D - 0.018, z + h / 2)]
        box(name, (w + 0.05, 0.02, h + 0.05), (u, D - 0.003, z), m["frame"])
        quad(name, face, materials.printed(name, picture, 0.3))

    def on_right(name, u, z, w, h, picture):
        face = [(W - 0.016, u + w / 2, z - h / 2), (W - 0.016, u - w / 2, z - h / 2)]
        face += [(W - 0.016, u - w / 2, z + h / 2), (W - 0.016, u + w / 2, z + h / 2)]
        box(name, (0.02, w + 0.05, h + 0.05), (W + 0.002, u, z), m["frame"])
        quad(name, face, materials.printed(name, picture, 0.3))

    on_back("print0", 3.9, 1.62, 0.8, 1.2, pictures.poster(rng))
    on_back("print1", 2.3, 1.7, 0.9, 0.7, pictures.poster(rng, 320, 240, title=False))
    on_right("print2", 6.9, 1.6, 0.9, 1.1, pictures.poster(rng))
    on_right("print3", 3.0, 1.95, 2.0, 0.6, pictures.poster(rng, 400, 120))


def lamps(groups, m):
    """The luminaires of every group: {id: [[x, y, side m, W]]}."""
    face = materials.lamp_face("lamp-face")
    for group, spots in groups.items():
        for x, y, side, watt in spots:
            h = side / 2
            pane = [
                (x - h, y - h, H - 0.012),
                (x - h, y + h, H - 0.012),
                (x + h, y + h, H - 0.012),
                (x + h, y - h, H - 0.012),
            ]
            panel = quad("lamp", pane, face)
            panel.lightgroup, panel.visible_diffuse, panel.visible_shadow = group, False, False
            box("lamp-frame", (side + 0.04, side + 0.04, 0.006), (x, y, H - 0.001), m["grey"])
            light = _area("lamp-light", (side, side), watt, (1, 0.96, 0.90), group)
            light.location = (x, y, H - 0.03)
            light.visible_glossy = False


def _area(name, size, watt, colour, group):
    lamp = bpy.data.lights.new(name, "AREA")
    lamp.shape, (lamp.size, lamp.size_y), lamp.energy, lamp.color = "RECTANGLE", size, watt, colour
    thing = bpy.data.objects.new(name, lamp)
    bpy.context.scene.collection.objects.link(thing)
    thing.lightgroup = group
    return thing


def daylight(rng: random.Random):
    """The street, and light groups `sky` (soft light just inside the panes: clean to sample) and `sun`."""
    view = [(-8, D + 9, -1), (26, D + 9, -1), (26, D + 9, 9), (-8, D + 9, 9)]
    street = quad("street", view, materials.printed("street", pictures.street(rng), 1, shine=2.2))
    street.lightgroup, street.visible_diffuse = "sky", False
    street.data.materials[0].cycles.emission_sampling = "NONE"
    pavement = materials.paint("pavement", (0.35, 0.34, 0.33), 0.8, noise=0.1, grain=4)
    quad("pavement", [(-8, D + 0.2, -0.02), (26, D + 0.2, -0.02), (26, D + 9, -0.02), (-8, D + 9, -0.02)], pavement)
    (dx0, dx1, dh), (wx0, wx1, wz0, wz1) = hall.DOOR, hall.WINDOW
    for x0, x1, z0, z1, watt in ((wx0, wx1, wz0, wz1, 150.0), (dx0, dx1, 0.05, dh, 110.0)):
        light = _area("sky-light", (x1 - x0, z1 - z0), watt, (0.86, 0.93, 1.0), "sky")
        light.data.spread = math.radians(160)
        light.location, light.rotation_euler = ((x0 + x1) / 2, D - 0.02, (z0 + z1) / 2), (math.radians(-90), 0, 0)
        light.visible_camera = light.visible_glossy = False
    outside = _area("outside-light", (20, 5), 2500.0, (0.9, 0.95, 1), "sky")
    outside.location, outside.visible_camera, outside.visible_glossy = (6, D + 4.5, 6), False, False
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = 14.0, math.radians(0.8), (1, 0.93, 0.82)
    sun = bpy.data.objects.new("sun", lamp)
    falls = Vector((math.sin(math.radians(rng.uniform(-40, 25))), -1, -rng.uniform(0.55, 0.95)))
    sun.rotation_euler = falls.to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(sun)
    sun.lightgroup = "sun"
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world, world.use_nodes, world.lightgroup = world, True, "sky"
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value, background.inputs[1].default_value = (0.5, 0.65, 0.9, 1), 0.5
