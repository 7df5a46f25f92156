"""No room while evidence is written: the incident stands, says what is missing, and nothing half-written is left.

A limit on the size of a process's files makes the kernel refuse a large write in the middle, exactly where a full disk
would (EFBIG in place of ENOSPC; both are an OSError of `write`), without needing a disk or rights of one's own.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.store import BoxStore
from models.texts import LANGUAGES, text
from tests.faults.replays import replays
from tests.media import write_video
from tests.pipelines_box import showroom

LIMIT = 400_000
"""Bytes a file may have: the database and its log stay below, a large noisy still does not."""


def large_pictures(folder: Path) -> None:
    """The same story in 1280 x 720 noise, which no JPEG makes small."""
    random = np.random.default_rng(3)
    backdrop = random.integers(0, 256, (720, 1280, 3), np.uint8)
    shown = []
    for number in range(showroom.SECONDS * showroom.FPS):
        image = backdrop.copy()
        if (box := showroom.box_at(number / showroom.FPS)) is not None:
            x0, y0, x1, y1 = (4 * value for value in box)
            image[y0:y1, x0:x1] = cv2.resize(showroom.stripes(), (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
        shown.append(image)
    write_video(folder / "hall.mp4", shown, fps=showroom.FPS)
    boxes = []
    for line in (folder / "hall.boxes.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        told["boxes"] = [[*(4 * value for value in box[:4]), *box[4:]] for box in told["boxes"]]
        boxes.append(json.dumps(told) + "\n")
    (folder / "hall.boxes.jsonl").write_text("".join(boxes), encoding="utf-8")


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    site = showroom.write_site(tmp_path / "site")
    large_pictures(site)
    out = tmp_path / "out"
    with replays() as box:
        box.start(site, out, file_limit=LIMIT)
        assert box.finish() == 0
    return out


def test_the_incident_is_recorded_and_says_why_pictures_are_missing(ended: Path):
    store = BoxStore(f"sqlite:///{ended / 'box.sqlite'}")
    bodies = store.incidents()
    store.close()
    assert [body["incident_code"] for body in bodies] == ["greeter.visitor_unapproached"]
    assert bodies[0]["evidence_note"] == "evidence.note.disk_full"
    assert all(text(bodies[0]["evidence_note"], language) for language in LANGUAGES)
    listed = json.loads((ended / "incidents.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in listed] == ["greeter.visitor_unapproached"]
    folder = ended / "evidence" / bodies[0]["dedupe_key"]
    on_disk = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
    announced = {file["name"]: file["sha256"] for file in bodies[0]["evidence"]}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in on_disk.items()} == announced
    assert "now.jpg" not in announced
    assert not list(ended.rglob("*.part"))
