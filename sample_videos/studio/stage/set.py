"""The whole set: hall, furniture, labels, air-conditioner, people; what it looks like in a given state."""

from __future__ import annotations

import hashlib
import json
import math
import random
from pathlib import Path

import bpy
import cv2
import numpy as np
from mathutils import Vector

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.furnishing import LABELLED, MODELS, label_diameter, turned
from sample_videos.studio.stage import furniture, materials, room
from sample_videos.studio.stage.aircon import Aircon
from sample_videos.studio.stage.bodies import placed
from sample_videos.studio.stage.passes import Passes
from sample_videos.studio.stage.people import Figure, Person
from sample_videos.studio.stage.shapes import cylinder


class Set:
    """Built from the scene's words; see `sample_videos.studio.stage_client.scene_words`."""

    def __init__(self, words, cache: Path):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.words, self.cache = words, cache
        rng = random.Random(words["seed"])
        self.camera = StudioCamera.from_words(words["camera"])
        self.groups = [*words["lamps"], "sky", "sun"]
        for group in self.groups:
            bpy.context.scene.view_layers[0].lightgroups.add(name=group)
        m = materials.palette(rng)
        room.shell(words, m, rng)
        room.lamps(words["lamps"], m)
        room.daylight(rng)
        self.items = {item["id"]: item for item in words["items"]}
        self.frames = {name: furniture.build(item, m) for name, item in self.items.items()}
        self.labels = self._labels(rng) if words["labels"] else []
        self.aircon = None
        if words["aircon"]:
            self.aircon = Aircon(words["aircon"]["at"], m)
            self.aircon.light_by(next(iter(words["lamps"])))
        self.figures = {}
        self.passes = Passes(self.camera, self.groups, words["samples"], words["person_samples"])
        self.state = None

    def _labels(self, rng):
        surface = materials.label(self.words["labels"], rng, self.words.get("label_colour"))
        found = []
        for item in self.items.values():
            if item["kind"] in LABELLED and item["labelled"]:
                model = MODELS[item["kind"], item["style"]]
                d = label_diameter(model, self.words["label_diameter_m"])
                for k, leg in enumerate(model.legs_m):
                    x, y = turned(leg, item["at"])
                    cylinder("label", d / 2, d / 2, 0.0006, (x, y, 0.0002), surface)
                    found.append((f"{item['id']}/{k}", x, y, d))
        return found

    # ---- state

    def arrange(self, state):
        """state: {items: {id: [x, y, yaw] | None}, aircon: {...} | None}; unnamed items stand at their reference."""
        if state == self.state:
            return
        for name, item in self.items.items():
            at = state["items"].get(name, item["at"] if item["present"] else None)
            furniture.place(self.frames[name], at or item["at"])
            for part in self.frames[name].children_recursive:
                part.hide_render = part.hide_viewport = at is None
        if self.aircon and state["aircon"]:
            self.aircon.show(state["aircon"])
        self.state = state
        bpy.context.view_layer.update()

    def hide_people(self):
        for figure in self.figures.values():
            figure.hide()

    def person(self, name, spec):
        """The figure of a person, made the first time it is asked for; its index is its place in the spec's order."""
        if name not in self.figures:
            self.figures[name] = Figure(Person(name, spec), len(self.figures) + 1)
        return self.figures[name]

    # ---- what can be asked

    def picture(self, state, box, *, quick):
        """Linear passes of the empty set."""
        self.arrange(state)
        self.hide_people()
        return self.passes.render(box, quick=quick)

    def labels_seen(self, state):
        """[{id, x, y, d, image_px, size_px, share}] by casting rays at points of every disc."""
        self.arrange(state)
        graph, eye = bpy.context.evaluated_depsgraph_get(), Vector(self.camera.position_m)
        found = []
        for name, x, y, d in self.labels:
            seen = asked = 0
            for part, count in ((0, 1), (0.5, 6), (0.9, 8)):
                for j in range(count):
                    a = math.tau * j / count
                    point = Vector((x + part * d / 2 * math.cos(a), y + part * d / 2 * math.sin(a), 0.0009))
                    hit, at, *_ = bpy.context.scene.ray_cast(graph, eye, (point - eye).normalized())
                    asked += 1
                    seen += bool(hit and (at - point).length < 0.006)
            (u, v), depth = self.camera.project(np.array([x, y, 0.0]))
            wide = self.camera.focal_px * d / depth
            inside = depth > 0 and 0 <= u < self.camera.width and 0 <= v < self.camera.height
            high = wide * self.camera.position_m[2] / np.linalg.norm(np.array(self.camera.position_m) - (x, y, 0))
            found.append(
                {
                    "id": name,
                    "item": name.split("/")[0],
                    "x_m": round(x, 4),
                    "y_m": round(y, 4),
                    "diameter_m": d,
                    "image_px": [round(float(u), 2), round(float(v), 2)],
                    "size_px": [round(float(wide), 2), round(float(high), 2)],
                    "share": round(seen / asked, 2) if inside else 0.0,
                }
            )
        return found

    def moment(self, state, people):
        """Crops of every person of a moment: [{id, box, file, sight}]. people: [{id, spec, x, y, yaw, pose}]."""
        bodies = [self._body(p) for p in people]
        crops = []
        for body in bodies:
            if body["box"] is None:
                crops.append({"id": body["id"], "box": None, "file": None, "sight": _unseen(body)})
                continue
            near = [o for o in bodies if o["box"] is not None and _meet(o["box"], body["box"])]
            crops.append(self._crop(state, body, near))
        return crops

    def _body(self, words):
        figure = self.person(words["id"], words["spec"])
        own = figure.person.posed(words["pose"])
        world = placed(own, words["x"], words["y"], words["yaw"])
        flat, depth = self.camera.project_wide(world)
        body = {**words, "figure": figure, "world": world, "box": None, "mask": None}
        body["lowest_m"] = float(world[figure.person.shoe_vertices, 2].min())
        if (depth < 0.1).any():
            return body
        x0, y0 = np.floor(flat.min(0)).astype(int) - 1
        x1, y1 = np.ceil(flat.max(0)).astype(int) + 2
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for triangle in np.round((flat - [x0, y0])[figure.person.triangles] * 8).astype(np.int32):
            cv2.fillConvexPoly(mask, triangle, 255, cv2.LINE_8, 3)
        body["corner"], body["mask"] = (int(x0), int(y0)), mask
        high, wide = mask.shape
        aside = int(0.30 * wide + 10)
        box = [max(0, x0 - aside), max(0, y0 - 8)]
        box += [min(self.camera.width, x0 + wide + aside), min(self.camera.height, y0 + high + int(0.16 * high + 8))]
        if box[2] - box[0] > 12 and box[3] - box[1] > 12:
            body["box"] = [int(v) for v in box]
        return body

    def _crop(self, state, body, near):
        told = {
            k: [(o["id"], o["spec"], o["x"], o["y"], o["yaw"], o["pose"]) for o in v]
            for k, v in (("of", [body]), ("near", near))
        }
        key = hashlib.sha256(json.dumps([state["items"], told], sort_keys=True).encode()).hexdigest()[:20]
        file = self.cache / f"crop-{key}.npz"
        if not file.exists():
            self.arrange(state)
            self.hide_people()
            for other in near:
                other["figure"].stand_as(other["world"])
            found = self.passes.render(body["box"], quick=True)
            index = np.round(found["IndexOB"]).astype(int)
            sight = self._sight(body, (index == body["figure"].index).astype(np.uint8) * 255)
            layers = {g: found[g].astype(np.float16) for g in self.groups}
            write(file, mask=index > 0, sight=json.dumps(sight), **layers)
        with np.load(file) as stored:
            sight = json.loads(str(stored["sight"]))
        return {"id": body["id"], "box": body["box"], "file": file.name, "sight": sight}

    def _sight(self, body, visible):
        """Boxes and shares in the delivered (bent) picture."""
        whole = self._bent(*body["corner"], body["mask"])
        seen = self._bent(body["box"][0], body["box"][1], visible)
        (ys, xs), (vy, vx) = np.nonzero(whole > 127), np.nonzero(seen > 127)
        total = float((body["mask"] > 127).sum())
        return {
            "box_px": _around(xs, ys) if len(xs) else None,
            "visible_box_px": _around(vx, vy) if len(vx) > 20 else None,
            "visible_share": round(min(1.0, float((visible > 127).sum()) / max(1.0, total)), 3),
            "pixels": len(vx),
            "lowest_m": round(body["lowest_m"], 4),
        }

    def _bent(self, x0, y0, mask):
        full = np.zeros((self.camera.height, self.camera.width), np.uint8)
        left, top = max(0, x0), max(0, y0)
        right, bottom = min(self.camera.width, x0 + mask.shape[1]), min(self.camera.height, y0 + mask.shape[0])
        if right > left and bottom > top:
            full[top:bottom, left:right] = mask[top - y0 : bottom - y0, left - x0 : right - x0]
        return self.camera.remap(full)


def write(file: Path, **arrays):
    """A cache file that is there whole or not at all."""
    partial = file.with_suffix(".part.npz")
    np.savez(partial, **arrays)
    partial.replace(file)


def _around(xs, ys):
    return [int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1]


def _meet(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _unseen(body):
    return {
        "box_px": None,
        "visible_box_px": None,
        "visible_share": 0.0,
        "pixels": 0,
        "lowest_m": round(body["lowest_m"], 4),
    }
