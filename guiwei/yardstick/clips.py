"""What can be measured below some folders: clips with truth, and MOTChallenge sequences.

A clip is a folder with a recording, its `site.yaml` and its `truth.json`; a sequence is a folder with `det/det.txt` and
`gt/gt.txt`. All of them are checked before the first is played: nobody waits minutes to be told of a missing file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.domain.errors import GuiweiError, SourceError, UsageError
from sample_videos.studio.truth import TRUTH_FILE, Truth, read_truth

SITE_FILE = "site.yaml"
RECORDINGS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".m4v", ".webm"})


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with its site and its truth. name: the folder's."""

    name: str
    folder: Path
    truth: Truth


@dataclass(frozen=True, slots=True)
class Sequence2D:
    """A MOTChallenge sequence: boxes of somebody's detector, and who was really where.

    fps: frames a second where somebody said so; None leaves it to the folder's seqinfo.ini.
    """

    name: str
    folder: Path
    fps: float | None = None

    @property
    def detections(self) -> Path:
        return self.folder / "det" / "det.txt"

    @property
    def truth(self) -> Path:
        return self.folder / "gt" / "gt.txt"


@dataclass(frozen=True, slots=True)
class Material:
    """All that was found, each by name."""

    clips: tuple[Clip, ...]
    sequences: tuple[Sequence2D, ...]


def material_below(folders: Sequence[Path], rates: Mapping[str, float] | None = None) -> Material:
    """The clips and sequences in the folders and below them. rates: name of a sequence -> its frames a second.

    Raises SourceError naming every clip that has no truth, no site, or a truth of another schema version; UsageError
    for a folder that is not there, that holds nothing to measure, two clips of one name, or a rate of no sequence.
    """
    rates = rates or {}
    clips: list[Clip] = []
    sequences: list[Sequence2D] = []
    refused: list[GuiweiError] = []
    for folder in dict.fromkeys(path.resolve() for top in folders for path in _walked(top)):
        try:
            if _is_sequence(folder):
                sequences.append(Sequence2D(folder.name, folder, rates.get(folder.name)))
            elif _is_clip(folder):
                clips.append(_clip(folder))
        except GuiweiError as error:
            refused.append(error)
    if refused:
        raise _refusal(refused)
    if not clips and not sequences:
        raise UsageError(
            "There is nothing to measure.",
            where=", ".join(map(str, folders)),
            got="no folder with a recording and a truth.json, and none with det/det.txt and gt/gt.txt",
            expected="clips (recording, site.yaml, truth.json) or MOTChallenge sequences",
            next_step="Give the folder of the samples, such as sample_videos; docs/eval.md says what a clip holds.",
        )
    _named_apart([*(one.name for one in clips), *(one.name for one in sequences)])
    _all_there(rates, [one.name for one in sequences])
    return Material(tuple(clips), tuple(sequences))


def _walked(top: Path) -> Iterator[Path]:
    if not top.is_dir():
        raise UsageError(
            "The folder to measure is not there.",
            where=str(top),
            got="a file" if top.exists() else "nothing",
            expected="a folder of clips or of MOTChallenge sequences",
            next_step="Correct the path.",
        )
    yield top
    # Hidden folders and results of other commands (evidence clips) are not material.
    for below in sorted(path for path in top.rglob("*") if path.is_dir()):
        parts = below.relative_to(top).parts
        if not any(part.startswith((".", "__")) or part == "evidence" for part in parts):
            yield below


def _is_sequence(folder: Path) -> bool:
    return (folder / "gt" / "gt.txt").is_file() and (folder / "det" / "det.txt").is_file()


def _is_clip(folder: Path) -> bool:
    """A site alone, without a recording (the demo's), is none; a recording or a truth alone is one to be refused."""
    return (folder / TRUTH_FILE).is_file() or any(
        path.suffix.lower() in RECORDINGS for path in folder.iterdir() if path.is_file()
    )


def _clip(folder: Path) -> Clip:
    if not (folder / TRUTH_FILE).is_file():
        raise SourceError(f"{folder.name}: no {TRUTH_FILE} beside the recording")
    try:
        truth = read_truth(folder / TRUTH_FILE)
    except GuiweiError as error:
        told = f"got {error.got}, expected {error.expected}" if error.got else error.next_step
        raise SourceError(f"{folder.name}: {error.what} {told}") from error
    missing = [
        name
        for name in (SITE_FILE, *(camera.file for camera in truth.cameras.values()))
        if not (folder / name).is_file()
    ]
    if missing:
        raise SourceError(f"{folder.name}: {', '.join(missing)} missing beside {TRUTH_FILE}")
    return Clip(folder.name, folder, truth)


def _refusal(refused: list[GuiweiError]) -> SourceError:
    return SourceError(
        "Some clips cannot be measured; none was played.",
        where="\n         ".join(error.what for error in refused),
        expected=f"a recording, {SITE_FILE} and a {TRUTH_FILE} of this version in each clip's folder",
        next_step="Render them with `guiwei studio render`, or leave those folders out.",
    )


def _named_apart(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            "Two clips have the same name.",
            got=", ".join(twice),
            expected="a folder name of its own for each clip: the report tells clips apart by it",
            next_step="Rename a folder, or leave one out.",
        )


def _all_there(rates: Mapping[str, float], names: list[str]) -> None:
    if strangers := sorted(set(rates) - set(names)):
        raise UsageError(
            "A rate was given for a sequence that is not there.",
            where="--fps",
            got=", ".join(strangers),
            expected=", ".join(sorted(names)) or "no sequence: clips say their own rate",
            next_step="Correct the name in --fps NAME=RATE.",
        )
