"""The site file beside a clip: lens and floor points from the truth, the hall's zone, door and post, the uniform.

Rules that this version of Guiwei knows get the clip's own limits; the others stay in the truth until they exist.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import yaml

from models.domain.rules import RULES
from sample_videos.studio import hall
from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.rooms import zones_of
from sample_videos.studio.shot import Shot, ZonePart
from sample_videos.studio.site_things import energy_part, furniture_part, readings
from sample_videos.studio.stage_client import camera_of
from sample_videos.studio.taught import teach
from sample_videos.studio.truth import READINGS_FILE, SITE_FILE, Truth

MARKS = [(x, y) for x in (2.0, 4.0, 6.0, 8.0, 10.0) for y in (1.0, 2.0, 4.0, 6.0, 7.0)]
UNIFORM_LAB = (11.0, 4.0, -7.0)
"""Navy jacket of the studio's staff, as the sensor shows it walking (measured on the first samples)."""
HEAD = """\
# 由 guiwei studio render 生成：镜头和地面点取自 truth.json
# Written by guiwei studio render: lens and floor points are those of truth.json
"""


def write_site(shot: Shot, truth: Truth, folder: Path) -> Path:
    """site.yaml beside the recording; returns the file."""
    told: dict[str, object] = {
        "site": {
            "id": shot.shot.id,
            "name": {"zh": shot.shot.about.zh, "en": shot.shot.about.en},
            "time_zone": truth.time_zone,
        },
        "cameras": {name: _camera(name, shot, truth) for name in shot.cameras},
        "zones": {"hall": _zone(shot), **{name: _other_zone(name, zone) for name, zone in zones_of(shot).items()}},
        "entrances": {"main-door": _door()},
        "posts": {"reception": _post(shot)},
        "roles": {"staff": {"uniform": [_uniform()]}},
    }
    if not any(floor_points(camera_of(part)) for part in shot.cameras.values()):
        told |= {"zones": {"hall": _seen_zone(shot, truth)}, "entrances": {}, "posts": {}}
    if any(code.startswith(("furniture.", "label.")) for code in shot.judged):
        told["furniture"] = furniture_part(shot, truth)
    if any(code.startswith(("energy.", "signal.")) for code in shot.judged):
        told["energy"] = energy_part(truth)
    rules: dict[str, dict[str, object]] = {
        code: {name: value for name, value in limits.items() if name in {p.name for p in RULES[code].parameters}}
        for code, limits in shot.rules.items()
        if code in RULES
    }
    stated: dict[str, dict[str, object]] = {code: limits for code, limits in rules.items() if limits}
    stated |= {code: {"off": True} for code in shot.switched_off if code in RULES}
    if stated:
        told["rules"] = stated
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)
    if "furniture" in told:
        teach(truth, folder)
    if truth.meters:
        (folder / READINGS_FILE).write_text(readings(truth), encoding="utf-8")
    file = folder / SITE_FILE
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def _camera(name: str, shot: Shot, truth: Truth) -> dict[str, object]:
    camera, told = camera_of(shot.cameras[name]), truth.cameras[name]
    if told.size_px != (camera.width, camera.height):  # a preview
        size = {"size": told.size_px}
        camera = camera_of(shot.cameras[name].model_copy(update=size))
    lens = told.lens
    return {
        "name": {"zh": f"摄像机 {name}", "en": f"Camera {name}"},
        "source": {"file": told.file, "start": datetime.fromisoformat(truth.start).isoformat()},
        "size": list(told.size_px),
        "lens": {"fx": lens.fx, "fy": lens.fy, "cx": lens.cx, "cy": lens.cy, "distortion": list(lens.distortion)},
        "floor_points": floor_points(camera),
    }


def floor_points(camera: StudioCamera) -> list[dict[str, list[float]]]:
    """Marks of the floor that lie in the picture, to a tenth of a pixel."""
    world = np.array([(x, y, 0.0) for x, y in MARKS])
    flat, depth = camera.project(world)
    inside = (depth > 0.1) & (flat >= 0).all(1) & (flat[:, 0] < camera.width) & (flat[:, 1] < camera.height)
    found = [
        {"image": [round(float(u), 1), round(float(v), 1)], "floor": [x, y]}
        for (u, v), (x, y), seen in zip(flat, MARKS, inside, strict=True)
        if seen
    ]
    spread = np.array([p["floor"] for p in found]) if found else np.zeros((0, 2))
    return found if len(found) >= 4 and np.linalg.matrix_rank(spread - spread.mean(0)) == 2 else []


def _zone(shot: Shot) -> dict[str, object]:
    w, d, _ = hall.SIZE_M
    region = {"floor": [[0, 0], [w, 0], [w, d], [0, d]]}
    return {
        "name": {"zh": "销售大厅", "en": "Sales hall"},
        "kind": "hall",
        "lighting": shot.room.lighting,
        "regions": [region],
    }


def _seen_zone(shot: Shot, truth: Truth) -> dict[str, object]:
    """The hall as a camera without any floor in its picture sees it: the whole picture."""
    camera, told = next(iter(truth.cameras.items()))
    width, height = told.size_px
    return {**_zone(shot), "regions": [{"camera": camera, "image": [[0, 0], [width, 0], [width, height], [0, height]]}]}


ZONE_NAMES = {
    "shuttle_stop": ("电瓶车候车点", "Shuttle stop"),
    "showflat_door": ("样板房门口", "Showflat door"),
    "showflat": ("样板房", "Showflat"),
    "vip_room": ("贵宾室", "VIP room"),
    "negotiation": ("洽谈区", "Negotiation area"),
    "water_bar": ("水吧", "Water bar"),
}


def _other_zone(name: str, zone: ZonePart) -> dict[str, object]:
    zh, en = ZONE_NAMES[zone.kind]
    regions = [{"floor": [list(corner) for corner in zone.floor]}]
    return {"name": {"zh": f"{zh} {name}", "en": f"{en} {name}"}, "kind": zone.kind, "regions": regions}


def _door() -> dict[str, object]:
    x0, x1, _ = hall.DOOR
    return {"zone": "hall", "line": [[x0, hall.SIZE_M[1]], [x1, hall.SIZE_M[1]]], "inside": [(x0 + x1) / 2, 7]}


def _post(shot: Shot) -> dict[str, object]:
    return {
        "name": {"zh": "接待台", "en": "Reception desk"},
        "kind": "reception",
        "zone": "hall",
        "required_count": 1,
        "duty": list(shot.duty),
        "behind_counter": True,
        "regions": [{"floor": [list(corner) for corner in hall.RECEPTION_POST]}],
    }


def _uniform() -> dict[str, object]:
    return {"name": "navy-jacket", "lab": list(UNIFORM_LAB), "tolerance": 18, "part": "top"}
