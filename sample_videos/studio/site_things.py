"""The furniture and energy parts of a clip's site file, from its truth."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sample_videos.studio.furnishing import LABELLED, label_diameter
from sample_videos.studio.light import srgb
from sample_videos.studio.shot import Shot
from sample_videos.studio.story import Furniture
from sample_videos.studio.truth import Box, ItemTruth, Truth, VisitTruth

CLASSES = {("chair", "arm"): "armchair", ("table", "round"): "round_table"}
"""Where the site's word is not the studio's kind."""
MEASURED = ("chair", "armchair", "table", "round_table", "sofa", "plant", "bin", "cabinet")
NAMES = {
    "chair": "椅",
    "armchair": "扶手椅",
    "table": "桌",
    "round_table": "圆桌",
    "sofa": "沙发",
    "plant": "植物",
    "bin": "垃圾桶",
    "cabinet": "柜",
}
CHECK_EVERY_S = 2.0
TELLS_S = 5.0
LAMP_NAMES = {
    "front": ("前排灯", "Front lamps"),
    "back": ("后排灯", "Back lamps"),
    "counter": ("接待台射灯", "Counter spots"),
    "night": ("夜灯", "Night lamp"),
}


def furniture_part(shot: Shot, truth: Truth) -> dict[str, Any]:
    """`furniture:` of the site: every measured item with size, place, tolerance and labels."""
    tolerance = shot.rules.get("furniture.displaced", {}).get("tolerance_mm")
    turn = shot.rules.get("furniture.rotated", {}).get("tolerance_deg")
    seats = Furniture(shot).items
    items = {}
    for item in truth.items:
        named = CLASSES.get((item.kind, item.style), item.kind)
        if item.reference is not None and named in MEASURED and item.id in seats:
            items[item.id] = _item(item, named, tolerance, turn, shot)
    return {"check_every_s": CHECK_EVERY_S, "items": items}


def _item(item: ItemTruth, named: str, tolerance: float | None, turn: float | None, shot: Shot) -> dict[str, Any]:
    assert item.reference is not None
    x, y, yaw = item.reference
    told: dict[str, Any] = {
        "name": {"zh": f"{NAMES[named]} {item.id}", "en": item.id},
        "zone": "hall",
        "class": named,
        "at": [x, y],
        "heading_deg": round((yaw + 180) % 360 - 180, 3),
        "size_mm": [round(1000 * side) for side in item.size_m],
    }
    if tolerance is not None:
        told["tolerance"] = tolerance
    if turn is not None:
        told["turn_tolerance_deg"] = turn
    if item.kind in LABELLED and shot.room.labels != "none" and item.leg_diameter_m:
        label = label_diameter(Furniture(shot).items[item.id].model, shot.room.label_diameter_m)
        legs = item.legs_m[:1] + item.legs_m[3:4] if len(item.legs_m) == 4 else item.legs_m[:1]
        told["labels"] = [
            {
                "at_mm": [round(1000 * lx, 1), round(1000 * ly, 1)],
                "label_mm": min(round(1000 * label, 1), round(1000 * item.leg_diameter_m, 1)),
                "leg_mm": round(1000 * item.leg_diameter_m, 1),
                "contrast": shot.room.labels == "contrast",
                **({"colour": colour_code(shot.room.label_colour)} if shot.room.label_colour else {}),
            }
            for lx, ly in legs
        ]
    return told


def colour_code(linear: tuple[float, float, float]) -> str:
    """The colour as a paint chart has it: sRGB from linear light."""
    return "#" + "".join(f"{round(255 * float(share)):02x}" for share in srgb(np.array(linear)))


def energy_part(truth: Truth) -> dict[str, Any]:
    """`energy:` of the site: lamp groups, and the air-conditioner with what a camera sees of it; visits that are due.

    A visit is about the lamps: the unit would be owed three quarters of an hour before it.
    """
    lamps = {
        lamp.id: {
            "name": dict(zip(("zh", "en"), LAMP_NAMES[lamp.id], strict=True)),
            "zone": lamp.zone,
            "overnight_exempt": lamp.overnight,
        }
        for lamp in truth.lamps
    }
    units = {}
    for unit in truth.aircons:
        regions = []
        for part, boxes in (("display", unit.display_box_px), ("ribbon", unit.ribbon_box_px)):
            for camera, box in boxes.items():
                if box[2] - box[0] >= LEAST_PX[part]:
                    regions.append({"camera": camera, "part": part, "polygon": _corners(box)})
        units[unit.id] = {
            "name": {"zh": "空调", "en": "Air-conditioner"},
            "zone": unit.zone,
            "display_shows": "setpoint",
            "regions": regions,
        }
    if truth.meters:
        meters = {f"relay-{meter.lamp}": {"subject": meter.lamp} for meter in truth.meters}
        return {"luminaires": lamps, "meters": meters}
    if truth.visits:
        return {
            "luminaires": lamps,
            "calendar": {"vip_visits": {visit.id: _visit(visit, truth) for visit in truth.visits}},
        }
    return {"luminaires": lamps, "aircons": units}


def readings(truth: Truth) -> str:
    """What the relays say, a line each: at every change, and each TELLS_S in between."""
    began, lines = datetime.fromisoformat(truth.start), []
    for meter in truth.meters:
        ends = [*(state.t_s for state in meter.says[1:]), truth.duration_s]
        for state, end_s in zip(meter.says, ends, strict=True):
            t_s = state.t_s
            while t_s < end_s:
                told = {"meter": f"relay-{meter.lamp}", "kind": "relay", "value": int(state.on)}
                lines.append((t_s, {**told, "at": (began + timedelta(seconds=t_s)).isoformat()}))
                t_s += TELLS_S
    return "".join(json.dumps(told) + "\n" for _, told in sorted(lines, key=lambda line: line[0]))


def _visit(visit: VisitTruth, truth: Truth) -> dict[str, str]:
    began = datetime.fromisoformat(truth.start)
    times = {"arrives": visit.t_arrives_s, "leaves": visit.t_leaves_s}
    return {name: (began + timedelta(seconds=t)).isoformat() for name, t in times.items()}


LEAST_PX = {"display": 16, "ribbon": 12}
"""Narrower than this nothing can be read."""


def _corners(box: Box) -> list[list[int]]:
    x0, y0, x1, y1 = box
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
