"""`guiwei calibrate teach`: refused while somebody is in view; without a floor, outlines in the picture are taught."""

from __future__ import annotations

from pathlib import Path

from models.domain.errors import UsageError
from tests.calibration.test_calibrate_command import SAMPLE, done, folder, refused

__all__ = ["folder"]
SAMPLES = SAMPLE.parent
SITE = """
site: {id: hall, name: {zh: 厅, en: Hall}, time_zone: Asia/Shanghai}
cameras:
  hall:
    name: {zh: 厅, en: Hall}
    source: {file: recording.mp4, start: "2026-03-14T14:00:00"}
    size: [1280, 720]
zones:
  hall:
    name: {zh: 厅, en: Hall}
    kind: hall
    regions:
      - {camera: hall, image: [[10, 10], [1270, 10], [1270, 710], [10, 710]]}
"""
SIGN = """
furniture:
  items:
    sign:
      name: {zh: 桌上的纸, en: Paper on the table}
      class: sign
      zone: hall
      camera: hall
      outline: [[560, 330], [760, 330], [760, 430], [560, 430]]
"""


def test_a_picture_with_somebody_in_it_is_refused_and_nothing_is_written(folder: Path):
    lost = refused("teach", folder, "--at", "17.0")
    assert isinstance(lost, UsageError)
    assert "reference picture" in str(lost)
    assert not (folder / "references").exists()


def test_an_outline_is_taught_on_a_camera_without_a_floor(tmp_path: Path):
    lamps = SAMPLES / "lights-cloud-day"
    (tmp_path / "recording.mp4").symlink_to(lamps / "recording.mp4")
    (tmp_path / "site.yaml").write_text(SITE + SIGN, encoding="utf-8")
    words = done("teach", tmp_path, "--at", "0.5")
    assert "sign" in words
    assert list((tmp_path / "references" / "hall").glob("day.png"))
    assert (tmp_path / "taught-hall.png").exists()
