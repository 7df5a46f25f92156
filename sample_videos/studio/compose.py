"""From plates, furniture patches and person crops to one linear picture, in the wide pinhole that Blender renders.

A moved item is rendered anew only in its own box and blended in where it changed something; a person is rendered as a
crop inside the real scene, so that shadow, reflection and occlusion are real, and set against a quick plate of the same
sampling, so that only the person's own effect is carried over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.carts import KIND as CART
from sample_videos.studio.furnishing import Placed, footprint
from sample_videos.studio.light import (
    Floats,
    Gains,
    Passes,
    blurred,
    combined,
    edge_distance,
    luminance,
    smoothstep,
)
from sample_videos.studio.stage_client import Box, Stage
from sample_videos.studio.story import At, Furniture, Person

SHADOW_M = 0.3
"""How far around an item its shadow and reflection are looked for."""
MARGIN_PX = 14
AIRCON_BOX_M = ((-0.55, 0.03), (-0.6, 0.6), (-0.55, 0.22))
"""Reach of the unit and its ribbon from its place: x, y, z."""


class Composer:
    """Linear pictures of one camera's scene."""

    def __init__(self, stage: Stage, camera: StudioCamera, furniture: Furniture, aircon_at: At | None) -> None:
        self._stage, self._camera, self._furniture, self._aircon_at = stage, camera, furniture, aircon_at

    def plate(self, items: Mapping[str, At | None], aircon: dict[str, Any] | None, *, quick: bool) -> Passes:
        """The empty set in a state: the plate of the reference state with the changed boxes blended in."""
        rest: dict[str, Any] = {"items": {}, "aircon": self._resting()}
        plate = self._stage.picture(rest, None, quick=quick)
        changed = self._changed(items)
        boxes = {name: self._item_box(self._furniture.items[name], at) for name, at in changed.items()}
        shown = aircon if aircon != self._resting() and not quick else None
        if shown is not None:
            boxes[""] = self._aircon_box()
        found = {name: layer.copy() for name, layer in plate.items()} if boxes else plate
        for box in boxes.values():
            if box is not None:
                near = [name for name, other in boxes.items() if name and other is not None and _meet(box, other)]
                state: dict[str, Any] = {
                    "items": {name: _list(changed[name]) for name in sorted(near)},
                    "aircon": self._resting(),
                }
                if shown is not None and _meet(box, boxes[""] or box):
                    state["aircon"] = shown
                _blend(found, self._stage.picture(state, box, quick=quick), box)
        return found

    def _resting(self) -> dict[str, Any] | None:
        if self._aircon_at is None:
            return None
        return {"display": None, "led": False, "louver_deg": 0.0, "ribbon": -1}

    def _changed(self, items: Mapping[str, At | None]) -> dict[str, At | None]:
        first = self._furniture
        rest = {name: item.at if first.present_at_first[name] else None for name, item in first.items.items()}
        return {name: at for name, at in items.items() if at != rest[name]}

    def _item_box(self, item: Placed, at: At | None) -> Box | None:
        """Box in the rendered picture of an item where it belongs and where it stands now."""
        home = [] if item.kind == CART else [item.at]  # a cart leaves no empty place behind: it was not there at first
        places = home + ([at] if at else [])
        corners = [
            (*corner, z)
            for place in places
            for corner in footprint(item.model, place, SHADOW_M + (item.model.size_m[2] if place[3:] else 0.0))
            for z in (0.0, item.model.size_m[2] + 0.2 + sum(place[4:]))
        ]
        return self._box_around(np.array(corners))

    def _aircon_box(self) -> Box | None:
        if self._aircon_at is None:
            return None
        (x, y, z), (dx, dy, dz) = self._aircon_at, AIRCON_BOX_M
        return self._box_around(np.array([(x + a, y + b, z + c) for a in dx for b in dy for c in dz]))

    def _box_around(self, corners: Any) -> Box | None:
        flat, depth = self._camera.project_wide(corners)
        if (depth < 0.1).any():
            return None
        x0, y0 = np.maximum(0, np.floor(flat.min(0) - MARGIN_PX)).astype(int)
        x1, y1 = np.minimum((self._camera.width, self._camera.height), np.ceil(flat.max(0) + MARGIN_PX)).astype(int)
        return (int(x0), int(y0), int(x1), int(y1)) if x1 - x0 > 8 and y1 - y0 > 8 else None

    def crops(self, items: Mapping[str, At | None], people: Sequence[Person], shot: Any) -> list[dict[str, Any]]:
        """Crops and sights of everybody in a moment."""
        state = {"items": {k: _list(v) for k, v in self._changed(items).items()}, "aircon": None}
        return self._stage.moment(state, people, shot) if people else []

    def peopled(self, picture: Floats, quick_plate: Passes, crops: Sequence[dict[str, Any]], light: Gains) -> Floats:
        """The picture with its people, farthest first as given."""
        found = picture.copy()
        for crop in crops:
            if crop["box"] is not None:
                x0, y0, x1, y1 = crop["box"]
                passes, mask = self._stage.crop(crop["file"])
                reference = combined({k: v[y0:y1, x0:x1] for k, v in quick_plate.items()}, light)
                whole = (x0 == 0) | (x1 == self._camera.width) | (y1 == self._camera.height)
                person = combined(passes, light)
                _set_in(found[y0:y1, x0:x1], picture[y0:y1, x0:x1], person, reference, mask, cut=bool(whole))
        return found


