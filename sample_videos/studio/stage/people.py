"""A dressed person with a skeleton: poses in numpy, and the mesh that Blender renders."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np

from sample_videos.studio.stage import belongings, bodies, clothes, poses
from sample_videos.studio.stage.idle import Rhythm
from sample_videos.studio.stage.materials import paint

ROUGH = {"skin": 0.5, "hair": 0.55, "shoe": 0.4, "eye": 0.2, "bag": 0.45, "phone": 0.15}
CLOTH = ("top", "leg", "shirt")


class Person:
    """One body. spec: {role, seed, gender?, child?, outfit?, top?, leg?, age?, height?, weight?, race?, carries?,
    phone?}."""

    def __init__(self, name, spec):
        self.name, rng = name, random.Random(spec["seed"])
        self.rhythm = Rhythm(spec["seed"])
        gender = rng.choice(["male", "female"])
        spec = {**spec, "gender": spec.get("gender") or gender}
        age, muscle, weight = rng.uniform(0.5, 0.85), rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.75)
        height = rng.uniform(0.3, 0.62) if spec["gender"] == "male" else rng.uniform(0.45, 0.8)
        race = rng.choice(["asian", "asian", "asian", "asian", "caucasian", "african"])
        spec.setdefault("age", 0.0 if spec.get("child") else age)
        spec.setdefault("race", race)
        body = {"muscle": muscle, "weight": spec.get("weight", weight), "height": spec.get("height", height)}
        self.vertices = bodies.shaped(spec["gender"], age=spec["age"], race=spec["race"], **body)
        self.names, self.parents, heads, self.weights = bodies.rig()
        self.heads = np.array([self.vertices[i].mean(0) for i in heads])
        self.index = {n: k for k, n in enumerate(self.names)}
        self.gender, self.role = spec["gender"], spec["role"]
        worn = clothes.dress(self.vertices, self.joint, self.weights, self.names, spec, rng)
        self._wear(worn)
        self.carries = spec.get("carries")
        self._carry(belongings.carried_things(self, spec))
        own = {name for name in belongings.colours(spec) if (self.part == clothes.PARTS[name]).any()}
        worn.colours |= {name: colour for name, colour in belongings.colours(spec).items() if name in own}
        self.colours, self.outfit, self.bottom = worn.colours, worn.outfit, worn.bottom

    def joint(self, name):
        return self.heads[self.index[name]]

    def _wear(self, worn):
        faces, self.part = np.concatenate(worn.faces), np.concatenate(worn.parts)
        v = self.vertices
        normal = np.cross(v[faces[:, 2]] - v[faces[:, 0]], v[faces[:, 3]] - v[faces[:, 1]])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
        out = np.zeros_like(v)
        for k in range(4):
            np.add.at(out, faces[:, k], normal)
        out /= np.linalg.norm(out, axis=1, keepdims=True) + 1e-9
        used = np.unique(faces.ravel())
        small = np.full(len(v), -1)
        small[used] = np.arange(len(used))
        self.faces = small[faces]
        self.skin_weights = self.weights[used]
        self.rest = (v + out * worn.thick[:, None])[used]
        self.stature_m = float(np.ptp(self.rest[:, 2]))
        shoe = self.part == clothes.PARTS["shoe"]
        self.shoe_vertices = np.unique(self.faces[shoe].ravel())

    def _carry(self, things):
        """What they carry joins the mesh, behind the body's own vertices."""
        for thing in things:
            self.faces = np.concatenate([self.faces, thing.faces + len(self.rest)])
            self.part = np.concatenate([self.part, np.full(len(thing.faces), clothes.PARTS[thing.part])])
            self.rest = np.concatenate([self.rest, thing.vertices])
            self.skin_weights = np.concatenate([self.skin_weights, thing.weights])
        self.triangles = np.concatenate([self.faces[:, [0, 1, 2]], self.faces[:, [0, 2, 3]]])
        self.phone_vertices = np.unique(self.faces[self.part == clothes.PARTS["phone"]].ravel())

    @property
    def stride_m(self):
        """Floor covered by one full cycle of the walk."""
        thigh = np.linalg.norm(self.joint("calf_l") - self.joint("thigh_l"))
        shin = np.linalg.norm(self.joint("foot_l") - self.joint("calf_l"))
        return float(2 * (thigh + shin) * (math.sin(math.radians(24.3)) + math.sin(math.radians(9.9))) * 1.08)

    def posed(self, pose):
        """Vertices (n, 3) in the person's own frame; pose: see poses.bent."""
        found = poses.bent(self, pose)
        if pose[-1] not in poses.PHONES:
            found[self.phone_vertices] = found[0]  # in a pocket: without extent
        return found

    @property
    def facts(self):
        """What the truth says of this person."""
        colours = {name: [round(c, 3) for c in colour] for name, colour in self.colours.items()}
        return {
            "stature_m": round(self.stature_m, 3),
            "stride_m": round(self.stride_m, 4),
            "outfit": f"{self.outfit}/{self.bottom}",
            "colours": colours,
        }


class Figure:
    """The person's mesh in Blender, with an object index of its own."""

    def __init__(self, person, index):
        self.person, self.index = person, index
        mesh = bpy.data.meshes.new(person.name)
        quads = [tuple(f) if f[2] != f[3] else tuple(f[:3]) for f in person.faces.tolist()]
        mesh.from_pydata(person.rest.tolist(), [], quads)
        for part in clothes.PARTS:
            cloth, hair = part in CLOTH, part == "hair"
            surface = paint(
                f"{person.name}-{part}",
                person.colours.get(part, (0.0, 0.0, 0.0)),
                ROUGH.get(part, 0.85),
                noise=0.10 if cloth else 0.2 if hair else 0.08,
                grain=14 if cloth else 40,
                bump=0.9 if cloth else 0.5 if hair else 0.0,
                sheen=0.15 if cloth else 0,
            )
            mesh.materials.append(surface)
        mesh.polygons.foreach_set("material_index", person.part.astype(np.int32))
        mesh.polygons.foreach_set("use_smooth", np.ones(len(quads), bool))
        mesh.update()
        self.thing = bpy.data.objects.new(person.name, mesh)
        bpy.context.scene.collection.objects.link(self.thing)
        self.thing.pass_index = index
        self.hide()

    def hide(self):
        self.thing.hide_render = True

    def stand_as(self, world):
        """Show it with these vertices (n, 3), site frame."""
        self.thing.data.vertices.foreach_set("co", np.ascontiguousarray(world, np.float32).ravel())
        self.thing.data.update()
        self.thing.hide_render = False
