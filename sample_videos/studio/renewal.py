"""What stands beside a finished clip, written anew from its shot: the site file, and what is expected.

Nothing is rendered: after a rule was added, or a limit or a judged code changed, recording and the rest of the truth
stay as they are.
"""

from __future__ import annotations

from pathlib import Path

from sample_videos.studio.expected import expected_of
from sample_videos.studio.shot import read_shot
from sample_videos.studio.site_folder import write_site
from sample_videos.studio.spoil import read_spoil
from sample_videos.studio.truth import TRUTH_FILE, Truth, read_truth, written


def renew(clip: Path, shots: Path) -> list[Path]:
    """The files written; none where no shot or spoil file has the clip's name. Raises UsageError, SourceError."""
    truth = read_truth(clip / TRUTH_FILE)
    shot_file, spoil_file = shots / f"{clip.name}.yaml", shots / "spoilt" / f"{clip.name}.yaml"
    if shot_file.exists():
        shot = read_shot(shot_file)
        truth = truth.model_copy(update={"limits": shot.rules})
        told = _judged(truth, shot.judged)
        return [_write(told, clip), write_site(shot, told, clip)]
    if spoil_file.exists():
        judged = read_spoil(spoil_file).judged or tuple(dict.fromkeys(e.code for e in truth.expected))
        return [_write(_judged(truth, judged), clip)]
    return []


def _judged(truth: Truth, codes: tuple[str, ...]) -> Truth:
    return truth.model_copy(update={"expected": expected_of(truth, codes)})


def _write(truth: Truth, clip: Path) -> Path:
    file = clip / TRUTH_FILE
    file.write_text(written(truth), encoding="utf-8")
    return file
