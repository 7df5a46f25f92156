"""What a site with furniture is taught with: a reference picture of the clip's own quiet beginning, and a baseline.

The picture is the mean of the first frames in which everything is at its place and nobody is there; it stands where the
site's reader looks for it (`references/<camera>/<light>.png`), with `furniture.json` beside the site file.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from sample_videos.studio.spoil import decoded
from sample_videos.studio.truth import Truth

QUIET_FROM_S, QUIET_UNTIL_S = 0.4, 2.0
DUSK_SKY = 0.2


def teach(truth: Truth, folder: Path) -> list[Path]:
    """Reference pictures of every camera whose beginning is quiet; and furniture.json. Returns the pictures."""
    written: list[Path] = []
    changes = [p.t_s for item in truth.items for p in item.poses if p.t_s > 0]
    changes += [v.t_start_s for v in truth.views] + [f.t_s for f in truth.frames if f.persons]
    until = min([QUIET_UNTIL_S, truth.duration_s, *changes])
    if until <= QUIET_FROM_S:
        return written
    light = "dusk" if truth.daylight and truth.daylight[0].sky < DUSK_SKY else "day"
    for name, camera in truth.cameras.items():
        frames = decoded(folder / camera.file, None, until)[1]
        pictures = [picture.astype(np.float32) for t, picture in frames if t >= QUIET_FROM_S]
        if pictures:
            mean = np.clip(np.mean(pictures, 0) + 0.5, 0, 255).astype(np.uint8)
            file = folder / "references" / name / f"{light}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(file), cv2.cvtColor(mean, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
            written.append(file)
    if written:
        baseline = {
            "version": 1,
            "state": "frozen",
            "since": f"{truth.start[:10]}T00:00:00+08:00",
            "approved_by": "studio",
        }
        told = {"version": 1, "cameras": {}, "baselines": [baseline]}
        (folder / "furniture.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return written