def _list(at: At | None) -> list[float] | None:
    return None if at is None else list(at)


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _blend(plate: dict[str, Floats], patch: Passes, box: Box) -> None:
    """Into the plate, where the patch differs from it; soft at its border."""
    x0, y0, x1, y1 = box
    old = {name: plate[name][y0:y1, x0:x1] for name in patch}
    differs = np.sum([np.abs(luminance(patch[g]) - luminance(old[g])) for g in patch], 0)
    differs /= np.sum([luminance(old[g]) for g in patch], 0) + 0.02
    weight = smoothstep(blurred(differs, 2.0), 0.012, 0.05)
    weight = np.maximum(weight, cv2.dilate((differs > 0.10).astype(np.float32), np.ones((7, 7))))
    weight = blurred(weight, 1.2) * smoothstep(edge_distance(*weight.shape), 2, 12)
    for name in patch:
        old[name] += (patch[name] - old[name]) * weight[..., None]


def _set_in(target: Floats, under: Floats, person: Floats, reference: Floats, mask: Any, *, cut: bool) -> None:
    """Person and shadow into `target`: the person's own pixels, and by how much the rest got darker or lighter."""
    solid = mask.astype(np.float32)
    far = solid < 0.5
    gain = 1.0
    if far.any():
        gain = float(np.median(luminance(under)[far]) / max(1e-4, float(np.median(luminance(reference)[far]))))
        gain = min(1.6, max(0.8, gain))
    ratio = np.clip((luminance(person) + 0.004) / (luminance(reference) + 0.004), 0.2, 1.6)
    ratio = blurred(np.where(far, ratio, 1), 1.5)
    shade = 1 + (ratio - 1) * smoothstep(np.abs(ratio - 1), 0.025, 0.07)
    alpha = blurred(np.asarray(cv2.dilate(solid, np.ones((3, 3))), np.float32), 0.8)
    inner = smoothstep(edge_distance(*solid.shape), 1, 9)
    if cut:
        inner = np.maximum(inner, alpha)
    shade = 1 + (shade - 1) * inner
    shaded = under * shade[..., None]
    own = shaded + (person * gain - shaded) * alpha[..., None]
    change = np.maximum(alpha, smoothstep(np.abs(shade - 1), 0.005, 0.03))[..., None]
    target[:] = target * (1 - change) + own * change
