"""Surfaces: painted, wooden, tiled, glazed and printed."""

from __future__ import annotations

import random
from dataclasses import dataclass

import bpy
import numpy as np

Colour = tuple[float, float, float]


def _tree(material):
    material.use_nodes = True
    return material.node_tree.nodes, material.node_tree.links


def paint(name, colour, rough=0.5, metal=0.0, *, noise=0.0, grain=30, bump=0.0, sheen=0.0):
    """A principled surface, made once per name. noise: relative variation of colour; grain: its frequency per metre."""
    known = bpy.data.materials.get(name)
    if known:
        return known
    material = bpy.data.materials.new(name)
    nodes, links = _tree(material)
    shader = nodes["Principled BSDF"]
    for key, value in (
        ("Base Color", (*colour, 1)),
        ("Roughness", rough),
        ("Metallic", metal),
        ("Sheen Weight", sheen),
    ):
        shader.inputs[key].default_value = value
    if noise or bump:
        where, cloud = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeTexNoise")
        cloud.inputs["Scale"].default_value, cloud.inputs["Detail"].default_value = grain, 4
        links.new(where.outputs["Object"], cloud.inputs["Vector"])
    if noise:
        mixed = nodes.new("ShaderNodeMix")
        mixed.data_type = "RGBA"
        mixed.inputs["A"].default_value = (*[max(0, c * (1 - noise)) for c in colour], 1)
        mixed.inputs["B"].default_value = (*[min(1, c * (1 + noise)) for c in colour], 1)
        links.new(cloud.outputs["Fac"], mixed.inputs["Factor"])
        links.new(mixed.outputs["Result"], shader.inputs["Base Color"])
    if bump:
        relief = nodes.new("ShaderNodeBump")
        relief.inputs["Strength"].default_value, relief.inputs["Distance"].default_value = bump, 0.01
        links.new(cloud.outputs["Fac"], relief.inputs["Height"])
        links.new(relief.outputs["Normal"], shader.inputs["Normal"])
    return material


def glow(name, colour, strength, base=(0.02, 0.02, 0.02)):
    """A surface that shines by itself: display segments, status lights."""
    material = bpy.data.materials.new(name)
    nodes, _ = _tree(material)
    shader = nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*base, 1)
    shader.inputs["Emission Color"].default_value = (*colour, 1)
    shader.inputs["Emission Strength"].default_value = strength
    return material


def lamp_face(name, strength=9.0):
    """The white face of a luminaire; its light comes from an area lamp beside it, so it is not sampled."""
    material = bpy.data.materials.new(name)
    nodes, links = _tree(material)
    nodes.clear()
    out, emission = nodes.new("ShaderNodeOutputMaterial"), nodes.new("ShaderNodeEmission")
    emission.inputs["Strength"].default_value, emission.inputs["Color"].default_value = strength, (1, 0.97, 0.92, 1)
    links.new(emission.outputs[0], out.inputs[0])
    material.cycles.emission_sampling = "NONE"
    return material


def glass():
    """Clear pane that casts no shadow: transparent mixed with a mirror by Fresnel."""
    known = bpy.data.materials.get("glass")
    if known:
        return known
    material = bpy.data.materials.new("glass")
    nodes, links = _tree(material)
    nodes.clear()
    out, clear = nodes.new("ShaderNodeOutputMaterial"), nodes.new("ShaderNodeBsdfTransparent")
    mirror, fresnel, mixed = (
        nodes.new(n) for n in ("ShaderNodeBsdfGlossy", "ShaderNodeFresnel", "ShaderNodeMixShader")
    )
    clear.inputs["Color"].default_value = (0.93, 0.96, 0.95, 1)
    mirror.inputs["Roughness"].default_value, fresnel.inputs["IOR"].default_value = 0.02, 1.35
    links.new(fresnel.outputs[0], mixed.inputs[0])
    links.new(clear.outputs[0], mixed.inputs[1])
    links.new(mirror.outputs[0], mixed.inputs[2])
    links.new(mixed.outputs[0], out.inputs[0])
    return material


def printed(name, picture, rough=0.4, shine=0.0, *, sharp=False):
    """A picture on a quad. picture: (h, w, 3) in 0..1, sRGB, top row first; shine: emission strength."""
    high, wide = picture.shape[:2]
    image = bpy.data.images.new(name, wide, high, float_buffer=False)
    image.colorspace_settings.name = "sRGB"
    pixels = np.ones((high, wide, 4), np.float32)
    pixels[..., :3] = np.clip(picture[::-1], 0, 1)
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    image.pack()
    material = bpy.data.materials.new(name)
    nodes, links = _tree(material)
    shader, texture = nodes["Principled BSDF"], nodes.new("ShaderNodeTexImage")
    texture.image = image
    if sharp:
        texture.interpolation = "Closest"
    shader.inputs["Roughness"].default_value = rough
    links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    if shine:
        links.new(texture.outputs["Color"], shader.inputs["Emission Color"])
        shader.inputs["Emission Strength"].default_value = shine
    return material


