"""All lamp groups of one camera: a pipelines.camera_feed.Sight. Tells each change at once and each state every 5 s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.domain.energy import LampPart, LuminaireGroup
from models.domain.finding import Quantity
from models.domain.media import US, Frame, Image
from models.domain.messages import Observation, Scene
from models.domain.site import Camera
from models.domain.truth import Truth
from vision.luminaires.contrast import Contrast
from vision.luminaires.judgement import NIGHT_US, Judgement
from vision.luminaires.region import Reading, RegionMeter, readings_of, usual_level
from vision.view_condition import COLOURED, GREY_CHROMA, LEAST_CONTRAST

TELL_US = 5 * US
"""How often an unchanged state is told again: rules must notice silence."""
WEIGHTS = {LampPart.LAMP: 2.0, LampPart.SURFACE: 1.0}


class _Group:
    def __init__(self, group: LuminaireGroup, camera: str) -> None:
        self.group = group
        self.regions = tuple(r for r in group.regions if r.camera == camera)
        self.judgement = Judgement(tuple(WEIGHTS[r.part] for r in self.regions))
        self.told: Truth | None = None
        self.told_us = 0


class LuminaireSight:
    """`look` at every analysed frame. camera: as configured; groups: of the whole site, others are left out."""

    def __init__(self, camera: Camera, groups: Mapping[str, LuminaireGroup]) -> None:
        self._camera = camera
        self._groups = [g for one in groups.values() if (g := _Group(one, camera.id)).regions]
        self._meters: dict[tuple[int, int], list[list[RegionMeter]]] = {}
        chroma = [region.chroma for g in self._groups for region in g.regions]
        self._coloured = bool(chroma) and min(chroma) >= COLOURED
        self._night_us: int | None = None
        self._contrast = Contrast()
        self._run = ""

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        """The groups at the scene's time."""
        utc_us = scene.utc_us
        if not self._groups:
            return ()
        if scene.run != self._run:
            self._run = scene.run
            for one in self._groups:
                one.judgement = one.judgement.blind(utc_us)
        night = self._night(frame.image, utc_us)
        lost = self._contrast.lost(frame.image, utc_us)
        sick = scene.view is Truth.UNKNOWN or lost
        usual = usual_level(frame.image)
        boxes = [person.box for person in scene.persons]
        told: list[Observation] = []
        for one, meters in zip(self._groups, self._of_size(frame.size_px), strict=True):
            readings: tuple[Reading, ...] = ()
            if sick or night:
                one.judgement = one.judgement.blind(utc_us)
            else:
                readings = readings_of(meters, frame.image, usual, boxes)
                one.judgement = one.judgement.after(readings, utc_us)
            truth = one.judgement.told
            if truth is not one.told or utc_us - one.told_us >= TELL_US:
                one.told, one.told_us = truth, utc_us
                told.append(_observation(one, readings, scene, sick=sick, night=night))
        return told

    def _night(self, image: Image, utc_us: int) -> bool:
        """Whether the camera is in IR mode, or was less than 30 s ago."""
        if not self._coloured:
            return False
        if chroma_of(image) < GREY_CHROMA and image[::16, ::16, 1].std() >= LEAST_CONTRAST:  # else black or covered
            self._night_us = utc_us
        return self._night_us is not None and utc_us - self._night_us < NIGHT_US

    def _of_size(self, size_px: tuple[int, int]) -> list[list[RegionMeter]]:
        if size_px not in self._meters:
            lamps = [r.polygon for g in self._groups for r in g.regions if r.part is LampPart.LAMP]
            self._meters[size_px] = [
                [RegionMeter(region, self._camera.size_px, size_px, lamps) for region in g.regions]
                for g in self._groups
            ]
        return self._meters[size_px]


def chroma_of(image: Image) -> float:
    """Mean |R-G| + |G-B| of every eighth pixel of every eighth row."""
    few = image[::8, ::8].astype(np.int16)
    return float(np.abs(few[..., 2] - few[..., 1]).mean() + np.abs(few[..., 1] - few[..., 0]).mean())


def _observation(one: _Group, readings: Sequence[Reading], scene: Scene, *, sick: bool, night: bool) -> Observation:
    judged = one.judgement
    values = [("position", Quantity(round(judged.position, 3), ""))] if judged.position is not None else []
    values += [(f"ratio_{i}", Quantity(round(r, 3), "ln")) for i, (r, _) in enumerate(readings) if r is not None]
    return Observation(
        kind="luminaire",
        subject=one.group.id,
        predicate="on",
        truth=judged.told,
        utc_us=scene.utc_us,
        camera=scene.camera,
        values=tuple(values),
        cues=_cues(one, readings, sick=sick, night=night),
        confidence=judged.confidence,
    )


def _cues(one: _Group, readings: Sequence[Reading], *, sick: bool, night: bool) -> tuple[str, ...]:
    judged = one.judgement
    if sick:
        return ("light.cue.sick_view",)
    if night:
        return ("light.cue.night_mode",)
    if judged.told is Truth.UNKNOWN:
        return ("light.cue.contradicted",) if judged.doubtful else ("light.cue.not_clear",)
    cues = ["light.cue.step"] if judged.stepped else ["light.cue.drift"] if judged.drifted else []
    parts = {region.part for region, (_, p) in zip(one.regions, readings, strict=True) if p is not None}
    cues += ["light.cue.lamp"] if LampPart.LAMP in parts else []
    cues += ["light.cue.surface"] if LampPart.SURFACE in parts else []
    return tuple(cues)
