"""From pixels to the verdict that a room is empty: posters and films on screens are nobody, the living are somebody."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from models.domain.energy import Energy, LuminaireGroup
from models.domain.media import US, Frame, Run
from models.domain.messages import EndOfRecording, Observation, Tick
from models.domain.site import LightingPolicy, ZoneKind
from models.domain.truth import Truth
from pipelines.engine import Engine
from tests.vision.presence.sites import START_US, ScriptedFinder, bare_site
from tests.vision.presence.test_pictures import PERSON, room, with_person
from vision.observer import CameraObserver

CODE = "energy.light_on_empty"
SCREEN = (520.0, 60.0, 700.0, 230.0)
FILM = (580.0, 80.0, 624.0, 200.0)
"""A person in a film that loops on the screen."""
LENGTH_S, FPS = 40, 5
RUN = Run("cam1", 1, START_US)
background = cache(room)


def lit_office():
    """A room with a screen that the site file masks, and a lamp that its meter tells as on."""
    site = bare_site()
    x0, y0, x1, y1 = SCREEN
    masked = replace(site.cameras["cam1"], static_person_masks=(((x0, y0), (x1, y0), (x1, y1), (x0, y1)),))
    office = replace(site.zones["hall"], kind=ZoneKind.OFFICE, lighting=LightingPolicy.VACANCY)
    lamp = LuminaireGroup("lamp", "灯", "lamp", "hall", window=None)
    limits = {"limit_s": 20.0, "high_s": 3600.0, "transient_s": 5.0, "max_gap_s": 10.0}
    return replace(
        site,
        cameras={"cam1": masked},
        zones={"hall": office},
        energy=Energy(luminaires={"lamp": lamp}),
        rules={CODE: limits},
    )


def judged(*figures):
    """Codes raised in a room in which the network finds these figures all the time. figures: (box, px it sways by)."""
    site = lit_office()
    boxes = [[*box, 0.9, 0] for box, _ in figures]
    observer = CameraObserver(site, site.cameras["cam1"], ScriptedFinder([(0.0, float(LENGTH_S), boxes)]))
    engine = Engine(site)
    for i in range(LENGTH_S * FPS):
        utc_us = START_US + i * US // FPS
        picture = background(i % 12)
        for (x0, y0, x1, y1), sways_px in figures:
            sway = sways_px * (i // 3 % 3)
            picture = with_person(picture, (x0 + sway, y0, x1 + sway, y1))
        if i % FPS == 0:
            engine.step(Observation("luminaire", "lamp", "on", Truth.HOLDS, utc_us, "", (), ("signal.cue.meter",), 1.0))
            engine.step(Tick(utc_us))
        engine.step(observer.observe(Frame(picture, RUN, i * US // FPS)))
    engine.step(EndOfRecording(START_US + LENGTH_S * US))
    return [incident.code for incident in engine.incidents if incident.code == CODE]


@pytest.mark.parametrize(
    "figures", [(), ((PERSON, 0),), ((FILM, 4),), ((PERSON, 0), (FILM, 4))], ids=["nobody", "poster", "film", "both"]
)
def test_a_poster_and_a_looping_film_leave_the_room_empty(figures):
    assert judged(*figures) == [CODE]


def test_whoever_sits_there_and_sways_a_little_keeps_it_occupied():
    assert judged((PERSON, 3), (FILM, 4)) == []