@dataclass(frozen=True)
class Laid:
    """How a floor is laid: metres of a piece (one is drawn), joint between two, offset of the rows; its colours (one is
    drawn), the lighter pieces and the joints relative to it; veins (share, scale, detail, distortion, stretched by)."""

    sizes: tuple[tuple[float, float], ...]
    mortar_m: float
    offset: float
    colours: tuple[Colour, ...]
    lighter: float
    vein: float
    rough: float
    joint: float
    noise: tuple[float, float, float]
    along: float = 1


FLOORS = {
    "tile": Laid(
        sizes=((0.6, 0.6), (0.8, 0.8), (1.0, 1.0)),
        mortar_m=0.003,
        offset=0.0,
        colours=((0.52, 0.47, 0.41), (0.42, 0.42, 0.43), (0.58, 0.55, 0.50)),
        lighter=1.06,
        vein=0.16,
        rough=0.22,
        joint=0.55,
        noise=(1.3, 9, 1.2),
    ),
    # 20 x 10 cm stones, no two alike: dry concrete and granite reflect 0.15 to 0.35 of the light
    "paving": Laid(
        sizes=((0.2, 0.1),),
        mortar_m=0.006,
        offset=0.5,
        colours=((0.17, 0.165, 0.16), (0.19, 0.17, 0.15), (0.15, 0.155, 0.165)),
        lighter=1.9,
        vein=0.45,
        rough=0.85,
        joint=0.4,
        noise=(1.1, 9, 0.6),
    ),
    "wood": Laid(
        sizes=((1.6, 0.19),),
        mortar_m=0.0022,
        offset=0.37,
        colours=((0.30, 0.19, 0.11), (0.40, 0.28, 0.17), (0.21, 0.13, 0.08)),
        lighter=1.35,
        vein=0.3,
        rough=0.34,
        joint=0.35,
        noise=(2.2, 6, 0.0),
        along=14,
    ),
}


def floor(kind, rng):
    """Polished tile, wooden boards or the small stones of a pavement, by the seed's taste."""
    material = bpy.data.materials.new("floor")
    nodes, links = _tree(material)
    shader = nodes["Principled BSDF"]
    where, bricks, veins = (nodes.new(n) for n in ("ShaderNodeTexCoord", "ShaderNodeTexBrick", "ShaderNodeTexNoise"))
    links.new(where.outputs["Object"], bricks.inputs["Vector"])
    bricks.inputs["Scale"].default_value, bricks.offset_frequency = 1.0, 2
    laid = FLOORS[kind]
    # Where there is nothing to choose nothing is drawn: every seed keeps its colour.
    size = rng.choice(laid.sizes) if len(laid.sizes) > 1 else laid.sizes[0]
    base = rng.choice(laid.colours)
    bricks.offset = laid.offset
    if laid.along > 1:
        along = nodes.new("ShaderNodeMapping")
        along.inputs["Scale"].default_value = (1, laid.along, 1)
        links.new(where.outputs["Object"], along.inputs["Vector"])
        links.new(along.outputs["Vector"], veins.inputs["Vector"])
    else:
        links.new(where.outputs["Object"], veins.inputs["Vector"])
    bricks.inputs["Brick Width"].default_value, bricks.inputs["Row Height"].default_value = size
    bricks.inputs["Mortar Size"].default_value = laid.mortar_m
    for key, value in zip(("Scale", "Detail", "Distortion"), laid.noise, strict=True):
        veins.inputs[key].default_value = value
    shader.inputs["Roughness"].default_value = laid.rough
    bricks.inputs["Color1"].default_value = (*base, 1)
    bricks.inputs["Color2"].default_value = (*[min(1, c * laid.lighter) for c in base], 1)
    bricks.inputs["Mortar"].default_value = (*[laid.joint * c for c in base], 1)
    mixed, ramp = nodes.new("ShaderNodeMix"), nodes.new("ShaderNodeValToRGB")
    mixed.data_type, mixed.blend_type = "RGBA", "MULTIPLY"
    mixed.inputs["Factor"].default_value = 1
    low, high = ramp.color_ramp.elements
    low.position, high.position = 0.3, 0.7
    low.color, high.color = (1 - laid.vein, 1 - laid.vein, 1 - laid.vein, 1), (1.04, 1.03, 1.02, 1)
    links.new(veins.outputs["Fac"], ramp.inputs["Fac"])
    links.new(bricks.outputs["Color"], mixed.inputs["A"])
    links.new(ramp.outputs["Color"], mixed.inputs["B"])
    links.new(mixed.outputs["Result"], shader.inputs["Base Color"])
    return material


