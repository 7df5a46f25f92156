"""A shot becomes a clip: pictures, recording, truth and site folder. Everything random comes from shot and seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.compose import Composer
from sample_videos.studio.disturbances import Spoiler
from sample_videos.studio.encoder import Recording
from sample_videos.studio.feasible import check
from sample_videos.studio.light import Floats, Gains, combined, gains, key_of
from sample_videos.studio.rooms import aircon_at
from sample_videos.studio.sensor import Sensor
from sample_videos.studio.shot import Shot
from sample_videos.studio.site_folder import write_site
from sample_videos.studio.stage_client import Stage, camera_of, scene_words
from sample_videos.studio.story import Furniture, Person, Story
from sample_videos.studio.telling import Seen, Sight, told
from sample_videos.studio.truth import TRUTH_FILE, written
from sample_videos.studio.workshop import Workshop

Progress = Callable[[str, int, int], None]
"""camera, frames done, frames in all."""
PREVIEW_SCALE = 0.375


@dataclass(frozen=True)
class Order:
    """What to render and where to. preview: small, coarse, few frames, for looking at the staging."""

    shot: Shot
    seed: int
    out: Path
    cache: Path
    workshop: Workshop
    preview: bool = False


def preview_of(shot: Shot) -> Shot:
    """The same story, small and coarse."""

    def small(size: tuple[int, int]) -> tuple[int, int]:
        return round(size[0] * PREVIEW_SCALE / 16) * 16, round(size[1] * PREVIEW_SCALE / 2) * 2

    cameras = {n: c.model_copy(update={"size": small(c.size)}) for n, c in shot.cameras.items()}
    quality = shot.quality.model_copy(update={"samples": 6, "person_samples": 4, "step_s": 0.5, "idle_s": 4.0})
    head = shot.shot.model_copy(update={"fps": min(shot.shot.fps, 4.0)})
    return shot.model_copy(update={"cameras": cameras, "quality": quality, "shot": head})


def render(order: Order, progress: Progress) -> Path:
    """Writes recording.mp4 (one a camera: CAMERA.mp4 when several), truth.json, site.yaml; returns the folder.

    Raises UsageError where the shot is impossible or Blender is needed and missing, SourceError where it fails.
    """
    check(order.shot, str(order.out))
    shot = preview_of(order.shot) if order.preview else order.shot
    order.out.mkdir(parents=True, exist_ok=True)
    seen: dict[str, Seen] = {}
    strides: dict[str, Any] = {}
    for name, part in shot.cameras.items():
        camera = camera_of(part)
        furniture = Furniture(shot)
        with Stage(scene_words(shot, camera, furniture), order.cache, order.workshop) as stage:
            strides = strides or {who: stage.facts(who, person) for who, person in shot.people.items()}
            story = Story(shot, {who: facts["stride_m"] for who, facts in strides.items()})
            file = order.out / ("recording.mp4" if len(shot.cameras) == 1 else f"{name}.mp4")
            seen[name] = _Take(story, name, camera, stage, order.seed).record(file, progress)
    truth = told(order.out.name, story, order.seed, seen, strides)
    (order.out / TRUTH_FILE).write_text(written(truth), encoding="utf-8")
    write_site(shot, truth, order.out)
    return order.out


class _Take:
    """One camera's recording of a story."""

    def __init__(self, story: Story, name: str, camera: StudioCamera, stage: Stage, seed: int) -> None:
        shot = story.shot
        self._story, self._shot, self._name, self._camera, self._stage = story, shot, name, camera, stage
        at = aircon_at(shot.room) if shot.room.aircon else None
        self._composer = Composer(stage, camera, story.furniture, at)
        mixed = int(hashlib.sha256(f"{seed}/{shot.shot.id}/{name}".encode()).hexdigest()[:8], 16)
        self._sensor = Sensor(shot.sensor, (camera.width, camera.height), mixed, f"CAM {name.upper()}")
        self._spoiler = Spoiler.of(shot.disturbances, name, camera, shot.shot.duration_s, mixed)
        self._linear: tuple[str, Floats, list[dict[str, Any]]] | None = None
        self._plate: tuple[str, Floats] | None = None

    def record(self, file: Path, progress: Progress) -> Seen:
        shot, fps = self._shot, self._shot.shot.fps
        count = round(shot.shot.duration_s * fps)
        times = [round(k / fps, 6) for k in range(count)]
        stamps = {s.true_s: s.told_s for s in self._spoiler.stamps(times, fps)}
        sights: list[Sight] = []
        start = datetime.fromisoformat(shot.shot.start)
        with Recording(file, (self._camera.width, self._camera.height), fps, shot.encoder) as out:
            for number, (t, picture, gain, people) in enumerate(self._frames(times)):
                seen = self._sensor.labelled(self._sensor.grained(picture, gain), start + timedelta(seconds=t))
                spoilt = self._spoiler.output(seen, t)
                if t in stamps:
                    out.add(spoilt, stamps[t])
                sights.append(Sight(t, gain, people))
                progress(self._name, number + 1, count)
        changes = self._story.furniture.change_times(shot.shot.duration_s) if shot.room.labels != "none" else []
        uneven = any(t != told for t, told in stamps.items()) or len(stamps) < count
        return Seen(
            file=file.name,
            camera=self._camera,
            sights=tuple(sights),
            labels=tuple((t, self._stage.labels(self._state(t))) for t in changes),
            views=self._spoiler.views(self._name),
            moves=self._spoiler.moves(),
            frame_times_s=tuple(stamps) if uneven else None,
        )

    def _frames(
        self, times: list[float]
    ) -> Iterator[tuple[float, Floats, float, tuple[tuple[Person, dict[str, Any]], ...]]]:
        before = times[0] - 1 / self._shot.shot.fps
        developed: tuple[str, float, Floats] | None = None
        for t in times:
            key, linear, people = self._moment(t)
            gain = self._sensor.expose(linear, t - before)
            before = t
            if developed is None or developed[0] != key or abs(gain / developed[1] - 1) > 0.0008:
                developed = key, gain, self._sensor.developed(linear, gain)
            yield t, self._spoiler.picture(developed[2], t), gain, people

    def _state(self, t: float) -> dict[str, Any]:
        plan, items = self._story.furniture, self._story.furniture.at(t, self._shot.quality.step_s)
        rest = {n: item.at if plan.present_at_first[n] else None for n, item in plan.items.items()}
        return {"items": {k: list(v) if v else None for k, v in items.items() if v != rest[k]}, "aircon": None}

    def _moment(self, t: float) -> tuple[str, Floats, tuple[tuple[Person, dict[str, Any]], ...]]:
        """Linear delivered picture and who is in it; made anew only when something changed."""
        items = self._story.furniture.at(t, self._shot.quality.step_s)
        light = gains(self._story.lamps(t), *self._story.daylight(t))
        aircon: dict[str, Any] | None = None
        if self._shot.room.aircon:
            aircon = {k: v for k, v in self._story.aircon(t).items() if k != "on"}
        people = self._story.people(t)
        plate_key = json.dumps([items, aircon, key_of(light)], sort_keys=True)
        key = plate_key + repr(people)
        if self._linear is None or self._linear[0] != key:
            crops = self._composer.crops(items, people, self._shot)
            picture = self._empty(plate_key, items, aircon, light)
            if any(crop["box"] for crop in crops):
                quick = self._composer.plate(items, None, quick=True)
                picture = self._composer.peopled(picture, quick, self._far_first(people, crops), light)
            self._linear = key, self._camera.remap(picture), crops
        _, linear, crops = self._linear
        return key, linear, tuple((p, c["sight"]) for p, c in zip(people, crops, strict=True))

    def _empty(self, key: str, items: Any, aircon: Any, light: Gains) -> Floats:
        if self._plate is None or self._plate[0] != key:
            self._plate = key, combined(self._composer.plate(items, aircon, quick=False), light)
        return self._plate[1]

    def _far_first(self, people: tuple[Person, ...], crops: list[dict[str, Any]]) -> list[dict[str, Any]]:
        x, y, _ = self._camera.position_m
        order = sorted(zip(people, crops, strict=True), key=lambda pc: -((pc[0].x - x) ** 2 + (pc[0].y - y) ** 2))
        return [crop for _, crop in order]
