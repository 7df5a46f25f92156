"""Cycles: one render gives a denoised linear picture per light group, the object index and the depth."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
from mathutils import Matrix


class Passes:
    """Renders the current scene through one camera. groups: light group names; samples: full and quick."""

    def __init__(self, camera, groups, samples, quick_samples):
        self.camera, self.groups, self.samples, self.quick_samples = camera, groups, samples, quick_samples
        self.folder = Path(tempfile.mkdtemp(prefix="studio-"))
        self._settings()
        self._place_camera()
        self._compositor()

    def _settings(self):
        scene = bpy.context.scene
        render, cycles = scene.render, scene.cycles
        render.engine, cycles.device = "CYCLES", "CPU"
        render.threads_mode, render.threads = "FIXED", int(os.environ.get("GUIWEI_STUDIO_THREADS", "2"))
        cycles.adaptive_threshold, cycles.seed = 0.03, 7
        cycles.transmission_bounces, cycles.transparent_max_bounces = 2, 6
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect, cycles.sample_clamp_direct, cycles.blur_glossy = 4, 0, 0.5
        cycles.use_denoising, cycles.filter_width = False, 1.5
        render.resolution_x, render.resolution_y = self.camera.width, self.camera.height
        render.resolution_percentage, render.film_transparent, render.use_persistent_data = 100, False, True
        scene.view_settings.view_transform = "Raw"
        render.image_settings.file_format, render.image_settings.color_depth = "OPEN_EXR_MULTILAYER", "16"

    def _place_camera(self):
        data = bpy.data.cameras.new("camera")
        thing = bpy.data.objects.new("camera", data)
        bpy.context.scene.collection.objects.link(thing)
        bpy.context.scene.camera = thing
        data.sensor_width, data.sensor_fit = 36, "HORIZONTAL"
        data.lens = self.camera.wide_focal_px * 36 / self.camera.width
        data.clip_start, data.clip_end = 0.02, 100
        pose = np.eye(4)
        pose[:3, :3] = self.camera.rotation.T @ np.diag([1, -1, -1])
        pose[:3, 3] = self.camera.position_m
        thing.matrix_world = Matrix(pose.tolist())

    def _compositor(self):
        scene, layer = bpy.context.scene, bpy.context.scene.view_layers[0]
        layer.cycles.denoising_store_passes = True
        layer.use_pass_object_index = layer.use_pass_z = True
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        layers = tree.nodes.new("CompositorNodeRLayers")
        self.out = tree.nodes.new("CompositorNodeOutputFile")
        self.out.format.file_format, self.out.format.color_depth = "OPEN_EXR_MULTILAYER", "32"
        self.out.base_path = str(self.folder / "pass")
        self.out.file_slots.clear()
        for group in self.groups:
            self.out.layer_slots.new(group)
            denoise = tree.nodes.new("CompositorNodeDenoise")
            denoise.prefilter = "FAST"
            tree.links.new(layers.outputs[f"Combined_{group}"], denoise.inputs["Image"])
            tree.links.new(layers.outputs["Denoising Albedo"], denoise.inputs["Albedo"])
            tree.links.new(layers.outputs["Denoising Normal"], denoise.inputs["Normal"])
            tree.links.new(denoise.outputs[0], self.out.inputs[-1])
        for name in ("IndexOB", "Depth"):
            self.out.layer_slots.new(name)
            tree.links.new(layers.outputs[name], self.out.inputs[-1])
        composite = tree.nodes.new("CompositorNodeComposite")
        tree.links.new(layers.outputs["Image"], composite.inputs[0])

    def render(self, box=None, *, quick=False):
        """{group: (h, w, 3), IndexOB: (h, w), Depth: (h, w)}; box: x0, y0, x1, y1 of the rendered pinhole picture.

        quick: few samples and bounces, for people's crops and the plate they are compared with.
        """
        scene = bpy.context.scene
        cycles, render = scene.cycles, scene.render
        cycles.samples = self.quick_samples if quick else self.samples
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = (3, 1, 1) if quick else (5, 3, 3)
        cycles.use_adaptive_sampling = not quick
        render.use_border = render.use_crop_to_border = box is not None
        if box is not None:
            (x0, y0, x1, y1), w, h, e = box, self.camera.width, self.camera.height, 0.002
            render.border_min_x, render.border_max_x = (x0 + e) / w, (x1 + e) / w
            render.border_min_y, render.border_max_y = (h - y1 + e) / h, (h - y0 + e) / h
        file = self.folder / "pass0001.exr"
        file.unlink(missing_ok=True)
        render.filepath = str(self.folder / "unused")
        bpy.ops.render.render(write_still=False)
        found = _read(file)
        file.unlink()
        if box is not None and found["Depth"].shape != (box[3] - box[1], box[2] - box[0]):
            raise RuntimeError(f"rendered {found['Depth'].shape} for box {box}")
        return found


def _read(file):
    with OpenEXR.File(str(file)) as exr:
        channels = exr.parts[0].channels.items()
        return {
            name.replace(".V", ""): np.array(c.pixels[..., :3] if c.pixels.ndim == 3 else c.pixels)
            for name, c in channels
        }
