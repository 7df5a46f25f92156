"""The text of a new `site.yaml`: it loads and replays as it stands, and its comments tell the next steps."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from models.texts import text

CAMERA = "cam1"
_TEMPLATE_SIZE = (1280, 720)


@dataclass(frozen=True, slots=True)
class NewSource:
    """Exactly one of file (path, relative to the site folder or absolute) and rtsp (URL without login)."""

    file: str | None = None
    rtsp: str | None = None
    user: str | None = None
    secret: str | None = None
    """Name of the password of `user`."""


def new_site_text(folder_name: str, size_px: tuple[int, int] | None = None, source: NewSource | None = None) -> str:
    """A site of one camera and one hall zone over the whole picture, default rules.

    folder_name: becomes the id (what is allowed of it) and the name. size_px: width, height of the picture; 1280x720
    when none was looked at. source: a template naming `recording.mp4` when none.
    """
    width, height = size_px or _TEMPLATE_SIZE
    source = source or NewSource(file="recording.mp4")
    name = _quoted(folder_name or "site")
    blocks = [
        _comments("site.new.head"),
        f"site:\n  id: {_quoted(site_id(folder_name))}\n  name: {{zh: {name}, en: {name}}}\n"
        "  time_zone: Asia/Shanghai\n",
        f"cameras:\n  {CAMERA}:\n    name: {{zh: 摄像机 1, en: Camera 1}}\n    source:\n{_source_lines(source)}"
        f"    size: [{width}, {height}]\n",
        _comments("site.new.camera") + _sample(_FLOOR, width, height, 4),
        f"zones:\n{_comments('site.new.zone', 2)}  hall:\n    name: {{zh: 大厅, en: Hall}}\n    kind: hall\n"
        f"    regions:\n      - camera: {CAMERA}\n"
        f"        image: [[0, 0], [{width}, 0], [{width}, {height}], [0, {height}]]\n",
        _comments("site.new.entrance") + _sample(_ENTRANCE, width, height),
        _comments("site.new.post") + _sample(_POST, width, height),
        _comments("site.new.staff") + _sample(_STAFF, width, height),
        _comments("site.new.rules") + _sample(_RULES, width, height),
    ]
    return "\n".join(blocks)


def site_id(folder_name: str) -> str:
    """What an id may keep of a folder's name; `site` when nothing is left."""
    return re.sub(r"[^a-z0-9_-]+", "-", folder_name.lower()).strip("-")[:64] or "site"


_FLOOR = """floor_points:
  - {image: [W*0.2, H*0.9], floor: [0, 0]}
  - {image: [W*0.8, H*0.9], floor: [3, 0]}
  - {image: [W*0.7, H*0.6], floor: [3, 4]}
  - {image: [W*0.3, H*0.6], floor: [0, 4]}
static_person_masks:
  - [[W*0.1, H*0.1], [W*0.2, H*0.1], [W*0.2, H*0.3], [W*0.1, H*0.3]]
"""
_ENTRANCE = """entrances:
  door:
    zone: hall
    camera: cam1
    line: [[W*0.3, H*0.4], [W*0.4, H*0.4]]
    inside: [W*0.35, H*0.6]
"""
_POST = """posts:
  reception:
    name: {zh: 接待台, en: Reception desk}
    kind: reception
    zone: hall
    duty: ["08:30-17:30"]
    behind_counter: true
    regions:
      - {camera: cam1, image: [[W*0.6, H*0.3], [W*0.8, H*0.3], [W*0.8, H*0.4], [W*0.6, H*0.4]]}
"""
_STAFF = """roles:
  staff:
    uniform:
      - {name: jacket, hex: "#14182d", part: top}
"""
_RULES = """rules:
  greeter.visitor_unapproached: {limit_s: 60}
  greeter.post_unattended: {off: true}
"""


def _sample(form: str, width: int, height: int, indent: int = 0) -> str:
    """An example commented out, with W*f and H*f replaced by pixels of the picture."""
    filled = re.sub(r"([WH])\*([0-9.]+)", lambda m: str(round({"W": width, "H": height}[m[1]] * float(m[2]))), form)
    return "".join(f"{' ' * indent}# {line}\n" for line in filled.splitlines())


def _comments(key: str, indent: int = 0) -> str:
    lines = [*text(key, "zh").splitlines(), *text(key, "en").splitlines()]
    return "".join(f"{' ' * indent}# {line}\n" for line in lines)


def _source_lines(source: NewSource) -> str:
    if source.rtsp is None:
        return f"      file: {_quoted(source.file or '')}\n"
    login = f"      user: {_quoted(source.user)}\n      secret: {source.secret}\n" if source.user else ""
    return f"      rtsp: {_quoted(source.rtsp)}\n{login}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
