"""The stage from outside: linear passes out of the cache, or out of Blender when the cache has none.

Blender runs as a process of the studio's own environment and is started by the first request that needs it: a clip
whose passes are all cached never starts it. Cache files are named by a hash of all that they depend on.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import SourceError
from sample_videos.studio import hall
from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.rooms import aircon_at, partitions
from sample_videos.studio.shot import CameraPart, PersonPart, Shot
from sample_videos.studio.story import Furniture, Person
from sample_videos.studio.workshop import Workshop

STAGE_VERSION = 1
"""Raised when `stage/` changes what it renders: older cache files are then not used."""
Floats = NDArray[np.float32]
Passes = dict[str, Floats]
Box = tuple[int, int, int, int]
ROOT = Path(__file__).parents[2]


def camera_of(part: CameraPart) -> StudioCamera:
    """The camera a shot describes."""
    return StudioCamera(
        part.position_m, part.yaw_deg, part.pitch_deg, part.roll_deg, part.hfov_deg, part.k1, part.k2, *part.size
    )


def scene_words(shot: Shot, camera: StudioCamera, furniture: Furniture) -> dict[str, Any]:
    """All that the stage builds and renders by: the same words, the same pictures."""
    room = shot.room
    items = [
        {
            "id": item.id,
            "kind": item.kind,
            "style": item.style,
            "at": list(item.at),
            "seed": item.seed,
            "present": furniture.present_at_first[item.id],
            "labelled": furniture.belongs[item.id],
        }
        for item in furniture.items.values()
    ]
    words = {
        "version": STAGE_VERSION,
        "seed": room.seed,
        "floor": room.floor,
        "door_open": room.door_open,
        "labels": None if room.labels == "none" else room.labels,
        "label_diameter_m": room.label_diameter_m,
        "lamps": {group.id: [list(spot) for spot in group.spots] for group in hall.LAMPS},
        "aircon": {"at": list(aircon_at(room))} if room.aircon else None,
        "items": items,
        "camera": camera.words,
        "samples": shot.quality.samples,
        "person_samples": shot.quality.person_samples,
    }
    # Said only where it is asked for: what was rendered before it could be keeps its name in the cache.
    asked = {"label_colour": list(room.label_colour or ()), "partitions": partitions(room)}
    return words | {name: told for name, told in asked.items() if told}


def person_words(person: PersonPart) -> dict[str, Any]:
    """What the stage dresses a person by."""
    worn = {"role", "seed", "gender", "race", "child", "outfit", "top", "leg", "carries"}
    told = {k: v for k, v in person.model_dump(mode="json", include=worn).items() if v is not None}
    return {**told, "phone": True} if any(action.phone for action in person.actions) else told


def _named(what: str, told: Any, suffix: str) -> str:
    text = json.dumps(told, sort_keys=True)
    return f"{what}-{hashlib.sha256(text.encode()).hexdigest()[:20]}{suffix}"


class Stage:
    """Passes of one scene. A context manager: leaving it ends Blender, if it was started."""

    def __init__(self, words: dict[str, Any], cache: Path, workshop: Workshop) -> None:
        self._words, self._workshop = words, workshop
        self._cache = cache / _named("scene", words, "")
        self._cache.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[str] | None = None
        self._kept: dict[str, Passes] = {}
        self.rendered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None

    def picture(self, state: dict[str, Any], box: Box | None, *, quick: bool) -> Passes:
        """Linear passes (h, w, 3) of the empty set in a state; box in the rendered pinhole picture."""
        file = self.file_of(state, box, quick=quick)
        if file not in self._kept:
            if not (self._cache / file).exists():
                self._ask({"do": "picture", "state": state, "box": box, "quick": quick, "file": file})
            self._keep(file, self._loaded(file))
        return self._kept[file]

    @staticmethod
    def file_of(state: dict[str, Any], box: Box | None, *, quick: bool) -> str:
        """Name of the cache file of a picture, below the scene's folder."""
        return _named("quick" if quick else "full", [state, box], ".npz")

    def labels(self, state: dict[str, Any]) -> list[dict[str, Any]]:
        """Where labels are and how much of each is seen."""
        words = {"items": state["items"], "aircon": None}
        return list(self._told("labels", {"do": "labels", "state": words})["labels"])

    def facts(self, name: str, person: PersonPart) -> dict[str, Any]:
        """Stature, stride, clothes of a person."""
        return dict(self._told("person", {"do": "person", "id": name, "spec": person_words(person)})["facts"])

    def moment(self, state: dict[str, Any], people: Sequence[Person], shot: Shot) -> list[dict[str, Any]]:
        """Crops of a moment's people: {id, box, file, sight} each; file is read by `crop`."""
        words = [
            {
                "id": p.id,
                "spec": person_words(shot.people[p.id]),
                "x": p.x,
                "y": p.y,
                "yaw": p.yaw_deg,
                "pose": list(p.pose),
            }
            for p in people
        ]
        state = {"items": state["items"], "aircon": None}
        return list(self._told("moment", {"do": "moment", "state": state, "people": words})["crops"])

    def crop(self, file: str) -> tuple[Passes, NDArray[np.bool_]]:
        """Passes of a person's crop and where somebody stands in it."""
        found = self._loaded(file)
        mask = found.pop("mask").astype(bool)
        found.pop("sight", None)
        return found, mask

    def _told(self, what: str, request: dict[str, Any]) -> dict[str, Any]:
        file = self._cache / _named(what, request, ".json")
        if not file.exists():
            answer = self._ask(request)
            partial = file.with_suffix(".part")
            partial.write_text(json.dumps(answer), encoding="utf-8")
            partial.replace(file)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def _loaded(self, file: str) -> Passes:
        with np.load(self._cache / file) as stored:
            return {k: v.astype(np.float32) for k, v in stored.items() if v.dtype.kind in "fb"}

    def _keep(self, file: str, passes: Passes) -> None:
        """Full pictures are large: the last eight stay in memory."""
        while len(self._kept) >= 8:
            self._kept.pop(next(iter(self._kept)))
        self._kept[file] = passes

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._process is None:
            self._start()
            self._answer({"do": "set", "words": self._words, "cache": str(self._cache)})
        self.rendered += 1
        return self._answer(request)

    def _start(self) -> None:
        self._workshop.check()
        environment = {
            **os.environ,
            **self._workshop.environment,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [str(self._workshop.python), "-m", "sample_videos.studio.stage.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self._cache / "stage.log").open("a"),
            text=True,
            env=environment,
        )

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: dict[str, Any] = json.loads(line) if line else {"failed": "the process ended"}
        if "failed" in answer:
            raise SourceError(
                "Blender could not render this.",
                where=f"request {request['do']}",
                got=str(answer["failed"]).strip().splitlines()[-1],
                next_step=f"the whole story stands in {self._cache / 'stage.log'}",
            )
        return answer
