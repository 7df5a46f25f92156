"""All air-conditioners in one camera's view: a pipelines.camera_feed.Sight. Tells changes at once, states every 5 s.

Two observations a unit: "on", and "suspected" where a single weak sign says that it may run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from models.domain.energy import AirConditioner, AirconPart, AirconRegion, DisplayNumber
from models.domain.finding import Quantity
from models.domain.media import US, Frame, Image
from models.domain.messages import Observation, Scene
from models.domain.site import Camera
from models.domain.truth import Truth
from vision.aircon.digits import most_frequent, read_number
from vision.aircon.features import Box, Features, PartEye
from vision.aircon.judgement import Judgement, Verdict
from vision.aircon.motion import SWING_HZ, SWING_US, Motion
from vision.aircon.references import Way, spoken
from vision.luminaires.contrast import Contrast

TELL_US = 5 * US
"""How often an unchanged state is told again: rules must notice silence."""
LOOK_US = round(0.19 * US)
"""Lights and flaps are looked at five times a second at most; a ribbon at every frame."""
READ_US = round(0.4 * US)
READINGS, AGREEING = 5, 3
"""Set-points are told when three of the last five readings, two seconds of them, are the same."""
SETPOINTS = range(16, 33)
"""Degrees Celsius that a unit can be set to; anything else on a display is an error code, a clock or a cold room."""
NUMBER_NAMES = {
    DisplayNumber.SETPOINT: "setpoint",
    DisplayNumber.ROOM_TEMPERATURE: "temperature",
    None: "shown",
}
"""Under which name a display's number is told; rules judge a "setpoint" alone."""
SWINGS_LN = math.log(0.12)
"""ln of how much a swinging louver's position moves, in shares of the way from shut to open, in each ten seconds."""


class _Eye:
    """One region: what it shows now."""

    def __init__(self, region: AirconRegion) -> None:
        self.region, self._way = region, Way(region)
        self._motion = Motion()
        self._swing = Motion(SWING_US, SWING_HZ)
        self._readings: list[int | None] = []
        self._read_us: int | None = None
        self._said = Truth.UNKNOWN
        self.position: float | None = None
        self._flutters = False
        self.number: int | None = None

    @property
    def useful(self) -> bool:
        """A display can be read without lessons; anything else has to be taught."""
        return self._way.open or self.region.part is AirconPart.DISPLAY

    @property
    def hz(self) -> float | None:
        """How fast it flutters, while it does."""
        return self._motion.highest_hz() if self._flutters else None

    def forget(self) -> None:
        self._motion.clear()
        self._swing.clear()
        self._readings, self._read_us, self._said = [], None, Truth.UNKNOWN
        self.position, self.number, self._flutters = None, None, False

    def vote(self, eye: PartEye, image: Image, utc_us: int) -> Truth:
        """What the region shows in a frame."""
        if self.region.part is AirconPart.RIBBON:
            return self._fluttering(eye, image, utc_us)
        self.position = self._way.position(eye.features(image))
        self._said = spoken(self.position, self._said)
        if self.region.part is AirconPart.LOUVER:
            return self._swinging(utc_us)
        if self.region.part is AirconPart.DISPLAY:
            return self._shown(eye, image, utc_us)
        return self._said

    def _fluttering(self, eye: PartEye, image: Image, utc_us: int) -> Truth:
        """On when every third of the window moved as taught, off when the last one was as still as taught."""
        features = eye.features(image)
        if features is None:
            self.forget()
            return Truth.UNKNOWN
        self._motion.add(utc_us, features)
        thirds = self._motion.thirds()
        if thirds is None:
            return self._said
        at = [self._way.position(_one(third)) for third in thirds]
        self.position, self._flutters = at[-1], False
        said = [spoken(position, self._said) for position in at]
        if all(one is Truth.HOLDS for one in said):
            self._said, self._flutters = Truth.HOLDS, True
        elif said[-1] is Truth.FAILS:
            self._said = Truth.FAILS
        return self._said

    def _swinging(self, utc_us: int) -> Truth:
        if self.position is None:
            return Truth.UNKNOWN
        self._swing.add(utc_us, _one(self.position))
        thirds = self._swing.thirds()
        return Truth.HOLDS if thirds and min(thirds) >= SWINGS_LN else self._said

    def _shown(self, eye: PartEye, image: Image, utc_us: int) -> Truth:
        """The display's state; digits that can be read are a state of their own where nothing was taught."""
        if self._read_us is None or utc_us - self._read_us >= READ_US:
            self._read_us = utc_us
            self._readings = [*self._readings, read_number(eye.patch(image))][-READINGS:]
            found = most_frequent(self._readings, AGREEING)
            self.number = found if found in SETPOINTS else None
        if self._way.open:
            self.number = self.number if self._said is Truth.HOLDS else None
            return self._said
        return Truth.HOLDS if self.number is not None else Truth.UNKNOWN


class _Unit:
    def __init__(self, unit: AirConditioner, camera: str) -> None:
        self.id = unit.id
        self.number_is = NUMBER_NAMES[unit.display_shows]
        self.eyes = [eye for region in unit.regions if region.camera == camera and (eye := _Eye(region)).useful]
        self.judgement = Judgement()
        self.told: tuple[object, ...] = ()
        self.told_us = 0


