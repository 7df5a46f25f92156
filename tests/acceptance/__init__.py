"""The figures that decide, measured through the command as a person would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
MATERIAL = ROOT.parent / "shared" / "material"


def guiwei(*words: object, timeout_s: float = 280, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; its words stand in the failure when it does not end with 0."""
    command = [sys.executable, "-m", "guiwei", *map(str, words)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, check=False, env={**os.environ, **environment}
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done


def result(folder: Path, name: str) -> Any:
    """incidents, intervals or parties of a run."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
