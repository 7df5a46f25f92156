"""Plays and scores everything, several clips at a time; clips know nothing of each other.

Each worker process has a network of its own, on its share of the machine's processors. Nothing is kept between two
evaluations: what was played lies in a folder that goes away with it, unless the caller names one.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from guiwei.box import Eyes, network_eyes
from guiwei.yardstick.clips import Clip, Material
from guiwei.yardstick.figures import Report, report_of
from guiwei.yardstick.playing import play
from guiwei.yardstick.scoring import ClipScore, scored
from guiwei.yardstick.stages import Stopwatch
from guiwei.yardstick.stills import Still, stills
from guiwei.yardstick.tracks import sequence_figures
from models.domain.clock import SystemClock
from models.domain.errors import GuiweiError
from models.domain.media import US
from models.texts import both
from models.weights import DEFAULT
from vision.detectors import load_detector
from vision.detectors.tape import TapeFinder

MEASURED = 4.0
"""A second of film with furniture to be measured costs about as much as so many others."""
Told = Callable[[int, int, str], None]
"""(clips done, of how many, name of the one just done)."""


@dataclass(frozen=True, slots=True)
class Work:
    """How to evaluate. out: where each clip's results go, in a folder of its name.

    boxes: folder with CLIP.jsonl, stored boxes in place of the network (vision/detectors/tape.py). pictures: whether
    misses and false alarms get theirs. workers: processes; 0 stands for one a processor.
    """

    out: Path
    weights: str = DEFAULT
    boxes: Path | None = None
    pictures: bool = True
    workers: int = 0


@dataclass(frozen=True, slots=True)
class Evaluated:
    """report: the JSON document. scores and pictures: what the page shows beside it."""

    report: Report
    scores: tuple[ClipScore, ...]
    stills: tuple[Still, ...]


def evaluate(material: Material, work: Work, told: Told = lambda _done, _all, _name: None) -> Evaluated:
    """Measure everything in `material`. Raises GuiweiError (also when a worker was killed), KeyboardInterrupt."""
    clock = SystemClock()
    began_us = clock.monotonic_us()
    played = _all_played(material.clips, work, told)
    tracks = [figures for sequence in material.sequences for figures in sequence_figures(sequence)]
    scores = tuple(score for score, _ in played)
    report = report_of(scores, tracks, (clock.monotonic_us() - began_us) / US)
    return Evaluated(report, scores, tuple(still for _, each in played for still in each))


def _all_played(clips: Sequence[Clip], work: Work, told: Told) -> list[tuple[ClipScore, tuple[Still, ...]]]:
    """In the order of the clips."""
    count = min(work.workers or _processors(), len(clips))
    if count <= 1:
        found = []
        for number, clip in enumerate(clips, 1):
            found.append(_measured(clip, work, max(1, _processors())))
            told(number, len(clips), clip.name)
        return found
    threads = max(1, _processors() // count)
    done: dict[str, tuple[ClipScore, tuple[Still, ...]]] = {}
    # A fresh process for each worker: the network's threads do not survive a fork.
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        # The costliest first, so that no worker is left with one at the end.
        ordered = sorted(clips, key=_cost, reverse=True)
        running = {pool.submit(_measured, clip, work, threads): clip for clip in ordered}
        try:
            for one in as_completed(running):
                done[running[one].name] = one.result()
                told(len(done), len(clips), running[one].name)
        except BrokenProcessPool as error:
            left = ", ".join(clip.name for clip in ordered if clip.name not in done)
            raise GuiweiError(
                both("cli.eval.broken"), got=left, next_step=both("cli.eval.broken.next", workers=max(1, count // 2))
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[clip.name] for clip in clips]


def _measured(clip: Clip, work: Work, threads: int) -> tuple[ClipScore, tuple[Still, ...]]:
    """In a worker: play the clip, score it, take the pictures of its slips."""
    cv2.setNumThreads(threads)
    watch, folder = Stopwatch(SystemClock()), work.out / clip.name
    shutil.rmtree(folder, ignore_errors=True)
    eyes = _eyes(clip, work, threads)
    played = play(clip, folder, eyes, watch)
    with watch.timing("score"):
        score = scored(played)
        pictures = stills(played, score.slips, eyes.net) if work.pictures else ()
    return replace(score, seconds=watch.seconds()), pictures


_NETWORKS: dict[tuple[str, int], Eyes] = {}


def _eyes(clip: Clip, work: Work, threads: int) -> Eyes:
    """The network is read once a process."""
    if work.boxes is not None and (tape := work.boxes / f"{clip.name}.jsonl").is_file():
        return Eyes(lambda _camera: TapeFinder(tape))
    key = work.weights, threads
    if key not in _NETWORKS:
        _NETWORKS[key] = network_eyes(load_detector(work.weights, threads=threads))
    return _NETWORKS[key]


def _cost(clip: Clip) -> float:
    return clip.truth.duration_s * (MEASURED if (clip.folder / "references").is_dir() else 1.0)


def _processors() -> int:
    return len(os.sched_getaffinity(0))
