"""A stage that was played already: passes of a made-up room, so that everything behind the renderer runs for real.

`Cardboard` answers what Blender's stage answers, with a graded floor, one bright box and flat people. It stands in for
the one part that is not installed here; the clips of sample_videos are what the real one rendered.
"""

from pathlib import Path

import numpy as np

from sample_videos.studio import hall
from sample_videos.studio.shot import shot_of
from sample_videos.studio.truth import read_truth

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
HEAD = {
    "id": "tried",
    "about": {"zh": "试", "en": "tried"},
    "start": "2026-03-14T10:00:00",
    "duration_s": 20,
    "fps": 5,
}


def shot(**parts):
    """A shot of 20 s with these parts; `head` overrides its head."""
    head = {**HEAD, **parts.pop("head", {})}
    return shot_of({"shot": head, **parts}, where="tried")


def truth_of(clip):
    return read_truth(SAMPLES / clip / "truth.json")


def cardboard_passes(width, height):
    """Linear passes in which every group lights another part of the picture."""
    ramp = np.linspace(0.02, 0.3, width, dtype=np.float32)[None, :, None] * np.ones((height, 1, 3), np.float32)
    groups = [*(group.id for group in hall.LAMPS), "sky", "sun"]
    return {name: ramp * (0.4 + 0.2 * k) for k, name in enumerate(groups)}
