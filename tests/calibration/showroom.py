"""A complete site file that is right, and how a test spoils it in one place."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
site:
  id: east-hall
  name: {zh: 东区案场, en: East hall}
  time_zone: Asia/Shanghai
  seasons:
    - {id: cold, starts: 10-15}
    - {id: warm, starts: 03-01, open_shift_min: 60}
cameras:
  hall:
    name: {zh: 大厅, en: Hall}
    source: {file: hall.mp4, start: 2026-06-01T10:30:00}
    size: [1280, 720]
    analysis_fps: 4
    lens: {fx: 640, fy: 640, cx: 640, cy: 360, distortion: [-0.06, 0.004, 0, 0, 0]}
    floor_points:
      - {image: [559.6, 650.4], floor: [2, 2]}
      - {image: [735.5, 473.2], floor: [4, 2]}
      - {image: [540.8, 400.5], floor: [4, 4]}
      - {image: [406.2, 349.7], floor: [4, 6]}
      - {image: [828.7, 377.8], floor: [6, 2]}
    privacy_masks:
      - [[0, 0], [100, 0], [100, 50]]
    static_person_masks:
      - [[200, 100], [300, 100], [300, 200], [200, 200]]
  door:
    name: {zh: 大门, en: Door}
    source:
      rtsp: rtsp://192.0.2.7:554/main
      user: viewer
      secret: door_camera
      transport: udp
    sub_source: {rtsp: rtsp://192.0.2.7:554/sub, user: viewer, secret: door_camera}
    size: [1920, 1080]
zones:
  hall:
    name: {zh: 大厅, en: Hall}
    kind: hall
    regions:
      - floor: [[0, 0], [12, 0], [12, 8], [0, 8]]
      - {camera: door, image: [[0, 0], [1920, 0], [1920, 1080]]}
  office:
    name: {zh: 办公室, en: Office}
    kind: office
    lighting: vacancy
    regions:
      - floor: [[2, 2], [4, 2], [4, 4]]
entrances:
  main:
    zone: hall
    line: [[4.9, 8], [6.9, 8]]
    inside: [5.9, 7]
  side:
    zone: hall
    camera: door
    line: [[100, 900], [700, 900]]
    inside: [400, 1000]
posts:
  desk:
    name: {zh: 接待台, en: Desk}
    kind: reception
    zone: hall
    required_count: 2
    duty: ["08:30-12:00", "13:00-24:00"]
    behind_counter: true
    regions:
      - floor: [[10.75, 1.5], [12, 1.5], [12, 4.6]]
roles:
  staff:
    uniform:
      - {name: navy-jacket, lab: [11, 4, -7], tolerance: 20}
      - {name: grey-skirt, hex: "#777777", part: bottom}
rules:
  greeter.visitor_unapproached: {limit_s: 30}
  wait.reception: {off: true}
"""


def write_site(folder: Path, content: str | bytes = GOOD) -> Path:
    """The folder, with this as its site file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def spoilt(old: str, new: str) -> str:
    """The good file with one passage replaced; the passage must stand there once."""
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good file"
    return GOOD.replace(old, new)


def line_of(content: str, passage: str) -> int:
    """The line (from 1) in which a passage begins."""
    return content[: content.index(passage)].count("\n") + 1
