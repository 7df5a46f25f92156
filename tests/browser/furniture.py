"""A showroom's furniture as its box tells it, drawn: a layout, a course of checks, a camera's picture."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import cv2
import numpy as np
from httpx import Client

from models.domain.furniture import Baseline, BaselineState, Furniture, FurnitureItem, ItemClass, Label
from models.domain.geometry import FloorPoint
from models.domain.instants import iso
from models.domain.site import Camera, Name, Region, Site, Source, SourceKind, Zone, ZoneKind
from pipelines.layout_report import layout_body
from tests.stories.scenario import site
from tests.vision.registration.room import SIZE_PX, Room, camera, item, shifted

CLASSES = {
    "chair-1": (ItemClass.CHAIR, 3.3, 2.0, 170, "椅子一", "Chair one"),
    "chair-2": (ItemClass.CHAIR, 1.6, 1.9, 10, "椅子二", "Chair two"),
    "table-1": (ItemClass.TABLE, 2.4, 2.0, 0, "洽谈桌", "Table"),
    "armchair-1": (ItemClass.ARMCHAIR, 3.6, 4.4, 200, "单人沙发", "Armchair"),
    "round-1": (ItemClass.ROUND_TABLE, 2.4, 4.0, 0, "圆桌", "Round table"),
    "sofa-1": (ItemClass.SOFA, 5.2, 2.6, 190, "三人沙发", "Sofa"),
    "plant-1": (ItemClass.PLANT, 4.5, 3.7, 0, "盆栽", "Plant"),
    "bin-1": (ItemClass.BIN, 1.5, 3.4, 0, "垃圾箱", "Bin"),
}
STATES: dict[str, tuple[str, str, tuple[float, float, float, float, float] | None]] = {
    "chair-1": ("displaced", "furniture.cue.displaced", (142.0, -88.0, 12.4, 6.2, 2.3)),
    "chair-2": ("rotated", "furniture.cue.rotated", (14.0, 9.0, 19.0, 5.0, 1.4)),
    "table-1": ("ok", "furniture.cue.in_place", (2.0, -1.0, 0.3, 2.6, 0.4)),
    "armchair-1": ("unverifiable", "furniture.cue.unverifiable", (21.0, 12.0, 2.0, 34.0, 5.0)),
    "round-1": ("ok", "furniture.cue.in_place", (3.0, 1.0, 0.0, 2.2, 0.5)),
    "sofa-1": ("ok", "furniture.cue.in_place", (6.0, -3.0, 0.2, 4.0, 0.6)),
    "plant-1": ("unknown", "furniture.cue.occupied", None),
    "bin-1": ("missing", "furniture.cue.gone", None),
}


def items() -> dict[str, FurnitureItem]:
    made = {}
    for name, (cls, x, y, heading, zh, en) in CLASSES.items():
        one = item(name, cls, x, y, heading)
        label = Label((0.19, 0.19), 30.0, 40.0)
        made[name] = FurnitureItem(
            name, Name(zh, en), "hall", cls, one.size_m, one.pose, 80, 10, one.symmetry, (label,)
        )
    return made


def layout() -> dict[str, Any]:
    """The body of PUT /api/v1/furniture."""
    true = camera()
    spots = [(1.5, 1.0), (4.0, 1.0), (1.5, 3.5), (4.5, 3.5), (3.0, 2.0), (5.5, 5.0)]
    seen = true.project([(*spot, 0.0) for spot in spots])
    points = tuple(FloorPoint((float(u), float(v)), spot) for (u, v), spot in zip(seen, spots, strict=True))
    hall = Camera("cam-hall", Name("大厅", "Hall"), Source(SourceKind.FILE, "x.mp4"), SIZE_PX, lens=true.lens)
    outline = ((0.5, 0.5), (7.0, 0.5), (7.0, 5.6), (0.5, 5.6))
    zone = Zone("hall", Name("洽谈区", "Negotiation"), ZoneKind.NEGOTIATION, (Region(outline),))
    one: Site = site()
    furniture = Furniture(items(), (Baseline(1, BaselineState.TRIAL, 1_777_000_000_000_000),))
    hall = _with(hall, floor_points=points)
    return layout_body(_with(one, cameras={"cam-hall": hall}, zones={"hall": zone}, furniture=furniture))


def checks(now_us: int) -> list[dict[str, Any]]:
    """Twenty rounds, a minute apart: one chair walks off its label."""
    found = []
    for k in range(20):
        share = (k / 19) ** 2
        for name, (state, why, figures) in STATES.items():
            wrong = k > 14
            dx, dy, turn, sigma, sigma_deg = figures or (None,) * 5
            early = figures is not None and not wrong
            wave = math.sin(1.7 * k + len(name))
            found.append(
                {
                    "at": iso(now_us - (19 - k) * 60_000_000),
                    "item": name,
                    "camera": "cam-hall",
                    "state": state if wrong or state in {"ok", "unverifiable"} else "ok",
                    "why": why if wrong else "furniture.cue.in_place",
                    "baseline": 1,
                    "unit": "mm",
                    "dx": None if dx is None else (dx * share + 2 * wave if early else dx),
                    "dy": None if dy is None else (dy * share + wave if early else dy),
                    "turn_deg": turn,
                    "sigma": sigma,
                    "sigma_deg": sigma_deg,
                }
            )
    return found


def tell(box: Client, now_us: int) -> None:
    """All of it over HTTP, as a box would."""
    assert box.put("/api/v1/furniture", json=layout()).status_code == 200
    assert box.post("/api/v1/furniture/checks", json={"checks": checks(now_us)}).status_code == 200
    told = {
        "site_id": "",
        "name": {"zh": "大厅", "en": "Hall"},
        "state": "live",
        "since": iso(now_us - 3_600_000_000),
        "reason": None,
        "observed_s": 3600.0,
        "blind_s": 12.0,
        "dropped_frames": 0,
    }
    site_id = box.headers["X-Site"]
    assert box.put("/api/v1/cameras/cam-hall/state", json=told | {"site_id": site_id}).status_code == 200
    moved = {"chair-1": shifted(items()["chair-1"].pose, 142, -88, 12.4), "bin-1": None}
    picture = Room(camera(), tuple(items().values())).picture(moved)
    encoded, data = cv2.imencode(".jpg", np.asarray(picture, np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert encoded
    headers = {"Content-Type": "image/jpeg", "X-Taken-At": iso(now_us)}
    assert box.put("/api/v1/cameras/cam-hall/picture", content=data.tobytes(), headers=headers).status_code == 200


def _with(what: Any, **changes: Any) -> Any:
    return dataclasses.replace(what, **changes)
