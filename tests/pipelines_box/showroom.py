"""A drawn hall of a few seconds with its tape of boxes: a visitor comes in, stands and is served by nobody."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from guiwei.box import Ears, Eyes, RunResult
from guiwei.replay import Recordings, replay
from guiwei.uplink import Uplink
from models.domain.media import Image
from tests.media import write_video
from vision.detectors.tape import TapeFinder

SIZE_PX = (320, 180)
FPS = 5
SECONDS = 12
PERSON_PX = (24, 66)
CAMERAS = ("hall",)

SITE = """\
site:
  id: tiny
  name: {{zh: 小厅, en: Tiny hall}}
  time_zone: Asia/Shanghai
cameras:
{cameras}
zones:
  hall:
    name: {{zh: 大厅, en: Hall}}
    kind: hall
    regions:
{regions}
roles:
  staff:
    uniform:
      - {{name: orange, lab: [65, 50, 60], tolerance: 15, part: top}}
rules:
  greeter.visitor_unapproached:
    limit_s: 4
    arrival_dwell_s: 1
    lost_s: 2
"""


def room() -> Image:
    """A quiet floor with a little texture, the same in every frame."""
    width, height = SIZE_PX
    shade = 150 + np.random.default_rng(7).integers(0, 12, (height, width, 1))
    return np.repeat(shade, 3, 2).astype(np.uint8)


def box_at(second: float) -> tuple[int, int, int, int] | None:
    """Where the visitor is: comes in from the left at 2 s, stands in the middle from 5 s on."""
    if second < 2:
        return None
    x = round(10 + min(second - 2, 3) * 40)
    return x, 90, x + PERSON_PX[0], 90 + PERSON_PX[1]


def stripes() -> Image:
    """A person as a pattern of single-pixel checks: any trace of it in a masked picture is seen at once."""
    width, height = PERSON_PX
    checks = (np.indices((height, width)).sum(0) % 2 * 255).astype(np.uint8)
    return np.repeat(checks[:, :, None], 3, 2)


def frames() -> list[Image]:
    shown = []
    for number in range(SECONDS * FPS):
        image = room()
        if (box := box_at(number / FPS)) is not None:
            image[box[1] : box[3], box[0] : box[2]] = stripes()
        shown.append(image)
    return shown


def write_site(folder: Path, cameras: tuple[str, ...] = CAMERAS) -> Path:
    """The site folder with a recording and a tape of boxes for each camera."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = SIZE_PX
    corners = f"[[0, 0], [{width}, 0], [{width}, {height}], [0, {height}]]"
    camera_lines, region_lines = [], []
    for name in cameras:
        write_video(folder / f"{name}.mp4", frames(), fps=FPS, options={"crf": "10"})
        (folder / f"{name}.boxes.jsonl").write_text(boxes_tape(), encoding="utf-8")
        camera_lines.append(
            f"  {name}:\n    name: {{zh: 摄像机, en: Camera}}\n    source: {{file: {name}.mp4, "
            f"start: '2026-01-05T10:00:00'}}\n    size: [{width}, {height}]\n    analysis_fps: {FPS}\n"
        )
        region_lines.append(f"      - {{camera: {name}, image: {corners}}}\n")
    text = SITE.format(cameras="".join(camera_lines), regions="".join(region_lines))
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    return folder


def boxes_tape() -> str:
    lines = []
    for number in range(SECONDS * FPS):
        box = box_at(number / FPS)
        boxes = [[*box, 0.9, 0]] if box is not None else []
        lines.append(json.dumps({"t_us": number * 1_000_000 // FPS, "boxes": boxes}) + "\n")
    return "".join(lines)


def tape_eyes(folder: Path) -> Eyes:
    return Eyes(lambda camera: TapeFinder(folder / f"{camera.id}.boxes.jsonl"))


def replayed(folder: Path, out: Path, uplink: Uplink | None = None, ears: Ears | None = None) -> RunResult:
    return replay(folder, Recordings(), out=out, uplink=uplink, eyes=tape_eyes(folder), ears=ears)