def label(kind, rng, wanted=None):
    """A positioning label: a contrast colour, or the clear disc that shows use. wanted: linear r, g, b."""
    material = bpy.data.materials.new("label")
    nodes, _ = _tree(material)
    colour = (
        rng.choice([(0.9, 0.35, 0.02), (0.02, 0.02, 0.02), (0.85, 0.85, 0.85)])
        if kind == "contrast"
        else (0.8, 0.8, 0.8)
    )
    colour = wanted or colour
    shader = nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value, shader.inputs["Roughness"].default_value = (*colour, 1), 0.5
    if kind == "transparent":
        shader.inputs["Alpha"].default_value = 0.35
    return material


def palette(rng: random.Random) -> dict:
    """The surfaces of one showroom: quiet, as they are; the seed picks the cloth and the wood."""
    chair = rng.choice(
        [(0.75, 0.74, 0.70), (0.10, 0.10, 0.11), (0.45, 0.12, 0.08), (0.13, 0.22, 0.33), (0.55, 0.42, 0.26)]
    )
    sofa = rng.choice([(0.34, 0.33, 0.32), (0.12, 0.16, 0.22), (0.42, 0.34, 0.25), (0.10, 0.10, 0.10)])
    top = rng.choice([(0.72, 0.70, 0.66), (0.33, 0.21, 0.12), (0.06, 0.06, 0.06)])
    desk = rng.choice([(0.70, 0.69, 0.66), (0.10, 0.09, 0.09), (0.25, 0.15, 0.08)])
    wall = rng.choice([(0.78, 0.76, 0.72), (0.74, 0.76, 0.77), (0.80, 0.77, 0.70)])
    accent = rng.choice([(0.16, 0.22, 0.28), (0.30, 0.20, 0.13), (0.20, 0.27, 0.22)])
    return {
        "chair": paint("chair", chair, 0.55, noise=0.12, grain=60),
        "legs": paint("legs", (0.32, 0.32, 0.33), 0.3, 1.0),
        "wood": paint("wood", (0.28, 0.17, 0.09), 0.45, noise=0.3, grain=12),
        "top": paint("top", top, 0.25, noise=0.06, grain=8),
        "black": paint("black", (0.02, 0.02, 0.022), 0.45),
        "white": paint("white", (0.80, 0.80, 0.79), 0.35),
        "grey": paint("grey", (0.35, 0.35, 0.35), 0.5),
        "sofa": paint("sofa", sofa, 0.85, noise=0.15, grain=160, bump=0.25, sheen=0.2),
        "desk": paint("desk", desk, 0.3, noise=0.05),
        "bottle": paint("bottle", (0.25, 0.45, 0.6), 0.1),
        "soil": paint("soil", (0.04, 0.025, 0.015), 0.95),
        "stem": paint("stem", (0.12, 0.17, 0.04), 0.6),
        "leaf0": paint("leaf0", (0.04, 0.13, 0.025), 0.4, noise=0.5, grain=7),
        "leaf1": paint("leaf1", (0.07, 0.19, 0.04), 0.45, noise=0.5, grain=9),
        "pot0": paint("pot0", (0.70, 0.69, 0.66), 0.35),
        "pot1": paint("pot1", (0.12, 0.11, 0.10), 0.6),
        "paper0": paint("paper0", (0.85, 0.84, 0.8), 0.6),
        "paper1": paint("paper1", (0.6, 0.12, 0.1), 0.5),
        "paper2": paint("paper2", (0.1, 0.3, 0.55), 0.5),
        "bin": paint("bin", (0.10, 0.10, 0.11), 0.4, 0.6),
        "frame": paint("frame", (0.08, 0.08, 0.085), 0.4, 0.8),
        "ceiling": paint("ceiling", (0.80, 0.80, 0.79), 0.9),
        "bench": paint("bench", (0.35, 0.22, 0.12), 0.5, noise=0.2, grain=15),
        "carton": paint("carton", (0.42, 0.28, 0.15), 0.8, noise=0.08, grain=20),
        "case": paint("case", (0.05, 0.10, 0.22), 0.35),
        "brick": paint("brick", (0.5, 0.3, 0.22), 0.6),
        "turf": paint("turf", (0.06, 0.2, 0.06), 0.9, noise=0.3),
        "wall": paint("wall", wall, 0.85, noise=0.02, grain=3),
        "accent": paint("accent", accent, 0.7, noise=0.05, grain=4),
    }
