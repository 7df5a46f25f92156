"""What a box tells the server of its furniture: where everything belongs, and what calibration says of each picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.furniture import FurnitureItem
from models.domain.geometry import Floats
from models.domain.instants import iso
from models.domain.site import Camera, Name, Site
from vision.registration.solids import hull

GRID_REACH_M = 12


def layout_body(site: Site) -> dict[str, Any]:
    """The body of PUT /api/v1/furniture."""
    return {
        "site_version": site.version,
        "items": [_item(item) for item in site.furniture.items.values()],
        "zones": [
            {"id": zone.id, "name": _name(zone.name), "outline": [list(point) for point in region.polygon]}
            for zone in site.zones.values()
            for region in zone.regions
            if region.camera is None
        ],
        "views": [_view(site, camera) for camera in site.cameras.values()],
        "baselines": [
            {"version": b.version, "state": b.state.value, "since": iso(b.since_us), "approved_by": b.approved_by}
            for b in site.furniture.baselines
        ],
    }


def _item(item: FurnitureItem) -> dict[str, Any]:
    on_floor = not item.outline
    return {
        "id": item.id,
        "name": _name(item.name),
        "zone": item.zone,
        "class": item.cls.value,
        "size_mm": [round(1000 * metres, 1) for metres in item.size_m],
        "at": [item.pose.x_m, item.pose.y_m] if on_floor else None,
        "heading_deg": item.pose.heading_deg,
        "symmetry": item.symmetry,
        "tolerance": item.tolerance_mm,
        "turn_tolerance_deg": item.turn_tolerance_deg,
        "unit": item.unit,
        "labels": [
            {
                "at_mm": [round(1000 * metres, 1) for metres in label.at],
                "label_mm": label.label_mm,
                "leg_mm": label.leg_mm,
                "contrast": label.contrast,
            }
            for label in item.labels
        ],
    }


def _name(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _view(site: Site, camera: Camera) -> dict[str, Any]:
    """Grid lines of the floor and the outline of each item, px of the declared size; empty without a calibration."""
    told: dict[str, Any] = {"camera": camera.id, "size_px": list(camera.size_px), "grid": [], "items": {}}
    mine = [item for item in site.furniture.items.values() if item.camera in {"", camera.id}]
    told["items"] = {item.id: _points(np.array(item.outline)) for item in mine if item.outline}
    try:
        pose = pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    except ValueError:
        return told
    told["grid"] = _grid(pose, camera.size_px)
    for item in mine:
        outline = hull(pose, item) if not item.outline else np.zeros((0, 2))
        if len(outline) and _touches(outline, camera.size_px):
            told["items"][item.id] = _points(outline)
    return told


def _grid(pose: CameraPose, size_px: tuple[int, int]) -> list[list[list[float]]]:
    """A line each metre along both axes, as far as it lies in the picture."""
    middle = pose.at_height([(size_px[0] / 2, size_px[1] * 0.75)])[0]
    if not np.isfinite(middle).all():
        return []
    steps = np.linspace(-GRID_REACH_M, GRID_REACH_M, 97)
    lines = []
    for k in range(-GRID_REACH_M, GRID_REACH_M + 1):
        for along in (0, 1):
            line = np.zeros((len(steps), 3))
            line[:, along] = np.round(middle[along]) + steps
            line[:, 1 - along] = np.round(middle[1 - along]) + k
            seen = pose.project(line)
            inside = np.isfinite(seen).all(1) & (seen > -50).all(1) & (seen < np.array(size_px) + 50).all(1)
            if inside.sum() >= 2:
                first, last = np.flatnonzero(inside)[[0, -1]]
                lines.append(_points(seen[first : last + 1 : 4]))
    return [line for line in lines if len(line) > 1][:80]


def _touches(outline: Floats, size_px: tuple[int, int]) -> bool:
    return bool((outline.max(0) > 0).all() and (outline.min(0) < np.array(size_px)).all())


def _points(points: Floats) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points if np.isfinite([x, y]).all()]