class AirconSight:
    """`look` at every analysed frame. camera: as configured; units: of the whole site, others are left out."""

    def __init__(self, camera: Camera, units: Mapping[str, AirConditioner]) -> None:
        self._camera = camera
        self._units = [u for one in units.values() if (u := _Unit(one, camera.id)).eyes]
        self._eyes: dict[tuple[int, int], list[list[PartEye]]] = {}
        self._contrast = Contrast()
        self._run = ""
        self._looked_us: int | None = None

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:
        """The units at the scene's time; in a view that cannot be believed all of them are unknown."""
        if not self._units:
            return ()
        utc_us = scene.utc_us
        lost = self._contrast.lost(frame.image, utc_us)
        sick = scene.view is Truth.UNKNOWN or lost
        fresh = scene.run != self._run
        self._run = scene.run
        due = self._looked_us is None or utc_us - self._looked_us >= LOOK_US
        self._looked_us = utc_us if due else self._looked_us
        boxes = [person.box for person in scene.persons]
        told: list[Observation] = []
        for unit, eyes in zip(self._units, self._of_size(frame.size_px), strict=True):
            if sick or fresh:
                for eye in unit.eyes:
                    eye.forget()
                unit.judgement = unit.judgement.blind(utc_us)
            if not sick and due:
                hidden = frozenset(eye.part for eye in eyes if eye.covered(boxes))
                votes = _votes(unit, eyes, frame.image, boxes, utc_us)
                unit.judgement = unit.judgement.after(votes, utc_us, hidden)
            told += _told(unit, scene, sick=sick)
        return told

    def _of_size(self, size_px: tuple[int, int]) -> list[list[PartEye]]:
        if size_px not in self._eyes:
            every = [eye.region for unit in self._units for eye in unit.eyes]
            self._eyes[size_px] = [
                [
                    PartEye(e.region, self._camera.size_px, size_px, [r.polygon for r in every if r is not e.region])
                    for e in unit.eyes
                ]
                for unit in self._units
            ]
        return self._eyes[size_px]


def _votes(
    unit: _Unit, eyes: Sequence[PartEye], image: Image, boxes: Sequence[Box], utc_us: int
) -> dict[AirconPart, Truth]:
    """What each part shows; of two regions of the same part those that see something have to agree."""
    found: dict[AirconPart, set[Truth]] = {}
    for one, eye in zip(unit.eyes, eyes, strict=True):
        said = Truth.UNKNOWN if eye.covered(boxes) else one.vote(eye, image, utc_us)
        found.setdefault(one.region.part, set()).add(said)
    others = [one for one in unit.eyes if one.region.part is not AirconPart.RIBBON]
    if others and all(one.position is None and one.number is None for one in others):
        for one in unit.eyes:  # whatever hides all the rest of the unit hangs as still as a ribbon
            if one.region.part is AirconPart.RIBBON:
                one.forget()
                found[AirconPart.RIBBON] = {Truth.UNKNOWN}
    votes = {}
    for part, said_by in found.items():
        known = said_by - {Truth.UNKNOWN}
        votes[part] = known.pop() if len(known) == 1 else Truth.UNKNOWN
    return votes


def _told(unit: _Unit, scene: Scene, *, sick: bool) -> list[Observation]:
    verdict = unit.judgement.verdict
    number = next((eye.number for eye in unit.eyes if eye.number is not None), None)
    says = (verdict.truth, verdict.suspected, number)
    if says == unit.told and scene.utc_us - unit.told_us < TELL_US:
        return []
    unit.told, unit.told_us = says, scene.utc_us
    values = _values(unit, number if verdict.truth is Truth.HOLDS else None)
    cues = _cues(verdict, sick=sick)
    on = Observation(
        "aircon", unit.id, "on", verdict.truth, scene.utc_us, scene.camera, values, cues, verdict.confidence
    )
    suspicion = Truth.UNKNOWN if sick else Truth.of(verdict.suspected)
    suspected = Observation("aircon", unit.id, "suspected", suspicion, scene.utc_us, scene.camera, (), cues, 0.5)
    return [on, suspected]


def _values(unit: _Unit, number: int | None) -> tuple[tuple[str, Quantity], ...]:
    values = [(unit.number_is, Quantity(float(number), "°C"))] if number is not None else []
    for eye in unit.eyes:
        if eye.position is not None:
            values.append((str(eye.region.part), Quantity(round(eye.position, 2), "")))
        if (hz := eye.hz) is not None:
            values.append(("flutter", Quantity(hz, "Hz")))
    return tuple(values)


def _cues(verdict: Verdict, *, sick: bool) -> tuple[str, ...]:
    if sick:
        return ("aircon.cue.sick_view",)
    state = {Truth.HOLDS: "on", Truth.FAILS: "off", Truth.UNKNOWN: "on"}[verdict.truth]
    cues = tuple(f"aircon.cue.{part}_{state}" for part in verdict.parts)
    if verdict.truth is not Truth.UNKNOWN:
        return cues
    why = "suspected" if verdict.suspected else "contradicted" if verdict.contradicted else "not_clear"
    return (f"aircon.cue.{why}", *cues)


def _one(value: float) -> Features:
    return np.array([value])
